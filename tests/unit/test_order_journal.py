"""Placing orders: sent at most once, written down first, the same key the same outcome, duplicates refused."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

import anyio
import pytest

from ingram_micro_cloud.errors import (
    BuyingRuleRefusedError,
    DeadlineError,
    InputError,
    OrderUnderWayError,
    OutcomeUnknownError,
    PossibleDuplicateError,
    RateLimitedError,
    RejectedError,
    StateError,
)
from ingram_micro_cloud.ordering.journal.exporting import journal_csv, journal_rows
from ingram_micro_cloud.ordering.journal.purchase import _PLACING
from ingram_micro_cloud.ordering.journal.records import facts_text, read_facts
from ingram_micro_cloud.ordering.journal.unfinished import UnfinishedSeats
from ingram_micro_cloud.ordering.models import JournalEntry, Money, OrderFacts
from support.direct_caller import sale, seat_change, unchanged
from support.journals import ACTING, FREELY, Desk, marker_in, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(state_place: str) -> Iterator[Desk]:
    with opened(state_place) as state:
        yield Desk(state)


async def place(desk: Desk, facts: OrderFacts | None = None, **more: Any) -> JournalEntry:
    facts = facts or sale(desk.customer)
    journal = more.pop("journal", None) or desk.journal()
    return await journal.place(facts, desk.caller.send, refresh=more.pop("refresh", unchanged(facts)), **more)


async def test_an_ordinary_order_costs_one_send_and_no_read_of_its_own(desk: Desk) -> None:
    entry = await place(desk)
    assert (entry.state, entry.price) == ("submitted", sale("x").price)
    assert desk.caller.reads == []
    assert len(desk.caller.sent) == 1
    assert [row["id"] for row in desk.orders(entry.marker)] == [entry.order_id]
    assert desk.state.audit.verify().records == 2


async def test_the_intent_is_on_record_before_anything_is_sent(desk: Desk) -> None:
    seen: list[tuple[str, str]] = []

    async def send(body: Mapping[str, object]) -> object:
        seen.extend((each.state, each.marker) for each in desk.journal().entries())
        return await desk.caller.send(body)

    entry = await desk.journal().place(sale(desk.customer), send, refresh=unchanged(sale(desk.customer)))
    assert seen == [("in_flight", entry.marker)]


@pytest.mark.parametrize(
    ("given", "attributes", "number"),
    [
        ({}, {"imCloudIntent": "MARKER"}, "MARKER"),
        ({"poNumber": "PO-1"}, {"imCloudIntent": "MARKER"}, "PO-1"),
        ({"attributes": {"cost centre": "7"}}, {"imCloudIntent": "MARKER", "cost centre": "7"}, "MARKER"),
        ({"poNumber": "", "attributes": None}, {"imCloudIntent": "MARKER"}, "MARKER"),
    ],
)
async def test_the_marker_stands_beside_what_the_caller_gave(
    desk: Desk, given: dict[str, Any], attributes: dict[str, str], number: str
) -> None:
    entry = await place(desk, sale(desk.customer, **given))
    assert entry.marker.startswith("IMC-")
    assert len(entry.marker) == len("IMC-") + 10
    sent = json.loads(json.dumps(desk.caller.sent[0]).replace(entry.marker, "MARKER"))
    assert (sent["attributes"], sent["poNumber"]) == (attributes, number)
    assert "imCloudIntent" not in json.dumps(dict(entry.request)), "the request itself stays as it was asked for"


async def test_an_order_that_brings_an_earlier_orders_marker_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="imCloudIntent") as caught:
        await place(desk, sale(desk.customer, attributes={"imCloudIntent": "IMC-0123456789"}))
    assert [each.pointer for each in caught.value.fields] == ["/attributes/imCloudIntent"]
    assert desk.caller.sent == []


@pytest.mark.parametrize("key", ["", " a", "a ", "a\nb", "x" * 201])
async def test_a_key_that_cannot_be_told_apart_is_refused(desk: Desk, key: str) -> None:
    with pytest.raises(InputError) as caught:
        await place(desk, key=key)
    assert [each.pointer for each in caught.value.fields] == ["/key"]


async def test_the_same_key_returns_the_first_outcome_and_sends_nothing(desk: Desk) -> None:
    first = await place(desk, key="ticket 17")
    desk.clock.advance(90 * 86_400)
    again = await place(desk, key="ticket 17")
    assert again == first
    assert again.outcome is not None
    assert again.outcome["id"] == first.order_id
    assert len(desk.caller.sent) == 1


async def test_the_same_key_with_other_content_is_refused(desk: Desk) -> None:
    await place(desk, key="ticket 17")
    with pytest.raises(PossibleDuplicateError) as caught:
        await place(desk, sale(desk.customer, quantity=2), key="ticket 17")
    assert (caught.value.specific_code, caught.value.exit_status) == ("key_reused", 6)
    assert "im-cloud order check 'ticket 17'" in str(caught.value.hint)
    assert len(desk.caller.sent) == 1


async def test_a_wish_is_the_same_although_the_numbers_that_follow_from_it_are_not(desk: Desk) -> None:
    asked = {"increase": 1}
    first = await place(desk, sale(desk.customer, quantity=2), key="more", asked=asked)
    again = await place(desk, sale(desk.customer, quantity=3), key="more", asked=asked)
    assert again.key == first.key
    assert again.order_id == first.order_id
    assert len(desk.caller.sent) == 1


async def test_the_vendors_refusal_is_the_outcome_of_its_key(desk: Desk) -> None:
    facts = sale(desk.customer, mpn="NOT-THERE")
    with pytest.raises(RejectedError) as first:
        await place(desk, facts, key="k")
    with pytest.raises(RejectedError) as again:
        await place(desk, facts, key="k")
    assert again.value.message == first.value.message
    assert again.value.vendor_message == first.value.vendor_message
    assert "another key" in str(again.value.hint)
    assert len(desk.caller.sent) == 1
    assert [each.state for each in desk.journal().entries()] == ["failed"]


async def test_what_certainly_did_not_arrive_may_be_tried_again_with_its_key(desk: Desk) -> None:
    desk.fault("refuse")
    with pytest.raises(RateLimitedError) as caught:
        await place(desk, key="k")
    assert caught.value.retry == "yes"
    entry = await place(desk, key="k")
    assert entry.state == "submitted"
    assert len(desk.orders()) == 1
    with pytest.raises(PossibleDuplicateError, match="already stands"):
        await place(desk, sale(desk.customer, quantity=9), key="k")


async def test_without_a_key_the_same_within_fifteen_minutes_is_a_possible_duplicate(desk: Desk) -> None:
    first = await place(desk)
    desk.clock.advance(15 * 60 - 1)
    with pytest.raises(PossibleDuplicateError) as caught:
        await place(desk)
    assert (caught.value.specific_code, caught.value.exit_status) == ("possible_duplicate", 6)
    assert "--key KEY" in str(caught.value.hint)
    assert f"im-cloud order check {first.key}" in str(caught.value.hint)
    assert str(first.order_id) in caught.value.message
    desk.clock.advance(2)
    assert (await place(desk)).state == "submitted"
    assert len(desk.orders()) == 2


async def test_another_content_another_key_or_a_failed_one_is_no_duplicate(desk: Desk) -> None:
    await place(desk)
    await place(desk, sale(desk.customer, quantity=2))
    await place(desk, key="on purpose")
    await place(desk, sale(desk.customers[1]))
    desk.fault("refuse")
    with pytest.raises(RateLimitedError):
        await place(desk, sale(desk.customer, quantity=3))
    await place(desk, sale(desk.customer, quantity=3))
    assert len(desk.orders()) == 5


async def test_an_identical_order_that_is_unknown_stops_the_next_at_any_age(desk: Desk) -> None:
    desk.fault("reset_after")
    desk.fault("status", "getOrders", times=50, status=500)
    with pytest.raises(OutcomeUnknownError):
        await place(desk)
    desk.clock.advance(40 * 86_400)
    with pytest.raises(PossibleDuplicateError, match="may have gone through"):
        await place(desk)
    assert (await place(desk, key="all the same")).state == "submitted"


@pytest.mark.parametrize("fault", ["reset_after", "broken_json", "empty"])
async def test_a_lost_answer_is_looked_for_and_found(desk: Desk, fault: str) -> None:
    desk.fault(fault)
    began = desk.clock.now()
    entry = await place(desk)
    assert entry.state == "submitted"
    assert [row["id"] for row in desk.orders()] == [entry.order_id]
    assert desk.clock.now() - began == pytest.approx(10)
    assert desk.caller.reads == ["list_orders", "get_order"]
    assert len(desk.caller.sent) == 1


async def test_what_cannot_be_looked_up_is_called_unknown(desk: Desk) -> None:
    desk.fault("reset_after")
    desk.fault("status", "getOrders", times=50, status=500)
    began = desk.clock.now()
    with pytest.raises(OutcomeUnknownError) as caught:
        await place(desk, key="7F3K")
    assert caught.value.message == (
        "Ingram may or may not have this order. Do not order again. The connection dropped after the request was "
        "sent: Contoso, Harbor Mail Protection, 1 seat. Looked 3 times, not visible yet."
    )
    assert caught.value.hint == "Look again (reads only): im-cloud order check 7F3K"
    assert caught.value.exit_status == 7
    assert desk.clock.now() - began == pytest.approx(120)
    assert [each.state for each in desk.journal().entries()] == ["unknown"]


async def test_looking_ends_with_the_deadline(desk: Desk) -> None:
    desk.fault("reset_after")
    desk.fault("status", "getOrders", times=50, status=500)
    began = desk.clock.now()
    with pytest.raises(OutcomeUnknownError, match="Looked 2 times"):
        await place(desk, deadline=began + 60)
    assert desk.clock.now() - began <= 60


async def test_an_order_the_vendor_never_took_stays_unknown_until_it_is_certain(desk: Desk) -> None:
    desk.fault("status", status=500)
    with pytest.raises(OutcomeUnknownError, match="answered 500") as caught:
        await place(desk, key="k")
    assert caught.value.status_code == 500
    assert desk.orders() == []


async def test_the_same_key_after_an_unknown_outcome_looks_and_does_not_send(desk: Desk) -> None:
    desk.fault("reset_after")
    desk.fault("status", "getOrders", times=4, status=500)
    with pytest.raises(OutcomeUnknownError):
        await place(desk, key="k")
    with pytest.raises(OutcomeUnknownError, match="Looked 4 times"):
        await place(desk, key="k")
    found = await place(desk, key="k")
    assert found.state == "submitted"
    assert len(desk.orders()) == 1
    assert len(desk.caller.sent) == 1


async def test_a_run_that_is_stopped_while_it_sends_leaves_an_unknown_order(desk: Desk) -> None:
    async def send(body: Mapping[str, object]) -> object:
        await desk.caller.send(body)
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.move_on_after(0.5):
        await desk.journal().place(sale(desk.customer), send, refresh=unchanged(sale(desk.customer)), key="k")
    assert [each.state for each in desk.journal().entries()] == ["unknown"]
    assert (await desk.journal().check())[0].state == "submitted"


async def test_a_send_that_takes_too_long_is_unknown(desk: Desk) -> None:
    async def send(body: Mapping[str, object]) -> object:
        await desk.caller.send(body)
        await anyio.sleep_forever()
        raise AssertionError

    journal = desk.journal(send_seconds=0.2)
    entry = await journal.place(sale(desk.customer), send, refresh=unchanged(sale(desk.customer)))
    assert entry.state == "submitted", "it was there when it was looked for"


async def test_an_answer_that_names_no_order_is_no_proof(desk: Desk) -> None:
    async def send(body: Mapping[str, object]) -> object:
        return {"status": "submitted"}

    with pytest.raises(OutcomeUnknownError, match="names no order"):
        await desk.journal().place(sale(desk.customer), send, refresh=unchanged(sale(desk.customer)))


async def test_an_order_that_cannot_be_written_down_is_not_called_failed(desk: Desk) -> None:
    async def send(body: Mapping[str, object]) -> object:
        answer = await desk.caller.send(body)
        monkey.setattr(type(desk.state.journal), "step", unusable)
        return answer

    def unusable(*_: object) -> Any:
        raise StateError("Another process kept the state locked for too long.", code="state_busy")

    with pytest.MonkeyPatch.context() as monkey:
        with pytest.raises(OutcomeUnknownError, match="Do not order again") as caught:
            await desk.journal().place(sale(desk.customer), send, refresh=unchanged(sale(desk.customer)), key="k")
        assert str(desk.orders()[0]["id"]) in caught.value.message
    assert (await desk.journal().check())[0].state == "submitted"


async def test_facts_are_read_again_under_the_lock_and_those_are_sent_and_judged(desk: Desk) -> None:
    fresh = replace(sale(desk.customer, quantity=3), what="fresh")
    entry = await place(desk, sale(desk.customer, quantity=2), refresh=unchanged(fresh))
    assert entry.price == fresh.price
    assert desk.caller.sent[0]["products"] == [{"mpn": "HMP-STD-M", "quantity": 3}]
    rules = replace(FREELY, max_order_amount=Decimal("9.59"))
    with pytest.raises(BuyingRuleRefusedError, match=r"9\.60"):
        await place(desk, sale(desk.customer), refresh=unchanged(fresh), key="k", journal=desk.journal(rules))


async def test_what_is_given_back_makes_no_room_for_more(desk: Desk) -> None:
    capped = desk.journal(replace(FREELY, max_day_amount=Decimal(10)))
    line = replace(sale("x").changes[0], subscription_id="S", before=Decimal(9), after=Decimal(1))
    less = replace(
        sale(desk.customer), kind="change", subscription_id="S", changes=(line,), price=Money("USD", Decimal(-100))
    )
    await place(desk, less, journal=capped)
    await place(desk, sale(desk.customer, quantity=3), journal=capped)
    with pytest.raises(BuyingRuleRefusedError, match=r"USD 9\.60 of the last 24 hours"):
        await place(desk, sale(desk.customer), journal=capped)


async def test_a_refused_order_is_on_record_and_its_key_is_free(desk: Desk) -> None:
    strict = desk.journal(replace(FREELY, denied_mpns=("HMP-STD-M",)))
    with pytest.raises(BuyingRuleRefusedError) as caught:
        await place(desk, key="k", journal=strict)
    assert "config save practice" in str(caught.value.hint)
    entry = desk.journal().entries()[0]
    assert (entry.key, entry.state, entry.order_id) == ("k", "refused", None)
    record = desk.state.audit.all()[0].body
    assert record["event"] == "refused"
    assert record["verdict"] == {
        "allowed": False,
        "broken": [{"rule": "denied_mpns", "limit": "HMP-STD-M", "value": "HMP-STD-M"}],
    }
    assert (await place(desk, key="k")).state == "submitted"


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_nothing_is_sent_after_the_deadline(desk: Desk, seconds: float) -> None:
    with pytest.raises(DeadlineError, match="Nothing was sent"):
        await place(desk, deadline=desk.clock.now() + seconds)
    assert desk.caller.sent == []
    assert desk.journal().entries() == ()


async def test_a_lock_that_another_holds_is_waited_for_until_the_deadline(desk: Desk) -> None:
    now = desk.clock.now()
    names = [f"customer {ACTING.account} {desk.customer}"]
    _PLACING.add("someone")
    desk.state.locks.take(names, "someone", now=now, until=now + 900, at_work=_PLACING)
    try:
        with pytest.raises(DeadlineError, match="same customer"):
            await place(desk, deadline=now + 20)
    finally:
        _PLACING.discard("someone")
    assert 18 <= sum(desk.clock.slept) <= 20
    assert (await place(desk, sale(desk.customers[1]))).state == "submitted", "other customers do not wait"


async def test_a_state_that_is_gone_while_an_order_is_sent_hides_neither_the_order_nor_the_customer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = StateError("Another process kept the state locked for too long.", code="state_busy")

    def unreachable(**_: object) -> NoReturn:
        raise gone

    async def send(body: Mapping[str, object]) -> object:
        answer = await desk.caller.send(body)
        monkeypatch.setattr(desk.state._database, "transaction", unreachable)
        return answer

    facts = sale(desk.customer)
    with pytest.raises(OutcomeUnknownError, match="order") as caught:
        await desk.journal().place(facts, send, refresh=unchanged(facts), key="k", deadline=desk.clock.now() + 60)
    (order,) = desk.orders()
    assert str(order["id"]) in caught.value.message
    assert caught.value.retry == "after_check"
    monkeypatch.undo()
    (entry,) = await desk.journal().check()
    assert (entry.state, entry.order_id) == ("submitted", order["id"])
    began = desk.clock.now()
    assert (await place(desk, key="next")).state == "submitted"
    assert desk.clock.now() - began < 5, "nobody waits for a lock that nobody holds"


async def test_locks_are_given_back_whatever_happens(desk: Desk) -> None:
    async def broken() -> OrderFacts:
        raise RejectedError("No such product.")

    with pytest.raises(RejectedError):
        await place(desk, refresh=broken)
    with pytest.raises(RejectedError):
        await place(desk, sale(desk.customer, mpn="NOT-THERE"))
    began = desk.clock.now()
    await place(desk)
    assert desk.clock.now() == began


async def test_facts_of_another_customer_are_a_mistake_of_ours(desk: Desk) -> None:
    with pytest.raises(ValueError, match="another customer"):
        await place(desk, sale(desk.customer), refresh=unchanged(sale(desk.customers[1])))
    assert desk.caller.sent == []


async def test_what_is_under_way_is_built_upon(desk: Desk) -> None:
    held = desk.subscription()
    journal, key = desk.journal(), str(held["id"])

    async def one_more() -> OrderFacts:
        planner = UnfinishedSeats(desk.caller, journal.under_way)
        return await seat_change(desk.caller, key, lambda seats: seats + 1, planner=planner)

    before = int(held["products"][0]["quantity"])
    for number in range(3):
        await journal.place(await one_more(), desk.caller.send, refresh=one_more, key=f"n{number}")
    assert [each["products"][0]["quantity"] for each in desk.caller.sent] == [before + 1, before + 2, before + 3]
    desk.marketplace.control.advance(900)
    assert desk.subscription()["products"][0]["quantity"] == before + 3


async def test_no_read_is_spent_on_orders_that_the_journal_does_not_know_of(desk: Desk) -> None:
    planner = UnfinishedSeats(desk.caller, desk.journal().under_way)
    facts = await seat_change(desk.caller, str(desk.subscription()["id"]), lambda seats: seats + 1, planner=planner)
    assert planner.basis == {}
    assert desk.caller.reads == ["get_subscription", "get_subscription", "estimate_order_price"]
    assert (await place(desk, facts)).state == "submitted"
    assert len(desk.caller.reads) == 3


async def test_seats_that_do_not_show_an_unfinished_order_are_not_built_upon(desk: Desk) -> None:
    held = desk.subscription()
    key = str(held["id"])

    async def one_more() -> OrderFacts:
        return await seat_change(desk.caller, key, lambda seats: seats + 1)

    async def two_more() -> OrderFacts:
        return await seat_change(desk.caller, key, lambda seats: seats + 2)

    journal = desk.journal()
    first = await journal.place(await one_more(), desk.caller.send, refresh=one_more)
    with pytest.raises(OrderUnderWayError, match="not finished") as caught:
        await journal.place(await two_more(), desk.caller.send, refresh=two_more)
    assert caught.value.hint == f"Wait for it: im-cloud order follow {first.order_id}"
    desk.marketplace.control.advance(900)
    second = await journal.place(await two_more(), desk.caller.send, refresh=two_more)
    assert [each.after for each in second.changes] == [Decimal(str(held["products"][0]["quantity"])) + 2]
    assert desk.caller.reads.count("get_order") == 1, "seats that show the earlier order need no read of it"


async def test_a_setting_goes_through_rules_and_duplicate_window_and_has_no_order_to_look_for(desk: Desk) -> None:
    facts = replace(sale(desk.customer), kind="setting", subscription_id="4060001", request={"renewalStatus": True})
    bodies: list[Mapping[str, object]] = []

    async def send(body: Mapping[str, object]) -> object:
        bodies.append(body)
        if len(bodies) > 1:
            raise OutcomeUnknownError("It may be done. No answer came in time after the request was sent.")
        return {"id": "4060001", "renewalStatus": True}

    entry = await desk.journal().place(facts, send, refresh=unchanged(facts))
    assert (entry.state, entry.order_id, bodies) == ("completed", None, [{"renewalStatus": True}])
    with pytest.raises(PossibleDuplicateError):
        await desk.journal().place(facts, send, refresh=unchanged(facts))
    with pytest.raises(OutcomeUnknownError, match="Do not send it again") as caught:
        await desk.journal().place(facts, send, refresh=unchanged(facts), key="again")
    assert "subscription 4060001" in str(caught.value.hint)
    desk.clock.advance(9_000)
    assert [each.state for each in await desk.journal().check()] == ["unknown"]
    assert desk.caller.reads == []
    other = replace(facts, subscription_id="4060002")
    with pytest.raises(OutcomeUnknownError):
        await desk.journal().place(other, send, refresh=unchanged(other))


async def test_accounts_configurations_and_organizations_keep_to_themselves(desk: Desk) -> None:
    others = {
        "account": replace(ACTING, account="account-2"),
        "configuration": replace(ACTING, configuration="second"),
        "organization": replace(ACTING, organization="org-7"),
    }
    await place(desk, key="k")
    for name, acting in others.items():
        mine = desk.journal(replace(FREELY, max_day_amount=Decimal("3.20")), acting)
        if name == "account":
            assert (await place(desk, key="k", journal=mine)).state == "submitted", "keys are an account's own"
            assert [each.key for each in mine.entries()] == ["k"]
            continue
        with pytest.raises(PossibleDuplicateError) as caught:
            await place(desk, key="k", journal=mine)
        assert caught.value.specific_code == "key_reused"
    spent = desk.journal(replace(FREELY, max_day_amount=Decimal("3.20")))
    with pytest.raises(BuyingRuleRefusedError, match="24 hours"):
        await place(desk, key="more", journal=spent)
    second = desk.journal(replace(FREELY, max_day_amount=Decimal("3.20")), others["configuration"])
    assert (await place(desk, journal=second)).state == "submitted", "another configuration has its own limits"
    seven = desk.journal(FREELY, others["organization"])
    entry = await place(desk, journal=seven)
    assert [each.key for each in seven.entries()] == [entry.key], "an organization sees its own orders only"
    assert entry.key in [each.key for each in desk.journal().entries()], "the reseller sees all of the account"
    with pytest.raises(InputError):
        await seven.check(["k"])


async def test_secrets_are_taken_out_of_what_is_kept(desk: Desk) -> None:
    def redact(value: object) -> object:
        return json.loads(json.dumps(value).replace("canary-1", "***"))

    journal = desk.journal(redact=redact)
    facts = sale(desk.customer, poNumber="canary-1")
    entry = await place(desk, facts, journal=journal)
    assert desk.caller.sent[0]["poNumber"] == "canary-1"
    assert entry.request["poNumber"] == "***"
    kept = repr(desk.state.journal.all(ACTING.account)) + repr(desk.state.audit.all())
    assert "canary-1" not in kept


async def test_the_journal_is_exported_as_rows_and_as_csv(desk: Desk) -> None:
    first = await place(desk, key="=HYPERLINK(1)")
    desk.clock.advance(1)
    listed = desk.journal(replace(FREELY, allowed_mpns=("HMP-STD-M",)))
    await place(desk, sale(desk.customer, price=None), key="b", journal=listed)
    entries = desk.journal().entries()
    assert [row["key"] for row in journal_rows(entries)] == ["b", "=HYPERLINK(1)"]
    assert set(journal_rows(entries)[0]) == {
        "key", "state", "preview_id", "customer_id", "order_id", "price", "created_at", "updated_at",
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(journal_csv(entries))))
    assert rows[1]["key"] == "'=HYPERLINK(1)", "no spreadsheet takes it for a formula"
    assert (rows[1]["currency"], rows[1]["amount"], rows[0]["amount"]) == ("USD", "3.20", "")
    assert (rows[1]["order_id"], rows[1]["created_at"]) == (first.order_id, "2026-11-18T11:06:40Z")


async def test_facts_come_back_from_storage_as_they_were(desk: Desk) -> None:
    facts = await seat_change(desk.caller, str(desk.subscription()["id"]), lambda seats: seats + 1)
    assert read_facts(facts_text(facts)) == facts
    plain = sale("1", price=None, quantity=2)
    assert read_facts(facts_text(plain)) == plain


def test_markers_are_of_the_key_and_nobody_elses(desk: Desk) -> None:
    assert marker_in({"attributes": {"imCloudIntent": "IMC-1"}}) == "IMC-1"
    assert marker_in({"attributes": None}) is None
