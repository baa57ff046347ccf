"""The key of a request: one bearer token in the Authorization header, and nowhere else."""

from collections.abc import Mapping
from typing import Final

_MOST: Final = 512
"""Characters. Ours have less than 60; nothing longer is worth a hash."""


def bearer(headers: Mapping[str, str]) -> str | None:
    """Return the token after ``Bearer``, or None; a query or a cookie could be logged, or sent by somebody's page.

    Args:
        headers: By name in lower case.
    """
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    token = token.strip()
    return token if scheme.casefold() == "bearer" and 0 < len(token) <= _MOST else None
