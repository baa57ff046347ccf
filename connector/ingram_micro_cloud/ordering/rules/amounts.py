"""How much an order changes: seats per product, whether it adds, whether it commits money. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.ordering.figures import whole
from ingram_micro_cloud.ordering.models import Change, OrderFacts

BEGINNING: Final = ("sales", "migration")
WITH_LINES: Final = ("sales", "migration", "change")


@dataclass(frozen=True, slots=True)
class SeatChange:
    """Seats that one product of an order gains or loses, and how many may be at most."""

    seats: Decimal
    limit: Decimal


def largest_seat_change(
    facts: OrderFacts, most: Decimal | int | None, percent: Decimal | int | None
) -> SeatChange | None:
    """Return the seat change that is furthest over its limit, or nearest to it; None where there is no limit.

    The lines of one product count together, so that splitting an order does not help.
    """
    if most is None and percent is None:
        return None
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in facts.changes:
        name = (change.mpn or change.product).casefold()
        groups.setdefault((change.subscription_id or "", name), []).append(change)
    found = [_seat_change(group, most, percent) for group in groups.values()]
    return max(found, key=lambda each: abs(each.seats) - each.limit, default=None)


def adds(facts: OrderFacts) -> bool:
    """Return whether it is a sale or an increase."""
    return facts.kind in BEGINNING or any(change.seats > 0 for change in facts.changes)


def only_adds(facts: OrderFacts) -> bool:
    """Return whether nothing is taken away by it, so that its price must be above zero."""
    return not any(change.seats < 0 for change in facts.changes)


def commits(facts: OrderFacts) -> bool:
    """Return whether it commits money: all but cancellations, pure reductions, and requests nobody knows the price of.

    Of the settings, auto-renewal names a subscription and commits to another term of it.
    """
    if facts.kind == "cancellation":
        return False
    if facts.kind == "setting":
        return facts.subscription_id is not None
    if facts.kind != "change":
        return True
    # A switch of plans says nothing of seats and may cost anything.
    return not facts.changes or any(change.after is None or change.seats > 0 for change in facts.changes)


def seats_asked(changes: Sequence[Change]) -> tuple[tuple[str, ...], ...] | None:
    """Return what lines ask for, to compare; None where one of them does not say its product or its seats."""
    if any(change.mpn is None or change.after is None for change in changes):
        return None
    return tuple(
        sorted(
            ((change.mpn or "").casefold(), f"{change.after}", change.when, change.term, change.billing)
            for change in changes
        )
    )


def unnamed_lines(facts: OrderFacts) -> list[str]:
    """Return the products whose part number nobody could find out."""
    if facts.kind not in WITH_LINES:
        return []
    unnamed = [change.product or "a product without a part number" for change in facts.changes if not change.mpn]
    return unnamed or ([] if facts.mpns or facts.changes else ["a product without a part number"])


def seat_words(seats: Decimal) -> str:
    """Return seats as a person reads a change of them: ``+12 seats``, ``-1 seat``."""
    return f"{'+' if seats > 0 else ''}{whole(seats)} seat{'' if abs(seats) == 1 else 's'}"


def annual_words(facts: OrderFacts) -> str:
    """Return the terms of the lines of an order."""
    return ", ".join(dict.fromkeys(change.term for change in facts.changes if change.term)) or "a year or more"


def _seat_change(changes: Sequence[Change], most: Decimal | int | None, percent: Decimal | int | None) -> SeatChange:
    added = sum((change.seats for change in changes if change.seats > 0), Decimal(0))
    taken = sum((change.seats for change in changes if change.seats < 0), Decimal(0))
    held = max((change.before or Decimal(0) for change in changes), default=Decimal(0))
    limits = [] if most is None else [Decimal(most)]
    limits += [] if percent is None else [held * Decimal(percent) / 100]
    return SeatChange(added if added >= -taken else taken, max(limits))
