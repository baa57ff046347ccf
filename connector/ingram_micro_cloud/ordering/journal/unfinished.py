"""Shows a subscription as its unfinished orders will leave it, so that a plan is built upon them, not beside them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Final

from ingram_micro_cloud.ordering.models import JournalEntry
from ingram_micro_cloud.ordering.ports import Caller

Json = Mapping[str, object]
AT_RENEWAL: Final = "quantityAtRenewal"
"""Member of a product's line: the seats that an unfinished order sets at the next renewal, as decimal text."""
UnfinishedOrders = Callable[[str], Awaitable[Sequence[JournalEntry]]]
"""Returns the unfinished orders of a subscription, the newest first: ``OrderJournal.under_way``."""


class UnfinishedSeats:
    """A caller for planning seats: what get_subscription answers has the seats that are ordered already.

    The facts of an order are read without it, as the vendor's estimate knows nothing of unfinished orders either;
    they are told what was built upon by adding ``basis`` to theirs, and the journal then lets them through.

    Attributes:
        basis: For the facts: which unfinished orders were taken into account, by subscription.
    """

    def __init__(self, caller: Caller, unfinished: UnfinishedOrders) -> None:
        self._caller, self._unfinished = caller, unfinished
        self.basis: dict[str, str] = {}

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        """Yield the rows of a list as they are."""
        async for page in self._caller.rows(action, inputs):
            yield page

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        """Return what an action answers; a subscription with the seats its unfinished orders lead to."""
        if action != "get_subscription":
            return await self._caller.one(action, inputs)
        # The orders first: one that is completed in between shows in the seats, and is not added twice.
        key = str(inputs.get("id"))
        entries = await self._unfinished(key)
        found = await self._caller.one(action, inputs)
        if not entries or not isinstance(found, Mapping):
            return found
        self.basis |= built_upon(key, entries)
        return _as_ordered(found, entries)


def built_upon(subscription_id: str, entries: Sequence[JournalEntry]) -> dict[str, str]:
    """Return what facts say that were worked out with these unfinished orders in mind; empty for none."""
    ids = sorted(str(entry.order_id or entry.key) for entry in entries)
    return {f"unfinished orders of {subscription_id}": ", ".join(ids)} if ids else {}


def _as_ordered(subscription: Json, entries: Sequence[JournalEntry]) -> Json:
    ordered: dict[str, dict[str, str]] = {}
    for entry in entries:
        for change in entry.changes:
            if change.mpn is not None and change.after is not None:
                member = "quantity" if change.when == "now" else AT_RENEWAL
                ordered.setdefault(change.mpn.casefold(), {}).setdefault(member, f"{change.after:f}")
    products = subscription.get("products")
    lines = [
        {**line, **ordered.get(str(line.get("mpn")).casefold(), {})}
        for line in (products if isinstance(products, list) else [])
        if isinstance(line, Mapping)
    ]
    return {**subscription, "products": lines}
