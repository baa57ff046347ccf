"""The moment of decision, inside one transaction: known already, refused, or committed as in flight."""

import json
from dataclasses import replace
from typing import Final

from ingram_micro_cloud.errors import DeadlineError, RefusedError
from ingram_micro_cloud.ordering.journal.attempts import Attempt, Decision, Judged
from ingram_micro_cloud.ordering.journal.keeping import Keeper, may_be_sent_again
from ingram_micro_cloud.ordering.journal.keys import marker_of, plain, preview_content, read_id
from ingram_micro_cloud.ordering.journal.previews import (
    check_unmoved,
    check_usable,
    make_preview,
    not_approved,
    own_preview,
    with_preview_id,
)
from ingram_micro_cloud.ordering.journal.records import read_facts, read_preview
from ingram_micro_cloud.ordering.models import Preview, Verdict
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.ordering.rules.amounts import seats_asked
from ingram_micro_cloud.ordering.rules.judging import BuyingRules, Spent, judge
from ingram_micro_cloud.ordering.wording import key_reused, possible_duplicate, rule_refusal
from ingram_micro_cloud.store.journal import JournalStep, StoredIntent
from ingram_micro_cloud.store.previews import StoredPreview
from ingram_micro_cloud.store.processes import this_process
from ingram_micro_cloud.store.state import State

DUPLICATE_SECONDS: Final = 15 * 60.0
DAY_SECONDS: Final = 24 * 3600.0
MONTH_SECONDS: Final = 31 * DAY_SECONDS


class Admission:
    """Decides for one configuration; everything it decides is committed, refusals too."""

    def __init__(self, state: State, acting: Acting, rules: BuyingRules, keeper: Keeper, *, lease: float) -> None:
        self._state, self._acting, self._rules, self._keeper, self._lease = state, acting, rules, keeper, lease

    def screen(self, attempt: Attempt, *, now: float) -> Decision:
        """Return what needs no fresh reading: what the key stands for, a duplicate, a preview that cannot be used."""
        with self._state.journal.step(self._acting.account) as step:
            known = step.find(attempt.key)
            if known is not None and not self._free(known, attempt):
                return self._known(step, known, attempt, now)
            try:
                self._check_repetition(step, attempt, now)
            except RefusedError as refusal:
                self._refuse(step, attempt, refusal, None, now)
                return Decision(refusal=refusal)
        return Decision()

    def decide(self, attempt: Attempt, *, now: float, admit: bool = True) -> Decision:
        """Return what to do with an attempt; once this returns an admitted intent, it is on the disk.

        Without ``admit`` an attempt that would be admitted is only judged, and nothing is written about it.
        """
        with self._state.journal.step(self._acting.account) as step:
            if not step.holds(attempt.holder, attempt.locks, until=now + self._lease):
                return Decision(refusal=_locks_lost())
            known = step.find(attempt.key)
            if known is not None and not self._free(known, attempt):
                return self._known(step, known, attempt, now)
            try:
                judged = self._judged(step, attempt, now)
            except RefusedError as refusal:
                self._refuse(step, attempt, refusal, None, now)
                return Decision(refusal=refusal)
            if not judged.verdict.allowed:
                return self._broken(step, attempt, judged, now)
            if not admit:
                return Decision(allowed=judged)
            return Decision(admitted=self._admit(step, attempt, judged, now))

    def veto(self, attempt: Attempt, refusal: RefusedError, judged: Judged, *, now: float) -> None:
        """Keep that an attempt the rules allow was refused by somebody else."""
        with self._state.journal.step(self._acting.account) as step:
            known = step.find(attempt.key)
            if known is None or self._free(known, attempt):
                self._refuse(step, attempt, refusal, judged, now)

    def _free(self, known: StoredIntent, attempt: Attempt) -> bool:
        return known.state == "refused" or (may_be_sent_again(known) and known.content == attempt.content)

    def _known(self, step: JournalStep, known: StoredIntent, attempt: Attempt, now: float) -> Decision:
        if known.content == attempt.content:
            return Decision(known=known)
        same = known.configuration == self._acting.configuration
        own = same and self._acting.organization in (None, known.organization)
        refusal = key_reused(known, own=own)
        body = self._keeper.audit_body(self._intent(attempt, now), event="refused", problem=refusal.as_json())
        step.note(at=now, who=self._acting.who, audit=body)
        return Decision(refusal=refusal)

    def _judged(self, step: JournalStep, attempt: Attempt, now: float) -> Judged:
        stored = self._check_repetition(step, attempt, now)
        if not attempt.own_key:
            self._check_same_request(step, attempt, now)
        content = preview_content(self._state.fingerprint, self._acting, attempt.facts)
        if stored is None:
            return self._unasked(step, attempt, content, now)
        preview = read_preview(stored)
        check_unmoved(preview, attempt.facts, content)
        return Judged(self._verdict(step, attempt, preview, now), stored)

    def _check_repetition(self, step: JournalStep, attempt: Attempt, now: float) -> StoredPreview | None:
        """Return the preview that is to be submitted, if any, as one that was not submitted before."""
        stored = None
        if attempt.preview_id is not None:
            stored = own_preview(step.preview(read_id(attempt.preview_id)), self._acting, attempt.preview_id)
            check_usable(stored, now=now, key=attempt.key)
        if not attempt.own_key:
            earlier = step.same_content(attempt.content, sent_after=now - DUPLICATE_SECONDS)
            if earlier is not None:
                raise possible_duplicate(attempt.facts, earlier, now=now)
        return stored

    def _check_same_request(self, step: JournalStep, attempt: Attempt, now: float) -> None:
        """Refuse what would send the same request as an earlier wish that was put in other words."""
        facts = attempt.facts
        if facts.kind == "setting":
            return
        ours, seats = self._keeper.request_text(facts), seats_asked(facts.changes)
        for earlier in step.recent(facts.kind, facts.customer_id, sent_after=now - DUPLICATE_SECONDS):
            whose = (earlier.configuration, earlier.organization, earlier.subscription_id)
            if whose != (self._acting.configuration, self._acting.organization, facts.subscription_id):
                continue
            before = read_facts(earlier.facts_json)
            # Beside an order nobody knows the end of, other reference numbers do not make it another purchase.
            alike = earlier.state in ("in_flight", "unknown") and seats and seats == seats_asked(before.changes)
            if earlier.key != attempt.key and (alike or plain(before.request) == ours):
                raise possible_duplicate(facts, earlier, now=now)

    def _unasked(self, step: JournalStep, attempt: Attempt, content: str, now: float) -> Judged:
        """Judge a call that names no preview; one of this very content that a person approved lets it through once."""
        verdict = self._verdict(step, attempt, None, now)
        if verdict.allowed or not verdict.needs_approval:
            return Judged(verdict, None)
        stored = step.same_preview(content, now=now)
        if stored is None:
            return Judged(verdict, None)
        preview = read_preview(stored)
        try:
            check_unmoved(preview, attempt.facts, content)
        except RefusedError:
            return Judged(verdict, None)
        return Judged(self._verdict(step, attempt, preview, now), stored)

    def _verdict(self, step: JournalStep, attempt: Attempt, preview: Preview | None, now: float) -> Verdict:
        return judge(
            attempt.facts, self._rules,
            spent_before(step, self._acting, attempt.facts.customer_id, now=now, without=attempt.key),
            previewed=preview is not None and attempt.preview_id is not None,
            approved=preview is not None and preview.approved_by is not None,
            preview_id=None if preview is None else preview.preview_id, configuration=self._acting.configuration,
        )  # fmt: skip

    def _broken(self, step: JournalStep, attempt: Attempt, judged: Judged, now: float) -> Decision:
        verdict, stored = judged.verdict, judged.preview
        if verdict.needs_approval and stored is None:
            # Kept, so that there is something a person can approve.
            stored = make_preview(self._state.fingerprint, self._acting, attempt.facts, verdict, now=now)
            step.put_preview(stored)
        if stored is not None:
            verdict = with_preview_id(verdict, stored.preview_id)
        broken = rule_refusal(attempt.facts, verdict)
        refusal: RefusedError = broken
        if attempt.preview_id is not None and stored is not None and verdict.needs_approval:
            refusal = not_approved(stored.preview_id, broken)
        self._refuse(step, attempt, refusal, Judged(verdict, stored), now)
        return Decision(refusal=refusal)

    def _admit(self, step: JournalStep, attempt: Attempt, judged: Judged, now: float) -> StoredIntent:
        stored = judged.preview
        intent = replace(
            self._intent(attempt, now),
            state="in_flight",
            preview_id=None if stored is None else stored.preview_id,
            sent_at=now,
            sent_until=now + self._lease,
            lease_until=now + self._lease,
        )
        if stored is not None:
            step.put_preview(replace(stored, used_by=attempt.key))
        approver = None if stored is None else stored.approved_by
        return self._keeper.put(step, intent, event="sending", verdict=judged.verdict, approver=approver)

    def _refuse(
        self, step: JournalStep, attempt: Attempt, refusal: RefusedError, judged: Judged | None, now: float
    ) -> None:
        stored = None if judged is None else judged.preview
        intent = replace(
            self._intent(attempt, now),
            preview_id=attempt.preview_id if stored is None else stored.preview_id,
            problem_json=json.dumps(refusal.as_json()),
        )
        self._keeper.put(step, intent, event="refused", verdict=None if judged is None else judged.verdict)

    def _intent(self, attempt: Attempt, now: float) -> StoredIntent:
        marker = marker_of(self._state.fingerprint, self._acting, attempt.key)
        return self._keeper.new(
            attempt.facts, key=attempt.key, content=attempt.content, marker=marker, holder=attempt.holder,
            process=this_process(), now=now,
        )  # fmt: skip


def spent_before(
    step: JournalStep, acting: Acting, customer_id: str, *, now: float, without: str | None = None
) -> Spent:
    """Return what the limits of a day and a month count at a moment, one intent left out."""
    found = step.spent(
        acting.configuration, customer_id, day_since=now - DAY_SECONDS, month_since=now - MONTH_SECONDS,
        without=without,
    )  # fmt: skip
    return Spent(found.configuration, found.customer)


def _locks_lost() -> DeadlineError:
    return DeadlineError(
        "Nothing was sent. Reading what is to be ordered took so long that another order may have gone ahead.",
        hint="Try again.",
    )
