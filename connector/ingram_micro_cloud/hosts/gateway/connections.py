"""Connections of slow clients: what uvicorn bounds only between two requests is bounded here from the first byte on.

uvicorn ends a connection that idles after an answer, and no other: headers that never end, and a client that never
reads its answer, would hold theirs for ever, and a stopping server would wait for them.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import ClassVar

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from ingram_micro_cloud.hosts.gateway.exchange import CORRELATION, correlation_id
from ingram_micro_cloud.hosts.gateway.framing import MOST_HEADER_BYTES
from ingram_micro_cloud.hosts.gateway.refusals import invalid_http


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how many.

    Attributes:
        headers_seconds: For the first line and the headers of a request, from the first moment of the connection.
        idle_seconds: Between an answer and the next request.
        reading_seconds: For a client to go on taking in its answer.
        connections: At once; what comes beyond is closed unanswered.
    """

    headers_seconds: float = 10.0
    idle_seconds: int = 5
    reading_seconds: float = 30.0
    connections: int = 512


def server_config(app: ASGIApp, patience: Patience) -> Config:
    """Return how uvicorn serves the gateway.

    No proxy's headers are believed (see ``Doors``), no access log is written (ours has no query strings), and the
    shutdown has no time limit of its own: ``GatewayServer`` ends what may be ended, and waits for the rest.
    """
    return Config(
        app, http=patient_protocol(patience), ws="none", lifespan="off", loop="asyncio", interface="asgi3",
        access_log=False, log_config=None, proxy_headers=False, server_header=False,
        timeout_keep_alive=patience.idle_seconds, h11_max_incomplete_event_size=MOST_HEADER_BYTES,
    )  # fmt: skip


def patient_protocol(patience: Patience) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol with an end to every wait for a client."""
    return type("PatientProtocol", (_PatientProtocol,), {"patience": patience})


class _PatientProtocol(H11Protocol):
    patience: ClassVar[Patience]
    _waiting: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        if len(self.connections) > self.patience.connections:
            self.transport.abort()
        else:
            self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_expecting()
        self._stop_waiting_for_the_reader()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # uvicorn's timer of idle connections ends with the first byte, however long the second takes.
        if not self._answering() and self._waiting is None:
            self._expect_headers()
        super().data_received(data)
        if self._answering():
            self._stop_expecting()

    def on_response_complete(self) -> None:
        self._stop_expecting()
        if self.transport.is_closing():
            self._end_after_reading()
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._end_after_reading()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._end_after_reading()

    def resume_writing(self) -> None:
        self._stop_waiting_for_the_reader()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        # What is no HTTP gets the same error object as everything else; it ends with the connection.
        del msg
        if self._answering():
            self.transport.abort()
            return
        body = json.dumps({"error": invalid_http().as_json()}).encode()
        lines = [
            "HTTP/1.1 400 Bad Request",
            "content-type: application/json",
            f"content-length: {len(body)}",
            f"{CORRELATION}: {correlation_id(None)}",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _expect_headers(self) -> None:
        self._waiting = self.loop.call_later(self.patience.headers_seconds, self.transport.abort)

    def _stop_expecting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end_after_reading(self) -> None:
        # A transport that closes still waits, without an end, for the client to take what was written.
        self._stop_waiting_for_the_reader()
        self._stalled = self.loop.call_later(self.patience.reading_seconds, self.transport.abort)

    def _stop_waiting_for_the_reader(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
