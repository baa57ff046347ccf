"""Tells a client how far a call is: pages of a list, states of what is followed, waits for the call limits."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.follow import SeenState
    from ingram_micro_cloud.runtime.outcomes import Page

T = TypeVar("T")
Report: TypeAlias = Callable[[float, float | None, str | None], Awaitable[None]]
"""Sends one progress notification: a number that only grows, the last one if it is known, a sentence."""
Told: TypeAlias = tuple[float, float | None, str]
_STEP: Final = 0.001
"""What the number grows by for news that is no further row: the protocol wants it to grow each time."""
_WAITING: Final = 256
"""News that a slow client may leave unread; what comes beyond is dropped."""


class Progress:
    """Takes news where they arise, and sends them in order while the work they are of goes on."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._reached = 0.0
        self._sender, self._news = anyio.create_memory_object_stream[Told](_WAITING)

    def on_page(self, page: "Page") -> None:
        """Take a page of a list."""
        of = "" if page.total is None else f" of {page.total}"
        self._tell(f"{page.received}{of} rows", reached=float(page.received), total=page.total)

    def on_progress(self, seen: "SeenState") -> None:
        """Take a state of an order or a report that is followed."""
        self._tell(seen.state)

    def on_wait(self, seconds: float, reason: str) -> None:
        """Take a wait for the limits of calls."""
        self._tell(f"Waiting {max(1, round(seconds))} s: {reason}")

    async def delivered(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what the work returns; what is news meanwhile is sent, and at its end what is left of it."""
        ended: list[T] = []
        problem: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._deliver, self._news)
            try:
                ended.append(await work())
            except Exception as raised:  # noqa: BLE001  # raised below: through the group it would come out wrapped
                problem = raised
            finally:
                self._sender.close()
        if problem is not None:
            raise problem
        return ended[0]

    def _tell(self, sentence: str, *, reached: float | None = None, total: float | None = None) -> None:
        number = self._reached + _STEP if reached is None else max(reached, self._reached + _STEP)
        self._reached = number
        # A write goes on after its client has gone; then there is nobody to tell.
        with suppress(anyio.WouldBlock, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._sender.send_nowait((number, total, sentence))

    async def _deliver(self, news: MemoryObjectReceiveStream[Told]) -> None:
        async with news:
            async for number, total, sentence in news:
                with suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
                    await self._report(number, total, sentence)
