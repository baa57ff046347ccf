"""Enough free seats of a product: nothing to do, more on one subscription, or a first purchase."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ingram_micro_cloud.errors import InputError, SeatsRefusedError
from ingram_micro_cloud.ordering.facts.gathering import order_facts
from ingram_micro_cloud.ordering.seats.free_seats import FreeSeatsWish, plan_free_seats
from ingram_micro_cloud.sandbox import Marketplace
from support.clock import FakeClock
from support.orders import ATTESTED, DOMAIN, PREMIUM, customer, held, sale
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio
ANNUAL = "NLI-WORK-Y"
D = Decimal


@pytest.fixture
def caller() -> ReadingCaller:
    clock = FakeClock()
    return ReadingCaller(Marketplace(seed=7, customers=25, subscriptions=0, unlimited=True, now=clock.now), clock)


def wanted(caller: ReadingCaller, product: str, in_use: int, free: int, **more: Any) -> FreeSeatsWish:
    return FreeSeatsWish(customer(caller), product, D(in_use), D(free), **more)


@pytest.mark.parametrize(
    ("in_use", "free", "kind", "after"),
    [(7, 3, "none", 10), (2, 3, "none", 10), (8, 3, "change", 11), (12, 0, "change", 12), (10, 0, "none", 10)],
)
async def test_free_seats_are_what_is_held_less_what_is_used(
    caller: ReadingCaller, in_use: int, free: int, kind: str, after: int
) -> None:
    subscription = await held(caller)
    plan = await plan_free_seats(wanted(caller, "HMP-STD-M", in_use, free), caller)
    assert (plan.kind, plan.after, plan.subscription_id) == (kind, D(after), subscription["id"])


@pytest.mark.parametrize("named", [lambda row: row["mpn"], lambda row: row["id"]], ids=["mpn", "id"])
async def test_a_product_goes_by_its_number_or_id_and_never_by_its_name(
    caller: ReadingCaller, named: Callable[[dict[str, Any]], str]
) -> None:
    subscription = await held(caller)
    plan = await plan_free_seats(wanted(caller, named(subscription["products"][0]), 10, 1), caller)
    assert plan.subscription_id == subscription["id"]
    with pytest.raises(InputError, match="neither an MPN nor a product id"):
        await plan_free_seats(wanted(caller, "Harbor Mail Protection", 10, 1), caller)


MONTHLY = {"subscriptionPeriod": {"type": "month", "duration": 1}, "parameters": [DOMAIN, ATTESTED]}
YEARLY = {
    "subscriptionPeriod": {"type": "year", "duration": 1},
    "billingPeriod": {"type": "month", "duration": 1},
    "parameters": [DOMAIN, ATTESTED],
}


@pytest.mark.parametrize(("prefer", "grows"), [("monthly", 0), ("annual", 1), (None, 1)])
async def test_the_preferred_term_grows_and_only_that(caller: ReadingCaller, prefer: Any, grows: int) -> None:
    subscriptions = [await held(caller, PREMIUM, 3, **MONTHLY), await held(caller, PREMIUM, 5, **YEARLY)]
    plan = await plan_free_seats(wanted(caller, PREMIUM, 8, 2, prefer=prefer), caller)
    assert plan.subscription_id == subscriptions[grows]["id"]
    assert plan.after - plan.before == 2


async def test_a_full_subscription_passes_on_to_the_next(caller: ReadingCaller) -> None:
    full, other = await held(caller, "HMP-STD-M", 300), await held(caller, "HMP-STD-M", 5)
    plan = await plan_free_seats(wanted(caller, "HMP-STD-M", 305, 2), caller)
    assert (plan.subscription_id, plan.after) == (other["id"], D(7))
    with pytest.raises(SeatsRefusedError, match="maximum") as refused:
        await plan_free_seats(wanted(caller, "HMP-STD-M", 305, 296), caller)
    assert refused.value.specific_code == "seats_above_maximum"
    assert full["id"] != other["id"]


async def test_without_a_subscription_one_is_bought_in_the_preferred_term(caller: ReadingCaller) -> None:
    wish = wanted(caller, PREMIUM, 2, 1, prefer="annual", parameters=[DOMAIN, ATTESTED])
    plan = await plan_free_seats(wish, caller)
    assert (plan.kind, plan.subscription_id, plan.after) == ("sales", None, D(3))
    assert plan.request is not None
    facts = await order_facts(plan.request, caller)
    assert (facts.changes[0].term, facts.changes[0].billing) == ("1 year", "1 month")
    with pytest.raises(InputError, match="prefer: monthly or prefer: annual"):
        await plan_free_seats(wanted(caller, PREMIUM, 2, 1), caller)


async def test_a_first_purchase_is_never_below_the_minimum(caller: ReadingCaller) -> None:
    plan = await plan_free_seats(wanted(caller, ANNUAL, 1, 1), caller)
    assert (plan.kind, plan.after) == ("sales", D(5))
    assert "the least that can be bought" in plan.message
    with pytest.raises(SeatsRefusedError, match="no monthly term"):
        await plan_free_seats(wanted(caller, ANNUAL, 1, 1, prefer="monthly"), caller)


async def test_nothing_is_bought_twice_while_the_first_is_on_its_way(caller: ReadingCaller) -> None:
    await caller.write("POST", "/orders", sale(caller, {"mpn": "HMP-STD-M", "quantity": 5}))
    with pytest.raises(SeatsRefusedError) as refused:
        await plan_free_seats(wanted(caller, "HMP-STD-M", 3, 1), caller)
    assert refused.value.specific_code == "seats_being_provisioned"
