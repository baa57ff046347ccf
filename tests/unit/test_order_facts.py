"""What is read before a sale: mistakes are named with their field, prices are reckoned in decimals."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ingram_micro_cloud.errors import InputError
from ingram_micro_cloud.ordering.facts.gathering import order_facts
from ingram_micro_cloud.ordering.models import Money
from ingram_micro_cloud.sandbox import Marketplace
from support.clock import FakeClock
from support.orders import ATTESTED, DOMAIN, PREMIUM, YEAR, customer, sale
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> ReadingCaller:
    clock = FakeClock()
    return ReadingCaller(Marketplace(seed=7, customers=25, unlimited=True, now=clock.now), clock)


BAD = [
    ("no kind", {"type": None}, "/type", "required"),
    ("unknown kind", {"type": "purchase"}, "/type", "unknown_kind"),
    ("no customer", {"customerId": None}, "/customerId", "required"),
    ("no products", {"products": []}, "/products", "required"),
    ("products are no list", {"products": {"mpn": "HMP-STD-M"}}, "/products", "type"),
    ("no quantity", {"products": [{"mpn": "HMP-STD-M"}]}, "/products/0/quantity", "required"),
    ("zero", {"products": [{"mpn": "HMP-STD-M", "quantity": 0}]}, "/products/0/quantity", "zero"),
    ("negative", {"products": [{"mpn": "HMP-STD-M", "quantity": -2}]}, "/products/0/quantity", "negative"),
    ("fraction", {"products": [{"mpn": "HMP-STD-M", "quantity": 1.5}]}, "/products/0/quantity", "fractional"),
    ("not a number", {"products": [{"mpn": "HMP-STD-M", "quantity": "many"}]}, "/products/0/quantity", "type"),
    ("a switch", {"products": [{"mpn": "HMP-STD-M", "quantity": True}]}, "/products/0/quantity", "type"),
    ("no product named", {"products": [{"quantity": 1}]}, "/products/0/mpn", "required"),
    ("a change of nothing", {"type": "change"}, "/subscriptionId", "required"),
    ("a renewal of nothing", {"type": "renewal", "products": None}, "/subscriptionId", "required"),
    (
        "two subscriptions",
        {"type": "change", "subscriptionId": "1", "products": [{"mpn": "A", "quantity": 1, "subscriptionId": "2"}]},
        "/products/0/subscriptionId",
        "contradiction",
    ),
    (
        "twice the same",
        {
            "type": "change",
            "subscriptionId": "1",
            "products": [{"mpn": "A", "quantity": 1}, {"mpn": "A", "quantity": 2}],
        },
        "/products/1/mpn",
        "twice",
    ),
]


@pytest.mark.parametrize(("body", "pointer", "code"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
async def test_a_body_that_cannot_be_is_refused_before_anything_is_read(
    caller: ReadingCaller, body: dict[str, object], pointer: str, code: str
) -> None:
    order = {**sale(caller, {"mpn": "HMP-STD-M", "quantity": 1}), **body}
    with pytest.raises(InputError) as refused:
        await order_facts({name: value for name, value in order.items() if value is not None}, caller)
    assert (pointer, code) in [(each.pointer, each.code) for each in refused.value.fields]
    assert refused.value.message.startswith("Nothing was sent.")
    assert not caller.calls


WRONG_DOMAIN = {"mpn": "CSO7BASIC:0005", "quantity": 1, "parameters": [{"name": "domain", "value": "x"}]}
ASSISTANT = {"mpn": "CSO7COPI:0002", "quantity": 1, "parameters": [DOMAIN, ATTESTED]}
READ = [
    ("unknown product", {"mpn": "NO-SUCH", "quantity": 1}, {}, "/products/0/mpn", "unknown_product"),
    ("unknown id", {"id": "PRD1", "quantity": 1}, {}, "/products/0/id", "unknown_product"),
    ("ambiguous product", {"mpn": PREMIUM, "quantity": 1}, {}, "/products/0/subscriptionPeriod", "ambiguous_product"),
    ("no such term", {"mpn": "HMP-STD-M", "quantity": 1, "subscriptionPeriod": YEAR}, {},
     "/products/0/subscriptionPeriod", "not_offered"),
    ("too few", {"mpn": "NLI-WORK-Y", "quantity": 4}, {}, "/products/0/quantity", "below_minimum"),
    ("too many", {"mpn": "HMP-STD-M", "quantity": 301}, {}, "/products/0/quantity", "above_maximum"),
    ("another currency", {"mpn": "HMP-STD-M", "quantity": 1, "specialPrice": {"currency": "EUR", "amount": "1"}}, {},
     "/products/0/specialPrice/currency", "currency_mismatch"),
    ("an end of its own", {"mpn": "CSO7BASIC:0004", "quantity": 1, "parameters": [DOMAIN]}, {},
     "/alignExpirationDate", "required"),
    ("an end it may not have", {"mpn": "NLI-GUEST-Y", "quantity": 1},
     {"alignExpirationDate": {"alignmentType": "MATCH_END_OF_CALENDAR_MONTH"}}, "/alignExpirationDate", "not_allowed"),
    ("a parameter is missing", {"mpn": "CSO7BASIC:0005", "quantity": 1}, {}, "/products/0/parameters", "parameter"),
    ("a parameter is wrong", WRONG_DOMAIN, {},
     "/products/0/parameters/0", "parameter"),
    ("what it brings along lacks a parameter", ASSISTANT, {},
     "/products", "parameter"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "more", "pointer", "code"), [each[1:] for each in READ], ids=[each[0] for each in READ]
)
async def test_a_sale_the_vendor_would_not_take_names_the_field(
    caller: ReadingCaller, line: dict[str, object], more: dict[str, object], pointer: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        await order_facts(sale(caller, line, **more), caller)
    assert (pointer, code) in [(each.pointer, each.code) for each in refused.value.fields]
    assert caller.calls["estimate_order_price"] == 0


async def test_an_ambiguous_product_names_the_fields_that_settle_it_and_the_candidates(caller: ReadingCaller) -> None:
    with pytest.raises(InputError) as refused:
        await order_facts(sale(caller, {"mpn": PREMIUM, "quantity": 1}), caller)
    told = refused.value.fields[0].message
    assert "Add subscriptionPeriod and billingPeriod" in told
    assert "1 month term, billed every 1 month" in told
    assert "1 year term, billed every 1 year" in told
    line = {"mpn": PREMIUM, "quantity": 1, "subscriptionPeriod": YEAR}
    with pytest.raises(InputError) as narrower:
        await order_facts(sale(caller, line), caller)
    assert "Add billingPeriod:" in narrower.value.fields[0].message


@pytest.mark.parametrize("status", ["creditHold", "adminHold"])
async def test_a_customer_that_is_not_active_cannot_order(caller: ReadingCaller, status: str) -> None:
    order = {**sale(caller, {"mpn": "HMP-STD-M", "quantity": 1}), "customerId": customer(caller, status)}
    with pytest.raises(InputError, match=status) as refused:
        await order_facts(order, caller)
    assert refused.value.fields[0].pointer == "/customerId"


async def test_a_customer_without_an_administrator_cannot_order(caller: ReadingCaller) -> None:
    person = {"type": "billing", "firstName": "A", "lastName": "B", "email": "a@b.example", "phoneNumber": "1"}
    await caller.write("PATCH", f"/customers/{customer(caller)}", {"contactPersons": [person]})
    with pytest.raises(InputError, match="admin") as refused:
        await order_facts(sale(caller, {"mpn": "HMP-STD-M", "quantity": 1}), caller)
    assert refused.value.fields[0].code == "no_admin_contact"


async def test_a_sale_with_its_price_per_month_and_term(caller: ReadingCaller) -> None:
    line = {"mpn": PREMIUM, "quantity": 3, "subscriptionPeriod": YEAR, "billingPeriod": YEAR,
            "parameters": [DOMAIN, ATTESTED]}  # fmt: skip
    body = sale(caller, line)
    facts = await order_facts(body, caller)
    (only,) = facts.changes
    assert facts.request == body
    assert facts.price == Money("USD", Decimal("792.00"))
    assert (only.before, only.after, only.seats) == (None, Decimal(3), Decimal(3))
    assert (only.monthly_price, only.term_price) == (Money("USD", Decimal("66.00")), Money("USD", Decimal("792.00")))
    assert (only.term, only.billing) == ("1 year", "1 year")
    assert (facts.mpns, facts.vendors) == ((PREMIUM,), ("VA-210-400",))
    assert facts.new_annual_commitment
    assert any("commitment for a year" in each for each in facts.warnings)


async def test_what_the_vendor_adds_must_be_ready_as_well(caller: ReadingCaller) -> None:
    email = {"name": "contact_email", "value": "it@contoso.example"}
    lines = [{"mpn": "VLT-BKP-SRV", "quantity": 2}]
    with pytest.raises(InputError, match="VLT-BKP-100"):
        await order_facts(sale(caller, *lines), caller)
    lines.append({"mpn": "VLT-BKP-100", "quantity": 1, "parameters": [email]})
    facts = await order_facts(sale(caller, *lines), caller)
    assert facts.mpns == ("VLT-BKP-SRV", "VLT-BKP-100")
    assert facts.price == Money("USD", Decimal("91.50"))


async def test_what_the_vendor_adds_is_counted_and_told(caller: ReadingCaller) -> None:
    world = caller.marketplace._world
    product = next(row for row in world.products.all() if row["mpn"] == "NLI-GUEST-Y")
    world.offers[str(product["id"])] = replace(world.offers[str(product["id"])], depends_on=("HMP-STD-M",))
    product["dependsOn"] = [{"mpn": "HMP-STD-M"}]
    facts = await order_facts(sale(caller, {"mpn": "NLI-GUEST-Y", "quantity": 2}), caller)
    assert facts.mpns == ("NLI-GUEST-Y", "HMP-STD-M")
    assert facts.vendors == ("VA-414-009", "VA-118-220")
    assert [each.mpn for each in facts.changes] == ["NLI-GUEST-Y", "HMP-STD-M"]
    assert facts.price == Money("USD", Decimal("27.20"))
    assert any("was not asked for" in each for each in facts.warnings)
    product["dependsOn"] = [{"mpn": "GONE"}]
    with pytest.raises(InputError, match="needs GONE"):
        await order_facts(sale(caller, {"mpn": "NLI-GUEST-Y", "quantity": 2}), caller)
