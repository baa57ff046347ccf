"""Serves over streamable HTTP: every request carries a key, and a key sees what it may."""

import socket
import time
from typing import TYPE_CHECKING, Final

import anyio.to_thread
import uvicorn
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
from ingram_micro_cloud.hosts.mcp.place import PATH, Place, Refusal
from ingram_micro_cloud.hosts.mcp.server import Context, make_server
from ingram_micro_cloud.hosts.mcp.sessions import IDLE_SECONDS, Sessions
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.bearer import bearer
from ingram_micro_cloud.hosts.serving.keys import KeyRing

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ACCESS: Final = "im_cloud.access"
_SESSION: Final = "mcp-session-id"
_VERSION: Final = "mcp-protocol-version"
MOST_BYTES: Final = 1024 * 1024
"""Of one request; the largest order is a small part of it."""
MOST_SESSIONS: Final = 200
_TOO_MANY: Final = Refusal(
    429,
    "too_many_sessions",
    "This key has too many sessions open.",
    f"Close one (DELETE with its session id), or wait: they end after {IDLE_SECONDS / 60:.0f} minutes without use.",
)


def http_app(service: PreviewingService, keys: KeyRing, place: Place) -> "ASGIApp":
    """Return the ASGI application. Its lifespan ends only when what is being written has ended."""
    server = make_server(service, _access_of)
    app = server.streamable_http_app(
        # The library takes whatever begins with a name and a colon for that name; the place looks closer.
        streamable_http_path=PATH, transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        max_request_body_size=MOST_BYTES, max_sessions=MOST_SESSIONS, session_idle_timeout=IDLE_SECONDS,
    )  # fmt: skip
    return Entrance(app, keys, place, Sessions(time.monotonic))


async def serve_http(service: PreviewingService, keys: KeyRing, place: Place, bound: socket.socket) -> None:
    """Serve on a bound socket until the process is asked to stop."""
    config = uvicorn.Config(
        http_app(service, keys, place), ws="none", lifespan="on", log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    async with service:
        await uvicorn.Server(config).serve(sockets=[bound])


class Entrance:
    """Lets only those pass who come under a known name, carry a key and leave sessions to others."""

    def __init__(self, app: "ASGIApp", keys: KeyRing, place: Place, sessions: Sessions) -> None:
        """Stand before an application.

        Args:
            app: What is behind it.
            keys: Who may come in.
            place: Under which names.
            sessions: Counts what each holder has open.
        """
        self._app, self._keys, self._place, self._sessions = app, keys, place, sessions

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, with what its key allows noted, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if (refusal := self._place.refusal(headers)) is not None:
            await _refused(refusal)(scope, receive, send)
            return
        try:
            # In a thread: it asks the database, which another process may keep waiting.
            access = await anyio.to_thread.run_sync(self._keys.access, bearer(headers))
        except IngramMicroCloudError as problem:
            refused = JSONResponse({"error": problem.as_json()}, 401, headers={"WWW-Authenticate": "Bearer"})
            await refused(scope, receive, send)
            return
        await self._passed(access, headers, scope, receive, send)

    async def _passed(self, access: Access, headers: Headers, scope: "Scope", receive: "Receive", send: "Send") -> None:
        session = headers.get(_SESSION)
        # Newer revisions of the protocol know no sessions; everything else without one asks for one.
        opens = session is None and headers.get(_VERSION, "") in ("", *HANDSHAKE_PROTOCOL_VERSIONS)
        if opens and self._sessions.full(access.who):
            await _refused(_TOO_MANY)(scope, receive, send)
            return
        with self._sessions.request(access.who, session, opens=opens, closes=scope["method"] == "DELETE") as answered:

            async def watched(message: "Message") -> None:
                if message["type"] == "http.response.start":
                    answered(message["status"], Headers(raw=message.get("headers", [])).get(_SESSION))
                await send(message)

            # A session belongs to the holder that began it: the library compares this user. It never sees the key.
            user = AuthenticatedUser(AccessToken(token="", client_id=access.who, scopes=[]))
            await self._app({**scope, _ACCESS: access, "user": user}, receive, watched)


def _refused(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.as_json(), refusal.status)


def _access_of(context: Context) -> Access:
    request = context.request
    if request is None:
        raise TypeError("a request over HTTP came without its HTTP request")
    access = request.scope[_ACCESS]
    if not isinstance(access, Access):
        raise TypeError("a request over HTTP came without an access")
    return access
