"""Looks for the order of an intent among the vendor's, by reads only."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.ordering.journal.keys import ATTRIBUTE, carries
from ingram_micro_cloud.ordering.models import IntentState, JournalEntry
from ingram_micro_cloud.ordering.ports import Caller

CLOCK_SLACK: Final = 26 * 3600.0
"""Seconds by which a time of the vendor's may be behind ours: it does not say in which zone its filter reads times."""
Json = Mapping[str, object]
Explained = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Returns those of the orders that other intents already have as their own."""
_ENDS: Final[Mapping[str, IntentState]] = {"completed": "completed", "error": "failed", "cancelled": "failed"}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look came to.

    Attributes:
        order: The order that carries the marker, in full.
        complete: Everything that could be it was read; without an order this means it was not there.
        began: When the reading began, in seconds since 1970.
        alike: An order that may be it although it carries no marker.
        trouble: Why it is not complete.
    """

    order: Json | None
    complete: bool
    began: float
    alike: str | None = None
    trouble: str | None = None


class OrderFinder:
    """Reads lists and details once each, until told to look anew."""

    def __init__(self, caller: Caller, explained: Explained, now: Callable[[], float]) -> None:
        self._caller, self._explained, self._now = caller, explained, now
        self._lists: dict[str, tuple[float, float, list[Json]]] = {}
        self._details: dict[str, Json] = {}

    async def find(self, entry: JournalEntry, *, since: float, anew: bool = True) -> Look:
        """Look for the order of an intent.

        Args:
            entry: The intent.
            since: When it was sent, in seconds since 1970.
            anew: Read the list again even if it was read before; details that were not it are not read again.
        """
        began = self._now()
        try:
            began, rows = await self._rows(entry.customer_id, since - CLOCK_SLACK, anew=anew)
            return await self._among(rows, entry, since, began)
        except IngramMicroCloudError as problem:
            return Look(None, complete=False, began=began, trouble=problem.message)

    async def order(self, order_id: str) -> Json | None:
        """Return one order, or None when it cannot be read."""
        try:
            found = await self._caller.one("get_order", {"id": order_id})
        except IngramMicroCloudError:
            return None
        return found if isinstance(found, Mapping) else None

    async def _among(self, rows: list[Json], entry: JournalEntry, since: float, began: float) -> Look:
        ids = [str(row["id"]) for row in rows if row.get("id") and _may_be_of(row, since - CLOCK_SLACK)]
        others = set(await self._explained(ids)) - {entry.order_id}
        alike = None
        for order_id in ids:
            if order_id in others:
                continue
            order = await self._detail(order_id)
            if carries(order, entry.marker):
                return Look(order, complete=True, began=began)
            if _looks_alike(order, entry):
                alike = order_id
        return Look(None, complete=alike is None, began=began, alike=alike, trouble=_ALIKE if alike else None)

    async def _rows(self, customer_id: str, since: float, *, anew: bool) -> tuple[float, list[Json]]:
        known = self._lists.get(customer_id)
        if known is not None and not anew and known[0] <= since:
            return known[1], known[2]
        began = self._now()
        found: list[Json] = []
        inputs = {"customerId": customer_id, "creationTimeFrom": _stamp(since)}
        async for page in self._caller.rows("list_orders", inputs):
            found += [row for row in page if isinstance(row, Mapping)]
        self._lists[customer_id] = (since, began, found)
        return began, found

    async def _detail(self, order_id: str) -> Json:
        if order_id not in self._details:
            found = await self._caller.one("get_order", {"id": order_id})
            self._details[order_id] = found if isinstance(found, Mapping) else {}
        return self._details[order_id]


def state_of(order: Json) -> IntentState:
    """Return the state of an intent whose order this is."""
    return _ENDS.get(str(order.get("status", "")).casefold(), "submitted")


_ALIKE: Final = "an order without a marker has the same purchase number"


def _looks_alike(order: Json, entry: JournalEntry) -> bool:
    """Return whether it may be the intent's although it carries no marker: the purchase number is the caller's own."""
    attributes = order.get("attributes")
    marked = isinstance(attributes, Mapping) and ATTRIBUTE in attributes
    number = entry.request.get("poNumber")
    return not marked and bool(number) and order.get("poNumber") == number


def _may_be_of(row: Json, since: float) -> bool:
    try:
        created = datetime.fromisoformat(str(row.get("creationDate")))
    except ValueError:
        return True
    return (created if created.tzinfo else created.replace(tzinfo=UTC)).timestamp() >= since


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
