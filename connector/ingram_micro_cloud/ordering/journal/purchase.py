"""The guarded path of every write that commits money: judged, written down, sent at most once, never sent again."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import RefusedError, StateError
from ingram_micro_cloud.ordering.journal.admission import Admission
from ingram_micro_cloud.ordering.journal.attempts import Attempt, Decision
from ingram_micro_cloud.ordering.journal.entries import journal_entries
from ingram_micro_cloud.ordering.journal.keeping import Keeper, Redact, may_be_sent_again, problem_of
from ingram_micro_cloud.ordering.journal.keys import check_key, check_request, content_of, new_holder, new_key
from ingram_micro_cloud.ordering.journal.queueing import Turn, lock_names
from ingram_micro_cloud.ordering.journal.records import read_entry, read_facts
from ingram_micro_cloud.ordering.journal.sending import Sender
from ingram_micro_cloud.ordering.journal.settling import OPEN, SETTLE_SECONDS, Settling
from ingram_micro_cloud.ordering.journal.underway import Refresh, UnderWay
from ingram_micro_cloud.ordering.models import IntentState, JournalEntry, OrderFacts
from ingram_micro_cloud.ordering.ports import Acting, Caller, Consent, Send
from ingram_micro_cloud.ordering.rules.judging import BuyingRules
from ingram_micro_cloud.ordering.wording import error_again, last_sentence, outcome_unknown
from ingram_micro_cloud.store.journal import StoredIntent
from ingram_micro_cloud.store.state import State

SEND_SECONDS: Final = 300.0
"""The longest one send may take; beyond, its outcome is unknown."""
_PLACING: Final[set[str]] = set()
"""Attempts that this process is at right now."""


class OrderJournal:
    """Places orders for one configuration and organization, and knows what became of them.

    Args:
        state: Where the journal is kept.
        acting: Who acts, for whom.
        rules: What may be bought.
        caller: Reads at the vendor: looking for orders needs list_orders and get_order.
        timing: The clock all processes share, and how to sleep.
        redact: Takes secrets out of what is kept.
        send_seconds: The longest one send may take, waiting for a permit included.
        settle_seconds: So long after it can last have been sent, an order that is not there does not exist.
        consent: Asked about every purchase the rules allow, once, before anything is written down or sent.
    """

    def __init__(
        self,
        state: State,
        acting: Acting,
        rules: BuyingRules,
        caller: Caller,
        *,
        timing: Timing | None = None,
        redact: Redact = lambda value: value,
        send_seconds: float = SEND_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
        consent: Consent | None = None,
    ) -> None:
        self._state, self._acting, self._consent = state, acting, consent
        self._timing = timing or Timing()
        # Twice the time of a send: a lock is never taken over while its order can still leave.
        self._lease = 2 * send_seconds
        self._keeper = Keeper(state, acting, redact)
        self._admission = Admission(state, acting, rules, self._keeper, lease=self._lease)
        self._settling = Settling(
            state, self._keeper, caller, now=self._timing.now, placing=_PLACING, settle_seconds=settle_seconds
        )
        self._sender = Sender(self._keeper, self._settling, self._timing, send_seconds=send_seconds)
        self._under_way = UnderWay(state, acting, self._settling, self._timing.now)

    async def place(
        self,
        facts: OrderFacts,
        send: Send,
        *,
        refresh: Refresh,
        key: str | None = None,
        preview_id: str | None = None,
        deadline: float | None = None,
        asked: Mapping[str, object] | None = None,
    ) -> JournalEntry:
        """Send an order at most once, and return what the journal then knows of it.

        Args:
            facts: What is to be ordered, as known before the locks are held: customer, subscription and request count.
            send: Sends one body; called once at most.
            refresh: Reads the facts anew; called once the locks are held, and what it returns is judged and sent.
            key: The caller's name for this purchase. The same key again returns the first outcome and sends nothing.
            preview_id: The preview that is submitted.
            deadline: The moment on the clock, in seconds since 1970, after which nothing more is begun.
            asked: What the caller asked for, where the request is worked out from what is read ("two seats more").

        Raises:
            RefusedError: The rules, a preview, a possible duplicate or an unfinished order stand against it.
            MarketplaceError: It was certainly not done.
            OutcomeUnknownError: It was sent, and looking has not shown what became of it.
            InputError: The key cannot be used, or the request carries another order's marker.
        """
        if key is not None:
            check_key(key)
        check_request(facts)
        content = content_of(self._state.fingerprint, self._acting, facts, asked)
        attempt = Attempt(
            facts, content, key or new_key(), key is not None, preview_id, new_holder(), lock_names(self._acting, facts)
        )
        turn = Turn(
            self._state, attempt.locks, attempt.holder, self._timing, lease=self._lease, deadline=deadline,
            at_work=_PLACING,
        )  # fmt: skip
        _PLACING.add(attempt.holder)
        try:
            while True:
                earlier = await self._first_outcome(attempt) if attempt.own_key else None
                if earlier is not None:
                    return earlier
                if not await turn.taken():
                    continue
                try:
                    placed = await self._place(attempt, send, refresh, turn, deadline, asked)
                finally:
                    # What came of the order must not be lost to what is wrong with the state. Locks that cannot be
                    # given back are known to be abandoned as soon as this attempt is not being placed any more.
                    with suppress(StateError):
                        await turn.given_back()
                if placed is not None:
                    return placed
        finally:
            _PLACING.discard(attempt.holder)

    async def check(self, keys: Collection[str] | None = None) -> tuple[JournalEntry, ...]:
        """Look at orders by reading only, and settle what can be settled.

        Args:
            keys: Keys or order ids; None stands for every intent whose outcome is not known.

        Raises:
            InputError: The journal knows nothing of one of the keys.
        """
        return await self._settling.check(keys)

    async def under_way(self, subscription_id: str) -> tuple[JournalEntry, ...]:
        """Return the unfinished orders of a subscription, the newest first: its seats do not show them yet.

        Each is read from the vendor; none is read where the journal knows of none.
        """
        return await self._under_way.of(subscription_id)

    async def first_purchases(self, customer_id: str, mpn: str) -> bool:
        """Settle a customer's unfinished first purchases of a product by reading; returns whether there were any.

        Raises:
            OrderUnderWayError: One of them is still not finished.
        """
        return await self._under_way.first_purchases(customer_id, mpn)

    def entries(self, *, states: Collection[IntentState] | None = None) -> tuple[JournalEntry, ...]:
        """Return the journal, the newest first, with the previews that wait to be submitted."""
        return journal_entries(self._state, self._acting, states=states, now=self._timing.now)

    async def _place(
        self,
        attempt: Attempt,
        send: Send,
        refresh: Refresh,
        turn: Turn,
        deadline: float | None,
        asked: Mapping[str, object] | None,
    ) -> JournalEntry | None:
        """Place an order while its locks are held; None where the key turns out to stand for something by now."""
        if (await self._decided(attempt, self._admission.screen)).known is not None:
            return None
        facts = await self._under_way.cleared(await self._same(attempt, refresh), partial(self._same, attempt, refresh))
        content = content_of(self._state.fingerprint, self._acting, facts, asked)
        fresh = replace(attempt, facts=facts, content=content)
        self._sender.check_time(deadline)
        if not await self._consented(fresh):
            return None
        self._sender.check_time(deadline)
        decision = await self._decided(fresh, self._admission.decide)
        if decision.admitted is None:
            return None
        # From here on nothing is awaited before the sender has taken over.
        return read_entry(await self._sender.sent(decision.admitted, facts, send, turn, deadline))

    async def _consented(self, attempt: Attempt) -> bool:
        """Have an attempt the rules allow looked at; False where its key turns out to stand for something by now.

        Raises:
            RefusedError: The rules do not allow it, or whoever looked at it objects; either is kept.
        """
        if self._consent is None:
            return True
        judged = (await self._decided(attempt, partial(self._admission.decide, admit=False))).allowed
        if judged is None:
            return False
        preview_id = attempt.preview_id if judged.preview is None else judged.preview.preview_id
        try:
            await self._consent(attempt.facts, judged.verdict, preview_id)
        except RefusedError as refusal:
            veto = partial(self._admission.veto, attempt, refusal, judged, now=self._timing.now())
            await anyio.to_thread.run_sync(veto)
            raise
        return True

    async def _same(self, attempt: Attempt, refresh: Refresh) -> OrderFacts:
        facts = await refresh()
        if lock_names(self._acting, facts) != tuple(attempt.locks):
            raise ValueError("refresh() returned facts of another customer or subscription than the locks are for")
        return facts

    async def _decided(self, attempt: Attempt, decide: Callable[..., Decision]) -> Decision:
        """Return a decision that is not a refusal.

        Raises:
            RefusedError: It is one.
            OutcomeUnknownError: The key stands for an order that is being placed although its locks were lost.
        """
        decision = await anyio.to_thread.run_sync(partial(decide, attempt, now=self._timing.now()))
        if decision.refusal is not None:
            raise decision.refusal
        known = decision.known
        if known is not None and known.state in OPEN and self._settling.is_running(known):
            how = f"It is being placed by process {known.pid}"
            raise outcome_unknown(read_facts(known.facts_json), known.key, how=how, looks=known.looks)
        return decision

    async def _first_outcome(self, attempt: Attempt) -> JournalEntry | None:
        """Return what came of the first call with a key; None where there was none, or it is still going on."""
        known = await anyio.to_thread.run_sync(self._state.journal.find, self._acting.account, attempt.key)
        if known is None or known.content != attempt.content or may_be_sent_again(known):
            return None
        if known.state in OPEN:
            if await anyio.to_thread.run_sync(self._settling.is_running, known):
                return None
            known = await self._settling.settle(known, self._settling.finder())
        return self._told(known)

    def _told(self, known: StoredIntent) -> JournalEntry:
        problem = problem_of(known)
        if known.state in OPEN:
            how = last_sentence(str(problem.get("how") or "The answer was lost"))
            raise outcome_unknown(read_facts(known.facts_json), known.key, how=how, looks=known.looks)
        if known.state == "failed" and known.order_id is None:
            raise error_again(problem, known.key)
        return read_entry(known)
