"""From the words of buying to what is stored, and back; nothing is lost on the way, decimals least of all."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from ingram_micro_cloud.ordering.journal.keys import plain
from ingram_micro_cloud.ordering.models import (
    Change,
    IntentState,
    JournalEntry,
    Money,
    OrderFacts,
    Preview,
    RuleResult,
    Verdict,
)
from ingram_micro_cloud.store.journal import StoredIntent
from ingram_micro_cloud.store.previews import StoredPreview

Json = dict[str, Any]


def facts_text(facts: OrderFacts) -> str:
    """Return an order's facts as JSON text."""
    found = {name: getattr(facts, name) for name in _PLAIN}
    found["price"] = None if facts.price is None else facts.price.as_json()
    found["changes"] = [_change_json(change) for change in facts.changes]
    return plain(found)


def read_facts(text: str) -> OrderFacts:
    """Return an order's facts from JSON text."""
    found = cast("Json", json.loads(text))
    return OrderFacts(
        kind=found["kind"],
        customer_id=found["customer_id"],
        subscription_id=found["subscription_id"],
        request=found["request"],
        changes=tuple(_change(each) for each in found["changes"]),
        price=_money(found["price"]),
        mpns=tuple(found["mpns"]),
        vendors=tuple(found["vendors"]),
        new_annual_commitment=found["new_annual_commitment"],
        irreversible=found["irreversible"],
        warnings=tuple(found["warnings"]),
        basis=found["basis"],
        customer_name=found["customer_name"],
        what=found["what"],
    )


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as JSON text."""
    return plain({**verdict.as_json(), "needs_approval": verdict.needs_approval})


def read_preview(stored: StoredPreview) -> Preview:
    """Return a preview as it was stored."""
    verdict = cast("Json", json.loads(stored.verdict_json))
    rules = tuple(RuleResult(**each) for each in verdict["rules"])
    return Preview(
        preview_id=stored.preview_id,
        content=stored.content,
        configuration=stored.configuration,
        organization=stored.organization,
        facts=read_facts(stored.facts),
        verdict=Verdict(verdict["allowed"], verdict["needs_approval"], rules),
        created_at=stored.created_at,
        expires_at=stored.expires_at,
        approved_by=stored.approved_by,
        used_by=stored.used_by,
    )


def read_entry(stored: StoredIntent) -> JournalEntry:
    """Return an intent as callers see it."""
    facts = read_facts(stored.facts_json)
    return JournalEntry(
        key=stored.key,
        state=cast("IntentState", stored.state),
        configuration=stored.configuration,
        organization=stored.organization,
        customer_id=stored.customer_id,
        subscription_id=stored.subscription_id,
        preview_id=stored.preview_id,
        order_id=stored.order_id,
        price=facts.price,
        content=stored.content,
        marker=stored.marker,
        what=stored.what,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        request=facts.request,
        outcome=_object(stored.outcome_json),
        problem=_object(stored.problem_json),
        changes=facts.changes,
    )


def preview_entry(preview: Preview) -> JournalEntry:
    """Return a preview that was not submitted as the journal lists it."""
    facts = preview.facts
    return JournalEntry(
        key=preview.preview_id,
        state="previewed" if preview.approved_by is None else "approved",
        configuration=preview.configuration,
        organization=preview.organization,
        customer_id=facts.customer_id,
        subscription_id=facts.subscription_id,
        preview_id=preview.preview_id,
        order_id=None,
        price=facts.price,
        content=preview.content,
        marker="",
        what=facts.what,
        created_at=preview.created_at,
        updated_at=preview.created_at,
        request=facts.request,
        changes=facts.changes,
    )


_PLAIN = (
    "kind", "customer_id", "subscription_id", "request", "mpns", "vendors", "new_annual_commitment", "irreversible",
    "warnings", "basis", "customer_name", "what",
)  # fmt: skip


def _change_json(change: Change) -> Json:
    return {
        "mpn": change.mpn,
        "product": change.product,
        "subscription_id": change.subscription_id,
        "before": _text(change.before),
        "after": _text(change.after),
        "term": change.term,
        "billing": change.billing,
        "renewal": change.renewal,
        "when": change.when,
        "monthly_price": None if change.monthly_price is None else change.monthly_price.as_json(),
        "term_price": None if change.term_price is None else change.term_price.as_json(),
    }


def _change(found: Json) -> Change:
    amounts = {name: _decimal(found[name]) for name in ("before", "after")}
    prices = {name: _money(found[name]) for name in ("monthly_price", "term_price")}
    return Change(**{**found, **amounts, **prices})


def _money(found: Json | None) -> Money | None:
    return None if found is None else Money(found["currency"], Decimal(found["amount"]))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _object(text: str | None) -> Mapping[str, object] | None:
    return None if text is None else cast("Mapping[str, object]", json.loads(text))
