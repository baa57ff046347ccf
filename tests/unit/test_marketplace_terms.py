"""Orders of the practice marketplace do what they say: switches, additions, renewals, ends, withdrawals."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ingram_micro_cloud.sandbox import Marketplace
from support.clock import FakeClock
from support.vendor_client import VendorClient

DAY = 86_400
PREMIUM = "CSO7BPREM:0001"
PARAMETERS = [
    {"name": "contact_email", "value": "ada@alder.example"},
    {"name": "domain", "value": "practice.onmicrosoft.com"},
    {"name": "offer_attestation", "structured_value": {"attestation_accepted": True}},
]


@pytest.fixture
def vendor() -> VendorClient:
    return VendorClient(Marketplace(seed=3, customers=25, unlimited=True, now=FakeClock().now))


def state(vendor: VendorClient, kind: str) -> list[dict[str, Any]]:
    return vendor.marketplace.control.state(kind)


def today(vendor: VendorClient) -> date:
    return datetime.fromtimestamp(vendor.marketplace._clock.now(), UTC).date()


def customer(vendor: VendorClient) -> str:
    return next(str(row["id"]) for row in state(vendor, "customers") if row["status"] == "active")


def product(vendor: VendorClient, mpn: str, term: str = "", billing: str = "") -> dict[str, Any]:
    return next(
        row
        for row in state(vendor, "products")
        if row["mpn"] == mpn
        and row["subscriptionPeriod"]["type"] in (term or row["subscriptionPeriod"]["type"])
        and row["billingPeriod"]["type"] in (billing or row["billingPeriod"]["type"])
    )


def order(vendor: VendorClient, **body: Any) -> dict[str, Any]:
    status, made = vendor.call("POST", "/orders", {"customerId": customer(vendor), **body})
    assert status == 200, made
    return dict(made)


def refused(vendor: VendorClient, **body: Any) -> tuple[int, str]:
    status, answer = vendor.call("POST", "/orders", {"customerId": customer(vendor), **body})
    assert status >= 400, answer
    return status, str(answer["error"])


def sold(vendor: VendorClient, row: dict[str, Any], quantity: int = 5, **more: Any) -> dict[str, Any]:
    line = {"id": row["id"], "quantity": quantity, "parameters": PARAMETERS}
    made = order(vendor, type="sales", products=[line], **more)
    vendor.advance(900)
    return held(vendor, made["subscriptionId"])


def held(vendor: VendorClient, key: str) -> dict[str, Any]:
    return dict(vendor.get(f"/subscriptions/{key}"))


def to_renewal(vendor: VendorClient, row: dict[str, Any]) -> None:
    days = (date.fromisoformat(row["renewalDate"]) - today(vendor)).days
    vendor.advance((days + 1) * DAY)


def consistent(row: dict[str, Any]) -> bool:
    renewal, last = date.fromisoformat(row["renewalDate"]), date.fromisoformat(row["expirationDate"])
    return renewal - last == timedelta(days=1)


def test_a_switch_moves_the_subscription_to_plan_period_and_price(vendor: VendorClient) -> None:
    before = sold(vendor, product(vendor, PREMIUM, "month"))
    target = product(vendor, PREMIUM, "year", "month")
    plan = vendor.get(f"/plans/{before['planId']}")["planSwitches"][0]["planId"]
    wanted = {"type": "change", "subscriptionId": before["id"], "planId": str(plan)}
    status, estimated = vendor.call("POST", "/orders/estimate", {"customerId": before["customerId"], **wanted})
    assert status == 200
    made = order(vendor, **wanted)
    price = Decimal(target["prices"][0]["amount"]) * 5
    assert Decimal(made["total"]["amount"]) == Decimal(estimated["total"]["amount"]) == price
    assert held(vendor, before["id"]) == before, "nothing changes before the order is completed"
    vendor.advance(900)
    after = held(vendor, before["id"])
    assert (after["planId"], after["subscriptionPeriod"]) == (plan, {"type": "year", "duration": 1})
    assert after["products"][0]["id"] == target["id"]
    assert after["products"][0]["quantity"] == 5
    assert Decimal(after["totalPrice"]["amount"]) == price
    assert after["renewalDate"] == before["renewalDate"], "the policy of this switch keeps the dates"


def test_a_switch_that_waits_for_the_next_term_happens_then(vendor: VendorClient) -> None:
    before = sold(vendor, product(vendor, PREMIUM, "year", "month"))
    plan = vendor.get(f"/plans/{before['planId']}")["planSwitches"][0]["planId"]
    order(vendor, type="change", subscriptionId=before["id"], planId=plan)
    vendor.advance(900)
    assert held(vendor, before["id"])["planId"] == before["planId"]
    to_renewal(vendor, before)
    after = held(vendor, before["id"])
    assert (after["planId"], after["billingPeriod"]) == (plan, {"type": "year", "duration": 1})
    assert after["renewalDate"] > before["renewalDate"]
    assert consistent(after)


@pytest.mark.parametrize("mpn", ["HMP-STD-M", PREMIUM])
def test_a_switch_that_the_plan_does_not_list_is_refused(vendor: VendorClient, mpn: str) -> None:
    row = sold(vendor, product(vendor, mpn, "month"))
    allowed = {each["planId"] for each in vendor.get(f"/plans/{row['planId']}")["planSwitches"]}
    for plan in state(vendor, "plans"):
        if int(plan["id"]) not in allowed:
            status, said = refused(vendor, type="change", subscriptionId=row["id"], planId=plan["id"])
            assert (status, "planSwitches" in said) == (400, True)
    assert refused(vendor, type="change", subscriptionId=row["id"], planId="1")[0] == 400
    three = {"type": "year", "duration": 3}
    for plan in allowed:
        assert refused(vendor, type="change", subscriptionId=row["id"], planId=plan, subscriptionPeriod=three)[0] == 400
    assert held(vendor, row["id"]) == row


def test_a_sale_into_a_subscription_adds_its_lines(vendor: VendorClient) -> None:
    before = sold(vendor, product(vendor, "VLT-BKP-100"), quantity=10)
    count = len(state(vendor, "subscriptions"))
    line = {"mpn": "VLT-BKP-SRV", "quantity": 2}
    made = order(vendor, type="sales", subscriptionId=before["id"], products=[line])
    assert made["subscriptionId"] == before["id"]
    assert held(vendor, before["id"])["products"] == before["products"]
    vendor.advance(900)
    after = held(vendor, before["id"])
    assert [(each["mpn"], each["quantity"]) for each in after["products"]] == [("VLT-BKP-100", 10), ("VLT-BKP-SRV", 2)]
    assert Decimal(after["totalPrice"]["amount"]) == Decimal(before["totalPrice"]["amount"]) + 82
    assert len(state(vendor, "subscriptions")) == count, "no subscription of its own"


def test_a_sale_into_a_subscription_that_cannot_take_it_is_refused(vendor: VendorClient) -> None:
    row = sold(vendor, product(vendor, "HMP-STD-M"))
    again = [{"mpn": "HMP-STD-M", "quantity": 1}]
    assert "type change" in refused(vendor, type="sales", subscriptionId=row["id"], products=again)[1]
    inside = [{"mpn": "NLI-WORK-Y", "quantity": 5, "subscriptionId": row["id"]}]
    assert "another plan" in refused(vendor, type="sales", products=inside)[1]
    order(vendor, type="cancellation", subscriptionId=row["id"])
    vendor.advance(900)
    assert refused(vendor, type="sales", subscriptionId=row["id"], products=again)[0] == 409
    assert held(vendor, row["id"])["products"] == row["products"]


def test_a_change_for_the_renewal_takes_effect_at_the_renewal(vendor: VendorClient) -> None:
    row = sold(vendor, product(vendor, "HMP-STD-M"))
    for quantity in (3, 2):
        line = {"mpn": "HMP-STD-M", "quantity": quantity}
        order(vendor, type="change", subscriptionId=row["id"], products=[line], scheduledOn="renewal")
    vendor.advance(900)
    assert held(vendor, row["id"])["products"][0]["quantity"] == 5
    to_renewal(vendor, row)
    after = held(vendor, row["id"])
    assert after["products"][0]["quantity"] == 2, "the later order wins"
    assert Decimal(after["totalPrice"]["amount"]) == Decimal(row["totalPrice"]["amount"]) * 2 / 5
    assert consistent(after)


def test_a_subscription_renews_by_itself_or_ends(vendor: VendorClient) -> None:
    kept, ended = (sold(vendor, product(vendor, "HMP-STD-M")) for _ in range(2))
    assert consistent(kept)
    assert vendor.call("PATCH", f"/subscriptions/{ended['id']}", {"renewalStatus": False})[0] == 200
    to_renewal(vendor, kept)
    after, over = held(vendor, kept["id"]), held(vendor, ended["id"])
    assert (after["status"], over["status"]) == ("active", "terminated")
    assert after["renewalDate"] > kept["renewalDate"]
    assert consistent(after)
    assert over["expirationDate"] == ended["expirationDate"]
    vendor.advance(3 * 366 * DAY)
    much_later = held(vendor, kept["id"])
    assert date.fromisoformat(much_later["renewalDate"]) > today(vendor)
    assert consistent(much_later)
    running = [row for row in state(vendor, "subscriptions") if row["status"] == "active"]
    assert running
    assert all(date.fromisoformat(row["renewalDate"]) > today(vendor) for row in running)


def test_a_renewal_order_adds_one_term_and_keeps_the_dates_together(vendor: VendorClient) -> None:
    row = sold(vendor, product(vendor, "HMP-STD-M"))
    order(vendor, type="renewal", subscriptionId=row["id"])
    vendor.advance(900)
    after = held(vendor, row["id"])
    assert consistent(after)
    assert 28 <= (date.fromisoformat(after["renewalDate"]) - date.fromisoformat(row["renewalDate"])).days <= 31
    to_renewal(vendor, row)
    assert held(vendor, row["id"])["renewalDate"] == after["renewalDate"], "that date has passed already"
    to_renewal(vendor, after)
    assert held(vendor, row["id"])["renewalDate"] > after["renewalDate"]


def test_a_cancellation_for_the_renewal_ends_it_then(vendor: VendorClient) -> None:
    row = sold(vendor, product(vendor, "HMP-STD-M"))
    order(vendor, type="cancellation", subscriptionId=row["id"], scheduledOn="renewal")
    vendor.advance(900)
    assert held(vendor, row["id"])["status"] == "active"
    to_renewal(vendor, row)
    assert held(vendor, row["id"])["status"] == "terminated"


@pytest.mark.parametrize("ending", ["withdrawn", "failed"])
def test_an_order_that_comes_to_nothing_ends_the_subscription_it_began(vendor: VendorClient, ending: str) -> None:
    line: dict[str, Any] = {"mpn": "HMP-STD-M", "quantity": 1}
    if ending == "failed":
        line["parameters"] = [{"name": "practice_failure", "value": "yes"}]
    made = order(vendor, type="sales", products=[line])
    assert held(vendor, made["subscriptionId"])["status"] == "pending"
    if ending == "withdrawn":
        assert vendor.call("PATCH", f"/orders/{made['id']}", {"statusCode": "CL"})[0] == 200
    vendor.advance(900)
    assert held(vendor, made["subscriptionId"])["status"] == "removed"
    to_renewal(vendor, held(vendor, made["subscriptionId"]))
    assert held(vendor, made["subscriptionId"])["status"] == "removed"


def test_a_change_that_is_withdrawn_leaves_the_subscription_running(vendor: VendorClient) -> None:
    row = sold(vendor, product(vendor, "HMP-STD-M"))
    made = order(vendor, type="change", subscriptionId=row["id"], products=[{"mpn": "HMP-STD-M", "quantity": 9}])
    vendor.call("PATCH", f"/orders/{made['id']}", {"statusCode": "CL"})
    vendor.advance(900)
    assert held(vendor, row["id"]) == row


def test_a_change_leaves_what_the_product_depends_on_alone(vendor: VendorClient) -> None:
    backup = {"mpn": "VLT-BKP-100", "quantity": 40, "parameters": PARAMETERS}
    server = {"mpn": "VLT-BKP-SRV", "quantity": 1}
    row = held(vendor, order(vendor, type="sales", products=[server, backup])["subscriptionId"])
    vendor.advance(900)
    order(vendor, type="change", subscriptionId=row["id"], products=[{"mpn": "VLT-BKP-SRV", "quantity": 3}])
    vendor.advance(900)
    quantities = {each["mpn"]: each["quantity"] for each in held(vendor, row["id"])["products"]}
    assert quantities == {"VLT-BKP-SRV": 3, "VLT-BKP-100": 40}


def test_the_order_that_is_under_way_to_begin_with_is_completed(vendor: VendorClient) -> None:
    (under_way,) = [row for row in state(vendor, "orders") if row["status"] == "processing"]
    vendor.advance(900)
    done = vendor.get(f"/orders/{under_way['id']}")
    assert (done["status"], done["statusCode"]) == ("completed", "CP")
    assert done["provisioningDate"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("customers", {"name": 5}),
        ("customers", {"name": ""}),
        ("customers", {"externalId": ["x"]}),
        ("customers", {"taxRegId": {}}),
        ("resellers", {"name": None}),
        ("subscriptions", {"attributes": "x"}),
        ("subscriptions", {"attributes": {"a": 1}}),
        ("subscriptions", {"renewalStatus": "yes"}),
        ("orders", {"statusCode": 5}),
        ("orders", {"statusCode": "CANCEL"}),
        ("orders", {"creditCheck": "yes"}),
    ],
)
def test_a_change_of_the_wrong_type_is_refused_and_changes_nothing(
    vendor: VendorClient, kind: str, body: dict[str, object]
) -> None:
    before = state(vendor, kind)[0]
    assert vendor.call("PATCH", f"/{kind}/{before['id']}", body)[0] == 400
    assert state(vendor, kind)[0] == before
