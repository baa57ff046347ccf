"""The gateway as a server: where it listens, and how it stops without abandoning what it has begun."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final

import uvicorn

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.gateway.application import make_application
from ingram_micro_cloud.hosts.gateway.connections import Patience, server_config
from ingram_micro_cloud.hosts.gateway.in_flight import READS_SECONDS, InFlight
from ingram_micro_cloud.hosts.gateway.routing import Gateway

log = logging.getLogger(__name__)
LAST_SECONDS: Final = 5.0
"""For clients to take in their last answers, once nothing is worked on any more."""


class GatewayServer(uvicorn.Server):
    """uvicorn's server, with an end that fits writes.

    On the first signal nothing new is accepted; reads go on for ten seconds, everything else to its end, also when its
    client has gone. A second signal ends the reads at once and nothing else: a write that is cut may have been done
    without anybody knowing. The process then ends well, with status 0.
    """

    def __init__(self, config: uvicorn.Config, in_flight: InFlight, *, reads_seconds: float = READS_SECONDS) -> None:
        super().__init__(config)
        self._in_flight, self._reads_seconds = in_flight, reads_seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; uvicorn itself waits, without a limit, for connections and for what answers them."""
        self._in_flight.stop()
        ending = asyncio.create_task(self._end())
        await super().shutdown(sockets)
        await ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note a signal. Never forces the exit: that would abandon writes in flight."""
        del sig, frame
        if self.should_exit:
            self._in_flight.cut_reads()
        self.should_exit = True

    def leave_with(self, lifeline: int) -> None:
        """Stop, as on a first signal, once what a file descriptor reads from has ended."""
        # A thread that nobody waits for: there is no other way that works with files, terminals and pipes alike.
        threading.Thread(target=self._follow, args=(lifeline,), name="lifeline", daemon=True).start()

    def _follow(self, lifeline: int) -> None:
        with contextlib.suppress(OSError):  # closed here: that is an end as well
            while os.read(lifeline, 4096):
                pass
        log.info("what started this has ended")
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals while serving; unlike uvicorn's own they are not raised again, so the process exits with 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    async def _end(self) -> None:
        """Wait for the work, then a moment for clients to take in what came of it; who has not by then is cut off."""
        await self._in_flight.ended(self._reads_seconds)
        asyncio.get_running_loop().call_later(LAST_SECONDS, self._cut_off)

    def _cut_off(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


async def serve(
    gateway: Gateway, listening: socket.socket, *, patience: Patience | None = None, lifeline: int | None = None
) -> None:
    """Serve until a signal comes; returns once everything that was begun has ended.

    Whoever calls closes the service afterwards, so connections to the vendor outlive whatever uses them.

    Args:
        gateway: What is served.
        listening: Where.
        patience: How long connections may take.
        lifeline: A file descriptor; when what it reads from ends, that is a signal too.
    """
    config = server_config(make_application(gateway), patience or Patience())
    server = GatewayServer(config, gateway.in_flight)
    if lifeline is not None:
        server.leave_with(lifeline)
    try:
        await server.serve(sockets=[listening])
    finally:
        gateway.telemetry.close()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; clients that come before the server is ready wait instead of failing.

    Raises:
        UsageError: The address is taken, or none of this machine's.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, number)
    except OSError:
        raise UsageError(f"{host} is no address of this machine.", hint="For example: --host 127.0.0.1") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(256)
    except OSError:
        made.close()
        raise UsageError(
            f"The gateway cannot listen at {host}, port {port}: it is taken, or not this machine's.",
            hint="Use --port 0 to take any that is free.",
        ) from None
    return made


def url_of(listening: socket.socket, host: str) -> str:
    """Return the address a listening socket is reached at."""
    port = listening.getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
