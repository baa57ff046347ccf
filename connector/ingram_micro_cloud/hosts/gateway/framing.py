"""What a request must look like as HTTP before anything else about it counts."""

from typing import Final

from starlette.types import Scope

from ingram_micro_cloud.hosts.gateway.refusals import invalid_http

MOST_HEADER_BYTES: Final = 32 * 1024
"""Of the first line and the headers together."""


def check_framing(scope: Scope) -> None:
    """Refuse a request whose end two readers would see in different places, or whose headers are too long.

    Raises:
        HttpRefusalError: 400 invalid_http; what follows on the same connection must not be read as a request.
    """
    names = {name.lower() for name, _ in scope["headers"]}
    size = len(scope["raw_path"]) + len(scope["query_string"])
    size += sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    # By one reader the body ends where the length says, by the next where the last piece does: what lies between
    # would be a request of its own to one of them.
    if size > MOST_HEADER_BYTES or {b"content-length", b"transfer-encoding"} <= names:
        raise invalid_http()
