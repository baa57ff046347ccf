"""Earlier orders for a subscription that its seats do not show yet: a later one must be built upon them, or wait."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from shlex import quote
from typing import Final

import anyio
import anyio.to_thread

from ingram_micro_cloud.errors import OrderUnderWayError
from ingram_micro_cloud.ordering.journal.records import read_entry
from ingram_micro_cloud.ordering.journal.settling import Settling
from ingram_micro_cloud.ordering.journal.unfinished import built_upon
from ingram_micro_cloud.ordering.models import Change, JournalEntry, OrderFacts
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.ordering.wording import changed, check_command
from ingram_micro_cloud.store.journal import OPEN, StoredIntent
from ingram_micro_cloud.store.state import State

UNKNOWN_SECONDS: Final = 24 * 3600.0
"""An unknown order this old would have been fulfilled long ago, and its seats would show."""
Refresh = Callable[[], Awaitable[OrderFacts]]


class UnderWay:
    """Knows the unfinished orders of one account."""

    def __init__(self, state: State, acting: Acting, settling: Settling, now: Callable[[], float]) -> None:
        self._state, self._acting, self._settling, self._now = state, acting, settling, now

    async def of(self, subscription_id: str) -> tuple[JournalEntry, ...]:
        """Return the unfinished orders of a subscription, the newest first, each read from the vendor just now."""
        finder = self._settling.finder()
        settled = [await self._settling.settle(each, finder) for each in await self._open(subscription_id)]
        return tuple(read_entry(each) for each in settled if each.state in OPEN)

    async def first_purchases(self, customer_id: str, mpn: str) -> bool:
        """Settle a customer's unfinished first purchases of a product; returns whether there were any.

        Raises:
            OrderUnderWayError: One of them is still not finished: what it will make does not show yet.
        """
        name = mpn.casefold()
        begun = [
            each
            for each in await self._open(customer_id=customer_id)
            if any((change.mpn or "").casefold() == name for change in read_entry(each).changes)
            and each.subscription_id is None
        ]
        finder = self._settling.finder()
        for each in begun:
            settled = await self._settling.settle(each, finder)
            if settled.state in OPEN:
                raise _under_way(read_entry(settled))
        return bool(begun)

    async def cleared(self, facts: OrderFacts, refresh: Refresh) -> OrderFacts:
        """Return facts that no unfinished order contradicts; costs no read where there is none.

        Raises:
            OrderUnderWayError: An earlier order is not finished and these facts do not build upon it.
        """
        if facts.subscription_id is None or facts.kind == "setting":
            return facts
        known = [read_entry(each) for each in await self._open(facts.subscription_id)]
        if next(_contradicting(known, facts), None) is None:
            return facts
        still = await self.of(facts.subscription_id)
        # What was under way may have ended between reading the seats and asking for it.
        facts = await refresh()
        contradicting = next(_contradicting(still, facts), None)
        if contradicting is not None:
            raise _under_way(contradicting)
        return facts

    async def _open(
        self, subscription_id: str | None = None, *, customer_id: str | None = None
    ) -> Sequence[StoredIntent]:
        read = partial(
            self._state.journal.all, self._acting.account, states=OPEN, subscription_id=subscription_id,
            customer_id=customer_id,
        )  # fmt: skip
        found = await anyio.to_thread.run_sync(read)
        oldest = self._now() - UNKNOWN_SECONDS
        return [
            each
            for each in found
            if each.kind != "setting" and (each.state == "submitted" or (each.sent_at or each.created_at) > oldest)
        ]


def _contradicting(entries: Sequence[JournalEntry], facts: OrderFacts) -> Iterator[JournalEntry]:
    """Yield the unfinished orders that facts do not take into account."""
    certain = all(entry.state == "submitted" for entry in entries)
    said = built_upon(str(facts.subscription_id), entries)
    if certain and said.items() <= facts.basis.items():
        return
    seen: set[tuple[str | None, str | None]] = set()
    for entry in entries:
        if entry.state != "submitted":
            yield entry
            continue
        # The newest decides: it was itself built upon the ones before it.
        changes = {_line(each): each for each in entry.changes if each.when == "now" and each.after is not None}
        for line, change in changes.items():
            if line not in seen and any(_line(each) == line and each.before != change.after for each in facts.changes):
                yield entry
            seen.add(line)


def _line(change: Change) -> tuple[str | None, str | None]:
    return change.subscription_id, None if change.mpn is None else change.mpn.casefold()


def _under_way(entry: JournalEntry) -> OrderUnderWayError:
    what = changed(entry.changes) or entry.what
    of = "the same subscription" if entry.subscription_id else "the same product"
    if entry.state == "submitted":
        return OrderUnderWayError(
            f"Nothing was sent. The order {entry.order_id} for {of} is not finished ({what}), "
            "so what it holds now cannot be built upon.",
            hint=f"Wait for it: im-cloud order follow {quote(str(entry.order_id))}",
        )
    return OrderUnderWayError(
        f"Nothing was sent. An earlier order for {of} may or may not have gone through ({what}).",
        hint=f"Look (reads only): {check_command(entry.key)}",
    )
