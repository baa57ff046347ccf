"""Orders and subscriptions to test buying with."""

from collections.abc import Mapping
from typing import Any

from support.reading_caller import ReadingCaller

DOMAIN = {"name": "domain", "value": "contoso.onmicrosoft.com"}
ATTESTED = {"name": "offer_attestation", "structured_value": {"attestation_accepted": True}}
PREMIUM = "CSO7BPREM:0001"
MONTH, YEAR = {"type": "month", "duration": 1}, {"type": "year", "duration": 1}


def customer(caller: ReadingCaller, status: str = "active") -> str:
    rows = caller.marketplace.control.state("customers")
    return next(str(row["id"]) for row in reversed(rows) if row["status"] == status)


def sale(caller: ReadingCaller, *lines: Mapping[str, object], **more: object) -> dict[str, Any]:
    return {"type": "sales", "customerId": customer(caller), "products": [dict(line) for line in lines], **more}


async def held(caller: ReadingCaller, mpn: str = "HMP-STD-M", quantity: int = 10, **line: object) -> dict[str, Any]:
    """An active subscription with so many seats."""
    order = await caller.write("POST", "/orders", sale(caller, {"mpn": mpn, "quantity": quantity, **line}))
    assert isinstance(order, dict)
    caller.settle()
    return await fresh(caller, order["subscriptionId"])


async def fresh(caller: ReadingCaller, subscription_id: str) -> dict[str, Any]:
    """A subscription as it is now; this read is not counted."""
    found = await caller.one("get_subscription", {"id": subscription_id})
    caller.calls.clear()
    assert isinstance(found, dict)
    return found


def change(held: Mapping[str, Any], quantity: object, **more: object) -> dict[str, Any]:
    product = held["products"][0]
    line = {"mpn": product["mpn"], "vendor": product["vendor"], "quantity": quantity, "subscriptionId": held["id"],
            "billingPeriod": held["billingPeriod"], "subscriptionPeriod": held["subscriptionPeriod"]}  # fmt: skip
    body = {"type": "change", "customerId": held["customerId"], "subscriptionId": held["id"], "products": [line]}
    return {**body, **more}


def ending(held: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {"type": kind, "customerId": held["customerId"], "subscriptionId": held["id"]}
