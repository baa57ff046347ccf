"""Work that is never abandoned: it ends by itself, whoever stops waiting for it, and the server ends after it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup

T = TypeVar("T")


class _Ended(Generic[T]):
    """How one piece of work ended."""

    def __init__(self) -> None:
        self.over = anyio.Event()
        self.value: list[T] = []
        self.problem: Exception | None = None


class Writes:
    """Runs work in tasks of the server's own, not of the request that asked for it."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._running: set[anyio.Event] = set()

    async def finish(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what the work returns. Cancelled, only the waiting ends; the work does not."""
        ended: _Ended[T] = _Ended()
        self._running.add(ended.over)
        self._tasks.start_soon(self._run, work, ended)
        await ended.over.wait()
        if ended.problem is not None:
            raise ended.problem
        return ended.value[0]

    async def idle(self) -> None:
        """Return once nothing is running."""
        while self._running:
            await next(iter(self._running)).wait()

    async def _run(self, work: Callable[[], Awaitable[T]], ended: _Ended[T]) -> None:
        try:
            with anyio.CancelScope(shield=True):
                ended.value.append(await work())
        except Exception as problem:  # noqa: BLE001  # it belongs to whoever waits, and must not end the other writes
            ended.problem = problem
        finally:
            self._running.discard(ended.over)
            ended.over.set()


@asynccontextmanager
async def writing() -> AsyncIterator[Writes]:
    """Give a place for writes; leaving the block waits for those that run."""
    async with anyio.create_task_group() as tasks:
        yield Writes(tasks)
