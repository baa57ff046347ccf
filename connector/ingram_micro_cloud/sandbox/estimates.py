"""Prices of orders: totals, lines, contract values."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from ingram_micro_cloud.sandbox.calls import Json
from ingram_micro_cloud.sandbox.clock import months_later, stamp
from ingram_micro_cloud.sandbox.lines import Line
from ingram_micro_cloud.sandbox.offers import money, months_of, period
from ingram_micro_cloud.sandbox.subscriptions import held_quantity, monthly_price
from ingram_micro_cloud.sandbox.world import OWN_RESELLER, World


def estimate(world: World, body: Json, kind: str, lines: Sequence[Line], subscription: Json | None) -> Json:
    """Return what an order would cost per billing period."""
    answer: Json = {"type": kind, "customerId": body["customerId"], "total": total_of(kind, lines, subscription)}
    if subscription is not None:
        answer["subscriptionId"] = subscription["id"]
    if lines:
        answer["products"] = [
            {
                "mpn": line.offer.mpn,
                "id": line.product["id"],
                "quantity": int(line.quantity),
                "extendedPrice": money(line.unit_price * _billed(kind, line, subscription)),
                **({"subscriptionId": subscription["id"]} if subscription is not None else {}),
            }
            for line in lines
        ]
        answer["subscriptions"] = [_contract_value(world, kind, lines, subscription)]
    return answer


def total_of(kind: str, lines: Sequence[Line], subscription: Json | None) -> Json:
    """Return the price of an order; a reduction is negative, a cancellation costs nothing."""
    if kind == "renewal" and subscription is not None:
        return money(monthly_price(subscription))
    return money(sum((line.unit_price * _billed(kind, line, subscription) for line in lines), Decimal(0)))


def order_products(lines: Sequence[Line], subscription: Json | None) -> list[Json]:
    """Return the products of an order as its details show them."""
    return [
        {
            "mpn": line.offer.mpn,
            "vendor": line.offer.vendor,
            "id": line.product["id"],
            "name": line.offer.name,
            "quantity": int(line.quantity),
            "billingPeriod": period(line.offer.billing),
            "subscriptionPeriod": period(line.offer.term),
            "extendedPrice": money(line.unit_price * line.quantity),
            **({"subscriptionId": subscription["id"]} if subscription is not None else {}),
        }
        for line in lines
    ]


def details_of(kind: str, lines: Sequence[Line], subscription: Json | None, *, at_renewal: bool) -> list[Json]:
    """Return the details of an order: the signed change, or the total when it waits for the renewal."""
    return [
        {
            "type": "recurring",
            "mpn": line.offer.mpn,
            "productId": line.product["id"],
            "duration": period(line.offer.billing),
            "description": f"Recurring: {line.offer.name}",
            "quantity": int(line.quantity if at_renewal else _billed(kind, line, subscription)),
            "unitPrice": money(line.unit_price),
            "extendedPrice": money(line.unit_price * _billed(kind, line, subscription)),
        }
        for line in lines
    ]


def _billed(kind: str, line: Line, subscription: Json | None) -> Decimal:
    if kind != "change" or subscription is None:
        return line.quantity
    # Change orders set totals; what they cost is the difference to what is held.
    # A product of another plan, which a switch leads to, is not held yet.
    return line.quantity - (held_quantity(subscription, line.offer.mpn, line.product["id"]) or 0)


def _contract_value(world: World, kind: str, lines: Sequence[Line], subscription: Json | None) -> Json:
    first = lines[0].offer
    value = sum(
        (
            line.unit_price
            * _billed(kind, line, subscription)
            * months_of(line.offer.term)
            / months_of(line.offer.billing)
            for line in lines
        ),
        Decimal(0),
    )
    now = world.clock.now()
    end = months_later(world.clock.today(), months_of(first.term))
    return {
        "planId": first.plan,
        "alignedExpirationDate": end.isoformat(),
        "tcvs": [
            {
                "total": money(value),
                "discTotal": money(Decimal(0)),
                "effectiveTotal": money(value),
                "sellerId": 1_000_003,
                "buyerId": int(OWN_RESELLER),
                "startDate": stamp(now),
                "endDate": stamp(datetime(end.year, end.month, end.day, tzinfo=UTC).timestamp()),
            }
        ],
    }
