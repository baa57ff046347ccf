"""The address a platform reaches the gateway at, checked before it is written into a document."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ingram_micro_cloud.errors import UsageError

DEFAULT: Final = "http://127.0.0.1:8520"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def read_public_url(text: str) -> str:
    """Return the address without a slash at its end.

    Raises:
        UsageError: It is no address, or its host is no name; it carries credentials, a query or a fragment; or it is
            http to another machine.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise _wrong(f"{text!r} is not an address.") from None
    if parts.username is not None or parts.password is not None:
        raise _wrong("The public URL must not hold credentials.")
    if parts.query or parts.fragment or text.rstrip().endswith(("?", "#")):
        raise _wrong("The public URL must not have a question mark or a hash sign.")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or any(map(str.isspace, text.strip())):
        raise _wrong(f"{text!r} is not an https address.")
    if not _is_host(parts.hostname):
        raise _wrong(f"{parts.hostname!r} is no host name.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise _wrong("Keys would travel readable: plain http is only for this machine.")
    return SplitResult(parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), "", "").geturl()


def _is_host(name: str) -> bool:
    if _NAME.fullmatch(name):
        return True
    try:
        return ipaddress.ip_address(name).version == 6
    except ValueError:
        return False


def _wrong(text: str) -> UsageError:
    return UsageError(text, hint="For example: --public-url https://gateway.example.com")
