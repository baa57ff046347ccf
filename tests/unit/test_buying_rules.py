"""Every buying rule at, under and over its limit; what an approval lets through; caps hold in every sequence."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import IngramMicroCloudError, OutcomeUnknownError, RejectedError, UnreachableError
from ingram_micro_cloud.ordering.journal.purchase import OrderJournal
from ingram_micro_cloud.ordering.models import Change, Money, OrderFacts, Verdict
from ingram_micro_cloud.ordering.rules.judging import BuyingRules, Spent, judge
from ingram_micro_cloud.ordering.wording import rule_refusal
from ingram_micro_cloud.store.state import State
from support.clock import FakeClock
from support.direct_caller import sale, unchanged
from support.examples import examples
from support.journals import ACTING, FREELY

D = Decimal


def verdict_of(facts: OrderFacts, rules: BuyingRules, spent: Spent | None = None, **how: Any) -> Verdict:
    known: dict[str, Any] = {"previewed": False, "approved": False, "preview_id": "7F3KABCD", "configuration": "main"}
    return judge(facts, rules, spent or Spent(), **{**known, **how})


def broken(verdict: Verdict) -> list[str]:
    return [each.rule for each in verdict.rules if not each.passed]


def priced(amount: str | None, currency: str = "USD") -> OrderFacts:
    return replace(sale("1"), price=None if amount is None else Money(currency, D(amount)))


def change(before: int | None, after: int | None, *more: tuple[int, int], mpn: str | None = "M-1") -> OrderFacts:
    lines = [(before, after), *more]
    changes = tuple(
        Change(mpn, "Mail", "S", None if one is None else D(one), None if two is None else D(two), renewal="2027-03-01")
        for one, two in lines
    )
    return replace(
        sale("1"), kind="change", subscription_id="S", changes=changes, price=Money("USD", D(10)), mpns=("M-1",)
    )


def seats(count: int, *more: int) -> OrderFacts:
    changes = tuple(Change("M-1", "Mail", None, None, D(each)) for each in (count, *more))
    return replace(sale("1"), changes=changes, mpns=("M-1",))


DAY = Spent(day={"USD": D(1500), "EUR": D(1999)})
MONTH = Spent(customer_month={"USD": D(900)})
TABLE = [
    # rule, its configuration, the order, what was spent, whether it passes
    ("max_order_amount", {"max_order_amount": D(500)}, priced("499.99"), None, True),
    ("max_order_amount", {"max_order_amount": D(500)}, priced("500"), None, True),
    ("max_order_amount", {"max_order_amount": D(500)}, priced("500.01"), None, False),
    ("max_order_amount", {"max_order_amount": D(500)}, priced("500.01", "EUR"), None, False),
    ("max_order_amount", {"max_order_amount": D(0)}, replace(change(5, 4), price=Money("USD", D(-9))), None, True),
    ("max_order_amount", {"max_order_amount": None}, priced("99999999"), None, True),
    ("max_day_amount", {"max_day_amount": D(2000)}, priced("499.99"), DAY, True),
    ("max_day_amount", {"max_day_amount": D(2000)}, priced("500"), DAY, True),
    ("max_day_amount", {"max_day_amount": D(2000)}, priced("500.01"), DAY, False),
    ("max_day_amount", {"max_day_amount": D(2000)}, priced("500.01", "CAD"), DAY, True),
    ("max_day_amount", {"max_day_amount": D(1)}, replace(change(5, 4), price=Money("USD", D(-9))), DAY, True),
    ("max_day_amount", {"max_day_amount": None}, priced("99999"), DAY, True),
    ("max_customer_month_amount", {"max_customer_month_amount": D(1000)}, priced("99.99"), MONTH, True),
    ("max_customer_month_amount", {"max_customer_month_amount": D(1000)}, priced("100"), MONTH, True),
    ("max_customer_month_amount", {"max_customer_month_amount": D(1000)}, priced("100.01"), MONTH, False),
    ("max_customer_month_amount", {"max_customer_month_amount": D(1000)}, priced("100.01", "CAD"), MONTH, True),
    ("max_customer_month_amount", {"max_customer_month_amount": None}, priced("9999"), MONTH, True),
    ("max_seat_change", {"max_seat_change": 5}, seats(4), None, True),
    ("max_seat_change", {"max_seat_change": 5}, seats(5), None, True),
    ("max_seat_change", {"max_seat_change": 5}, seats(6), None, False),
    ("max_seat_change", {"max_seat_change": 5}, seats(3, 3), None, False),
    ("max_seat_change", {"max_seat_change": 5}, change(10, 15), None, True),
    ("max_seat_change", {"max_seat_change": 5}, change(10, 16), None, False),
    ("max_seat_change", {"max_seat_change": 5}, change(10, 5), None, True),
    ("max_seat_change", {"max_seat_change": 5}, change(10, 4), None, False),
    ("max_seat_change", {"max_seat_change": 5, "max_seat_change_percent": 25}, change(40, 49), None, True),
    ("max_seat_change", {"max_seat_change": 5, "max_seat_change_percent": 25}, change(40, 50), None, True),
    ("max_seat_change", {"max_seat_change": 5, "max_seat_change_percent": 25}, change(40, 51), None, False),
    ("max_seat_change", {"max_seat_change": 5, "max_seat_change_percent": 25}, change(42, 52), None, True),
    ("max_seat_change", {"max_seat_change": 5, "max_seat_change_percent": 25}, change(4, 9), None, True),
    ("max_seat_change", {"max_seat_change": 5, "max_seat_change_percent": 25}, seats(6), None, False),
    ("max_seat_change", {"max_seat_change_percent": 25}, change(40, 50), None, True),
    ("max_seat_change", {"max_seat_change_percent": 25}, change(40, 51), None, False),
    ("max_seat_change", {}, change(1, 999), None, True),
    ("max_seat_change", {"max_seat_change": 0}, change(7, None), None, True),
    ("allowed_mpns", {"allowed_mpns": ("m-1", "HMP-STD-M")}, sale("1"), None, True),
    ("allowed_mpns", {"allowed_mpns": ("m-1",)}, change(1, 2), None, True),
    ("allowed_mpns", {"allowed_mpns": ("M-2",)}, change(1, 2), None, False),
    ("allowed_mpns", {"allowed_mpns": ("M-1",)}, replace(change(1, 2), mpns=("M-1", "M-2")), None, False),
    ("allowed_mpns", {"allowed_mpns": ("M-1",)}, change(1, 2, mpn=None), None, False),
    ("allowed_mpns", {"allowed_mpns": ("M-1",)}, replace(sale("1"), mpns=(), changes=()), None, False),
    ("allowed_mpns", {"allowed_mpns": ("M-1",)}, replace(sale("1"), kind="renewal", mpns=(), changes=()), None, True),
    ("denied_mpns", {"denied_mpns": ("M-1",)}, sale("1"), None, True),
    ("denied_mpns", {"denied_mpns": (" m-1 ",)}, change(1, 2), None, False),
    ("denied_mpns", {"denied_mpns": ("M-9",)}, change(1, 2, mpn=None), None, False),
    ("allowed_vendors", {"allowed_vendors": ("va-118-220",)}, sale("1"), None, True),
    ("allowed_vendors", {"allowed_vendors": ("VA-1",)}, sale("1"), None, False),
    ("allowed_vendors", {"allowed_vendors": ("VA-1",)}, replace(sale("1"), vendors=()), None, False),
    ("currency", {"currency": "usd"}, priced("1"), None, True),
    ("currency", {"currency": "EUR"}, priced("1"), None, False),
    ("currency", {"currency": None}, priced("1", "JPY"), None, True),
    ("unknown_price", {}, priced(None), None, False),
    ("unknown_price", {"allowed_mpns": ("HMP-STD-M",)}, priced(None), None, True),
    ("unknown_price", {}, replace(change(1, 2), price=None), None, False),
    ("unknown_price", {}, replace(change(2, None), price=None), None, False),
    ("unknown_price", {}, replace(change(2, 1), price=None), None, True),
    ("unknown_price", {}, replace(sale("1"), kind="renewal", mpns=(), changes=(), price=None), None, False),
    ("unknown_price", {}, replace(sale("1"), mpns=(), changes=(), price=None), None, False),
    ("unknown_price", {}, replace(sale("1"), kind="cancellation", mpns=(), price=None), None, True),
    ("unknown_price", {}, replace(sale("1"), kind="setting", mpns=(), changes=(), price=None), None, True),
    ("zero_price", {}, priced("0.01"), None, True),
    ("zero_price", {}, priced("0"), None, False),
    ("zero_price", {}, priced("-1"), None, False),
    ("zero_price", {}, replace(change(1, 2), price=Money("USD", D(0))), None, False),
    ("zero_price", {"allowed_mpns": ("HMP-STD-M",)}, priced("0"), None, True),
    ("zero_price", {}, replace(change(2, 1), price=Money("USD", D(0))), None, True),
    ("zero_price", {}, replace(change(2, 1, (1, 2)), price=Money("USD", D(-1))), None, True),
    ("approve_above", {"approve_above": D(100)}, priced("100"), None, True),
    ("approve_above", {"approve_above": D(100)}, priced("100.01"), None, False),
    ("approve_above", {"approve_above": None}, priced("100.01"), None, True),
    (
        "approve_new_annual_commitment",
        {"approve_new_annual_commitment": True},
        replace(sale("1"), new_annual_commitment=True),
        None,
        False,
    ),
    ("approve_new_annual_commitment", {"approve_new_annual_commitment": True}, sale("1"), None, True),
    (
        "approve_new_annual_commitment",
        {"approve_new_annual_commitment": False},
        replace(sale("1"), new_annual_commitment=True),
        None,
        True,
    ),
    ("require_preview", {"require_preview": True}, sale("1"), None, False),
]


@pytest.mark.parametrize(("rule", "limits", "facts", "spent", "passes"), TABLE)
def test_a_rule_stops_what_is_over_its_limit_and_nothing_else(
    rule: str, limits: dict[str, Any], facts: OrderFacts, spent: Spent | None, passes: bool
) -> None:
    verdict = verdict_of(facts, replace(FREELY, **limits), spent)
    assert broken(verdict) == ([] if passes else [rule])
    assert verdict.allowed is passes
    found = next(each for each in verdict.rules if each.rule == rule)
    if not passes:
        assert found.limit is not None
        assert found.value is not None
        assert found.fix is not None
        assert found.message.endswith(".")


APPROVABLE: dict[str, tuple[dict[str, Any], OrderFacts]] = {
    "max_order_amount": ({"max_order_amount": D(1)}, sale("1")),
    "max_seat_change": ({"max_seat_change": 0}, sale("1")),
    "approve_above": ({"approve_above": D(1)}, sale("1")),
    "approve_new_annual_commitment": (
        {"approve_new_annual_commitment": True},
        replace(sale("1"), new_annual_commitment=True),
    ),
}


@pytest.mark.parametrize("rule", APPROVABLE)
def test_an_approval_lets_an_approvable_rule_through(rule: str) -> None:
    limits, facts = APPROVABLE[rule]
    waiting = verdict_of(facts, replace(FREELY, **limits))
    assert (waiting.allowed, waiting.needs_approval) == (False, True)
    assert next(each.fix for each in waiting.rules if each.rule == rule) == "Approve: im-cloud order approve 7F3KABCD"
    approved = verdict_of(facts, replace(FREELY, **limits), approved=True)
    assert (approved.allowed, approved.needs_approval) == (True, False)
    assert broken(approved) == [rule], "what was approved is still said"


@pytest.mark.parametrize(
    ("limits", "facts", "spent"),
    [(limits, facts, spent) for rule, limits, facts, spent, passes in TABLE if not passes and rule not in APPROVABLE],
)
def test_no_approval_overrides_what_only_the_configuration_can_change(
    limits: dict[str, Any], facts: OrderFacts, spent: Spent | None
) -> None:
    verdict = verdict_of(facts, replace(FREELY, **limits), spent, approved=True)
    assert (verdict.allowed, verdict.needs_approval) == (False, False)


def test_an_approval_does_not_carry_a_rule_that_stands_beside_an_approvable_one() -> None:
    rules = replace(FREELY, max_seat_change=0, denied_mpns=("HMP-STD-M",))
    verdict = verdict_of(sale("1"), rules, approved=True)
    assert (verdict.allowed, verdict.needs_approval) == (False, False)
    refusal = rule_refusal(sale("1"), verdict)
    assert "order approve" not in str(refusal.hint)
    assert "denied_mpns" in str(refusal.hint)


def test_a_preview_fulfils_the_rule_that_asks_for_one() -> None:
    assert verdict_of(sale("1"), replace(FREELY, require_preview=True), previewed=True).allowed


def test_the_defaults_are_those_of_the_form() -> None:
    rules = BuyingRules()
    assert (rules.max_order_amount, rules.max_day_amount, rules.max_customer_month_amount) == (D(500), D(2000), None)
    assert (rules.max_seat_change, rules.max_seat_change_percent) == (5, 25)
    assert (rules.approve_above, rules.approve_new_annual_commitment, rules.require_preview) == (None, True, False)
    assert rules.change_quantity == "total"
    assert verdict_of(replace(sale("1"), changes=(Change("M", "Mail", None, None, D(5)),)), rules).allowed


def test_a_refusal_reads_like_a_sentence_with_its_cost_and_its_way_out() -> None:
    facts = change(10, 22)
    line = replace(facts.changes[0], monthly_price=Money("CAD", D("374.4")))
    facts = replace(facts, changes=(line,), price=Money("CAD", D("374.4")))
    refusal = rule_refusal(facts, verdict_of(facts, BuyingRules()))
    assert refusal.message == (
        "Not ordered. +12 seats exceeds your limit of 5. Cost: CAD 374.40 a month until 2027-03-01."
    )
    assert refusal.hint == "Approve: im-cloud order approve 7F3KABCD"
    assert (refusal.exit_status, refusal.specific_code) == (6, "buying_rule")
    assert [each.code for each in refusal.fields] == ["max_seat_change"]


def test_amounts_of_different_currencies_are_never_added() -> None:
    spent = Spent(day={"USD": D(1999), "EUR": D(1999)})
    rules = replace(FREELY, max_day_amount=D(2000))
    assert verdict_of(priced("1", "USD"), rules, spent).allowed
    assert verdict_of(priced("1", "EUR"), rules, spent).allowed
    assert not verdict_of(priced("1.01", "EUR"), rules, spent).allowed


Ending = Literal["accepted", "rejected", "unreachable", "unknown", "stopped"]
DAY_CAP, MONTH_CAP, ORDER_CAP = D(100), D(150), D(60)
CAPPED = replace(FREELY, max_order_amount=ORDER_CAP, max_day_amount=DAY_CAP, max_customer_month_amount=MONTH_CAP)


class Stopped(BaseException):
    """Somebody pressed Control-C."""


class EmptyMarketplace:
    """Never shows an order, so that what is unknown stays unknown."""

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        yield ()

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        raise AssertionError("there is nothing to read")


@dataclass
class Shop:
    """Sends with a given ending, and remembers what may have been bought when."""

    clock: FakeClock
    ending: Ending = "accepted"
    bought: list[tuple[float, str, Money]] = field(default_factory=list)

    def send(self, customer: str, price: Money) -> Any:
        async def send(body: Mapping[str, object]) -> object:
            if self.ending in ("rejected", "unreachable"):
                raise (RejectedError if self.ending == "rejected" else UnreachableError)("No.")
            self.bought.append((self.clock.now(), customer, price))
            if self.ending == "unknown":
                raise OutcomeUnknownError("It may be. The connection dropped.")
            if self.ending == "stopped":
                raise Stopped
            return {"id": f"o{len(self.bought)}", "status": "submitted"}

        return send

    def check(self) -> None:
        for moment, customer, price in self.bought:
            same = [each for each in self.bought if each[2].currency == price.currency and each[0] <= moment]
            day = sum((p.amount for at, _, p in same if at > moment - 86_400), D(0))
            month = sum((p.amount for at, c, p in same if c == customer and at > moment - 31 * 86_400), D(0))
            assert price.amount <= ORDER_CAP
            assert day <= DAY_CAP
            assert month <= MONTH_CAP


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2"]),
        st.sampled_from([D("0.01"), D(20), D(40), D(50), D("59.99"), D(60), D("60.01")]),
        st.sampled_from(["USD", "EUR"]),
        st.sampled_from([0.0, 60.0, 40_000.0, 86_399.0, 86_400.0, 900_000.0]),
        st.sampled_from(["accepted", "accepted", "rejected", "unreachable", "unknown", "unknown", "stopped"]),
        st.sampled_from(["a", "b", None, None]),
    ),
    max_size=14,
)


@settings(max_examples=examples(100), deadline=None)
@given(STEPS)
def test_no_sequence_of_orders_exceeds_a_cap(steps: list[Any]) -> None:
    clock = FakeClock()
    shop = Shop(clock)

    async def play(state: State) -> None:
        timing = Timing(now=clock.now, sleep=clock.sleep)
        journal = OrderJournal(state, ACTING, CAPPED, EmptyMarketplace(), timing=timing)
        for number, (customer, amount, currency, pause, ending, key) in enumerate(steps):
            clock.advance(pause)
            shop.ending = ending
            price = Money(currency, amount)
            facts = replace(sale(customer, quantity=number + 1, poNumber=f"n{number}"), price=price)
            with contextlib.suppress(IngramMicroCloudError, Stopped):
                await journal.place(facts, shop.send(customer, price), refresh=unchanged(facts), key=key)

    with State.in_memory() as state:
        anyio.run(play, state)
        assert state.audit.verify().whole
    shop.check()
