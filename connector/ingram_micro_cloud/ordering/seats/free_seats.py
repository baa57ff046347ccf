"""Enough free seats of a product for a customer: nothing to do, more on one subscription, or a first purchase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ingram_micro_cloud.errors import FieldProblem, SeatsRefusedError
from ingram_micro_cloud.ordering.facts.catalogue import Product, limits, offered, shortest_first, terms_told
from ingram_micro_cloud.ordering.facts.reads import ENDED, held_products, status_of
from ingram_micro_cloud.ordering.facts.sanity import AskedLine, ChangeQuantity, refused_input
from ingram_micro_cloud.ordering.figures import (
    is_annual,
    members,
    period_text,
    plain_period,
    rows_of,
    seats_of,
    text,
    whole,
)
from ingram_micro_cloud.ordering.ports import Caller
from ingram_micro_cloud.ordering.seats.plans import SeatPlan, change_plan
from ingram_micro_cloud.ordering.seats.refusals import check_limits, product_of

Json = Mapping[str, object]
Prefer = Literal["monthly", "annual"]


@dataclass(frozen=True, slots=True)
class FreeSeatsWish:
    """How many seats of a product are to be free.

    Attributes:
        product: Its MPN or its id in the catalogue; never a name.
        in_use: Seats that people use now, over all of the customer's subscriptions of it.
        free: Seats that are to be left over.
        prefer: The term to grow or to buy, where there is a choice.
        parameters: What a first purchase activates the product with.
    """

    customer_id: str
    product: str
    in_use: Decimal
    free: Decimal
    prefer: Prefer | None = None
    parameters: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One of the customer's subscriptions of the product."""

    subscription: Json
    holding: Json

    @property
    def annual(self) -> bool:
        """Whether its term binds for a year or more."""
        return is_annual(self.subscription.get("subscriptionPeriod"))


async def plan_free_seats(wish: FreeSeatsWish, caller: Caller, change_quantity: ChangeQuantity = "total") -> SeatPlan:
    """Return the one order that leaves enough seats free, or that none is needed. Reads fresh; orders nothing.

    Seats of active subscriptions count; the names of products never decide anything.

    Raises:
        InputError: The product is unknown, or nothing tells which of its terms to buy.
        SeatsRefusedError: It cannot be had with one order; the hint says what can be done.
    """
    _check_wish(wish)
    held = await _held(wish, caller)
    active = [each for each in held if status_of(each.subscription) == "active"]
    seats = sum((seats_of(each.holding) for each in active), Decimal(0))
    missing = wish.in_use + wish.free - seats
    if active and missing <= 0:
        return _enough(wish, active, seats)
    waiting = [each for each in held if status_of(each.subscription) == "pending"]
    if waiting:
        key = text(waiting[0].subscription.get("id"))
        raise SeatsRefusedError(
            f"Not ordered. A subscription of {wish.product} is still being provisioned ({key}); "
            "buying more now might buy twice.",
            code="seats_being_provisioned",
            hint="Follow its order to the end (im-cloud order follow), then ask again.",
            retry="yes",
        )
    if not active:
        return await _first_purchase(wish, caller)
    return await _more(wish, active, missing, caller, change_quantity)


def _enough(wish: FreeSeatsWish, active: Sequence[Held], seats: Decimal) -> SeatPlan:
    first = _by_preference(active, wish.prefer)[0]
    name, free = text(first.holding.get("name")), seats - wish.in_use
    told = f"{name} has {whole(seats)} seats, {whole(wish.in_use)} in use and {whole(free)} free; nothing was ordered."
    return SeatPlan(
        "none", wish.customer_id, text(first.subscription.get("id")), text(first.holding.get("mpn")), name,
        seats, seats, "now", None, told,
    )  # fmt: skip


async def _held(wish: FreeSeatsWish, caller: Caller) -> list[Held]:
    """Return the customer's subscriptions of the product; list rows hold no products, so details are read."""
    found: list[Held] = []
    pages = [page async for page in caller.rows("list_subscriptions", {"customerId": wish.customer_id})]
    for row in (row for page in pages for row in rows_of(list(page))):
        if status_of(row) in ENDED:
            continue
        subscription = members(await caller.one("get_subscription", {"id": text(row.get("id"))}))
        if text(subscription.get("customerId")) != wish.customer_id:
            continue
        found += [
            Held(subscription, holding)
            for holding in held_products(subscription)
            if wish.product in (text(holding.get("mpn")), text(holding.get("id")))
        ]
    return found


async def _more(
    wish: FreeSeatsWish, active: Sequence[Held], missing: Decimal, caller: Caller, how: ChangeQuantity
) -> SeatPlan:
    """Grow the preferred subscription, or the next one that has room; never more than one."""
    for each in _by_preference(active, wish.prefer):
        most = limits(await product_of(each.holding, caller) or {})[1]
        after = seats_of(each.holding) + missing
        if most is None or after <= most:
            return change_plan(each.subscription, each.holding, after, "now", how)
    biggest = max(active, key=lambda each: seats_of(each.holding))
    name = text(biggest.holding.get("name"))
    raise SeatsRefusedError(
        f"Not ordered. {whole(missing)} more seats of {name} go on none of its {len(active)} subscriptions: each would "
        "pass the product's maximum.",
        code="seats_above_maximum",
        hint="Buy a further subscription with an order of type sales, or ask for fewer free seats.",
    )


async def _first_purchase(wish: FreeSeatsWish, caller: Caller) -> SeatPlan:
    product = await _product_to_buy(wish, caller)
    name, mpn = text(product.get("name")) or wish.product, text(product.get("mpn"))
    fewest = limits(product)[0] or Decimal(1)
    quantity = max(wish.in_use + wish.free, fewest, Decimal(1))
    check_limits(product, quantity, name)
    line: dict[str, object] = {"mpn": mpn, "quantity": int(quantity)}
    if product.get("vendor"):
        line["vendor"] = text(product.get("vendor"))
    for period in ("subscriptionPeriod", "billingPeriod"):
        if (given := plain_period(product.get(period))) is not None:
            line[period] = given
    if wish.parameters:
        line["parameters"] = [dict(each) for each in wish.parameters]
    body = {"type": "sales", "customerId": wish.customer_id, "products": [line]}
    raised = " (the least that can be bought)" if quantity > wish.in_use + wish.free else ""
    told = f"{name}, {terms_told(product)}: a first subscription with {whole(quantity)} seats{raised}."
    return SeatPlan("sales", wish.customer_id, None, mpn, name, Decimal(0), quantity, "now", body, told)


async def _product_to_buy(wish: FreeSeatsWish, caller: Caller) -> Product:
    asked = AskedLine(0, wish.product, "", Decimal(1), "", {})
    rows = (await offered([asked], caller))[wish.product]
    if not rows:
        by_id = AskedLine(0, "", wish.product, Decimal(1), "", {})
        rows = (await offered([by_id], caller))[wish.product]
    if not rows:
        told = f"{wish.product} is neither an MPN nor a product id of this marketplace's catalogue."
        raise refused_input([FieldProblem("/product", "unknown_product", told)])
    fitting = [row for row in rows if wish.prefer is None or _is(row, wish.prefer)]
    if not fitting:
        terms = "; ".join(terms_told(row) for row in shortest_first(rows))
        raise SeatsRefusedError(
            f"Not ordered. {wish.product} has no {wish.prefer} term. There are: {terms}.",
            hint=f"Ask with prefer: {'annual' if wish.prefer == 'monthly' else 'monthly'}, or leave it out.",
        )
    if wish.prefer is None and len({period_text(row.get("subscriptionPeriod")) for row in fitting}) > 1:
        terms = "; ".join(terms_told(row) for row in shortest_first(fitting))
        told = f"{wish.product} is sold in several terms ({terms}); say prefer: monthly or prefer: annual."
        raise refused_input([FieldProblem("/prefer", "required", told)])
    # Of several that fit, the one that binds and bills for the shortest time.
    return shortest_first(fitting)[0]


def _by_preference(held: Sequence[Held], prefer: Prefer | None) -> list[Held]:
    """Return subscriptions with those of the preferred term first, then the bigger ones."""
    return sorted(
        held,
        key=lambda each: (
            prefer is not None and each.annual != (prefer == "annual"),
            each.subscription.get("renewalStatus") is False,
            -seats_of(each.holding),
            text(each.subscription.get("id")),
        ),
    )


def _is(product: Product, prefer: Prefer) -> bool:
    return is_annual(product.get("subscriptionPeriod")) == (prefer == "annual")


def _check_wish(wish: FreeSeatsWish) -> None:
    problems = [
        FieldProblem(f"/{name}", "no_count", f"{name} must be a whole number of 0 or more.")
        for name in ("in_use", "free")
        if getattr(wish, name) % 1 or getattr(wish, name) < 0
    ]
    if not problems and wish.in_use + wish.free == 0:
        problems.append(
            FieldProblem("/free", "zero", "No seat is in use and none is to be free: there is nothing to do.")
        )
    if problems:
        raise refused_input(problems)
