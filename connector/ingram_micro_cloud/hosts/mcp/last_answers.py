"""Streams of a client that closes its end while it still waits: the end is told once it has been answered."""

from types import TracebackType
from typing import Final, Self

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse

LONGEST: Final = 10.0
"""Seconds that answers may take after the end of input; what reads longer is stopped then."""
Incoming = ObjectReceiveStream[SessionMessage | Exception]
Outgoing = ObjectSendStream[SessionMessage]
_CANCELLED: Final = "notifications/cancelled"


class _Open:
    """The requests that have come in and were not answered."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._changed = anyio.Event()

    def began(self, request: object) -> None:
        self._ids.add(str(request))

    def ended(self, request: object) -> None:
        self._ids.discard(str(request))
        self._changed.set()

    async def answered(self) -> None:
        """Return once nobody waits any more."""
        while self._ids:
            self._changed = anyio.Event()
            await self._changed.wait()


class Reading:
    """Passes messages on, and the end only after the last answer."""

    def __init__(self, inner: Incoming, waiting: _Open) -> None:
        self._inner, self._waiting = inner, waiting

    async def receive(self) -> SessionMessage | Exception:
        """Return the next message.

        Raises:
            anyio.EndOfStream: There is none, and what was asked has been answered or took too long.
        """
        try:
            item = await self._inner.receive()
        except anyio.EndOfStream:
            with anyio.move_on_after(LONGEST):
                await self._waiting.answered()
            raise
        message = item.message if isinstance(item, SessionMessage) else None
        if isinstance(message, JSONRPCRequest):
            self._waiting.began(message.id)
        elif isinstance(message, JSONRPCNotification) and message.method == _CANCELLED:
            self._waiting.ended((message.params or {}).get("requestId"))  # nobody waits for it any more
        return item

    async def aclose(self) -> None:
        """Close the stream."""
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Writing:
    """Passes messages on, and notes which requests they answer."""

    def __init__(self, inner: Outgoing, waiting: _Open) -> None:
        self._inner, self._waiting = inner, waiting

    async def send(self, item: SessionMessage, /) -> None:
        """Send a message."""
        await self._inner.send(item)
        if isinstance(item.message, JSONRPCResponse | JSONRPCError):
            self._waiting.ended(item.message.id)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def answering(incoming: Incoming, outgoing: Outgoing) -> tuple[Reading, Writing]:
    """Return both ends, so that whoever pipes requests in gets their answers."""
    waiting = _Open()
    return Reading(incoming, waiting), Writing(outgoing, waiting)
