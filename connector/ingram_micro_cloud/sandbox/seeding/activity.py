"""Subscriptions, orders and reports to begin with."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from ingram_micro_cloud.sandbox.calls import Json
from ingram_micro_cloud.sandbox.clock import months_later, stamp
from ingram_micro_cloud.sandbox.estimates import details_of, order_products
from ingram_micro_cloud.sandbox.lines import Line
from ingram_micro_cloud.sandbox.offers import money, months_of, period
from ingram_micro_cloud.sandbox.reports import Reports, day_start
from ingram_micro_cloud.sandbox.subscriptions import retotal, subscription_product, terms
from ingram_micro_cloud.sandbox.world import World

PROVISIONED_AFTER = 540
"""Seconds, of the order that is under way to begin with."""
BUSY_CUSTOMERS = 3_000
"""Customers after these have no subscriptions, so that a marketplace with 100,000 of them starts quickly."""


def seed_activity(world: World, random: Random) -> None:
    """Give the first customers up to three subscriptions each, with the orders that made them."""
    products = list(world.products.all())
    customers = sorted(world.customers.all(), key=lambda row: str(row["id"]))[:BUSY_CUSTOMERS]
    for position, customer in enumerate(customers):
        # The first customer has one of everything that examples begin with.
        for _ in range(1 + (position % 4 if position else 1)):
            if customer["status"] in ("pending", "cancelled"):
                continue
            _subscribe(world, random, customer, random.choice(products))
    _odd_orders(world)


def seed_fleet(world: World, random: Random, number: int) -> None:
    """Make so many subscriptions, spread evenly over the customers who may have any; none changed in the last days."""
    products = list(world.products.all())
    able = [row for row in world.customers.all() if row["status"] not in ("pending", "cancelled")]
    for position in range(number if able else 0):
        _subscribe(world, random, able[position % len(able)], random.choice(products))


def seed_reports(world: World, reports: Reports) -> None:
    """Make three reports of the last days, all completed."""
    now = world.clock.now()
    for days, name, kind in (
        (3, "Monthly usage", "monthly"),
        (2, "Daily charges", "daily"),
        (1, "Seats by customer", "onetime"),
    ):
        moment = now - days * 86_400
        body: Json = {
            "name": name,
            "type": kind,
            "format": "csv",
            "startDate": day_start(moment - 30 * 86_400),
            "endDate": day_start(moment),
        }
        reports.schedule(body, moment)


def _subscribe(world: World, random: Random, customer: Json, product: Json) -> None:
    offer = world.offers[str(product["id"])]
    quantity = Decimal(max(offer.minimum, random.randint(1, 40)))
    line = Line(product, offer, quantity, {})
    months = months_of(offer.term)
    age = max(3, random.randint(3, 330) % (months * 30))
    start = world.clock.today() - timedelta(days=age)
    status = random.choices(("active", "hold", "terminated"), (30, 1, 1))[0]
    tenant = f"{customer['id']!s}.onmicrosoft.com"
    soft = any(name == "domain" for name, _ in offer.needs)
    row: Json = {
        "id": world.subscriptions.new_id(),
        "name": offer.name,
        "customerId": customer["id"],
        "status": status,
        "attributes": {},
        "renewalStatus": status == "active" and random.random() < 0.8,
        **terms(start, months_later(start, months)),
        "billingModel": "chargeBeforeBillingPeriod",
        "billingPeriod": period(offer.billing),
        "subscriptionPeriod": period(offer.term),
        "products": [subscription_product(line)],
        "orderParameters": [{"name": "microsoft_domain", "value": tenant}] if soft else [],
        "fulfillmentParameters": [
            {"name": "ms_customer_id", "value": str(uuid.uuid5(uuid.NAMESPACE_DNS, tenant))}
        ] if soft else [],
        "planId": int(offer.plan),
    }  # fmt: skip
    retotal(row)
    world.subscriptions.add(row)
    created = datetime(start.year, start.month, start.day, 9, 30, tzinfo=UTC).timestamp()
    _order(world, customer, row, line, created)


def _order(world: World, customer: Json, subscription: Json, line: Line, created: float) -> None:
    key = world.orders.new_id()
    world.orders.add(
        {
            "id": key,
            "orderNumber": f"SO{int(key) % 1_000_000:06}",
            "type": "sales",
            "customerId": customer["id"],
            "poNumber": f"PO-{key}",
            "creationDate": stamp(created),
            "provisioningDate": stamp(created + 540),
            "status": "completed",
            "statusCode": "CP",
            "creditCheck": True,
            "attributes": {},
            "total": money(line.unit_price * line.quantity),
            "subscriptionId": subscription["id"],
            "products": order_products([line], subscription),
            "details": details_of("sales", [line], None, at_renewal=False),
        }
    )


def _odd_orders(world: World) -> None:
    """Leave one order in error and one in processing, as a real account has."""
    orders = list(world.orders.all())
    for order, status, code in zip(orders[3:5], ("error", "processing"), ("ER", "AS"), strict=False):
        order |= {"status": status, "statusCode": code}
        order.pop("provisioningDate", None)
        if status == "processing":
            world.later(world.clock.now() + PROVISIONED_AFTER, partial(_complete, order))


def _complete(order: Json, moment: float) -> None:
    if order["status"] == "processing":
        order |= {"status": "completed", "statusCode": "CP", "provisioningDate": stamp(moment)}
