"""What is being worked on: how much at once, what a lost client may end, and what a stopping server waits for."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

import anyio

from ingram_micro_cloud.hosts.gateway.refusals import stopping, too_busy, too_many_of_one

log = logging.getLogger(__name__)
Result = TypeVar("Result")
READS_SECONDS: Final = 10.0
"""How long a stopping server lets reads go on."""


class InFlight:
    """The work begun for requests. Each piece has a task of its own, so that what ends the request does not end it.

    Args:
        most: Pieces at once. One holder has at most half of them, and reads leave a quarter to everything else, so
            neither a busy key nor long reads keep others from what they have to do.
        on_stop: Told once that the server begins to stop.
    """

    def __init__(self, most: int = 32, *, on_stop: Callable[[], None] = lambda: None) -> None:
        self._most, self._on_stop = most, on_stop
        self._share = max(1, most // 2)
        self._most_reads = max(1, most - max(1, most // 4))
        self._holders: Counter[str] = Counter()
        self._reads: dict[asyncio.Task[Any], anyio.CancelScope] = {}
        self._others: set[asyncio.Task[Any]] = set()
        self._arriving: set[anyio.CancelScope] = set()
        self.stopping = False

    @property
    def count(self) -> int:
        """Pieces of work that are not done."""
        return len(self._reads) + len(self._others)

    async def run(
        self,
        work: Callable[[], Awaitable[Result]],
        *,
        reads: bool,
        who: str | None = None,
        gone: Callable[[], Coroutine[object, object, None]],
    ) -> Result:
        """Do some work and return what came of it.

        Args:
            work: What to do.
            reads: Whether it may be cut short: by a client that went away, or ten seconds after the server began to
                stop. Anything else runs to its end, whatever happens to the client, to the request or to the server.
            who: Whose share it takes a place of; None for nobody's.
            gone: Returns when the client has gone.

        Raises:
            HttpRefusalError: 503, when too much is being worked on, by anybody or by this holder, or the server is
                stopping.
        """
        if self.stopping:
            raise stopping()
        if self.count >= self._most or (reads and len(self._reads) >= self._most_reads):
            raise too_busy()
        if who is not None and self._holders[who] >= self._share:
            raise too_many_of_one()
        # A scope rather than Task.cancel: inside, parts that must not be torn apart are shielded by scopes.
        scope = anyio.CancelScope()
        task = asyncio.create_task(_within(scope, work))
        task.add_done_callback(partial(self._forget, who))
        if who is not None:
            self._holders[who] += 1
        if not reads:
            self._others.add(task)
            return await asyncio.shield(task)
        self._reads[task] = scope
        watching = asyncio.create_task(gone())
        try:
            await asyncio.wait({task, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                scope.cancel()
            return await asyncio.shield(task)
        finally:
            scope.cancel()
            watching.cancel()

    @contextmanager
    def arriving(self, seconds: float) -> Iterator[anyio.CancelScope]:
        """Give the scope in which a body may arrive: it ends after so long, and at once when the server stops."""
        with anyio.move_on_after(seconds) as scope:
            self._arriving.add(scope)
            try:
                yield scope
            finally:
                self._arriving.discard(scope)

    def stop(self) -> None:
        """Begin nothing from now on, and stop waiting for requests that have not arrived."""
        if not self.stopping:
            self._on_stop()
        self.stopping = True
        for scope in list(self._arriving):
            scope.cancel()

    def cut_reads(self) -> None:
        """End the reads that are still going on."""
        for scope in list(self._reads.values()):
            scope.cancel()

    async def ended(self, reads_seconds: float = READS_SECONDS) -> None:
        """Return when nothing is going on any more: reads are cut after so long, everything else runs to its end."""
        if self._reads:
            await asyncio.wait(set(self._reads), timeout=reads_seconds)
        self.cut_reads()
        while self.count:
            await asyncio.wait({*self._reads, *self._others})

    def _forget(self, who: str | None, ended: "asyncio.Task[Any]") -> None:
        if who is not None:
            self._holders[who] -= 1
            self._holders += Counter()  # lets go of holders with nothing under way
        self._reads.pop(ended, None)
        self._others.discard(ended)
        # Asked for in any case: the request that waited may be gone, and then this line is all that is left to tell.
        problem = None if ended.cancelled() else ended.exception()
        if problem is not None:
            log.info("ended with %s", getattr(problem, "specific_code", type(problem).__name__))


async def _within(scope: anyio.CancelScope, work: Callable[[], Awaitable[Result]]) -> Result:
    with scope:
        return await work()
    raise stopping()
