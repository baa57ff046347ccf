"""Writes the journal: an intent's way from one state to the next, each step with its audit record."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from ingram_micro_cloud.ordering.journal.keys import plain
from ingram_micro_cloud.ordering.journal.records import facts_text, read_facts
from ingram_micro_cloud.ordering.models import IntentState, OrderFacts, Verdict
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.store.journal import JournalStep, StoredIntent
from ingram_micro_cloud.store.processes import Process
from ingram_micro_cloud.store.state import State

Redact = Callable[[object], object]
NOT_THERE: Final = "not_there"
"""Code of an intent whose order certainly does not exist, found out by reading."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What became known of an intent.

    Attributes:
        sent_until: The last moment at which its request can have left.
        looked: Times its order was looked for since the last step.
    """

    state: IntentState
    event: str
    outcome: Mapping[str, object] | None = None
    problem: Mapping[str, object] | None = None
    order_id: str | None = None
    sent_until: float | None = None
    looked: int = 0


class Keeper:
    """Keeps intents of one account; what is kept is redacted first."""

    def __init__(self, state: State, acting: Acting, redact: Redact) -> None:
        self._state, self.acting, self._redact = state, acting, redact

    def facts_text(self, facts: OrderFacts) -> str:
        """Return facts as they are kept with an intent."""
        return facts_text(replace(facts, request=cast("Mapping[str, object]", self._redact(facts.request))))

    def request_text(self, facts: OrderFacts) -> str:
        """Return the request as it is kept with an intent, as text to compare."""
        return plain(read_facts(self.facts_text(facts)).request)

    def new(
        self, facts: OrderFacts, *, key: str, content: str, marker: str, holder: str, process: Process, now: float
    ) -> StoredIntent:
        """Return an intent that is not kept yet."""
        price = facts.price
        return StoredIntent(
            account=self.acting.account, key=key, state="refused", kind=facts.kind,
            configuration=self.acting.configuration, organization=self.acting.organization,
            customer_id=facts.customer_id, subscription_id=facts.subscription_id, preview_id=None, order_id=None,
            currency=None if price is None else price.currency, amount=None if price is None else f"{price.amount:f}",
            content=content, marker=marker, what=facts.what, facts_json=self.facts_text(facts), outcome_json=None,
            problem_json=None, created_at=now, updated_at=now, sent_at=None, sent_until=None, looks=0, holder=holder,
            host=process.host, pid=process.pid, started=process.started, lease_until=now,
        )  # fmt: skip

    def put(
        self,
        step: JournalStep,
        intent: StoredIntent,
        *,
        event: str,
        verdict: Verdict | None = None,
        approver: str | None = None,
    ) -> StoredIntent:
        """Keep an intent as it is now, with its audit record."""
        body = self.audit_body(intent, event=event, verdict=verdict, approver=approver)
        return step.put(intent, who=self.acting.who, audit=body)

    def advance(self, key: str, progress: Progress, *, now: float) -> StoredIntent:
        """Move an intent on to what became known of it, unless more is known already; returns it as it is then."""
        with self._state.journal.step(self.acting.account) as step:
            known = step.find(key)
            if known is None:
                raise LookupError(f"no intent has the key {key!r}")
            if not _says_more(progress, known):
                return known
            intent = replace(
                known,
                state=progress.state,
                outcome_json=self._text(progress.outcome) or known.outcome_json,
                problem_json=self._text(progress.problem),
                order_id=progress.order_id or known.order_id,
                sent_until=known.sent_until if progress.sent_until is None else progress.sent_until,
                looks=known.looks + progress.looked,
                updated_at=now,
            )
            if may_be_sent_again(intent):
                _free_preview(step, intent)
            if intent.state == known.state and progress.order_id is None:
                # A look that found nothing new is no event.
                return step.put(intent, who=self.acting.who, audit=None)
            return self.put(step, intent, event=progress.event)

    def audit_body(
        self,
        intent: StoredIntent,
        *,
        event: str,
        verdict: Verdict | None = None,
        approver: str | None = None,
        problem: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """Return what the audit keeps about a step: no request and no answer, only what identifies them."""
        kept = {
            "event": event,
            "account": intent.account,
            "configuration": intent.configuration,
            "organization": intent.organization,
            "key": intent.key,
            "marker": intent.marker,
            "state": intent.state,
            "kind": intent.kind,
            "content": intent.content,
            "customer_id": intent.customer_id,
            "subscription_id": intent.subscription_id,
            "order_id": intent.order_id,
            "price": None if intent.currency is None else {"currency": intent.currency, "amount": intent.amount},
            "preview_id": intent.preview_id,
            "approver": approver,
            "verdict": None if verdict is None else _brief(verdict),
            "outcome": _ids(_object(intent.outcome_json)),
            "problem": _brief_problem(problem or _object(intent.problem_json)),
        }
        redacted = self._redact({name: value for name, value in kept.items() if value is not None})
        return cast("dict[str, object]", redacted)

    def _text(self, value: Mapping[str, object] | None) -> str | None:
        return None if value is None else plain(self._redact(value))


def may_be_sent_again(intent: StoredIntent) -> bool:
    """Return whether a key is free for the same content: it was refused here, or certainly did not leave or arrive.

    Where that was only found out by reading, the key stays used: nothing that was sent is sent again by itself.
    """
    if intent.state == "refused":
        return True
    problem = _object(intent.problem_json)
    return intent.state == "failed" and intent.order_id is None and problem.get("retry") == "yes"


def problem_of(intent: StoredIntent) -> Mapping[str, object]:
    """Return the error an intent ended in, as JSON; empty when there is none."""
    return _object(intent.problem_json)


def _says_more(progress: Progress, known: StoredIntent) -> bool:
    if progress.order_id is not None:
        # An order that was seen is a fact, whatever was believed before.
        return known.state != "completed"
    return known.state in ("in_flight", "unknown")


def _free_preview(step: JournalStep, intent: StoredIntent) -> None:
    # An approval is used up by an order, not by a connection that could not be made.
    preview = None if intent.preview_id is None else step.preview(intent.preview_id)
    if preview is not None and preview.used_by == intent.key:
        step.put_preview(replace(preview, used_by=None))


def _brief(verdict: Verdict) -> dict[str, object]:
    failed = [
        {"rule": each.rule, "limit": each.limit, "value": each.value} for each in verdict.rules if not each.passed
    ]
    return {"allowed": verdict.allowed, "broken": failed}


def _ids(outcome: Mapping[str, object]) -> dict[str, object] | None:
    found = {name: outcome[name] for name in ("id", "orderNumber", "status", "subscriptionId") if name in outcome}
    return found or None


def _brief_problem(problem: Mapping[str, object]) -> dict[str, object] | None:
    wanted = ("code", "message", "status_code", "correlation_id")
    return {name: problem[name] for name in wanted if problem.get(name) is not None} or None


def _object(text: str | None) -> Mapping[str, object]:
    return {} if text is None else cast("Mapping[str, object]", json.loads(text))
