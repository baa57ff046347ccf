"""Settles intents whose end is not known, by reading only: found, certainly not there, or still unknown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.ordering.journal.keeping import NOT_THERE, Keeper, Progress, problem_of
from ingram_micro_cloud.ordering.journal.looking import Look, OrderFinder, state_of
from ingram_micro_cloud.ordering.journal.records import read_entry, read_facts
from ingram_micro_cloud.ordering.models import JournalEntry
from ingram_micro_cloud.ordering.ports import Caller
from ingram_micro_cloud.ordering.wording import outcome_unknown
from ingram_micro_cloud.store.journal import StoredIntent
from ingram_micro_cloud.store.processes import Process, certainly_gone, this_process
from ingram_micro_cloud.store.state import State

SETTLE_SECONDS: Final = 120.0
"""After the last moment a request can have left, its order shows within so long, or it does not exist."""
ENDED: Final = "The process that placed it ended before the answer was noted"
OPEN: Final = ("in_flight", "unknown")


class Settling:
    """Looks at intents of one account; sends nothing but reads."""

    def __init__(
        self,
        state: State,
        keeper: Keeper,
        caller: Caller,
        *,
        now: Callable[[], float],
        placing: Collection[str],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._state, self._keeper, self._caller, self._now = state, keeper, caller, now
        self._placing, self._settle_seconds = placing, settle_seconds

    def finder(self) -> OrderFinder:
        """Return what looks for orders of this account."""
        return OrderFinder(self._caller, self._explained, self._now)

    async def check(self, keys: Collection[str] | None = None) -> tuple[JournalEntry, ...]:
        """Look at intents and settle what can be settled; returns them as they are then, the newest first.

        Args:
            keys: Keys or order ids; those that wait for the vendor are looked at as well. None stands for every
                intent whose outcome is not known.

        Raises:
            InputError: The journal knows nothing of one of the keys.
        """
        found = await anyio.to_thread.run_sync(partial(self._named, keys))
        finder = self.finder()
        # One list serves all intents of a customer, if it begins with the earliest.
        oldest: dict[str, float] = {}
        for intent in found:
            sent = _sent_at(intent)
            oldest[intent.customer_id] = min(sent, oldest.get(intent.customer_id, sent))
        settled = [await self.settle(each, finder, since=oldest[each.customer_id], anew=False) for each in found]
        return tuple(read_entry(each) for each in settled)

    async def settle(
        self, intent: StoredIntent, finder: OrderFinder, *, since: float | None = None, anew: bool = True
    ) -> StoredIntent:
        """Return an intent as it is after a look, or untouched while somebody is still placing it."""
        if intent.state in OPEN and await anyio.to_thread.run_sync(self.is_running, intent):
            return intent
        if intent.order_id is not None:
            return await self._follow(intent, finder)
        if intent.state == "in_flight":
            intent = await self._orphaned(intent)
        absent = intent.state == "failed" and problem_of(intent).get("code") == NOT_THERE
        if intent.kind == "setting" or (intent.state != "unknown" and not absent):
            return intent
        look = await finder.find(read_entry(intent), since=_sent_at(intent) if since is None else since, anew=anew)
        return intent if absent and look.order is None else await self._conclude(intent, look)

    def is_running(self, intent: StoredIntent) -> bool:
        """Return whether the attempt that holds an open intent is, or may be, still at it."""
        process = Process(intent.host, intent.pid, intent.started)
        mine = this_process()
        if process == mine:
            return intent.holder in self._placing
        if certainly_gone(process):
            return False
        if intent.state == "unknown":
            # It was answered, or given up; what may go on is looking, and that ends with the attempt's locks.
            return self._state.locks.still_held(intent.holder, now=self._now())
        return process.host == mine.host or intent.lease_until > self._now()

    def _named(self, keys: Collection[str] | None) -> Sequence[StoredIntent]:
        account, organization = self._keeper.acting.account, self._keeper.acting.organization
        if keys is None:
            found = self._state.journal.all(account, states=OPEN)
            return [each for each in found if organization in (None, each.organization)]
        everything = [each for each in self._state.journal.all(account) if organization in (None, each.organization)]
        known: dict[str, list[StoredIntent]] = {}
        for each in everything:
            for name in {each.key, each.order_id} - {None}:
                known.setdefault(str(name), []).append(each)
        if strangers := [key for key in keys if key not in known]:
            told = f"The journal knows no order by {strangers[0]!r}."
            raise InputError(
                told,
                hint="See what it knows: im-cloud journal",
                fields=[FieldProblem("/keys", "unknown_key", told)],
            )
        return [each for each in everything if {each.key, each.order_id} & set(keys)]

    async def _follow(self, intent: StoredIntent, finder: OrderFinder) -> StoredIntent:
        if intent.state == "completed":
            return intent
        order = await finder.order(str(intent.order_id))
        if order is None or state_of(order) == intent.state:
            return intent
        return await self._advance(intent, found_progress(intent, order, event="followed"))

    async def _orphaned(self, intent: StoredIntent) -> StoredIntent:
        """Note that nobody is placing it any more; until now its request can have left."""
        now = self._now()
        problem = outcome_unknown(read_facts(intent.facts_json), intent.key, how=ENDED, looks=0)
        told = {**problem.as_json(), "how": ENDED}
        found = Progress("unknown", "orphaned", problem=told, sent_until=min(now, _until(intent)))
        return await self._advance(intent, found)

    async def _conclude(self, intent: StoredIntent, look: Look) -> StoredIntent:
        if look.order is not None:
            return await self._advance(intent, found_progress(intent, look.order))
        if look.complete and look.began >= _until(intent) + self._settle_seconds:
            return await self._advance(intent, Progress("failed", "settled", problem=_not_there(intent), looked=1))
        problem: dict[str, object] = {**problem_of(intent)}
        if look.trouble is not None:
            problem["looked"] = look.trouble if look.alike is None else f"{look.trouble}: {look.alike}"
        return await self._advance(intent, Progress("unknown", "looked", problem=problem, looked=1))

    async def _advance(self, intent: StoredIntent, progress: Progress) -> StoredIntent:
        return await anyio.to_thread.run_sync(partial(self._keeper.advance, intent.key, progress, now=self._now()))

    async def _explained(self, order_ids: Collection[str]) -> Collection[str]:
        if not order_ids:
            return ()
        known = partial(self._state.journal.explained, self._keeper.acting.account, order_ids)
        return await anyio.to_thread.run_sync(known)


def found_progress(intent: StoredIntent, order: Mapping[str, object], *, event: str = "found") -> Progress:
    """Return what an intent becomes by an order that was seen to be its own."""
    state = state_of(order)
    problem = _vendor_failed(intent, order) if state == "failed" else None
    return Progress(state, event, outcome=order, problem=problem, order_id=str(order["id"]), looked=1)


def _sent_at(intent: StoredIntent) -> float:
    return intent.created_at if intent.sent_at is None else intent.sent_at


def _until(intent: StoredIntent) -> float:
    return intent.lease_until if intent.sent_until is None else intent.sent_until


def _not_there(intent: StoredIntent) -> dict[str, object]:
    return {
        "code": NOT_THERE,
        "message": "Ingram certainly does not have this order: every order of the customer since then was read.",
        "hint": "Nothing was bought. Order again with another key if it is still wanted.",
        "retry": "no",
        "key": intent.key,
    }


def _vendor_failed(intent: StoredIntent, order: Mapping[str, object]) -> dict[str, object]:
    return {
        "code": "order_failed",
        "message": f"Ingram took the order {order.get('id')} and ended it as {order.get('status')}.",
        "hint": "The vendor's panel shows the reason.",
        "retry": "no",
        "key": intent.key,
    }
