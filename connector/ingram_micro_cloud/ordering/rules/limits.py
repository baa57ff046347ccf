"""What a configuration allows to be bought, and what was committed before. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class BuyingRules:
    """What may be bought. None means no limit; limits hold for each currency on its own.

    Attributes:
        max_order_amount: Of one order per billing period.
        max_day_amount: Of all orders of the last 24 hours.
        max_customer_month_amount: Of all orders for one customer in the last 31 days.
        max_seat_change: Seats added or taken away by one order; the larger of this and the next counts.
        max_seat_change_percent: The same as a share of the seats held.
        allowed_mpns: Where there are any, nothing else may be bought; and these may be of unknown or no price.
        approve_above: Orders above this amount wait for a person.
        approve_new_annual_commitment: So do those that begin or enlarge a term of a year or more.
        change_quantity: How this account's change orders are read by the vendor.
    """

    max_order_amount: Decimal | None = Decimal(500)
    max_day_amount: Decimal | None = Decimal(2000)
    max_customer_month_amount: Decimal | None = None
    max_seat_change: Decimal | int | None = 5
    max_seat_change_percent: Decimal | int | None = 25
    allowed_mpns: tuple[str, ...] = ()
    denied_mpns: tuple[str, ...] = ()
    allowed_vendors: tuple[str, ...] = ()
    currency: str | None = None
    approve_above: Decimal | None = None
    approve_new_annual_commitment: bool = True
    require_preview: bool = False
    change_quantity: Literal["total", "delta"] = "total"


@dataclass(frozen=True, slots=True)
class Spent:
    """What was committed before, per currency: in the last 24 hours, and for this customer in the last 31 days."""

    day: Mapping[str, Decimal] = field(default_factory=dict)
    customer_month: Mapping[str, Decimal] = field(default_factory=dict)
