"""A preview as rows of texts for a terminal, with totals per currency. Pure; draws nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.ordering.figures import shown, totals, whole
from ingram_micro_cloud.ordering.models import Change, Money, OrderFacts, Preview

HEADINGS: Final = ("Product", "MPN", "Seats", "Term", "Renews", "When", "Per month", "Per term")
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class OrderTable:
    """What a preview shows.

    Attributes:
        rows: One per change, in the order of ``headings``.
        totals: Rows of the same width below; one per currency, never several currencies added.
        lines: Sentences to print underneath: the price, cautions, what the rules say.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]


def preview_table(preview: Preview) -> OrderTable:
    """Return a preview as a table, with what the rules say of it."""
    failed = [each.message for each in preview.verdict.rules if not each.passed]
    approved = [] if preview.approved_by is None else [f"Approved by {preview.approved_by}."]
    if preview.verdict.allowed:
        verdict = ["Every buying rule allows it."] if not failed else ["Allowed by its approval."]
    else:
        verdict = failed
    return facts_table(preview.facts, [*approved, *verdict])


def facts_table(facts: OrderFacts, more: Sequence[str] = ()) -> OrderTable:
    """Return what an order would do as a table."""
    price = "The vendor named no price." if facts.price is None else f"Billed for this order: {shown(facts.price)}."
    return OrderTable(
        HEADINGS,
        tuple(_row(each) for each in facts.changes),
        _totals(facts.changes),
        (price, *facts.warnings, *more),
    )


def seats_shown(change: Change) -> str:
    """Return seats before and after: ``10 → 11 (+1)``."""
    after = "?" if change.after is None else whole(change.after)
    if change.before is None:
        return after if change.after is not None else "unchanged"
    step = change.seats
    return f"{whole(change.before)} → {after}" + (f" ({'+' if step > 0 else '−'}{whole(abs(step))})" if step else "")


def _row(change: Change) -> tuple[str, ...]:
    return (
        change.product, change.mpn or "", seats_shown(change), _term(change), change.renewal,
        "at renewal" if change.when == "renewal" else "now", _price(change.monthly_price), _price(change.term_price),
    )  # fmt: skip


def _term(change: Change) -> str:
    each = change.billing.removeprefix("1 ")
    return f"{change.term}, billed every {each}" if change.term and each else change.term


def _price(price: Money | None) -> str:
    return UNKNOWN if price is None else shown(price)


def _totals(changes: Sequence[Change]) -> tuple[tuple[str, ...], ...]:
    """Return one row per currency; a total in which a price is missing says so."""
    monthly = {each.currency: each for each in totals(each.monthly_price for each in changes)}
    per_term = {each.currency: each for each in totals(each.term_price for each in changes)}
    missing = any(each.monthly_price is None and each.seats != Decimal(0) for each in changes)
    name = "Total of the known prices" if missing else "Total"
    return tuple(
        (name, "", "", "", "", "", _price(monthly.get(currency)), _price(per_term.get(currency)))
        for currency in sorted(monthly.keys() | per_term.keys())
    )
