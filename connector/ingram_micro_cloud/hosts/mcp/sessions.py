"""How many sessions each holder of a key has open, so that nobody takes them all."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

MOST: Final = 20
"""Sessions of one holder; a client uses one, and one that crashes leaves it behind until it has been idle."""
IDLE_SECONDS: Final = 600.0
"""After which a session that nobody uses ends; an open stream for the server's messages is a use."""
Answered: TypeAlias = Callable[[int, str | None], None]
"""Told the status of the answer, and the session that it names."""


@dataclass(slots=True)
class _Session:
    under_way: int
    used: float

    def ended(self, now: float) -> bool:
        return self.under_way == 0 and now - self.used >= IDLE_SECONDS


class Sessions:
    """Counts from outside what the protocol's library opens and closes: it has one number for everybody."""

    def __init__(self, now: Callable[[], float], most: int = MOST) -> None:
        """Begin without any.

        Args:
            now: Seconds that only grow.
            most: Of one holder.
        """
        self._now, self._most = now, most
        self._open: dict[str, dict[str, _Session]] = {}
        self._opening: Counter[str] = Counter()

    def full(self, who: str) -> bool:
        """Return whether a holder may open no further one."""
        now = self._now()
        kept = {name: each for name, each in self._open.get(who, {}).items() if not each.ended(now)}
        self._open[who] = kept
        if not kept:
            del self._open[who]
        return len(kept) + self._opening[who] >= self._most

    @contextmanager
    def request(self, who: str, session: str | None, *, opens: bool, closes: bool) -> Iterator[Answered]:
        """Note that a request is under way; gives what is told of its answer.

        Args:
            who: The holder of the key.
            session: The session it names.
            opens: Whether it may open one.
            closes: Whether it asks for its session's end.
        """
        own = self._open.setdefault(who, {})
        used = [own[session]] if session in own else []
        for each in used:
            each.under_way += 1
        self._opening[who] += opens

        def answered(status: int, named: str | None) -> None:
            if opens and status < 400 and named is not None:
                used.append(_Session(1, self._now()))
                self._open.setdefault(who, {})[named] = used[-1]
            elif session is not None and (status == 404 or (closes and status < 300)):
                self._open.get(who, {}).pop(session, None)

        try:
            yield answered
        finally:
            for each in used:
                each.under_way -= 1
                each.used = self._now()
            self._opening[who] -= opens
            if not self._opening[who]:
                del self._opening[who]
            if not self._open.get(who, True):
                del self._open[who]
