"""Connects only to an address that was checked: the checked address is the connected one."""

import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache

import anyio
import httpx

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import EgressRefusedError, UnreachableError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
REMEMBERED_SECONDS = 60.0


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, in the system's order."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def address_allowed(address: Address, *, loopback_named: bool, private_allowed: bool) -> bool:
    """Return whether a request may go to this address.

    Args:
        address: Where the host name leads.
        loopback_named: The configured host is itself loopback, as the practice marketplace is.
        private_allowed: The configuration allows private addresses.
    """
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if inner.is_loopback:
        return loopback_named
    if inner.is_unspecified or inner.is_multicast or inner.is_reserved:
        return False
    return inner.is_global or private_allowed


def is_loopback_name(host: str) -> bool:
    """Return whether a host name or address can only be this machine."""
    name = host.strip("[]").rstrip(".").casefold()
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class _Remembered:
    addresses: tuple[Address, ...]
    until: float


class PinnedTransport(httpx.AsyncBaseTransport):
    """Resolves the host itself, checks every address, and connects to one that passed.

    Proxies named in the environment are not used: behind a proxy nobody could say which address is
    connected to. The certificate is checked against the host's name as always.
    """

    def __init__(
        self,
        *,
        loopback_named: bool,
        private_allowed: bool,
        timing: Timing,
        inner: httpx.AsyncBaseTransport | None = None,
        resolve: Resolve = resolve_host,
    ) -> None:
        self._inner = inner or httpx.AsyncHTTPTransport(verify=trusted(), retries=0)
        self._resolve = resolve
        self._timing = timing
        self._loopback_named, self._private_allowed = loopback_named, private_allowed
        self._known: dict[tuple[str, int], _Remembered] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to a checked address of its host.

        Raises:
            EgressRefusedError: Every address of the host is private, link-local or otherwise not allowed.
            UnreachableError: The host name cannot be resolved (dns_failed).
        """
        host, port = _host_and_port(request.url)
        addresses = await self._addresses(host, port)
        for position, address in enumerate(addresses):
            pinned = _pinned(request, address)
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                # Nothing was sent, so the next address may be tried, for a write as well.
                self._known.pop((host, port), None)
                if position == len(addresses) - 1:
                    raise
        raise AssertionError("a host has at least one allowed address")

    async def locate(self, url: httpx.URL) -> None:
        """Look up and check the addresses of a URL's host, and remember them; raises as sending does."""
        await self._addresses(*_host_and_port(url))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _addresses(self, host: str, port: int) -> tuple[Address, ...]:
        now = self._timing.now()
        known = self._known.get((host, port))
        if known is not None and now < known.until:
            return known.addresses
        try:
            found = [ipaddress.ip_address(text.split("%")[0]) for text in await self._resolve(host, port)]
        except (OSError, UnicodeError) as problem:
            raise UnreachableError(
                f"The host {host} cannot be found.",
                code="dns_failed",
                hint="Check the API URL for a typing mistake, and this machine's name resolution.",
            ) from problem
        allowed = tuple(
            address
            for address in found
            if address_allowed(address, loopback_named=self._loopback_named, private_allowed=self._private_allowed)
        )
        if not allowed:
            raise EgressRefusedError(
                f"Nothing was sent. The host {host} leads to a private or local address.",
                code="private_address",
                hint="If that is meant, switch on allow_private_address in the configuration.",
            )
        self._known[host, port] = _Remembered(allowed, now + REMEMBERED_SECONDS)
        return allowed


@cache
def trusted() -> ssl.SSLContext:
    """Return what a certificate is checked against: read once per process, since reading it costs 30 milliseconds."""
    return httpx.create_ssl_context()


def _host_and_port(url: httpx.URL) -> tuple[str, int]:
    return url.host, url.port or (443 if url.scheme == "https" else 80)


def _pinned(request: httpx.Request, address: Address) -> httpx.Request:
    if request.url.host == str(address):
        return request
    # Host header and certificate name stay the configured ones; only the connection goes to the address.
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
