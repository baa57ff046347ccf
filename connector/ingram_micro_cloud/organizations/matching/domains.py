"""From addresses and host names to the domain a company registered."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from ingram_micro_cloud.manifest.mapping import MappingFile

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def registrable(address: str, spec: MappingFile) -> str | None:
    """Return the registered domain of a domain, web address or mail address, or None where there is none.

    Internationalized names are in their ASCII form; below a hoster's suffix the customer's own name is kept
    (``contoso.onmicrosoft.com``). Free-mail domains and bare suffixes are None: they belong to nobody in particular.
    """
    host = _host(address)
    if host is None:
        return None
    for suffix, told in spec.tenant_suffixes.items():
        if host == suffix:
            return None
        if host.endswith(f".{suffix}"):
            return f"{host.removesuffix(f'.{suffix}').rpartition('.')[2]}.{told}"
    found: str | None = _suffixes().privatesuffix(host)
    return None if found is None or found in spec.free_mail else found


def registered_domains(addresses: Iterable[str], spec: MappingFile) -> tuple[str, ...]:
    """Return the registered domains of several addresses, each once, in order of appearance."""
    return tuple(dict.fromkeys(found for each in addresses if (found := registrable(each, spec)) is not None))


def _host(address: str) -> str | None:
    host = address.strip().casefold().rpartition("@")[2].rpartition("://")[2]
    host = host.partition("/")[0].partition("?")[0].partition(":")[0].strip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    good = "." in host and not host.replace(".", "").isdecimal() and not any(letter.isspace() for letter in host)
    return host if good and ".." not in host else None


@cache
def _suffixes() -> "PublicSuffixList":
    # Reading the list takes as long as all the rest of a start-up, and only matching needs it.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
