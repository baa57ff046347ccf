"""Subscriptions: lists, details, changes, and what orders make of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.clock import months_later, parse_moment
from ingram_micro_cloud.sandbox.lines import Line, given_parameters, price_of
from ingram_micro_cloud.sandbox.offers import money, months_of, period
from ingram_micro_cloud.sandbox.world import World

STATES: Final = ("pending", "active", "hold", "terminated", "removed", "unknown")
THIN: Final = (
    "id", "name", "customerId", "status", "renewalStatus", "creationDate", "renewalDate", "lastModifiedDate",
    "expirationDate", "billingModel", "billingPeriod", "subscriptionPeriod",
)  # fmt: skip
PRICES: Final = ("unitPrice", "unitCost", "unitProviderCost")


class Subscriptions:
    """The operations on subscriptions, and their life."""

    def __init__(self, world: World) -> None:
        self._world = world

    def listed(self, call: Call) -> Json:
        """Return thin rows, without products and seats."""
        return self._world.subscriptions.page(call, _wanted(call), lambda row: {k: row[k] for k in THIN if k in row})

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

    def apply(self, row: Json, body: Json, kind: str, lines: Sequence[Line]) -> None:
        """Let a completed order have its effect."""
        today = self._world.clock.today()
        if kind in ("sales", "migration"):
            row["status"] = "active"
        elif kind == "cancellation":
            row |= {"status": "terminated", "renewalStatus": False, "expirationDate": today.isoformat()}
        elif kind == "renewal":
            end = months_later(date.fromisoformat(str(row["expirationDate"])), months_of(_term(row)))
            row |= {"expirationDate": end.isoformat(), "renewalDate": end.isoformat()}
        elif str(body.get("scheduledOn", "")).casefold() != "renewal":
            for line in lines:
                product = _product(row, line.offer.mpn)
                if product is not None:
                    product["quantity"] = int(line.quantity)
            retotal(row)
        row["lastModifiedDate"] = today.isoformat()

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


def held_quantity(subscription: Json, mpn: str) -> Decimal | None:
    """Return the seats of a product in a subscription, or None when it has no such product."""
    product = _product(subscription, mpn)
    return None if product is None else Decimal(str(product["quantity"]))


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
    times = months_of(_term(row)) // max(1, months_of(_period(row, "billingPeriod")))
    row |= {"totalPrice": money(price), "totalSubscriptionPrice": money(price * max(1, times))}


def _product(row: Json, mpn: str) -> Json | None:
    products = row.get("products")
    return next((each for each in (products if isinstance(products, list) else []) if each["mpn"] == mpn), None)


def _term(row: Json) -> tuple[str, int]:
    return _period(row, "subscriptionPeriod")


def _period(row: Json, name: str) -> tuple[str, int]:
    value = row[name]
    return (str(value["type"]), int(value["duration"])) if isinstance(value, dict) else ("month", 1)


def _structured(parameter: Json) -> Json:
    return {"structured_value": parameter["structured_value"]} if "structured_value" in parameter else {}


def _wanted(call: Call) -> Callable[[Json], bool] | None:
    customer, status = call.first("customerId"), call.first("status")
    if status is not None and status not in STATES:
        # A comma list is refused as well: the vendor takes one value.
        raise Refusal(400, f"status must be one of: {', '.join(STATES)}.")
    since, until = _day(call, "creationDateFrom", "0000"), _day(call, "creationDateTo", "9999")
    if customer is None and status is None and since == "0000" and until == "9999":
        return None
    return lambda row: (
        (customer is None or row["customerId"] == customer)
        and (status is None or row["status"] == status)
        and since <= str(row["creationDate"]) <= until
    )


def _day(call: Call, name: str, default: str) -> str:
    text = call.first(name)
    if text is None:
        return default
    if parse_moment(text) is None:
        raise Refusal(400, f"{name} must be a date.")
    return text[:10]
