"""The terms of subscriptions: they renew or end as the clock moves, and what was ordered for then happens then."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from ingram_micro_cloud.sandbox.calls import Json
from ingram_micro_cloud.sandbox.clock import months_later
from ingram_micro_cloud.sandbox.offers import months_of
from ingram_micro_cloud.sandbox.world import World

RUNNING: Final = ("active", "hold")


class Renewals:
    """Watches the end of every term."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def watch(self, row: Json) -> None:
        """Let a subscription renew or end when its term is over."""
        day = str(row["renewalDate"])
        self._world.later(_midnight(day), lambda _: self._over(row, day))

    def at_renewal(self, row: Json, change: Callable[[], None]) -> None:
        """Have something happen when the subscription renews; it never does if it ends instead."""
        self._waiting.setdefault(str(row["id"]), []).append(change)

    def forget(self, row: Json) -> None:
        """Drop what waits for a renewal that will not come."""
        self._waiting.pop(str(row["id"]), None)

    def renew(self, row: Json) -> None:
        """Begin the next term now, by an order."""
        self._next_term(row)
        self.watch(row)

    def _over(self, row: Json, day: str) -> None:
        if row["renewalDate"] != day or row["status"] not in RUNNING:
            return  # it was renewed before its time, or has ended
        if not row["renewalStatus"]:
            self.forget(row)
            row |= {"status": "terminated", "lastModifiedDate": day}
            return
        # All terms that have passed at once: the clock may have been moved on by years.
        while date.fromisoformat(str(row["renewalDate"])) <= self._world.clock.today():
            row["lastModifiedDate"] = row["renewalDate"]
            self._next_term(row)
        self.watch(row)

    def _next_term(self, row: Json) -> None:
        for change in self._waiting.pop(str(row["id"]), []):
            change()
        row |= term_from(date.fromisoformat(str(row["renewalDate"])), term_of(row))


def term_from(start: date, term: tuple[str, int]) -> Json:
    """Return the two dates that end a term; the last day is the one before the renewal."""
    end = months_later(start, months_of(term))
    return {"renewalDate": end.isoformat(), "expirationDate": (end - timedelta(days=1)).isoformat()}


def term_of(row: Json) -> tuple[str, int]:
    """Return the length of a subscription's term."""
    value = row["subscriptionPeriod"]
    return (str(value["type"]), int(value["duration"])) if isinstance(value, dict) else ("month", 1)


def _midnight(day: str) -> float:
    begins = date.fromisoformat(day)
    return datetime(begins.year, begins.month, begins.day, tzinfo=UTC).timestamp()
