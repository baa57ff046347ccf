"""The API URL of the form: cleaned up where the meaning is plain, refused with a reason where it is not."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from ingram_micro_cloud.errors import ConfigurationInvalidError, FieldProblem


def normalised_url(text: str) -> str:
    """Return the URL with its scheme added and blanks and trailing slashes removed; nothing is checked."""
    plain = "".join(text.split())
    scheme, mark, rest = plain.partition("://")
    if not mark:
        rest = plain
        scheme = "http" if is_loopback(plain.split("/")[0].rsplit(":", 1)[0]) else "https"
    rest = rest.rstrip("/")
    return f"{scheme}://{rest}" if plain else ""


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only be this machine."""
    name = host.strip("[]").rstrip(".").casefold()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def checked_url(text: str) -> str:
    """Return a usable API URL.

    Raises:
        ConfigurationInvalidError: With code url_invalid, url_not_https or url_has_extras on /api_url.
    """
    url = normalised_url(text)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refusal("url_invalid", "The API URL cannot be read as an address.") from None
    if not parts.hostname or parts.scheme not in ("http", "https") or port == 0 or _odd(parts.hostname):
        raise _refusal("url_invalid", "The API URL cannot be read as an address.")
    if _extras(parts, url):
        raise _refusal("url_has_extras", "The API URL must not carry a user, password, query or fragment.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise _refusal("url_not_https", "The API URL must start with https://, or your password would travel readable.")
    return url


def same_host(one: str, other: str) -> bool:
    """Return whether two API URLs, as they were typed, lead to one scheme, host and port; unreadable ones never do."""
    first, second = _origin(one), _origin(other)
    return first is not None and first == second


def region_of(url: str) -> str | None:
    """Return the region segment of an API URL (``na`` of ``…/marketplace/na``), or None."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return segments[-1].casefold() if len(segments) >= 2 else None


def _origin(text: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(normalised_url(text))
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.scheme.casefold(), parts.hostname.rstrip("."), port or (80 if parts.scheme == "http" else 443)


def _extras(parts: SplitResult, url: str) -> bool:
    return bool(parts.username or parts.password or "@" in parts.netloc or parts.query or parts.fragment) or any(
        mark in url for mark in "?#"
    )


def _odd(host: str) -> bool:
    return any(character in host for character in " \\%<>\"'") or ".." in host


def _refusal(code: str, message: str) -> ConfigurationInvalidError:
    return ConfigurationInvalidError(message, fields=[FieldProblem("/api_url", code, message)])
