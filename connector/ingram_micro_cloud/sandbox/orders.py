"""Orders: five kinds, real rules, and a life of their own on the marketplace's clock."""

from collections.abc import Callable
from typing import Final

from ingram_micro_cloud.sandbox.accounts import has_admin
from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.clock import parse_moment, stamp
from ingram_micro_cloud.sandbox.estimates import details_of, estimate, order_products, total_of
from ingram_micro_cloud.sandbox.lines import Line, check_limits, check_parameters, given_parameters, read_lines
from ingram_micro_cloud.sandbox.subscriptions import Subscriptions, held_quantity
from ingram_micro_cloud.sandbox.world import World

KINDS: Final = ("sales", "change", "renewal", "cancellation", "migration")
STATES: Final = ("submitted", "processing", "error", "completed", "cancelled")
PROCESSING_AFTER: Final = 60
COMPLETED_AFTER: Final = 600
"""Seconds. Completed within 900 of the marketplace's clock is what it promises."""
NUMBERS: Final = {"sales": "SO", "change": "CH", "renewal": "RO", "cancellation": "CA", "migration": "MO"}
THIN: Final = ("id", "orderNumber", "type", "customerId", "creationDate", "provisioningDate", "status", "statusCode")


class Orders:
    """The operations on orders."""

    def __init__(self, world: World, subscriptions: Subscriptions) -> None:
        self._world, self._subscriptions = world, subscriptions

    def listed(self, call: Call, reseller: str | None = None) -> Json:
        """Return thin rows, without purchase number, products and details."""
        if reseller is not None:
            self._world.resellers.need(reseller, "reseller")
        return self._world.orders.page(call, self._wanted(call, reseller), _thin)

    def get(self, key: str) -> Json:
        """Return one order in full."""
        return _public(self._world.orders.need(key, "order"))

    def estimate(self, call: Call) -> Json:
        """Return prices; changes nothing."""
        body = call.json()
        kind, customer = self._kind(body), self._customer(body)
        subscription = self._subscription(body, kind, customer)
        lines = self._lines(body, kind, subscription)
        return estimate(self._world, body, kind, lines, subscription)

    def create(self, call: Call) -> Json:
        """Accept an order; it is fulfilled later."""
        body = call.json()
        kind, customer = self._kind(body), self._customer(body)
        if customer["status"] != "active" or not has_admin(customer):
            raise Refusal(400, "The customer must be active and have an admin contact to order.")
        subscription = self._subscription(body, kind, customer)
        if subscription is not None and subscription["status"] == "pending":
            raise Refusal(409, "The subscription is still being provisioned and cannot be changed.")
        lines = self._lines(body, kind, subscription)
        check_limits(lines)
        if kind == "sales":
            check_parameters(lines)
        order = self._accepted(body, kind, customer, lines, subscription)
        return _public(order)

    def update(self, call: Call, key: str) -> Json:
        """Change the two members the vendor takes."""
        order, body = self._world.orders.need(key, "order"), call.json()
        if stranger := next((name for name in body if name not in ("creditCheck", "statusCode")), None):
            raise Refusal(400, f"{stranger} cannot be changed.")
        if "creditCheck" in body and not isinstance(body["creditCheck"], bool):
            raise Refusal(400, "creditCheck must be true or false.")
        if body.get("statusCode") == "CL":
            if order["status"] in ("completed", "error"):
                raise Refusal(409, "The order has ended and cannot be withdrawn.")
            order["status"] = "cancelled"
        order |= body
        return _public(order)

    def _kind(self, body: Json) -> str:
        kind = body.get("type", "sales")
        if kind not in KINDS:
            raise Refusal(400, f"type must be one of: {', '.join(KINDS)}.")
        return str(kind)

    def _customer(self, body: Json) -> Json:
        key = body.get("customerId")
        customer = self._world.customers.get(key) if key else None
        if customer is None:
            raise Refusal(400, "customerId is required and must be a customer of yours.")
        return customer

    def _subscription(self, body: Json, kind: str, customer: Json) -> Json | None:
        products = body.get("products")
        inner = next(
            (line["subscriptionId"] for line in products if isinstance(line, dict) and line.get("subscriptionId")), None
        ) if isinstance(products, list) else None  # fmt: skip
        key = body.get("subscriptionId") or inner
        if key is None:
            if kind in ("change", "renewal", "cancellation"):
                raise Refusal(400, f"subscriptionId is required for type {kind}.")
            return None
        subscription = self._world.subscriptions.get(key)
        if subscription is None or subscription["customerId"] != customer["id"]:
            raise Refusal(400, "subscriptionId must be a subscription of this customer.")
        if kind != "sales" and subscription["status"] in ("terminated", "removed"):
            raise Refusal(409, "The subscription has ended.")
        return subscription

    def _lines(self, body: Json, kind: str, subscription: Json | None) -> list[Line]:
        if kind in ("renewal", "cancellation"):
            return []
        if kind == "change" and "products" not in body and body.get("planId"):
            if self._world.plans.get(body["planId"]) is None:
                raise Refusal(400, "planId is not a plan of the catalogue.")
            return []
        lines = read_lines(self._world, body.get("products"))
        if kind == "change" and subscription is not None:
            for line in lines:
                if held_quantity(subscription, line.offer.mpn) is None:
                    raise Refusal(400, f"{line.offer.mpn} is not part of the subscription.")
        _check_alignment(body, lines)
        return lines

    def _accepted(self, body: Json, kind: str, customer: Json, lines: list[Line], subscription: Json | None) -> Json:
        now = self._world.clock.now()
        key = self._world.orders.new_id()
        if kind in ("sales", "migration"):
            subscription = self._subscriptions.begin(body, customer, lines, kind)
        later = str(body.get("scheduledOn", "")).casefold() == "renewal"
        order: Json = {
            "id": key,
            "orderNumber": f"{NUMBERS[kind]}{int(key) % 1_000_000:06}",
            "type": kind,
            "customerId": customer["id"],
            "creationDate": stamp(now),
            "status": "submitted",
            "statusCode": "AS",
            "creditCheck": True,
            "total": total_of(kind, lines, subscription),
            **{name: body[name] for name in ("poNumber", "attributes", "scheduledOn", "planId") if name in body},
        }
        if subscription is not None:
            order["subscriptionId"] = subscription["id"]
        if lines:
            order["products"] = order_products(lines, subscription)
            order["details"] = details_of(kind, lines, subscription, at_renewal=later)
        self._world.orders.add(order)
        failing = any(each.get("name") == "practice_failure" for line in lines for each in given_parameters(line.asked))
        self._world.later(now + PROCESSING_AFTER, lambda moment: _move(order, "processing", moment))
        self._world.later(
            now + COMPLETED_AFTER,
            lambda moment: self._finish(order, body, kind, lines, subscription, moment, failing=failing),
        )
        return order

    def _finish(
        self,
        order: Json,
        body: Json,
        kind: str,
        lines: list[Line],
        subscription: Json | None,
        moment: float,
        *,
        failing: bool,
    ) -> None:
        if order["status"] == "cancelled":
            return
        if failing:
            order |= {"status": "error", "statusCode": "ER"}
            return
        order |= {"status": "completed", "statusCode": "CP", "provisioningDate": stamp(moment)}
        if subscription is not None:
            self._subscriptions.apply(subscription, body, kind, lines)

    def _wanted(self, call: Call, reseller: str | None) -> Callable[[Json], bool] | None:
        exact = {
            name: value
            for name in ("customerId", "subscriptionId", "orderNumber", "status", "statusCode")
            if (value := call.first(name)) is not None and not (reseller and name in ("orderNumber", "statusCode"))
        }
        if "status" in exact and exact["status"] not in STATES:
            raise Refusal(400, f"status must be one of: {', '.join(STATES)}.")
        since = _moment(call, "creationTimeFrom", end_of_day=False)
        until = _moment(call, "creationTimeTo", end_of_day=True)
        if not exact and since is None and until is None and reseller is None:
            return None
        customers = self._world.customers

        def wanted(row: Json) -> bool:
            created = parse_moment(str(row["creationDate"])) or 0.0
            owner = customers.get(row["customerId"])
            return (
                all(row.get(name) == value for name, value in exact.items())
                and (since is None or created >= since)
                and (until is None or created <= until)
                and (reseller is None or (owner is not None and owner["resellerId"] == reseller))
            )

        return wanted


def _moment(call: Call, name: str, *, end_of_day: bool) -> float | None:
    text = call.first(name)
    if text is None:
        return None
    moment = parse_moment(text, end_of_day=end_of_day)
    if moment is None:
        raise Refusal(400, f"{name} must be a date or a date and time.")
    return moment


def _check_alignment(body: Json, lines: list[Line]) -> None:
    wanted = body.get("alignExpirationDate")
    for line in lines:
        rule = line.offer.coterming[0]
        if wanted and rule == "RESTRICTED":
            raise Refusal(400, f"{line.offer.mpn} cannot be aligned with another expiration date.")
        if not wanted and rule == "MANDATORY" and body.get("type", "sales") == "sales":
            raise Refusal(400, f"{line.offer.mpn} needs alignExpirationDate.")


def _move(order: Json, status: str, _moment: float) -> None:
    if order["status"] == "submitted":
        order["status"] = status


def _thin(row: Json) -> Json:
    return {name: row[name] for name in THIN if name in row}


def _public(row: Json) -> Json:
    return dict(row)
