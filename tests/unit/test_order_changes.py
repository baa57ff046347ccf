"""What changes of subscriptions do and cost, and how the vendor would read their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from ingram_micro_cloud.errors import InputError, QuantityMeaningError
from ingram_micro_cloud.ordering.facts.gathering import auto_renewal_facts, order_facts
from ingram_micro_cloud.ordering.facts.meaning import reading_of
from ingram_micro_cloud.ordering.models import Money
from ingram_micro_cloud.ordering.remembering import RememberingCaller
from ingram_micro_cloud.sandbox import Marketplace
from support.clock import FakeClock
from support.orders import ATTESTED, DOMAIN, MONTH, PREMIUM, YEAR, change, ending, held, sale
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> ReadingCaller:
    clock = FakeClock()
    return ReadingCaller(Marketplace(seed=7, customers=25, unlimited=True, now=clock.now), clock)


CHANGES = [(11, 1, "3.20"), (12, 2, "6.40"), (7, -3, "-9.60"), ("11.0", 1, "3.20")]


@pytest.mark.parametrize(("quantity", "seats", "price"), CHANGES)
async def test_a_change_is_the_difference_to_what_is_held(
    caller: ReadingCaller, quantity: object, seats: int, price: str
) -> None:
    facts = await order_facts(change(await held(caller), quantity), caller)
    (only,) = facts.changes
    assert (only.before, only.seats) == (Decimal(10), Decimal(seats))
    assert facts.price == Money("USD", Decimal(price))
    assert only.monthly_price == Money("USD", Decimal(price))
    assert not facts.new_annual_commitment


async def test_a_quantity_meant_as_a_difference_is_added(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    caller.marketplace.control.settings({"change_quantity": "delta"})
    facts = await order_facts(change(subscription, -2), caller, "delta")
    assert (facts.changes[0].before, facts.changes[0].after) == (Decimal(10), Decimal(8))
    assert facts.price == Money("USD", Decimal("-6.40"))


@pytest.mark.parametrize(
    ("vendor", "ours", "quantity"), [("delta", "total", 11), ("delta", "total", 8), ("total", "delta", 1)]
)
async def test_a_vendor_that_reads_the_number_the_other_way_is_caught_before_ordering(
    caller: ReadingCaller, vendor: str, ours: Any, quantity: int
) -> None:
    subscription = await held(caller)
    caller.marketplace.control.settings({"change_quantity": vendor})
    with pytest.raises(QuantityMeaningError, match="Not ordered") as refused:
        await order_facts(change(subscription, quantity), caller, ours)
    assert vendor in (refused.value.hint or "")


@dataclass
class Estimating(ReadingCaller):
    """A caller whose estimates say what a test wants."""

    estimate: dict[str, object] | None = None

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        if action == "estimate_order_price" and self.estimate is not None:
            return self.estimate
        return await super().one(action, inputs)


def priced(total: object, line: object = None, **more: object) -> dict[str, object]:
    products = [] if line is None else [{"mpn": "HMP-STD-M", "extendedPrice": {"currency": "USD", "amount": line}}]
    return {"total": total, "products": products, **more}


ESTIMATES = [
    ("no total", priced(None, "3.20"), None, "named no price"),
    ("unreadable total", priced({"currency": "USD", "amount": "?"}, "3.20"), None, "named no price"),
    ("half a month", priced({"currency": "USD", "amount": "1.60"}, "1.60"), "1.60", "does not show whether"),
    ("no lines", priced({"currency": "USD", "amount": "3.20"}), "3.20", "does not show whether"),
    ("free", priced({"currency": "USD", "amount": "0.00"}, "0.00"), "0.00", "is zero"),
    ("details say it", priced({"currency": "USD", "amount": "9.99"}, details=[{"mpn": "HMP-STD-M", "quantity": "1.0"}]),
     "9.99", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("estimate", "price", "told"), [each[1:] for each in ESTIMATES], ids=[each[0] for each in ESTIMATES]
)
async def test_an_estimate_that_says_little_is_told_and_the_monthly_price_is_reckoned(
    caller: ReadingCaller, estimate: dict[str, object], price: str | None, told: str | None
) -> None:
    subscription = await held(caller)
    odd = Estimating(caller.marketplace, caller.clock, estimate=estimate)
    facts = await order_facts(change(subscription, 11), odd)
    assert facts.price == (None if price is None else Money("USD", Decimal(price)))
    assert facts.changes[0].monthly_price == Money("USD", Decimal("3.20"))
    assert told is None or any(told in each for each in facts.warnings)
    assert told is not None or not facts.warnings


async def test_details_that_say_the_other_way_are_believed(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    estimate = priced({"currency": "USD", "amount": "3.20"}, "3.20", details=[{"mpn": "HMP-STD-M", "quantity": 11}])
    with pytest.raises(QuantityMeaningError, match="would lead to 21"):
        await order_facts(change(subscription, 11), Estimating(caller.marketplace, caller.clock, estimate=estimate))


MEANINGS = [
    ("exactly", 1, 11, ["1"], "as_meant"),
    ("by another price", 1, 11, ["7.3", "1"], "as_meant"),
    ("exactly the other", 1, 11, ["11"], "other_way"),
    ("half a month left", 1, 11, ["0.5"], "unclear"),
    ("half a month of the other", 1, 11, ["5.5"], "other_way"),
    ("with tax on top", 1, 11, ["1.2"], "unclear"),
    ("adds where it should take away", -2, 8, ["8"], "other_way"),
    ("nothing is given back", -2, 8, ["0"], "unclear"),
    ("the estimate is silent", 1, 11, [], "unclear"),
    ("both ways are one", 5, 5, ["5"], "unclear"),
]


@pytest.mark.parametrize(
    ("meant", "other", "implied", "reading"), [each[1:] for each in MEANINGS], ids=[each[0] for each in MEANINGS]
)
def test_how_an_estimate_is_read(meant: int, other: int, implied: list[str], reading: str) -> None:
    assert reading_of(Decimal(meant), Decimal(other), [Decimal(each) for each in implied]) == reading


async def test_a_change_of_somebody_elses_subscription_names_the_field_and_nobody(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    rows = caller.marketplace.control.state("customers")
    other = next(
        str(row["id"]) for row in rows if row["id"] != subscription["customerId"] and row["status"] == "active"
    )
    with pytest.raises(InputError) as refused:
        await order_facts({**change(subscription, 11), "customerId": other}, caller)
    assert (refused.value.fields[0].pointer, refused.value.fields[0].code) == ("/subscriptionId", "other_customer")
    assert subscription["customerId"] not in str(refused.value.as_json())


async def test_a_product_that_is_not_held_is_no_change(caller: ReadingCaller) -> None:
    order = change(await held(caller), 11)
    order["products"][0]["mpn"] = "NLI-WORK-Y"
    with pytest.raises(InputError, match="sales") as refused:
        await order_facts(order, caller)
    assert refused.value.fields[0].code == "not_held"


async def test_a_subscription_that_has_ended_is_not_changed(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    end = ending(subscription, "cancellation")
    await caller.write("POST", "/orders", end)
    caller.settle()
    with pytest.raises(InputError, match="has ended"):
        await order_facts(change(subscription, 11), caller)


async def test_more_seats_of_an_annual_term_are_a_commitment_and_fewer_are_not(caller: ReadingCaller) -> None:
    subscription = await held(caller, "NLI-WORK-Y", 10)
    more, fewer = (
        await order_facts(change(subscription, 12), caller),
        await order_facts(change(subscription, 8), caller),
    )
    assert (more.new_annual_commitment, fewer.new_annual_commitment) == (True, False)
    assert any("may" in each and "not document" in each for each in fewer.warnings)
    assert any(subscription["renewalDate"] in each for each in more.warnings)


async def test_a_change_at_renewal_says_so(caller: ReadingCaller) -> None:
    facts = await order_facts(change(await held(caller), 8, scheduledOn="renewal"), caller)
    assert facts.changes[0].when == "renewal"
    assert facts.what.endswith("10 → 8 at renewal")


async def test_a_cancellation_is_irreversible_and_takes_everything(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    body = ending(subscription, "cancellation")
    facts = await order_facts(body, caller)
    assert facts.irreversible
    assert (facts.changes[0].before, facts.changes[0].after) == (Decimal(10), Decimal(0))
    assert facts.changes[0].monthly_price == Money("USD", Decimal("-32.00"))
    assert any("cannot be taken back" in each for each in facts.warnings)


async def test_a_renewal_of_an_annual_term_commits_for_another(caller: ReadingCaller) -> None:
    subscription = await held(caller, "NLI-WORK-Y", 10)
    body = ending(subscription, "renewal")
    facts = await order_facts(body, caller)
    assert facts.new_annual_commitment
    assert facts.price == Money("USD", Decimal("480.00"))
    assert any("renews by itself" in each for each in facts.warnings)


async def test_a_plan_switch_names_the_plan(caller: ReadingCaller) -> None:
    subscription = await held(caller, PREMIUM, 3, subscriptionPeriod=MONTH, billingPeriod=MONTH,
                              parameters=[DOMAIN, ATTESTED])  # fmt: skip
    plan = caller.marketplace.control.state("plans")[2]
    body = {"type": "change", "customerId": subscription["customerId"], "subscriptionId": subscription["id"],
            "planId": plan["id"], "subscriptionPeriod": YEAR}  # fmt: skip
    facts = await order_facts(body, caller)
    assert str(plan["name"]) in facts.changes[0].product
    assert facts.new_annual_commitment
    with pytest.raises(InputError) as refused:
        await order_facts({**body, "planId": "1"}, caller)
    assert refused.value.fields[0].pointer == "/planId"


async def test_the_basis_moves_with_seats_and_dates(caller: ReadingCaller) -> None:
    subscription = await held(caller)
    before = (await order_facts(change(subscription, 11), caller)).basis
    assert before[f"{subscription['id']}.seats"] == "HMP-STD-M=10"
    await caller.write("POST", "/orders", change(subscription, 12))
    caller.settle()
    assert (await order_facts(change(subscription, 11), caller)).basis != before


async def test_switching_auto_renewal_on_is_priced_as_another_term(caller: ReadingCaller) -> None:
    subscription = await held(caller, "NLI-WORK-Y", 10)
    facts = await auto_renewal_facts({"renewalStatus": True}, subscription["id"], caller)
    assert (facts.kind, facts.price, facts.new_annual_commitment) == ("setting", Money("USD", Decimal("480.00")), True)
    assert facts.changes[0].seats == 0


CALLS = [
    ("sales", {"list_products": 1, "get_customer": 1, "estimate_order_price": 1,
               "validate_product_activation_parameters": 1}),
    ("change", {"list_products": 1, "get_customer": 1, "estimate_order_price": 1, "get_subscription": 1}),
    ("renewal", {"get_customer": 1, "estimate_order_price": 1, "get_subscription": 1}),
    ("cancellation", {"get_customer": 1, "estimate_order_price": 1, "get_subscription": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "calls"), CALLS)
async def test_each_kind_of_order_reads_as_little_as_possible(
    caller: ReadingCaller, kind: str, calls: dict[str, int]
) -> None:
    subscription = await held(caller)
    body = ending(subscription, kind)
    if kind == "sales":
        body = sale(caller, {"mpn": "HMP-STD-M", "quantity": 1})
    await order_facts(change(subscription, 11) if kind == "change" else body, RememberingCaller(caller))
    assert dict(caller.calls) == calls
