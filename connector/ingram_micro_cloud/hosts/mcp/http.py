"""Serves over streamable HTTP: every request carries a key, and a key sees what it may."""

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import uvicorn
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from ingram_micro_cloud.errors import IngramMicroCloudError, UsageError
from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
from ingram_micro_cloud.hosts.mcp.server import Context, make_server
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.keys import KeyRing

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH: Final = "/mcp"
_ACCESS: Final = "im_cloud.access"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_ANY: Final = ("0.0.0.0", "::", "")  # noqa: S104  # to refuse them, not to bind them
MOST_BYTES: Final = 1024 * 1024
"""Of one request; the largest order is a small part of it."""
MOST_SESSIONS: Final = 200


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

    def security(self) -> TransportSecuritySettings:
        """Return which Host and Origin a request may name: a page of another site must not reach this server."""
        names = {"127.0.0.1", "localhost", "[::1]"}
        if self.host not in _ANY:
            names.add(f"[{self.host}]" if ":" in self.host else self.host)
        hosts = [each for name in sorted(names) for each in (name, f"{name}:*")]
        origins = [f"http://{each}" for each in hosts]
        if self.public_url is not None:
            parts = urlsplit(self.public_url)
            hosts.append(parts.netloc)
            origins.append(f"{parts.scheme}://{parts.netloc}")
        return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


def url_of(place: Place, bound: socket.socket) -> str:
    """Return the address for a client."""
    if place.public_url is not None:
        return place.public_url.rstrip("/") + PATH
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"http://{host}:{bound.getsockname()[1]}{PATH}"


def http_app(service: PreviewingService, keys: KeyRing, place: Place) -> "ASGIApp":
    """Return the ASGI application. Its lifespan ends only when what is being written has ended."""
    server = make_server(service, _access_of)
    app = server.streamable_http_app(
        streamable_http_path=PATH, transport_security=place.security(), max_request_body_size=MOST_BYTES,
        max_sessions=MOST_SESSIONS,
    )  # fmt: skip
    return _Keyed(app, keys)


async def serve_http(service: PreviewingService, keys: KeyRing, place: Place, bound: socket.socket) -> None:
    """Serve on a bound socket until the process is asked to stop."""
    config = uvicorn.Config(
        http_app(service, keys, place), ws="none", lifespan="on", log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    async with service:
        await uvicorn.Server(config).serve(sockets=[bound])


class _Keyed:
    """Lets only those pass who carry a key, and notes what it allows."""

    def __init__(self, app: "ASGIApp", keys: KeyRing) -> None:
        self._app, self._keys = app, keys

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            access = self._keys.access(_bearer(scope))
        except IngramMicroCloudError as problem:
            refused = JSONResponse({"error": problem.as_json()}, 401, headers={"WWW-Authenticate": "Bearer"})
            await refused(scope, receive, send)
            return
        # A session belongs to the holder that began it: the SDK compares this user. It never sees the key itself.
        user = AuthenticatedUser(AccessToken(token="", client_id=access.who, scopes=[]))
        await self._app({**scope, _ACCESS: access, "user": user}, receive, send)


def _bearer(scope: "Scope") -> str | None:
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _access_of(context: Context) -> Access:
    request = context.request
    if request is None:
        raise TypeError("a request over HTTP came without its HTTP request")
    access = request.scope[_ACCESS]
    if not isinstance(access, Access):
        raise TypeError("a request over HTTP came without an access")
    return access
