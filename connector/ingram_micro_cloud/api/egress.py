"""What a request may name: a plain relative path, and headers that are not ours to replace."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from ingram_micro_cloud.errors import EgressRefusedError

OURS: Final = frozenset(
    {
        "authorization", "x-subscription-key", "host", "content-length", "cookie", "transfer-encoding", "connection",
        "upgrade", "te", "trailer", "keep-alive", "forwarded", "x-forwarded-host", "x-original-url", "x-rewrite-url",
        "x-http-method-override", "x-http-method", "x-method-override",
    }
)  # fmt: skip
_PLAIN: Final = re.compile(r"/[!-~]*")
_HEADER: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def check_path(path: str) -> None:
    """Refuse a path that could lead anywhere but below the API URL.

    Raises:
        EgressRefusedError: Nothing was sent.
    """
    decoded = unquote(unquote(path))
    segments = decoded.replace("\\", "/").split("/")
    odd = (
        not _PLAIN.fullmatch(path)
        or path.startswith("//")
        or "\\" in decoded
        or any(mark in path for mark in "?#")
        or any(segment in (".", "..") for segment in segments)
        or decoded.count("/") != path.count("/")
        or any(ord(character) < 32 or ord(character) == 127 for character in decoded)
    )
    if odd:
        raise EgressRefusedError(
            "Nothing was sent. The path is not a plain path below the API URL.",
            hint="Begin it with one slash, without '..', backslashes, '?' or '#': for example /customers.",
        )


def check_headers(headers: Iterable[tuple[str, str]]) -> None:
    """Refuse headers that replace authentication or steer the request elsewhere.

    Raises:
        EgressRefusedError: Nothing was sent.
    """
    for name, value in headers:
        if name.casefold() in OURS or name.casefold().startswith("proxy-"):
            raise EgressRefusedError(
                f"Nothing was sent. The header {name} is set by the connector and cannot be replaced.",
                hint="Leave it out.",
            )
        if not _HEADER.fullmatch(name) or any(ord(character) < 32 or ord(character) > 255 for character in value):
            raise EgressRefusedError(
                "Nothing was sent. A header has a name or value that cannot be sent.",
                hint="Use plain header texts.",
            )
