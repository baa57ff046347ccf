"""Seats as intent: nothing to do, one order, or a refusal that names the way; looked at afterwards."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingram_micro_cloud.errors import InputError, SeatsDifferError, SeatsRefusedError
from ingram_micro_cloud.ordering.facts.gathering import order_facts
from ingram_micro_cloud.ordering.remembering import RememberingCaller
from ingram_micro_cloud.ordering.seats.plans import SeatPlan
from ingram_micro_cloud.ordering.seats.setting import SeatWish, plan_seats, verify_seats
from ingram_micro_cloud.sandbox import Marketplace
from support.clock import FakeClock
from support.orders import ending, fresh, held, sale
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio
ANNUAL = "NLI-WORK-Y"
D = Decimal


@pytest.fixture
def caller() -> ReadingCaller:
    clock = FakeClock()
    return ReadingCaller(Marketplace(seed=7, customers=25, subscriptions=0, unlimited=True, now=clock.now), clock)


def today(caller: ReadingCaller, days: int = 0) -> date:
    return datetime.fromtimestamp(caller.clock.now() + days * 86_400, UTC).date()


async def planned(caller: ReadingCaller, subscription: dict[str, Any], days: int = 0, **wish: Any) -> SeatPlan:
    return await plan_seats(SeatWish(subscription["id"], **wish), caller, today=today(caller, days))


WISHES = [
    ("absolute", "HMP-STD-M", {"seats": D(12)}, 12, "now"),
    ("increase", "HMP-STD-M", {"increase": D(1)}, 11, "now"),
    ("decrease of a monthly term", "HMP-STD-M", {"decrease": D(3)}, 7, "now"),
    ("decrease of an annual term", ANNUAL, {"decrease": D(3)}, 7, "renewal"),
    ("increase of an annual term", ANNUAL, {"increase": D(3)}, 13, "now"),
    ("increase that waits", ANNUAL, {"increase": D(3), "when": "renewal"}, 13, "renewal"),
    ("down to what is used", "HMP-STD-M", {"seats": D(8), "in_use": D(8)}, 8, "now"),
]


@pytest.mark.parametrize(
    ("mpn", "wish", "after", "when"), [each[1:] for each in WISHES], ids=[each[0] for each in WISHES]
)
async def test_a_wish_becomes_one_change_order(
    caller: ReadingCaller, mpn: str, wish: dict[str, Any], after: int, when: str
) -> None:
    subscription = await held(caller, mpn)
    plan = await planned(caller, subscription, **wish)
    assert (plan.kind, plan.before, plan.after, plan.when) == ("change", D(10), D(after), when)
    assert plan.request is not None
    assert plan.request.get("scheduledOn") == ("renewal" if when == "renewal" else None)
    assert plan.request["products"] == [
        {
            "mpn": mpn,
            "vendor": subscription["products"][0]["vendor"],
            "quantity": after,
            "subscriptionPeriod": subscription["subscriptionPeriod"],
            "billingPeriod": subscription["billingPeriod"],
            "subscriptionId": subscription["id"],
        }
    ]
    assert plan.request["subscriptionId"] == subscription["id"]
    facts = await order_facts(plan.request, caller)
    assert facts.changes[0].after == plan.after


async def test_seats_that_are_already_so_are_left_alone(caller: ReadingCaller) -> None:
    plan = await planned(caller, await held(caller), seats=D(10))
    assert (plan.kind, plan.request) == ("none", None)
    assert plan.message.endswith("already has 10 seats; nothing was ordered.")
    assert dict(caller.calls) == {"get_subscription": 1}


async def test_differences_are_sent_where_the_account_wants_them(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    caller.marketplace.control.settings({"change_quantity": "delta"})
    wish = SeatWish(subscription["id"], seats=D(8))
    plan = await plan_seats(wish, caller, today=today(caller), change_quantity="delta")
    assert plan.request is not None
    assert plan.request["products"][0]["quantity"] == -2  # type: ignore[index]  # a list of lines
    await caller.write("POST", "/orders", plan.request)
    caller.settle()
    assert "8 seats, as ordered" in await verify_seats(plan, caller, sleep=caller.clock.sleep)


REFUSED = [
    ("below use", ANNUAL, {"seats": D(6), "in_use": D(7), "when": "renewal"}, "seats_below_use", "1 people"),
    ("below the minimum", ANNUAL, {"seats": D(4), "when": "renewal"}, "seats_below_minimum", "Set 5 seats"),
    ("above the maximum", "HMP-STD-M", {"seats": D(301)}, "seats_above_maximum", "Set 300 seats"),
]


@pytest.mark.parametrize(
    ("mpn", "wish", "code", "hint"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
async def test_a_refusal_names_the_way(
    caller: ReadingCaller, mpn: str, wish: dict[str, Any], code: str, hint: str
) -> None:
    subscription = await held(caller, mpn)
    with pytest.raises(SeatsRefusedError, match="Not ordered") as refused:
        await planned(caller, subscription, **wish)
    assert refused.value.specific_code == code
    assert hint in (refused.value.hint or "")


@pytest.mark.parametrize(("days", "refused"), [(0, False), (7, False), (8, True), (300, True)])
async def test_seats_of_an_annual_term_are_given_back_in_its_first_days_or_at_renewal(
    caller: ReadingCaller, days: int, refused: bool
) -> None:
    subscription = await held(caller, ANNUAL)
    if not refused:
        assert (await planned(caller, subscription, days, decrease=D(1), when="now")).when == "now"
        return
    with pytest.raises(SeatsRefusedError, match="may only be given back") as told:
        await planned(caller, subscription, days, decrease=D(1), when="now")
    assert "when: renewal" in (told.value.hint or "")
    assert (await planned(caller, subscription, days, decrease=D(1))).when == "renewal"


async def test_a_subscription_that_is_being_provisioned_or_has_ended_is_refused(caller: ReadingCaller) -> None:
    order = await caller.write("POST", "/orders", sale(caller, {"mpn": "HMP-STD-M", "quantity": 5}))
    assert isinstance(order, dict)
    subscription = await fresh(caller, order["subscriptionId"])
    with pytest.raises(SeatsRefusedError) as early:
        await planned(caller, subscription, increase=D(1))
    assert (early.value.specific_code, early.value.retry) == ("seats_being_provisioned", "yes")
    caller.settle()
    await caller.write("POST", "/orders", ending(subscription, "cancellation"))
    caller.settle()
    with pytest.raises(SeatsRefusedError) as late:
        await planned(caller, subscription, increase=D(1))
    assert late.value.specific_code == "seats_not_changeable"


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({}, "/seats"),
        ({"seats": D(3), "increase": D(1)}, "/seats"),
        ({"seats": D(0)}, "/seats"),
        ({"decrease": D(-1)}, "/decrease"),
        ({"increase": D("1.5")}, "/increase"),
        ({"seats": D(3), "in_use": D(-1)}, "/in_use"),
        ({"seats": D(3), "mpn": "OTHER"}, "/mpn"),
    ],
)
async def test_a_wish_that_cannot_be_meant_names_the_field(
    caller: ReadingCaller, wish: dict[str, Any], pointer: str
) -> None:
    subscription = await held(caller)
    with pytest.raises(InputError) as refused:
        await planned(caller, subscription, **wish)
    assert pointer in [each.pointer for each in refused.value.fields]


async def test_of_several_products_one_must_be_named(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    row = caller.marketplace._world.subscriptions.need(subscription["id"], "subscription")
    row["products"] = [*subscription["products"], {**subscription["products"][0], "mpn": "OTHER"}]
    with pytest.raises(InputError, match="HMP-STD-M, OTHER"):
        await planned(caller, subscription, increase=D(1))
    assert (await planned(caller, subscription, increase=D(1), mpn="HMP-STD-M")).after == D(11)


async def test_seats_that_differ_after_the_order_are_an_error_of_their_own(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    plan = await planned(caller, subscription, increase=D(1))
    with pytest.raises(SeatsDifferError, match="holds 10 seats instead of 11") as differ:
        await verify_seats(plan, caller, sleep=caller.clock.sleep)
    assert "Do not order again" in (differ.value.hint or "")
    assert caller.clock.slept[-2:] == [5.0, 15.0]
    assert plan.request is not None
    await caller.write("POST", "/orders", plan.request)
    caller.settle()
    assert "11 seats" in await verify_seats(plan, caller, sleep=caller.clock.sleep)


async def test_a_seat_change_reads_each_thing_once(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    once = RememberingCaller(caller)
    plan = await plan_seats(SeatWish(subscription["id"], increase=D(1)), once, today=today(caller))
    assert plan.request is not None
    await order_facts(plan.request, once)
    assert dict(caller.calls) == {
        "get_subscription": 1,
        "list_products": 1,
        "get_customer": 1,
        "estimate_order_price": 1,
    }
