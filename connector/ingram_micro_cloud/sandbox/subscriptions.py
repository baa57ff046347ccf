"""Subscriptions: lists, details, changes, and what orders make of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal, check_attributes
from ingram_micro_cloud.sandbox.clock import months_later
from ingram_micro_cloud.sandbox.filters import wanted_subscriptions
from ingram_micro_cloud.sandbox.lines import Line, given_parameters, price_of
from ingram_micro_cloud.sandbox.offers import money, months_of, period
from ingram_micro_cloud.sandbox.renewals import Renewals, term_of
from ingram_micro_cloud.sandbox.switches import Switch
from ingram_micro_cloud.sandbox.world import World

THIN: Final = (
    "id", "name", "customerId", "status", "renewalStatus", "creationDate", "renewalDate", "lastModifiedDate",
    "expirationDate", "billingModel", "billingPeriod", "subscriptionPeriod",
)  # fmt: skip
PRICES: Final = ("unitPrice", "unitCost", "unitProviderCost")


class Subscriptions:
    """The operations on subscriptions, and their life."""

    def __init__(self, world: World, renewals: Renewals) -> None:
        self._world, self._renewals = world, renewals

    def listed(self, call: Call) -> Json:
        """Return thin rows, without products and seats."""
        return self._world.subscriptions.page(
            call, wanted_subscriptions(call), lambda row: {k: row[k] for k in THIN if k in row}
        )

    def get(self, key: str) -> Json:
        """Return one subscription in full."""
        return self._world.subscriptions.need(key, "subscription")

    def update(self, call: Call, key: str) -> Json:
        """Change auto-renewal, attributes and prices; never seats, never the state."""
        row, body = self._world.subscriptions.need(key, "subscription"), call.json()
        if stranger := next((name for name in body if name not in ("products", "attributes", "renewalStatus")), None):
            raise Refusal(400, f"{stranger} cannot be changed here; seats change by an order of type change.")
        if "renewalStatus" in body and not isinstance(body["renewalStatus"], bool):
            raise Refusal(400, "renewalStatus must be true or false.")
        if "attributes" in body:
            check_attributes(body["attributes"])
        if "products" in body:
            self._reprice(row, body["products"])
        row |= {name: body[name] for name in ("attributes", "renewalStatus") if name in body}
        row["lastModifiedDate"] = self._world.clock.today().isoformat()
        return row

    def special_pricing(self, call: Call, key: str) -> Json:
        """Set the prices of products."""
        row, body = self._world.subscriptions.need(key, "subscription"), call.json()
        if not body.get("products"):
            raise Refusal(400, "products is required.")
        self._reprice(row, body["products"])
        row["lastModifiedDate"] = self._world.clock.today().isoformat()
        return row

    def begin(self, body: Json, customer: Json, lines: Sequence[Line], kind: str) -> Json:
        """Return the subscription a sale makes; pending until the order is completed."""
        first = lines[0].offer
        today = self._world.clock.today()
        end = months_later(today, months_of(first.term))
        row: Json = {
            "id": self._world.subscriptions.new_id(),
            "name": first.name,
            "customerId": customer["id"],
            "status": "pending",
            "attributes": {},
            "renewalStatus": bool(body.get("autorenewal", True)) if kind == "migration" else True,
            **terms(today, end),
            "billingModel": "chargeBeforeBillingPeriod",
            "billingPeriod": period(first.billing),
            "subscriptionPeriod": period(first.term),
            "products": [subscription_product(line) for line in lines],
            "orderParameters": [
                {"name": each["name"], "value": each.get("value", ""), **_structured(each)}
                for line in lines
                for each in given_parameters(line.asked)
                if "name" in each
            ],
            "fulfillmentParameters": [],
            "planId": int(first.plan),
        }
        retotal(row)
        return self._world.subscriptions.add(row)

    def apply(self, row: Json, body: Json, kind: str, lines: Sequence[Line], switch: Switch | None = None) -> None:
        """Let a completed order have its effect, at once or at the renewal."""
        today = self._world.clock.today()
        later = str(body.get("scheduledOn", "")).casefold() == "renewal"
        if kind in ("sales", "migration"):
            self._sold(row, lines)
        elif kind == "cancellation" and later:
            row["renewalStatus"] = False
        elif kind == "cancellation":
            row |= {"status": "terminated", "renewalStatus": False, "expirationDate": today.isoformat()}
            self._renewals.forget(row)
        elif kind == "renewal":
            self._renewals.renew(row)
        elif later or (switch is not None and switch.at_renewal):
            self._renewals.at_renewal(row, lambda: self._change(row, lines, switch))
        else:
            self._change(row, lines, switch)
        row["lastModifiedDate"] = today.isoformat()

    def drop(self, row: Json) -> None:
        """End a subscription whose order was withdrawn or failed before it began."""
        if row["status"] == "pending":
            row |= {
                "status": "removed",
                "renewalStatus": False,
                "lastModifiedDate": self._world.clock.today().isoformat(),
            }

    def _sold(self, row: Json, lines: Sequence[Line]) -> None:
        products = row.get("products")
        if row["status"] == "pending":
            row["status"] = "active"
            self._renewals.watch(row)
        elif isinstance(products, list):
            products += [subscription_product(line) for line in lines]
            retotal(row)

    def _change(self, row: Json, lines: Sequence[Line], switch: Switch | None) -> None:
        if switch is not None:
            before = row["renewalDate"]
            switch.apply(row, [subscription_product(line) for line in lines], self._world.clock.today())
            if row["renewalDate"] != before:
                self._renewals.watch(row)
        for line in lines:
            product = _product(row, line.offer.mpn)
            if product is not None:
                product["quantity"] = int(line.quantity)
        retotal(row)

    def _reprice(self, row: Json, products: object) -> None:
        if not isinstance(products, list):
            raise Refusal(400, "products must be a list.")
        changes: list[tuple[Json, Json]] = []
        for asked in products:
            named = (asked.get("mpn"), asked.get("id")) if isinstance(asked, dict) else (None, None)
            known = row.get("products")
            product = next(
                (p for p in (known if isinstance(known, list) else []) if p["mpn"] == named[0] or p["id"] == named[1]),
                None,
            )
            if product is None or not isinstance(asked, dict):
                raise Refusal(400, "Each product must name an mpn or id of the subscription.")
            prices = {name: asked[name] for name in PRICES if name in asked}
            for name, price in prices.items():
                price_of(price, name)
            changes.append((product, prices))
        # Only once all of them are in order: a call that is refused changes nothing.
        for product, prices in changes:
            product |= prices
        retotal(row)


def held_quantity(subscription: Json, mpn: str, product_id: object = None) -> Decimal | None:
    """Return the seats of a product in a subscription, or None when it has no such product (of this id)."""
    product = _product(subscription, mpn)
    if product is None or (product_id is not None and product["id"] != product_id):
        return None
    return Decimal(str(product["quantity"]))


def held_mpns(subscription: Json | None) -> frozenset[str]:
    """Return the part numbers of a subscription's products."""
    products = subscription.get("products") if subscription is not None else None
    return frozenset(str(each["mpn"]) for each in (products if isinstance(products, list) else []))


def monthly_price(subscription: Json) -> Decimal:
    """Return what a subscription costs per billing period."""
    products = subscription.get("products")
    return sum(
        (
            Decimal(str(p["unitPrice"]["amount"])) * int(p["quantity"])
            for p in (products if isinstance(products, list) else [])
        ),
        Decimal(0),
    )


def subscription_product(line: Line) -> Json:
    """Return a product line of a subscription."""
    quantity = int(line.quantity)
    return {
        "mpn": line.offer.mpn,
        "vendor": line.offer.vendor,
        "id": line.product["id"],
        "quantity": quantity,
        "name": line.offer.name,
        "unitPrice": money(line.unit_price),
        "unitCost": money(line.offer.cost),
        "extendedPrice": money(line.unit_price * quantity),
    }


def terms(start: date, end: date) -> Json:
    """Return the four dates of a subscription."""
    return {
        "creationDate": start.isoformat(),
        "renewalDate": end.isoformat(),
        "lastModifiedDate": start.isoformat(),
        "expirationDate": (end - timedelta(days=1)).isoformat(),
    }


def retotal(row: Json) -> None:
    """Bring the totals of a subscription in line with its products."""
    products = row.get("products")
    for product in products if isinstance(products, list) else []:
        product["extendedPrice"] = money(Decimal(str(product["unitPrice"]["amount"])) * int(product["quantity"]))
    price = monthly_price(row)
    times = months_of(term_of(row)) // max(1, months_of(_period(row, "billingPeriod")))
    row |= {"totalPrice": money(price), "totalSubscriptionPrice": money(price * max(1, times))}


def _product(row: Json, mpn: str) -> Json | None:
    products = row.get("products")
    return next((each for each in (products if isinstance(products, list) else []) if each["mpn"] == mpn), None)


def _period(row: Json, name: str) -> tuple[str, int]:
    value = row[name]
    return (str(value["type"]), int(value["duration"])) if isinstance(value, dict) else ("month", 1)


def _structured(parameter: Json) -> Json:
    return {"structured_value": parameter["structured_value"]} if "structured_value" in parameter else {}
