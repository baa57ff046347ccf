"""Orders: five kinds, real rules, and a life of their own on the marketplace's clock."""

import re
from dataclasses import replace
from typing import Final

from ingram_micro_cloud.sandbox.accounts import has_admin
from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.clock import stamp
from ingram_micro_cloud.sandbox.estimates import details_of, estimate, order_products, total_of
from ingram_micro_cloud.sandbox.filters import wanted_orders
from ingram_micro_cloud.sandbox.lines import (
    Line,
    check_limits,
    check_parameters,
    given_parameters,
    plain_lines,
    read_lines,
)
from ingram_micro_cloud.sandbox.subscriptions import Subscriptions, held_mpns, held_quantity
from ingram_micro_cloud.sandbox.switches import Switch, wanted_switch
from ingram_micro_cloud.sandbox.world import World

KINDS: Final = ("sales", "change", "renewal", "cancellation", "migration")
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
        return self._world.orders.page(call, wanted_orders(self._world, call, reseller), _thin)

    def get(self, key: str) -> Json:
        """Return one order in full."""
        return _public(self._world.orders.need(key, "order"))

    def estimate(self, call: Call) -> Json:
        """Return prices; changes nothing."""
        body = call.json()
        kind, customer = self._kind(body), self._customer(body)
        subscription = self._subscription(body, kind, customer)
        lines, _ = self._lines(body, kind, subscription)
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
        lines, switch = self._lines(body, kind, subscription)
        check_limits(lines)
        if kind == "sales":
            check_parameters(lines)
        order = self._accepted(body, kind, customer, lines, subscription, switch)
        return _public(order)

    def update(self, call: Call, key: str) -> Json:
        """Change the two members the vendor takes."""
        order, body = self._world.orders.need(key, "order"), call.json()
        if stranger := next((name for name in body if name not in ("creditCheck", "statusCode")), None):
            raise Refusal(400, f"{stranger} cannot be changed.")
        if "creditCheck" in body and not isinstance(body["creditCheck"], bool):
            raise Refusal(400, "creditCheck must be true or false.")
        if "statusCode" in body and not re.fullmatch("[A-Z]{2}", str(body["statusCode"])):
            raise Refusal(400, "statusCode must be two capital letters.")
        if body.get("statusCode") == "CL":
            if order["status"] in ("completed", "error"):
                raise Refusal(409, "The order has ended and cannot be withdrawn.")
            order["status"] = "cancelled"
            self._end_what_it_began(order)
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
        if subscription["status"] in ("terminated", "removed"):
            raise Refusal(409, "The subscription has ended.")
        return subscription

    def _lines(self, body: Json, kind: str, subscription: Json | None) -> tuple[list[Line], Switch | None]:
        if kind in ("renewal", "cancellation"):
            return [], None
        switch = wanted_switch(self._world, body, kind, subscription)
        if switch is not None:
            return list(switch.lines), switch
        if kind == "change" and subscription is not None:
            signed = self._world.change_quantity == "delta"
            named = plain_lines(self._world, body.get("products"), signed=signed)
            lines = [_changed(line, subscription, signed=signed) for line in named]
        else:
            lines = read_lines(self._world, body.get("products"), held=held_mpns(subscription))
        if kind == "sales" and subscription is not None:
            _check_addition(lines, subscription)
        _check_alignment(body, lines, alone=subscription is None)
        return lines, None

    def _accepted(
        self,
        body: Json,
        kind: str,
        customer: Json,
        lines: list[Line],
        subscription: Json | None,
        switch: Switch | None,
    ) -> Json:
        now = self._world.clock.now()
        key = self._world.orders.new_id()
        if kind == "migration" or (kind == "sales" and subscription is None):
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
            lambda moment: self._finish(order, body, kind, lines, subscription, switch, moment, failing=failing),
        )
        return order

    def _finish(
        self,
        order: Json,
        body: Json,
        kind: str,
        lines: list[Line],
        subscription: Json | None,
        switch: Switch | None,
        moment: float,
        *,
        failing: bool,
    ) -> None:
        if order["status"] == "cancelled":
            return
        if failing:
            order |= {"status": "error", "statusCode": "ER"}
            self._end_what_it_began(order)
            return
        order |= {"status": "completed", "statusCode": "CP", "provisioningDate": stamp(moment)}
        if subscription is not None:
            self._subscriptions.apply(subscription, body, kind, lines, switch)

    def _end_what_it_began(self, order: Json) -> None:
        subscription = self._world.subscriptions.get(order.get("subscriptionId"))
        if subscription is not None and order["type"] in ("sales", "migration"):
            self._subscriptions.drop(subscription)


def _check_addition(lines: list[Line], subscription: Json) -> None:
    for line in lines:
        if held_quantity(subscription, line.offer.mpn) is not None:
            text = "is part of the subscription already; its quantity changes by an order of type change."
            raise Refusal(400, f"{line.offer.mpn} {text}")
        if line.offer.plan != str(subscription["planId"]):
            raise Refusal(400, f"{line.offer.mpn} belongs to another plan than the subscription; order it on its own.")


def _check_alignment(body: Json, lines: list[Line], *, alone: bool) -> None:
    wanted = body.get("alignExpirationDate")
    for line in lines:
        rule = line.offer.coterming[0]
        if wanted and rule == "RESTRICTED":
            raise Refusal(400, f"{line.offer.mpn} cannot be aligned with another expiration date.")
        if not wanted and rule == "MANDATORY" and alone and body.get("type", "sales") == "sales":
            raise Refusal(400, f"{line.offer.mpn} needs alignExpirationDate.")


def _move(order: Json, status: str, _moment: float) -> None:
    if order["status"] == "submitted":
        order["status"] = status


def _changed(line: Line, subscription: Json, *, signed: bool) -> Line:
    """Return a line of a change order with the quantity wanted in the end."""
    held = held_quantity(subscription, line.offer.mpn, line.product["id"])
    if held is None:
        raise Refusal(400, f"{line.offer.mpn} is not part of the subscription.")
    if not signed:
        return line
    if held + line.quantity < 0:
        raise Refusal(400, "quantity takes away more than is held.")
    return replace(line, quantity=held + line.quantity)


def _thin(row: Json) -> Json:
    return {name: row[name] for name in THIN if name in row}


def _public(row: Json) -> Json:
    return dict(row)
