"""After an order has ended: whether the subscription holds what the journal says was ordered."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from ingram_micro_cloud.ordering.figures import text
from ingram_micro_cloud.ordering.models import JournalEntry
from ingram_micro_cloud.ordering.ports import Caller
from ingram_micro_cloud.ordering.seats.plans import SeatPlan
from ingram_micro_cloud.ordering.seats.setting import verify_seats


async def verify_entry(
    entry: JournalEntry,
    order: Mapping[str, object],
    caller: Caller,
    *,
    sleep: Callable[[float], Awaitable[None]],
) -> str | None:
    """Return a sentence about the seats a completed order of the journal led to; None where it was about no seats.

    Raises:
        SeatsDifferError: The subscription does not hold what was ordered.
    """
    told = []
    for change in entry.changes:
        key = change.subscription_id or text(order.get("subscriptionId"))
        if change.mpn is None or change.after is None or not key or "cancellation" in text(order.get("type")):
            continue
        plan = SeatPlan(
            "change", entry.customer_id, key, change.mpn, change.product, change.before or Decimal(0), change.after,
            change.when, None, "",
        )  # fmt: skip
        told.append(await verify_seats(plan, caller, sleep=sleep))
    return " ".join(told) or None
