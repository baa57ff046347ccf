"""The buying rules one by one. Pure; each finds its limit, the value it met, and what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.ordering.figures import shown, whole
from ingram_micro_cloud.ordering.models import Money, OrderFacts
from ingram_micro_cloud.ordering.rules.amounts import (
    adds,
    annual_words,
    commits,
    largest_seat_change,
    only_adds,
    seat_words,
    unnamed_lines,
)
from ingram_micro_cloud.ordering.rules.limits import BuyingRules, Spent


@dataclass(frozen=True, slots=True)
class Case:
    """One order before the rules."""

    facts: OrderFacts
    rules: BuyingRules
    spent: Spent
    previewed: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: its limit, the value it met, and the sentence of what is wrong; None where it passed."""

    limit: str | None = None
    value: str | None = None
    broken: str | None = None


def _max_order_amount(case: Case) -> Finding:
    return _amount_over(
        case.facts.price, case.rules.max_order_amount, "The order's {value} exceeds your limit of {limit}."
    )


def _approve_above(case: Case) -> Finding:
    return _amount_over(
        case.facts.price, case.rules.approve_above, "Orders above {limit} need an approval; this is {value}."
    )


def _max_day_amount(case: Case) -> Finding:
    told = "With {before} of the last 24 hours this order makes {value}, more than your limit of {limit} a day."
    return _sum_over(case.facts.price, case.spent.day, case.rules.max_day_amount, told)


def _max_customer_month_amount(case: Case) -> Finding:
    told = (
        "With {before} of the last 31 days this order makes {value} for the customer, more than your limit of {limit}."
    )
    return _sum_over(case.facts.price, case.spent.customer_month, case.rules.max_customer_month_amount, told)


def _max_seat_change(case: Case) -> Finding:
    found = largest_seat_change(case.facts, case.rules.max_seat_change, case.rules.max_seat_change_percent)
    if found is None:
        return Finding()
    limit, value = whole(found.limit), seat_words(found.seats)
    broken = f"{value} exceeds your limit of {limit}." if abs(found.seats) > found.limit else None
    return Finding(limit, value, broken)


def _allowed_mpns(case: Case) -> Finding:
    allowed = case.rules.allowed_mpns
    if not allowed:
        return Finding()
    strangers = [mpn for mpn in case.facts.mpns if not _among(mpn, allowed)] + unnamed_lines(case.facts)
    broken = f"{_listed(strangers)} is not among the part numbers you allow." if strangers else None
    return Finding(_listed(allowed), _listed(case.facts.mpns), broken)


def _denied_mpns(case: Case) -> Finding:
    denied = case.rules.denied_mpns
    if not denied:
        return Finding()
    met = [mpn for mpn in case.facts.mpns if _among(mpn, denied)] + unnamed_lines(case.facts)
    broken = f"{_listed(met)} is among the part numbers you deny, or has none that could be compared." if met else None
    return Finding(_listed(denied), _listed(case.facts.mpns), broken)


def _allowed_vendors(case: Case) -> Finding:
    allowed, facts = case.rules.allowed_vendors, case.facts
    if not allowed:
        return Finding()
    strangers = [vendor for vendor in facts.vendors if not _among(vendor, allowed)]
    if not facts.vendors and (facts.mpns or unnamed_lines(facts)):
        strangers = ["an unknown vendor"]
    broken = f"{_listed(strangers)} is not among the vendors you allow." if strangers else None
    return Finding(_listed(allowed), _listed(facts.vendors), broken)


def _currency(case: Case) -> Finding:
    wanted, price = case.rules.currency, case.facts.price
    if wanted is None or price is None:
        return Finding(wanted)
    broken = (
        None if price.currency.casefold() == wanted.casefold() else f"The price is in {price.currency}, not {wanted}."
    )
    return Finding(wanted, price.currency, broken)


def _unknown_price(case: Case) -> Finding:
    if case.facts.price is not None or not commits(case.facts) or _all_listed(case):
        return Finding()
    return Finding("a known price", "unknown", "The vendor named no price for this order.")


def _zero_price(case: Case) -> Finding:
    price = case.facts.price
    adding = adds(case.facts) and only_adds(case.facts)
    if price is None or price.amount > 0 or not adding or _all_listed(case):
        return Finding()
    told = f"The price of {shown(price)} cannot be right for a sale or an increase, or will not stay."
    return Finding("more than 0", shown(price), told)


def _new_annual_commitment(case: Case) -> Finding:
    if not case.rules.approve_new_annual_commitment or not case.facts.new_annual_commitment:
        return Finding()
    return Finding("less than a year", annual_words(case.facts), "It begins or enlarges a term of a year or more.")


def _require_preview(case: Case) -> Finding:
    if not case.rules.require_preview:
        return Finding()
    broken = None if case.previewed else "Your configuration asks for a preview before every order."
    return Finding("a preview", "a preview" if case.previewed else "none", broken)


_Look = Callable[[Case], Finding]
RULES: Final[Mapping[str, tuple[bool, _Look]]] = {
    "max_order_amount": (True, _max_order_amount),
    "max_day_amount": (False, _max_day_amount),
    "max_customer_month_amount": (False, _max_customer_month_amount),
    "max_seat_change": (True, _max_seat_change),
    "allowed_mpns": (False, _allowed_mpns),
    "denied_mpns": (False, _denied_mpns),
    "allowed_vendors": (False, _allowed_vendors),
    "currency": (False, _currency),
    "unknown_price": (False, _unknown_price),
    "zero_price": (False, _zero_price),
    "approve_above": (True, _approve_above),
    "approve_new_annual_commitment": (True, _new_annual_commitment),
    "require_preview": (False, _require_preview),
}
"""Every rule, whether a person's approval lets an order through it, and what looks at it."""


def _amount_over(price: Money | None, limit: Decimal | None, told: str) -> Finding:
    if limit is None or price is None:
        return Finding()
    most, value = shown(Money(price.currency, limit)), shown(price)
    broken = told.format(value=value, limit=most) if price.amount > limit else None
    return Finding(most, value, broken)


def _sum_over(price: Money | None, before: Mapping[str, Decimal], limit: Decimal | None, told: str) -> Finding:
    if limit is None or price is None:
        return Finding()
    spent = before.get(price.currency, Decimal(0))
    most, held = shown(Money(price.currency, limit)), shown(Money(price.currency, spent))
    # What is given back makes no room, and does not need any.
    value = shown(Money(price.currency, spent + max(price.amount, Decimal(0))))
    over = price.amount > 0 and spent + price.amount > limit
    return Finding(most, value, told.format(before=held, value=value, limit=most) if over else None)


def _all_listed(case: Case) -> bool:
    named = case.facts.mpns and not unnamed_lines(case.facts)
    return bool(named) and all(_among(mpn, case.rules.allowed_mpns) for mpn in case.facts.mpns)


def _among(text: str, listed: tuple[str, ...]) -> bool:
    return any(text.strip().casefold() == each.strip().casefold() for each in listed)


def _listed(texts: tuple[str, ...] | list[str]) -> str:
    return ", ".join(texts)
