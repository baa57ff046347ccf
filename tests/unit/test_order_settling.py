"""Settling by reading only: found, certainly not there, or still unknown; running attempts are left alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingram_micro_cloud.errors import (
    IngramMicroCloudError,
    InputError,
    OutcomeUnknownError,
    PossibleDuplicateError,
)
from ingram_micro_cloud.ordering.models import JournalEntry, OrderFacts
from ingram_micro_cloud.store.journal import StoredIntent
from ingram_micro_cloud.store.processes import this_process
from support.direct_caller import Json, sale, unchanged
from support.journals import ACTING, Desk, opened
from support.vendor_client import VendorClient

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(state_place: str) -> Iterator[Desk]:
    with opened(state_place) as state:
        yield Desk(state)


async def place(desk: Desk, facts: OrderFacts | None = None, **more: Any) -> JournalEntry:
    facts = facts or sale(desk.customer)
    return await desk.journal().place(facts, desk.caller.send, refresh=unchanged(facts), **more)


async def left_unknown(
    desk: Desk, facts: OrderFacts | None = None, *, arrived: bool = True, **more: Any
) -> StoredIntent:
    """An order whose answer was lost and which nobody could look for."""
    if arrived:
        desk.fault("reset_after")
    else:
        desk.fault("status", status=500)
    desk.fault("status", "getOrders", times=3, status=500)
    with pytest.raises(OutcomeUnknownError):
        await place(desk, facts, key="k", **more)
    desk.marketplace.control.clear_faults()
    desk.caller.reads.clear()
    return stored(desk)


def stored(desk: Desk, key: str = "k") -> StoredIntent:
    found = desk.state.journal.find(ACTING.account, key)
    assert found is not None
    return found


def rewritten(desk: Desk, **changes: Any) -> None:
    """The intent as another process would have left it."""
    changed = replace(stored(desk), **changes)
    with desk.state.journal.step(ACTING.account) as step:
        step.put(changed, who="test", audit={"event": "test"})


def ended_process() -> dict[str, Any]:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return {"host": this_process().host, "pid": child.pid, "started": "1"}


async def states(desk: Desk, keys: list[str] | None = None) -> list[str]:
    return [each.state for each in await desk.journal().check(keys)]


async def test_an_order_that_is_there_is_found_by_its_marker(desk: Desk) -> None:
    intent = await left_unknown(desk)
    assert await states(desk) == ["submitted"]
    assert stored(desk).order_id == desk.orders(intent.marker)[0]["id"]
    assert desk.caller.reads == ["list_orders", "get_order"]
    desk.caller.reads.clear()
    assert await states(desk) == [], "what is settled is not looked at again"
    assert desk.caller.reads == []


@pytest.mark.parametrize(
    ("order", "state"),
    [("submitted", "submitted"), ("processing", "submitted"), ("completed", "completed"), ("error", "failed"),
     ("cancelled", "failed"), ("Completed", "completed"), ("something new", "submitted")],
)  # fmt: skip
async def test_what_is_found_has_the_orders_own_state(desk: Desk, order: str, state: str) -> None:
    intent = await left_unknown(desk)
    row = next(each for each in desk.marketplace._world.orders.all() if marker(each) == intent.marker)
    row["status"] = order
    assert await states(desk) == [state]
    assert (stored(desk).problem_json is not None) == (state == "failed")


async def test_an_order_whose_attributes_the_vendor_drops_is_found_by_its_number(desk: Desk) -> None:
    intent = await left_unknown(desk)
    row = next(each for each in desk.marketplace._world.orders.all() if marker(each) == intent.marker)
    del row["attributes"]
    assert await states(desk) == ["submitted"]
    assert stored(desk).order_id == row["id"]


async def test_an_order_that_may_be_it_without_a_marker_keeps_it_unknown_and_is_named(desk: Desk) -> None:
    intent = await left_unknown(desk, sale(desk.customer, poNumber="PO-9"))
    row = next(each for each in desk.marketplace._world.orders.all() if marker(each) == intent.marker)
    del row["attributes"]
    desk.clock.advance(9_000)
    found = await desk.journal().check()
    assert [each.state for each in found] == ["unknown"]
    assert str(row["id"]) in str((found[0].problem or {})["looked"])


async def test_what_is_not_there_is_settled_only_once_it_can_no_longer_come(desk: Desk) -> None:
    intent = await left_unknown(desk, arrived=False)
    assert intent.sent_until is not None
    desk.clock.seconds = intent.sent_until + 119.9
    assert await states(desk) == ["unknown"]
    desk.clock.seconds = intent.sent_until + 120
    assert await states(desk) == ["failed"]
    assert desk.orders() == []
    with pytest.raises(IngramMicroCloudError, match="certainly does not have this order") as caught:
        await place(desk, key="k")
    assert caught.value.retry == "no", "what was only found out by reading is never sent again by its key"
    assert (await place(desk)).state == "submitted", "and does not stand in the way of a new one"


async def test_a_marketplace_that_cannot_be_read_settles_nothing(desk: Desk) -> None:
    await left_unknown(desk, arrived=False)
    desk.clock.advance(9_000)
    for operation, fault in (("getOrders", "status"), ("getOrders", "html"), ("getOrders", "broken_json")):
        desk.fault(fault, operation, times=9)
        assert await states(desk) == ["unknown"], fault
        desk.marketplace.control.clear_faults()
    assert (stored(desk).problem_json or "").count("looked") == 1
    assert await states(desk) == ["failed"]


async def test_details_that_cannot_be_read_settle_nothing(desk: Desk) -> None:
    await left_unknown(desk, arrived=False)
    VendorClient(desk.marketplace).call("POST", "/orders", dict(sale(desk.customer).request))
    desk.clock.advance(9_000)
    desk.fault("status", "getOrderDetails", times=9)
    assert await states(desk) == ["unknown"]
    desk.marketplace.control.clear_faults()
    assert await states(desk) == ["failed"]


async def test_every_page_is_walked_and_other_intents_orders_are_not_read(desk: Desk) -> None:
    intent = await left_unknown(desk)
    vendor = VendorClient(desk.marketplace)
    for _ in range(3):
        assert vendor.call("POST", "/orders", dict(sale(desk.customer).request))[0] == 200
    for number in range(4):
        # With keys of their own: beside an order of unknown outcome the same seats would be a possible duplicate.
        await place(desk, sale(desk.customer, poNumber=f"n{number}"), key=f"n{number}")
    desk.caller.reads.clear()
    assert await states(desk) == ["submitted"]
    assert stored(desk).order_id == desk.orders(intent.marker)[0]["id"]
    assert desk.caller.reads == ["list_orders"] + ["get_order"] * 4, "three of others, one of ours; four are explained"


async def test_one_list_serves_all_intents_of_a_customer(desk: Desk) -> None:
    for number in range(3):
        facts = sale(desk.customer, poNumber=f"n{number}")
        desk.fault("reset_after")
        desk.fault("status", "getOrders", times=3, status=500)
        with pytest.raises(OutcomeUnknownError):
            await place(desk, facts, key=f"n{number}")
    desk.marketplace.control.clear_faults()
    desk.caller.reads.clear()
    assert await states(desk) == ["submitted"] * 3
    assert sorted(desk.caller.reads) == ["get_order"] * 3 + ["list_orders"]


async def test_an_attempt_whose_process_has_ended_is_settled_from_then_on(desk: Desk) -> None:
    await left_unknown(desk, arrived=False)
    now = desk.clock.now()
    rewritten(desk, state="in_flight", **ended_process(), lease_until=now + 600, sent_until=now + 600)
    assert await states(desk) == ["unknown"]
    assert stored(desk).sent_until == now, "it can have sent until it was seen to be gone"
    desk.clock.seconds = now + 119
    assert await states(desk) == ["unknown"]
    desk.clock.seconds = now + 120
    assert await states(desk) == ["failed"]


async def test_an_attempt_that_may_be_running_is_left_alone(desk: Desk) -> None:
    await left_unknown(desk)
    now = desk.clock.now()
    alive = {"host": this_process().host, "pid": os.getppid(), "started": ""}
    rewritten(desk, state="in_flight", **alive, lease_until=now - 1)
    assert await states(desk) == ["in_flight"], "it lives on this machine"
    with pytest.raises(PossibleDuplicateError):
        await place(desk)
    rewritten(desk, state="in_flight", host="elsewhere", pid=1, started="1", lease_until=now + 10)
    assert await states(desk) == ["in_flight"], "nobody here can know, and its time is not up"
    desk.clock.advance(11)
    assert await states(desk) == ["submitted"]


async def test_an_attempt_of_this_process_that_is_over_is_settled(desk: Desk) -> None:
    await left_unknown(desk)
    rewritten(desk, state="in_flight")
    assert await states(desk) == ["submitted"]


async def test_named_orders_are_followed_by_key_or_by_order_id(desk: Desk) -> None:
    entry = await place(desk, key="k")
    assert await states(desk) == []
    assert await states(desk, ["k"]) == ["submitted"]
    desk.marketplace.control.advance(900)
    assert await states(desk, [str(entry.order_id)]) == ["completed"]
    desk.caller.reads.clear()
    assert await states(desk, ["k"]) == ["completed"]
    assert desk.caller.reads == [], "what is over is not read again"
    with pytest.raises(InputError, match="knows no order by 'x'"):
        await states(desk, ["k", "x"])


async def test_an_order_that_turns_up_late_after_all_is_a_fact(desk: Desk) -> None:
    intent = await left_unknown(desk)
    row = next(each for each in desk.marketplace._world.orders.all() if marker(each) == intent.marker)
    owner, row["customerId"] = row["customerId"], "somebody else"
    desk.clock.advance(9_000)
    assert await states(desk) == ["failed"]
    row["customerId"] = owner
    assert await states(desk) == []
    assert await states(desk, ["k"]) == ["completed"]


async def test_an_organization_settles_its_own_orders_only(desk: Desk) -> None:
    await left_unknown(desk)
    seven = desk.journal(acting=replace(ACTING, organization="org-7"))
    assert await seven.check() == ()
    assert stored(desk).state == "unknown"
    other = desk.journal(acting=replace(ACTING, account="account-2"))
    assert await other.check() == ()
    assert desk.caller.reads == []


async def test_settling_is_on_record(desk: Desk) -> None:
    await left_unknown(desk)
    await states(desk)
    events = [(each.body["event"], each.body["state"]) for each in desk.state.audit.all()]
    assert events == [("sending", "in_flight"), ("unknown", "unknown"), ("found", "submitted")]
    assert desk.state.audit.all()[-1].body["order_id"] == stored(desk).order_id
    assert desk.state.audit.verify().whole


def marker(order: Json) -> object:
    attributes = order.get("attributes")
    return attributes.get("imCloudIntent") if isinstance(attributes, dict) else None
