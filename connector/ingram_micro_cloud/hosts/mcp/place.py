"""Where the server listens over HTTP, and which names and web pages may reach it there."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.serving.host_names import host_name, origin_name
from ingram_micro_cloud.hosts.serving.keys import KeyRing

PATH: Final = "/mcp"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_ANY: Final = ("0.0.0.0", "::", "")  # noqa: S104  # to refuse them, not to bind them


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not looked at: the status to answer with, and what to tell."""

    status: int
    code: str
    message: str
    hint: str

    def as_json(self) -> dict[str, object]:
        """Return the answer's body, in the form of every error."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


_HOST_REFUSED: Final = Refusal(
    421, "host_refused", "The server does not go by this name.", "Use the address it printed, or --public-url."
)
_CROSS_SITE: Final = Refusal(
    403, "cross_site", "A web page of another site does not talk to this server.", "Use a client on this machine."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens, and by which names it is reached.

    Attributes:
        host: The address to listen on.
        port: 0 takes any that is free.
        public_url: By which a reverse proxy is reached, if there is one.
    """

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in _LOOPBACK

    def bound(self, keys: KeyRing) -> socket.socket:
        """Return the socket to serve on; it listens from now on, so that nobody comes too early.

        Raises:
            UsageError: It cannot be had, or would be open to the network without a stored key, or without a name.
        """
        if not self.is_loopback and not keys.all():
            raise UsageError(
                f"Nothing is served on {self.host}: others reach it there, and there is no access key yet.",
                hint="Make one: im-cloud keys add NAME; or leave out --host.",
            )
        if self.host in _ANY and self.public_url is None:
            raise UsageError(
                f"On {self.host or 'every address'} it must know the name it is reached by.",
                hint="Add it: --public-url https://mcp.example.com",
            )
        try:
            return socket.create_server(
                (self.host, self.port), family=socket.AF_INET6 if ":" in self.host else socket.AF_INET
            )
        except (OSError, OverflowError) as problem:
            raise UsageError(
                f"Port {self.port} of {self.host} cannot be had.", hint="Use --port 0 to take any that is free."
            ) from problem

    def refusal(self, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request is refused: a page of another site must not reach this server under any name.

        Pages of this machine may: the inspector is one, and no page has a key that nobody gave it.

        Args:
            headers: By name in lower case.
        """
        own, public = self._names(), urlsplit(self.public_url or "")
        name = host_name(headers.get("host", ""))
        if name is None or name not in {*own, host_name(public.netloc)}:
            return _HOST_REFUSED
        origin = headers.get("origin")
        if origin is None or origin_name(origin) in own:
            return None
        if self.public_url is not None and origin.casefold() == f"{public.scheme}://{public.netloc}".casefold():
            return None
        return _CROSS_SITE

    def _names(self) -> set[str]:
        return {*_LOOPBACK} if self.host in _ANY else {*_LOOPBACK, self.host.casefold()}


def url_of(place: Place, bound: socket.socket) -> str:
    """Return the address for a client."""
    if place.public_url is not None:
        return place.public_url.rstrip("/") + PATH
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"http://{host}:{bound.getsockname()[1]}{PATH}"
