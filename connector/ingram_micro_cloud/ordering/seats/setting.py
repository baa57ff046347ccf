"""Seats as intent: from what is wanted to nothing at all, one change order, or a refusal that names the way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from ingram_micro_cloud.errors import FieldProblem, InputError, NotFoundError, SeatsDifferError
from ingram_micro_cloud.ordering.facts.reads import held_products
from ingram_micro_cloud.ordering.facts.sanity import ChangeQuantity, refused_input
from ingram_micro_cloud.ordering.figures import is_annual, members, seats_of, text, whole
from ingram_micro_cloud.ordering.journal.unfinished import AT_RENEWAL
from ingram_micro_cloud.ordering.ports import Caller
from ingram_micro_cloud.ordering.seats.plans import SeatPlan, change_plan
from ingram_micro_cloud.ordering.seats.refusals import (
    check_changeable,
    check_limits,
    check_use,
    check_window,
    product_of,
)

Json = Mapping[str, object]
When = Literal["now", "renewal", "auto"]
LOOKS: Final = (0.0, 5.0, 15.0)
"""Seconds before each look at what an order has done: details may lag a little behind a completed order."""


@dataclass(frozen=True, slots=True)
class SeatWish:
    """How many seats a subscription is to hold: exactly one of ``seats``, ``increase`` and ``decrease``.

    Attributes:
        when: auto lets fewer seats of an annual term wait for its renewal, and does everything else now.
        in_use: Seats that people use; fewer are never set.
        mpn: Which product, for subscriptions that hold several.
    """

    subscription_id: str
    seats: Decimal | None = None
    increase: Decimal | None = None
    decrease: Decimal | None = None
    when: When = "auto"
    in_use: Decimal | None = None
    mpn: str | None = None


async def plan_seats(
    wish: SeatWish, caller: Caller, *, today: date, change_quantity: ChangeQuantity = "total"
) -> SeatPlan:
    """Return what leads to the wanted seats. Reads the subscription fresh; orders nothing.

    Args:
        wish: What is wanted.
        caller: Reads. One that remembers saves the facts of the order two reads.
        today: Today's date, for the first days of a term.
        change_quantity: What the numbers of change orders mean for this account.

    Raises:
        InputError: The wish is incomplete or contradicts itself.
        SeatsRefusedError: It cannot be had this way; the hint says how it can.
    """
    _check_wish(wish)
    try:
        subscription = members(await caller.one("get_subscription", {"id": wish.subscription_id}))
    except NotFoundError:
        told = f"There is no subscription {wish.subscription_id}."
        raise refused_input([FieldProblem("/subscriptionId", "unknown_subscription", told)]) from None
    check_changeable(subscription)
    holding = _wanted_product(wish, subscription)
    before = seats_of(holding)
    after = _after(wish, before)
    when = _when(wish, subscription, after - before)
    name, mpn = text(holding.get("name")) or text(subscription.get("name")), text(holding.get("mpn"))
    done = _nothing_to_do(name, before, after, when, _at_renewal(holding))
    if done is not None:
        customer = text(subscription.get("customerId"))
        return SeatPlan("none", customer, wish.subscription_id, mpn, name, before, after, when, None, done)
    check_use(wish.in_use, after, name)
    if after < before and when == "now":
        check_window(subscription, name, today)
    check_limits(await product_of(holding, caller), after, name)
    made = change_plan(subscription, holding, after, when, change_quantity)
    later = _at_renewal(holding)
    if when == "now" or later is None:
        return made
    told = f"{made.message} An earlier order sets {whole(later)} then; the vendor does not document which one it takes."
    return replace(made, message=told)


async def verify_seats(
    plan: SeatPlan,
    caller: Caller,
    *,
    sleep: Callable[[float], Awaitable[None]],
    subscription_id: str | None = None,
) -> str:
    """Look at what a completed order has done, and return a sentence about it.

    Args:
        plan: What was ordered.
        caller: Reads afresh; not one that remembers.
        sleep: Waits between looks.
        subscription_id: The new subscription of a first purchase, from the order.

    Raises:
        SeatsDifferError: The subscription does not hold what was ordered.
    """
    key = subscription_id or plan.subscription_id
    expected = plan.before if plan.when == "renewal" else plan.after
    seats = Decimal(0)
    for pause in LOOKS:
        if pause:
            await sleep(pause)
        subscription = members(await caller.one("get_subscription", {"id": key}))
        found = [row for row in held_products(subscription) if text(row.get("mpn")) == plan.mpn]
        seats = sum((seats_of(row) for row in found), Decimal(0))
        if seats == expected:
            if plan.when == "renewal":
                return f"{plan.product} keeps {whole(seats)} seats until its renewal, then {whole(plan.after)}."
            return f"{plan.product} has {whole(seats)} seats, as ordered."
    raise SeatsDifferError(
        f"The order is completed, but {plan.product} (subscription {key}) holds {whole(seats)} seats "
        f"instead of {whole(expected)}.",
        hint="Do not order again before looking: somebody else may have changed it, or the vendor reads quantities "
        f"the other way (change_quantity). Look: im-cloud run get_subscription --input id={key}",
    )


def _check_wish(wish: SeatWish) -> None:
    given = [(name, getattr(wish, name)) for name in ("seats", "increase", "decrease")]
    named = [(name, value) for name, value in given if value is not None]
    problems = [
        FieldProblem(f"/{name}", "no_count", f"{name} must be a whole number of 1 or more.")
        for name, value in named
        if value % 1 or value < 1
    ]
    if wish.in_use is not None and (wish.in_use % 1 or wish.in_use < 0):
        problems.append(FieldProblem("/in_use", "no_count", "in_use must be a whole number of 0 or more."))
    if len(named) != 1:
        told = "Give exactly one of seats, increase and decrease."
        problems.append(FieldProblem("/seats", "contradiction" if named else "required", told))
    if problems:
        raise InputError(f"Nothing was sent. {problems[0].message}", fields=problems, hint="Correct the fields named.")


def _after(wish: SeatWish, before: Decimal) -> Decimal:
    if wish.seats is not None:
        return wish.seats
    return before + (wish.increase or Decimal(0)) - (wish.decrease or Decimal(0))


def _when(wish: SeatWish, subscription: Json, step: Decimal) -> Literal["now", "renewal"]:
    if wish.when != "auto":
        return wish.when
    return "renewal" if step < 0 and is_annual(subscription.get("subscriptionPeriod")) else "now"


def _at_renewal(holding: Json) -> Decimal | None:
    """Return the seats that an unfinished order sets at the next renewal, or None."""
    found = holding.get(AT_RENEWAL)
    return None if found is None else Decimal(str(found))


def _nothing_to_do(
    name: str, before: Decimal, after: Decimal, when: Literal["now", "renewal"], later: Decimal | None
) -> str | None:
    """Return a sentence when it is as wanted already, or will be by an order that is under way."""
    if when == "renewal" and later is not None:
        if after != later:
            return None
        return f"{name} goes to {whole(after)} seats at its renewal by an order under way; nothing was ordered."
    if after != before:
        return None
    coming = "" if later is None else f" An order under way sets {whole(later)} at its renewal."
    return f"{name} already has {whole(before)} seats; nothing was ordered.{coming}"


def _wanted_product(wish: SeatWish, subscription: Json) -> Json:
    rows = held_products(subscription)
    names = ", ".join(text(row.get("mpn")) for row in rows)
    fitting = [row for row in rows if wish.mpn is None or text(row.get("mpn")) == wish.mpn]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        told = f"The subscription does not hold {wish.mpn}; it holds: {names}."
        raise refused_input([FieldProblem("/mpn", "not_held", told)])
    told = f"The subscription holds several products; say which with mpn: {names}."
    raise refused_input([FieldProblem("/mpn", "required", told)])
