"""Why seats cannot be had this way, and how they can."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.errors import SeatsRefusedError
from ingram_micro_cloud.ordering.facts.catalogue import Product, limits, offered
from ingram_micro_cloud.ordering.facts.reads import ENDED, held_products, status_of
from ingram_micro_cloud.ordering.facts.sanity import AskedLine
from ingram_micro_cloud.ordering.figures import day, is_annual, months_after, months_in, text, whole
from ingram_micro_cloud.ordering.ports import Caller

Json = Mapping[str, object]
WINDOW: Final = timedelta(days=7)
"""How long after the first day of a term seats are usually taken back. The vendor does not document it."""


async def product_of(holding: Json, caller: Caller) -> Product | None:
    """Return the catalogue's row of a held product; None when it is no longer sold or cannot be told apart."""
    mpn = text(holding.get("mpn"))
    rows = (await offered([AskedLine(0, mpn, "", Decimal(1), "", {})], caller))[mpn]
    return next(
        (row for row in rows if text(row.get("id")) == text(holding.get("id"))), rows[0] if len(rows) == 1 else None
    )


def check_limits(product: Product | None, after: Decimal, name: str) -> None:
    """Refuse seats below or above what a product may be held in.

    Raises:
        SeatsRefusedError: With the number that is possible.
    """
    fewest, most = limits(product) if product is not None else (None, None)
    if fewest is not None and after < fewest:
        raise SeatsRefusedError(
            f"Not ordered. {name} is held in {whole(fewest)} seats at least; {whole(after)} were asked for.",
            code="seats_below_minimum",
            hint=f"Set {whole(fewest)} seats, or end the subscription with an order of type cancellation.",
        )
    if most is not None and after > most:
        raise SeatsRefusedError(
            f"Not ordered. {name} is held in {whole(most)} seats at most; {whole(after)} were asked for.",
            code="seats_above_maximum",
            hint=f"Set {whole(most)} seats, and buy the rest as a subscription of its own (an order of type sales).",
        )


def check_changeable(subscription: Json) -> None:
    """Refuse a subscription that is not ready, has ended, or holds no seats.

    Raises:
        SeatsRefusedError: With what to do instead.
    """
    key, name, status = text(subscription.get("id")), text(subscription.get("name")), status_of(subscription)
    if status == "pending":
        raise SeatsRefusedError(
            f"Not ordered. {name} (subscription {key}) is still being provisioned and cannot be changed yet.",
            code="seats_being_provisioned",
            hint="Follow the order that made it (im-cloud order follow), then try again.",
            retry="yes",
        )
    if status in ENDED:
        raise SeatsRefusedError(
            f"Not ordered. {name} (subscription {key}) has ended ({status}).",
            code="seats_not_changeable",
            hint="Buy anew: an order of type sales, or ensure_free_seats.",
        )
    if not held_products(subscription):
        raise SeatsRefusedError(
            f"Not ordered. {name} (subscription {key}) holds no products with seats.",
            code="seats_not_changeable",
            hint="Reserved instances and plans of that kind are changed in the vendor's panel.",
        )


def check_use(in_use: Decimal | None, after: Decimal, name: str) -> None:
    """Refuse fewer seats than people use, where that is known.

    Raises:
        SeatsRefusedError: With the number that is possible.
    """
    if in_use is not None and after < in_use:
        raise SeatsRefusedError(
            f"Not ordered. {whole(in_use)} seats of {name} are in use; {whole(after)} would leave people without.",
            code="seats_below_use",
            hint=f"Take {whole(in_use - after)} people off it first, or set {whole(in_use)} seats.",
        )


def check_window(subscription: Json, name: str, today: date) -> None:
    """Refuse to give seats of a running annual term back; what cannot be told is left to the vendor.

    Raises:
        SeatsRefusedError: It can wait for the renewal.
    """
    renewal, months = day(subscription.get("renewalDate")), months_in(subscription.get("subscriptionPeriod"))
    if renewal is None or months is None or not is_annual(subscription.get("subscriptionPeriod")):
        return
    began = months_after(renewal, -int(months))
    if began + WINDOW < today:
        raise SeatsRefusedError(
            f"Not ordered. The term of {name} runs since {began} until {renewal}; seats may only be given back in its "
            "first days or at its renewal (the vendor does not document how many days).",
            code="seats_outside_window",
            hint=f"Ask with when: renewal; the seats then go at the renewal on {renewal}.",
        )
