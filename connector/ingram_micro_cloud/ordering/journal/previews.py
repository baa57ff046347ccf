"""Previews: kept for 24 hours, approved by a person, submitted once."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ingram_micro_cloud.errors import BuyingRuleRefusedError, PreviewRefusedError
from ingram_micro_cloud.ordering.journal.keys import Fingerprint, new_preview_id, preview_content, read_id
from ingram_micro_cloud.ordering.journal.records import facts_text, read_preview, verdict_text
from ingram_micro_cloud.ordering.models import Money, OrderFacts, Preview, Verdict
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.ordering.wording import check_command, moved, rule_refusal
from ingram_micro_cloud.store.previews import StoredPreview
from ingram_micro_cloud.store.state import State

LIFE_SECONDS: Final = 24 * 3600.0
PRICE_RISE: Final = 100
"""A price may rise by one part in so many between preview and order."""
_AGAIN: Final = "Make a new one: im-cloud order preview"


class PreviewBook:
    """The previews of one configuration and organization."""

    def __init__(self, state: State, acting: Acting, *, now: Callable[[], float] = time.time) -> None:
        self._state, self._acting, self._now = state, acting, now

    def save(self, facts: OrderFacts, verdict: Verdict) -> Preview:
        """Keep a preview and give it an id; what was judged about it then names that id."""
        made = make_preview(self._state.fingerprint, self._acting, facts, verdict, now=self._now())
        with self._state.journal.step(self._acting.account) as step:
            step.put_preview(made)
        return read_preview(made)

    def get(self, preview_id: str) -> Preview:
        """Return a preview, whether it can still be used or not.

        Raises:
            PreviewRefusedError: There is none of this id here (preview_unknown).
        """
        stored = self._state.previews.get(self._acting.account, read_id(preview_id))
        return read_preview(own_preview(stored, self._acting, preview_id))

    def open(self) -> tuple[Preview, ...]:
        """Return what can still be submitted, the newest first."""
        found = self._state.previews.open(self._acting.account, now=self._now())
        mine = [each for each in found if each.configuration == self._acting.configuration]
        organization = self._acting.organization
        return tuple(read_preview(each) for each in mine if organization in (None, each.organization))

    def approve(self, preview_id: str) -> Preview:
        """Let this very content through once; who did is kept. Approving it again changes nothing.

        Raises:
            PreviewRefusedError: It is unknown, expired or used.
            BuyingRuleRefusedError: A rule stands against it that no approval overrides; the hint says what to change.
        """
        now = self._now()
        with self._state.journal.step(self._acting.account) as step:
            stored = own_preview(step.preview(read_id(preview_id)), self._acting, preview_id)
            check_usable(stored, now=now)
            preview = read_preview(stored)
            if any(not each.passed and not each.approvable for each in preview.verdict.rules):
                raise _not_approvable(preview)
            if stored.approved_by is not None:
                return preview
            approved = replace(stored, approved_by=self._acting.who, approved_at=now)
            record = step.note(at=now, who=self._acting.who, audit=_audit_body(approved, preview.facts))
            step.put_preview(replace(approved, approval=record))
        return read_preview(approved)


def make_preview(
    fingerprint: Fingerprint, acting: Acting, facts: OrderFacts, verdict: Verdict, *, now: float
) -> StoredPreview:
    """Return a preview that is not kept yet."""
    preview_id = new_preview_id()
    return StoredPreview(
        preview_id=preview_id,
        account=acting.account,
        configuration=acting.configuration,
        organization=acting.organization,
        content=preview_content(fingerprint, acting, facts),
        facts=facts_text(facts),
        verdict_json=verdict_text(with_preview_id(verdict, preview_id)),
        created_at=now,
        expires_at=now + LIFE_SECONDS,
    )


def with_preview_id(verdict: Verdict, preview_id: str) -> Verdict:
    """Return a verdict whose approvable rules name the command that approves them."""
    fix = f"Approve: im-cloud order approve {preview_id}"
    named = [replace(each, fix=fix) if each.approvable and not each.passed else each for each in verdict.rules]
    return replace(verdict, rules=tuple(named))


def own_preview(stored: StoredPreview | None, acting: Acting, asked: str) -> StoredPreview:
    """Return a preview if it was made for this configuration and organization.

    Raises:
        PreviewRefusedError: It was not, or there is none (preview_unknown).
    """
    if stored is None or not _is_own(stored, acting):
        raise PreviewRefusedError(
            f"Not ordered. There is no preview {read_id(asked)[:20]} here.",
            code="preview_unknown",
            hint=f"Check the id, the configuration and the organization. {_AGAIN}",
        )
    return stored


def check_usable(stored: StoredPreview, *, now: float, key: str | None = None) -> None:
    """Refuse a preview that was submitted already or is too old.

    Raises:
        PreviewRefusedError: preview_used or preview_expired.
    """
    if stored.used_by is not None and stored.used_by != key:
        raise PreviewRefusedError(
            f"Not ordered. The preview {stored.preview_id} has been submitted already, with the key {stored.used_by}.",
            code="preview_used",
            hint=f"What became of it: {check_command(stored.used_by)}. {_AGAIN}",
        )
    if now >= stored.expires_at:
        raise PreviewRefusedError(
            f"Not ordered. The preview {stored.preview_id} is older than 24 hours.", code="preview_expired", hint=_AGAIN
        )


def check_unmoved(preview: Preview, facts: OrderFacts, content: str) -> None:
    """Refuse a preview that no longer says what the order would do.

    Raises:
        PreviewRefusedError: preview_changed or price_rose.
    """
    before, after = preview.facts, facts
    if content != preview.content:
        what = moved(before.basis, after.basis)
        if not what and _currency(before.price) != _currency(after.price):
            what = f"currency: {_currency(before.price)} → {_currency(after.price)}"
        raise PreviewRefusedError(
            f"Not ordered. What the preview {preview.preview_id} was made from has moved: "
            f"{what or 'the request is another one'}.",
            code="preview_changed",
            hint=_AGAIN,
        )
    if before.price is not None and after.price is not None and _risen(before.price, after.price):
        raise PreviewRefusedError(
            f"Not ordered. The price rose from {before.price.currency} {before.price.amount:f} "
            f"to {after.price.amount:f} since the preview {preview.preview_id}.",
            code="price_rose",
            hint=_AGAIN,
        )


def not_approved(preview_id: str, refusal: BuyingRuleRefusedError) -> PreviewRefusedError:
    """Return the error for a preview that waits for a person."""
    return PreviewRefusedError(
        refusal.message,
        code="not_approved",
        hint=f"Approve: im-cloud order approve {preview_id}",
        fields=refusal.fields,
    )


def _not_approvable(preview: Preview) -> BuyingRuleRefusedError:
    refusal = rule_refusal(preview.facts, preview.verdict)
    told = refusal.message.replace("Not ordered.", "Not approved; no approval overrides this.", 1)
    return BuyingRuleRefusedError(told, hint=refusal.hint, fields=refusal.fields)


def _risen(before: Money, after: Money) -> bool:
    return after.amount > before.amount + abs(before.amount) / PRICE_RISE


def _currency(price: Money | None) -> str:
    return "unknown" if price is None else price.currency


def _is_own(stored: StoredPreview, acting: Acting) -> bool:
    return (stored.configuration, stored.organization) == (acting.configuration, acting.organization)


def _audit_body(stored: StoredPreview, facts: OrderFacts) -> dict[str, object]:
    return {
        "event": "approved",
        "account": stored.account,
        "configuration": stored.configuration,
        "organization": stored.organization,
        "preview_id": stored.preview_id,
        "approver": stored.approved_by,
        "content": stored.content,
        "expires_at": stored.expires_at,
        "customer_id": facts.customer_id,
        "subscription_id": facts.subscription_id,
        "price": None if facts.price is None else facts.price.as_json(),
    }
