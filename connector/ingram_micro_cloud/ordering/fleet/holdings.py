"""Seats over the fleet: one row per product of a subscription, with price, cost and what is in use. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ingram_micro_cloud.ordering.figures import (
    day,
    is_annual,
    money,
    months_in,
    number,
    period_text,
    rows_of,
    seats_of,
    text,
    times,
)
from ingram_micro_cloud.ordering.models import Money

Json = Mapping[str, object]
Used = Mapping[tuple[str, str], Decimal]
"""Seats in use, by (customer's or organization's id, MPN or product's name)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a customer is.

    Attributes:
        external_id: The customer's id in the caller's own system, such as a PSA.
    """

    customer_name: str = ""
    external_id: str = ""
    organization_id: str = ""
    organization_name: str = ""


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One product that a customer holds.

    Attributes:
        seats: How many; None for subscriptions that have no seats.
        price: Of all its seats, per billing period, to the customer.
        cost: The same, to the reseller.
        monthly_price: The price spread over the months of a billing period.
        term_price: The price of one whole term.
        used: Its part of the seats in use, where they are known.
        spare: Seats that need not be renewed, where use is known.
        saving: What those cost per month.
        outdated: It may have changed since it was read; the next run reads it again.
    """

    customer_id: str
    owner: Owner
    subscription_id: str
    product: str
    mpn: str
    status: str
    seats: Decimal | None
    term: str
    billing: str
    annual: bool
    term_months: Decimal | None
    renewal: date | None
    auto_renew: bool | None
    unit_price: Money | None
    price: Money | None
    cost: Money | None
    monthly_price: Money | None
    term_price: Money | None
    outdated: bool = False
    used: Decimal | None = None
    spare: Decimal | None = None
    saving: Money | None = None

    def as_json(self) -> dict[str, object]:
        """Return the row that `list_seats` answers with; money as decimal texts with its currency."""
        return {
            "organization_id": self.owner.organization_id or None,
            "organization_name": self.owner.organization_name or None,
            "customer_id": self.customer_id,
            "customer_name": self.owner.customer_name or None,
            "external_id": self.owner.external_id or None,
            "subscription_id": self.subscription_id,
            "product": self.product,
            "mpn": self.mpn or None,
            "status": self.status,
            "seats": count_json(self.seats),
            "term": self.term,
            "billing": self.billing,
            "renewal_date": None if self.renewal is None else self.renewal.isoformat(),
            "auto_renew": self.auto_renew,
            **{name: money_json(getattr(self, name)) for name in ("unit_price", "price", "cost", "monthly_price")},
            "outdated": self.outdated,
            "in_use": count_json(self.used),
            "spare": count_json(self.spare),
            "saving": money_json(self.saving),
        }


def seat_rows(details: Iterable[Json], owners: Mapping[str, Owner], outdated: Iterable[str] = ()) -> list[SeatRow]:
    """Return a row per product held, by organization or customer, product and renewal."""
    old = frozenset(outdated)
    rows = [
        _row(detail, product, owners, text(detail.get("id")) in old)
        for detail in details
        for product in rows_of(detail.get("products")) or [{}]
    ]
    return sorted(rows, key=_order)


def with_use(rows: Sequence[SeatRow], used: Used) -> tuple[list[SeatRow], list[tuple[str, str]]]:
    """Return rows with what is in use and what could be let go at renewal, and the entries that fit no row.

    Where a customer holds a product in several subscriptions, its use counts once and is spread over them: what is
    spare lies with those that renew soonest, and what is used beyond the seats with the last.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    wanted = {(_plain(who), _plain(what)): (who, what) for who, what in used}
    for position, row in enumerate(rows):
        if row.status != "active" or row.seats is None:
            continue
        key = next((key for key in _keys(row) if key in wanted), None)
        if key is not None:
            groups.setdefault(key, []).append(position)
    joined = list(rows)
    for key, positions in groups.items():
        in_use, soonest = used[wanted[key]], sorted(positions, key=lambda each: _renews(rows[each]))
        held = sum((rows[each].seats or Decimal(0) for each in positions), Decimal(0))
        spare, short = max(Decimal(0), held - in_use), max(Decimal(0), in_use - held)
        for position in soonest:
            row = rows[position]
            seats = row.seats or Decimal(0)
            part = min(spare, seats)
            spare -= part
            more = short if position == soonest[-1] else Decimal(0)
            joined[position] = replace(row, used=seats - part + more, spare=part, saving=_saving(row, part))
    return joined, [original for key, original in wanted.items() if key not in groups]


def money_json(price: Money | None) -> dict[str, str] | None:
    """Return an amount as JSON, or null."""
    return None if price is None else price.as_json()


def count_json(seats: Decimal | None) -> int | None:
    """Return seats as a whole number; the vendor has no others."""
    return None if seats is None else int(seats)


def _row(detail: Json, product: Json, owners: Mapping[str, Owner], outdated: bool) -> SeatRow:
    term, billing = detail.get("subscriptionPeriod"), detail.get("billingPeriod")
    seats = seats_of(product) if number(product.get("quantity")) is not None else None
    unit, unit_cost = money(product.get("unitPrice")), money(product.get("unitCost"))
    price = (
        money(product.get("extendedPrice"))
        or _times(unit, seats)
        or (None if product else money(detail.get("totalPrice")))
    )
    every, months = months_in(billing), months_in(term)
    customer = text(detail.get("customerId"))
    renews = detail.get("renewalStatus")
    return SeatRow(
        customer_id=customer,
        owner=owners.get(customer, Owner()),
        subscription_id=text(detail.get("id")),
        product=text(product.get("name")) or text(detail.get("name")),
        mpn=text(product.get("mpn")),
        status=text(detail.get("status")).casefold(),
        seats=seats,
        term=period_text(term),
        billing=period_text(billing),
        annual=is_annual(term),
        term_months=months,
        renewal=day(detail.get("renewalDate")),
        auto_renew=renews if isinstance(renews, bool) else None,
        unit_price=unit,
        price=price,
        cost=_times(unit_cost, seats),
        monthly_price=None if price is None or every is None else times(price, 1 / every),
        term_price=None if price is None or every is None or months is None else times(price, months / every),
        outdated=outdated,
    )


def _times(price: Money | None, seats: Decimal | None) -> Money | None:
    return None if price is None or seats is None else times(price, seats)


def _saving(row: SeatRow, spare: Decimal) -> Money | None:
    if row.monthly_price is None or not row.seats:
        return None
    return times(row.monthly_price, spare / row.seats)


def _renews(row: SeatRow) -> tuple[date, str]:
    return row.renewal or date.max, row.subscription_id


def _keys(row: SeatRow) -> list[tuple[str, str]]:
    owners = [each for each in (row.owner.organization_id, row.customer_id, row.owner.external_id) if each]
    products = [each for each in (row.mpn, row.product) if each]
    return [(_plain(who), _plain(what)) for who in owners for what in products]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _order(row: SeatRow) -> tuple[str, str, str, date, str]:
    who = row.owner.organization_name or row.owner.customer_name or row.customer_id
    return who.casefold(), row.customer_id, row.product.casefold(), row.renewal or date.max, row.subscription_id
