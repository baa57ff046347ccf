"""What the lists of orders and subscriptions can be narrowed by."""

from collections.abc import Callable
from typing import Final

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.clock import parse_moment
from ingram_micro_cloud.sandbox.world import World

ORDER_STATES: Final = ("submitted", "processing", "error", "completed", "cancelled")
SUBSCRIPTION_STATES: Final = ("pending", "active", "hold", "terminated", "removed", "unknown")


def wanted_orders(world: World, call: Call, reseller: str | None) -> Callable[[Json], bool] | None:
    """Return the filter an order list asks for, or None for all of them."""
    exact = {
        name: value
        for name in ("customerId", "subscriptionId", "orderNumber", "status", "statusCode")
        if (value := call.first(name)) is not None and not (reseller and name in ("orderNumber", "statusCode"))
    }
    if "status" in exact and exact["status"] not in ORDER_STATES:
        raise Refusal(400, f"status must be one of: {', '.join(ORDER_STATES)}.")
    since = _moment(call, "creationTimeFrom", end_of_day=False)
    until = _moment(call, "creationTimeTo", end_of_day=True)
    if not exact and since is None and until is None and reseller is None:
        return None
    customers = world.customers

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


def wanted_subscriptions(call: Call) -> Callable[[Json], bool] | None:
    """Return the filter a subscription list asks for, or None for all of them."""
    customer, status = call.first("customerId"), call.first("status")
    if status is not None and status not in SUBSCRIPTION_STATES:
        # A comma list is refused as well: the vendor takes one value.
        raise Refusal(400, f"status must be one of: {', '.join(SUBSCRIPTION_STATES)}.")
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


def _moment(call: Call, name: str, *, end_of_day: bool) -> float | None:
    text = call.first(name)
    if text is None:
        return None
    moment = parse_moment(text, end_of_day=end_of_day)
    if moment is None:
        raise Refusal(400, f"{name} must be a date or a date and time.")
    return moment
