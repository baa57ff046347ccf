"""The names in a request's Host and Origin headers, read strictly: what is odd names nobody. Pure."""

import re
from typing import Final

_HOST: Final = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._~-]+))(?::[0-9]{0,5})?")
_SCHEMES: Final = ("http", "https")


def host_name(text: str) -> str | None:
    """Return the name in a Host header without its port, or None for what is no host."""
    found = _HOST.fullmatch(text)
    return None if found is None else (found["address"] or found["name"]).casefold()


def origin_name(text: str) -> str | None:
    """Return the name in an Origin header without scheme and port, or None for what is no web page's origin."""
    scheme, mark, host = text.partition("://")
    return host_name(host) if mark and scheme.casefold() in _SCHEMES else None
