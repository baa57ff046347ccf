"""The marketplace as a server on loopback, with its control interface; also in a thread, for demo and tests."""

import asyncio
import json
import socket
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Final, Self

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingram_micro_cloud.sandbox.calls import Answer, Call, Dropped, Refusal
from ingram_micro_cloud.sandbox.engine import Marketplace
from ingram_micro_cloud.sandbox.transport import BASE_PATH

HOST: Final = "127.0.0.1"
METHODS: Final = ["GET", "POST", "PATCH", "PUT", "DELETE"]
Peer = tuple[str, int]


class _Lines:
    """The open connections by their other end, so that a fault can break one."""

    def __init__(self) -> None:
        self.open: dict[Peer, asyncio.Transport] = {}

    def protocol(self) -> type[asyncio.Protocol]:
        """Return uvicorn's protocol, made to tell us of its connections."""
        lines = self.open

        class Told(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                lines[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                lines.pop(self.client or ("", 0), None)
                super().connection_lost(exc)

        return Told

    def reset(self, peer: Peer) -> None:
        """Break a connection the hard way."""
        line = self.open.get(peer)
        if line is not None:
            line.abort()


def make_app(marketplace: Marketplace, reset: Callable[[Peer], None]) -> Starlette:
    """Return the ASGI application: the vendor's API, the control interface, the report storage."""

    async def vendor(request: Request) -> Response:
        answer = marketplace.answer(await _call(request, request.url.path.removeprefix(BASE_PATH)))
        if answer.delay_seconds:
            await anyio.sleep(answer.delay_seconds)
        if isinstance(answer, Dropped):
            client = request.client
            reset((client.host, client.port) if client else ("", 0))
            return Response(status_code=500)
        return _response(answer)

    async def storage(request: Request) -> Response:
        return _response(marketplace.download(await _call(request, ""), request.path_params["name"]))

    async def control(request: Request) -> Response:
        try:
            return JSONResponse(
                _steered(marketplace, request.method, request.path_params["what"], await request.body())
            )
        except Refusal as refusal:
            return JSONResponse({"error": refusal.message}, refusal.status)

    return Starlette(
        routes=[
            Route(f"{BASE_PATH}/{{path:path}}", vendor, methods=METHODS),
            Route("/control/{what:path}", control, methods=METHODS),
            Route("/storage/{name}", storage, methods=["GET"]),
        ]
    )


class RunningMarketplace:
    """A marketplace that listens on loopback while the ``with`` block lasts."""

    def __init__(self, marketplace: Marketplace, *, port: int = 0) -> None:
        self.marketplace = marketplace
        self._socket = _listening(port)
        bound: int = self._socket.getsockname()[1]
        self.root = f"http://{HOST}:{bound}"
        marketplace.public_url = self.root
        lines = _Lines()
        config = uvicorn.Config(
            make_app(marketplace, lines.reset), http=lines.protocol(), ws="none", lifespan="off", log_level="critical",
            access_log=False, timeout_graceful_shutdown=1, loop="asyncio",
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._run, name="practice marketplace", daemon=True)

    @property
    def api_url(self) -> str:
        """The API URL for the form."""
        return f"{self.root}{BASE_PATH}"

    @property
    def control_url(self) -> str:
        """Where calls are counted and faults are ordered."""
        return f"{self.root}/control"

    def announcement(self) -> dict[str, str]:
        """Return what a person needs to connect: the line `im-cloud sandbox --json` prints first."""
        credentials = self.marketplace.credentials
        return {
            "api_url": self.api_url,
            "username": credentials.username,
            "password": credentials.password,
            "subscription_key": credentials.subscription_key,
            "marketplace": credentials.marketplace,
            "control_url": self.control_url,
        }

    def serve(self) -> None:
        """Serve in this thread until the process is asked to stop."""
        self._server.run(sockets=[self._socket])
        self._socket.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def _listening(port: int) -> socket.socket:
    # With the protocol named, asyncio switches off the delay of small packets on accepted connections.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((HOST, port))
    # Listening from here on: a client that comes before the server is ready waits instead of failing.
    made.listen(128)
    return made


async def _call(request: Request, path: str) -> Call:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(request.method, path, request.query_params.multi_items(), headers, await request.body())


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))


def _steered(marketplace: Marketplace, method: str, what: str, body: bytes) -> object:
    match method, what.strip("/").split("/"):
        case "GET", ["calls"]:
            return marketplace.steer(lambda control: control.calls())
        case "DELETE", ["calls"]:
            marketplace.steer(lambda control: control.reset_calls())
        case "POST", ["faults"]:
            wanted = _json(body)
            marketplace.steer(lambda control: control.add_fault(wanted))
        case "DELETE", ["faults"]:
            marketplace.steer(lambda control: control.clear_faults())
        case "POST", ["clock"]:
            seconds = _json(body).get("advance_seconds")
            marketplace.steer(lambda control: control.advance(seconds))
        case "POST", ["settings"]:
            wanted = _json(body)
            marketplace.steer(lambda control: control.settings(wanted))
        case "GET", ["state", kind]:
            return marketplace.steer(lambda control: control.state(kind))
        case _:
            raise Refusal(404, "There are: /calls, /faults, /clock, /settings and /state/{kind}.")
    return {"done": True}


def _json(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return value
