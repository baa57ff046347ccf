"""What has to be done so that seats are as wanted: nothing, or one order."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ingram_micro_cloud.ordering.facts.meaning import sent_for
from ingram_micro_cloud.ordering.facts.sanity import ChangeQuantity
from ingram_micro_cloud.ordering.figures import plain_period, seats_of, text, whole

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """What has to be done so that the seats are as wanted.

    Attributes:
        kind: none when they already are; otherwise the kind of the one order that leads there.
        request: The order's body, or None.
        subscription_id: None for a first purchase, which makes one.
        message: The plan in one sentence.
    """

    kind: Literal["none", "change", "sales"]
    customer_id: str
    subscription_id: str | None
    mpn: str
    product: str
    before: Decimal
    after: Decimal
    when: Literal["now", "renewal"]
    request: Json | None
    message: str


def change_plan(
    subscription: Json, holding: Json, after: Decimal, when: Literal["now", "renewal"], how: ChangeQuantity
) -> SeatPlan:
    """Return the plan of one change order for one product of a subscription."""
    key, name, before = text(subscription.get("id")), text(holding.get("name")), seats_of(holding)
    line: dict[str, object] = {"mpn": text(holding.get("mpn"))}
    if holding.get("vendor"):
        line["vendor"] = text(holding.get("vendor"))
    line["quantity"] = int(sent_for(after, before, how))
    for period in ("subscriptionPeriod", "billingPeriod"):
        if (given := plain_period(subscription.get(period))) is not None:
            line[period] = given
    # Older material has the subscription on each line, newer at the top; both is what either understands.
    line["subscriptionId"] = key
    body: dict[str, object] = {
        "type": "change",
        "customerId": text(subscription.get("customerId")),
        "subscriptionId": key,
        "products": [line],
        **({"scheduledOn": "renewal"} if when == "renewal" else {}),
    }
    later = f" at the renewal on {subscription.get('renewalDate')}" if when == "renewal" else ""
    told = f"{name}: {whole(before)} → {whole(after)} seats{later}."
    customer, mpn = text(subscription.get("customerId")), text(holding.get("mpn"))
    return SeatPlan("change", customer, key, mpn, name, before, after, when, body, told)
