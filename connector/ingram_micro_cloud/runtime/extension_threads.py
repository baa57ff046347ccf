"""Threads for what extensions do: their own, so that a slow one keeps nobody waiting who does not ask it.

The threads that the database and everything else share are forty; an extension that hangs must not take those.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Final, TypeVar

import anyio
from anyio import from_thread
from anyio.lowlevel import RunVar, current_token

LONGEST: Final = 30.0
"""Seconds that anybody waits for an extension."""
MOST: Final = 64
"""Calls of extensions at one time, those included that nobody waits for any more."""
Result = TypeVar("Result")
_SLOTS: Final[RunVar[anyio.CapacityLimiter]] = RunVar("slots of extensions")


class NoAnswerError(Exception):
    """An extension did not answer in time. It may still be at work: nobody can stop a thread."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"did not answer within {seconds:.3g} {'second' if seconds == 1 else 'seconds'}")


async def in_own_thread(work: Callable[[], Result], seconds: float = LONGEST) -> Result:
    """Return what some work of an extension gives; whoever is cancelled stops waiting for it.

    Args:
        work: Raises ordinary exceptions only.
        seconds: The longest to wait, for a free thread included; 30 at most.

    Raises:
        NoAnswerError: So long was waited for it.
        Exception: Whatever the work raised.
    """
    slots, token, slot, ended = _slots(), current_token(), object(), anyio.Event()
    given: list[Result] = []
    raised: list[BaseException] = []

    def end() -> None:
        slots.release_on_behalf_of(slot)
        ended.set()

    def body() -> None:
        _forget_loop()
        try:
            given.append(work())
        except BaseException as problem:  # noqa: BLE001  # handed on to who waits
            raised.append(problem)
        with suppress(RuntimeError):  # the loop is closed: nobody waits, and its slots are gone with it
            from_thread.run_sync(end, token=token)

    wait = max(0.0, min(seconds, LONGEST))
    with anyio.move_on_after(wait):
        await slots.acquire_on_behalf_of(slot)
        # A daemon: a process that wants to end does not wait for it either.
        thread = threading.Thread(target=copy_context().run, args=(body,), name="extension", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no more of them
            slots.release_on_behalf_of(slot)
            raise
        await ended.wait()
    if raised:
        raise raised[0]
    if not given:
        raise NoAnswerError(wait)
    return given[0]


def _slots() -> anyio.CapacityLimiter:
    try:
        return _SLOTS.get()
    except LookupError:
        made = anyio.CapacityLimiter(MOST)
        _SLOTS.set(made)
        return made


def _forget_loop() -> None:
    """Let the extension begin a loop of its own: what is inherited says that the caller's is running here."""
    if (sniffio := sys.modules.get("sniffio")) is not None:
        sniffio.current_async_library_cvar.set(None)
