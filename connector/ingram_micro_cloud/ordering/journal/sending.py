"""Sends what was admitted, once, and writes down what came of it; looks for it when nobody can know."""

from contextlib import suppress
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import (
    DeadlineError,
    IngramMicroCloudError,
    OutcomeUnknownError,
    RefusedError,
    StateError,
)
from ingram_micro_cloud.ordering.journal.keeping import Keeper, Progress
from ingram_micro_cloud.ordering.journal.keys import with_marker
from ingram_micro_cloud.ordering.journal.looking import state_of
from ingram_micro_cloud.ordering.journal.queueing import Turn
from ingram_micro_cloud.ordering.journal.records import read_entry
from ingram_micro_cloud.ordering.journal.settling import Settling, found_progress
from ingram_micro_cloud.ordering.models import IntentState, OrderFacts
from ingram_micro_cloud.ordering.ports import Send
from ingram_micro_cloud.ordering.wording import check_command, described, last_sentence, outcome_unknown
from ingram_micro_cloud.store.journal import StoredIntent

LOOKS: Final = (10.0, 30.0, 120.0)
"""Seconds after an unknown answer at which the order is looked for."""
_STOPPED: Final = "The run was stopped while it was being sent"


class Sender:
    """Sends admitted intents, each of them once."""

    def __init__(self, keeper: Keeper, settling: Settling, timing: Timing, *, send_seconds: float) -> None:
        self._keeper, self._settling, self._timing, self._send_seconds = keeper, settling, timing, send_seconds

    def check_time(self, deadline: float | None) -> None:
        """Refuse to begin after the deadline.

        Raises:
            DeadlineError: It has passed; nothing was sent.
        """
        if deadline is not None and self._timing.now() >= deadline:
            raise DeadlineError(
                "Nothing was sent. The deadline passed before the order could be sent.",
                hint="Give the run more time and try again.",
            )

    async def sent(
        self, intent: StoredIntent, facts: OrderFacts, send: Send, turn: Turn, deadline: float | None
    ) -> StoredIntent:
        """Send an intent's order and return the intent with what came of it.

        Raises:
            IngramMicroCloudError: What send raised where it was certainly not done.
            OutcomeUnknownError: Nobody can know, and looking did not show it.
        """
        try:
            with anyio.fail_after(self._send_seconds):
                answer = await send(with_marker(facts, intent.marker))
        except OutcomeUnknownError as problem:
            return await self._looked(intent, facts, problem, turn, deadline)
        except TimeoutError:
            late = OutcomeUnknownError(f"It was sent. No answer came within {self._send_seconds:g} seconds.")
            return await self._looked(intent, facts, late, turn, deadline)
        except IngramMicroCloudError as problem:
            state: IntentState = "refused" if isinstance(problem, RefusedError) else "failed"
            await self._note_if_possible(intent, Progress(state, "not done", problem=problem.as_json()))
            raise
        except BaseException:
            # Cancelled, or a mistake of ours: it may have left.
            stopped = outcome_unknown(facts, intent.key, how=_STOPPED, looks=0)
            await self._note_if_possible(intent, self._lost(stopped, _STOPPED))
            raise
        return await self._answered(intent, facts, answer, turn, deadline)

    async def _answered(
        self, intent: StoredIntent, facts: OrderFacts, answer: object, turn: Turn, deadline: float | None
    ) -> StoredIntent:
        outcome = answer if isinstance(answer, dict) else {"answer": answer}
        if facts.kind == "setting":
            return await self._note(intent, Progress("completed", "done", outcome=outcome))
        order_id = outcome.get("id")
        if not order_id:
            nameless = OutcomeUnknownError("It was sent. The answer names no order.")
            return await self._looked(intent, facts, nameless, turn, deadline)
        progress = Progress(state_of(outcome), "sent", outcome=outcome, order_id=str(order_id))
        try:
            return await self._note(intent, progress)
        except StateError as problem:
            raise OutcomeUnknownError(
                f"Ingram has the order {order_id}, but it could not be written down. Do not order again. "
                f"{problem.message} {described(facts)}.",
                hint=f"Once the state can be used again (reads only): {check_command(intent.key)}",
            ) from problem

    async def _looked(
        self,
        intent: StoredIntent,
        facts: OrderFacts,
        problem: OutcomeUnknownError,
        turn: Turn,
        deadline: float | None,
    ) -> StoredIntent:
        how, answered_at = last_sentence(problem.message), self._timing.now()
        await self._note_if_possible(intent, self._lost(_unknown(facts, intent, how, 0, problem), how))
        looks = 0
        finder = self._settling.finder()
        for seconds in () if facts.kind == "setting" else LOOKS:
            moment = answered_at + seconds
            if deadline is not None and moment > deadline:
                break
            await turn.prolonged()
            await self._timing.sleep(max(0.0, moment - self._timing.now()))
            look = await finder.find(read_entry(intent), since=intent.sent_at or answered_at)
            looks += 1
            if look.order is not None:
                return await self._note(intent, found_progress(intent, look.order))
        error = _unknown(facts, intent, how, looks, problem)
        if looks:
            seen = Progress("unknown", "looked", problem={**error.as_json(), "how": how}, looked=looks)
            await self._note_if_possible(intent, seen)
        raise error from problem

    def _lost(self, error: OutcomeUnknownError, how: str) -> Progress:
        problem = {**error.as_json(), "how": how}
        return Progress("unknown", "unknown", problem=problem, sent_until=self._timing.now())

    async def _note(self, intent: StoredIntent, progress: Progress) -> StoredIntent:
        advance = partial(self._keeper.advance, intent.key, progress, now=self._timing.now())
        # What happened is written down even while the run is being stopped.
        with anyio.CancelScope(shield=True):
            noted = await anyio.to_thread.run_sync(advance)
        return noted  # noqa: RET504  # the scope may end a block without a value, as far as mypy can tell

    async def _note_if_possible(self, intent: StoredIntent, progress: Progress) -> None:
        # Left as in flight it is as safe: nothing identical is sent, and a check settles it.
        with suppress(StateError):
            await self._note(intent, progress)


def _unknown(
    facts: OrderFacts, intent: StoredIntent, how: str, looks: int, cause: OutcomeUnknownError
) -> OutcomeUnknownError:
    error = outcome_unknown(facts, intent.key, how=how, looks=looks)
    error.status_code, error.correlation_id = cause.status_code, cause.correlation_id
    error.vendor_message = cause.vendor_message
    return error
