"""Whether the vendor reads a quantity as it is meant: as the new total, or as the difference. Pure.

Requests were seen read both ways, so the estimate is held against the intent: its price of a line, divided by the price
of one item, is the number of items the vendor believes to be changed.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal

from ingram_micro_cloud.ordering.facts.sanity import ChangeQuantity

Reading = Literal["as_meant", "other_way", "unclear"]
EXACT: Final = Decimal("0.01")
"""A hundredth of an item: what rounding to cents may make of it."""
BEYOND: Final = Decimal("1.5")
"""So many times the meant number cannot be explained by taxes or rounding; less can be, by a part of a period."""


def seats_after(sent: Decimal, before: Decimal, how: ChangeQuantity) -> Decimal:
    """Return the seats that a change order's number leads to."""
    return before + sent if how == "delta" else sent


def sent_for(after: Decimal, before: Decimal, how: ChangeQuantity) -> Decimal:
    """Return the number a change order has to carry."""
    return after - before if how == "delta" else after


def other_meaning(sent: Decimal, before: Decimal, how: ChangeQuantity) -> Decimal:
    """Return how many seats an order would change if its number were read the other way."""
    return sent - before if how == "delta" else sent


def reading_of(meant: Decimal, other: Decimal, implied: Iterable[Decimal]) -> Reading:
    """Judge the numbers of items that an estimate implies.

    Args:
        meant: Seats added or taken away on purpose.
        other: Seats added or taken away if the number were read the other way.
        implied: What the estimate implies, once for each price of one item that may be the right one.
    """
    found = list(implied)
    if not found or meant == other:
        return "unclear"
    if any(_near(each, meant) for each in found):
        return "as_meant"
    if any(_near(each, other) for each in found):
        return "other_way"
    return "other_way" if all(_beyond(each, meant, other) for each in found) else "unclear"


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= max(EXACT, abs(other) * EXACT)


def _beyond(implied: Decimal, meant: Decimal, other: Decimal) -> bool:
    """Return whether a number fits no part of what is meant, and does fit a part of the other meaning."""
    within_other = implied * other > 0 and abs(implied) <= abs(other) * (1 + EXACT)
    wrong_way = implied * meant < 0
    return within_other and (wrong_way or abs(implied) > abs(meant) * BEYOND)
