"""Orders and subscriptions live as the vendor's do: totals, terms, renewals, cancellations, failures."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.calls import Answer, Call, Dropped
from ingram_micro_cloud.sandbox.reports import LINK_SECONDS
from support.clock import FakeClock
from support.examples import examples
from support.vendor_client import VendorClient

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def vendor() -> VendorClient:
    return VendorClient(Marketplace(seed=3, customers=25, unlimited=True, now=FakeClock().now))


def customer(vendor: VendorClient) -> str:
    return next(str(row["id"]) for row in vendor.marketplace.control.state("customers") if row["status"] == "active")


def sold(vendor: VendorClient, quantity: object = 5) -> tuple[dict[str, Any], dict[str, Any]]:
    """A completed sale of the first product, and its subscription."""
    mpn = vendor.get("/products", limit=1)["data"][0]["mpn"]
    order = {"type": "sales", "customerId": customer(vendor), "products": [{"mpn": mpn, "quantity": quantity}]}
    status, made = vendor.call("POST", "/orders", order)
    assert status == 200, made
    vendor.advance(900)
    return vendor.get(f"/orders/{made['id']}"), vendor.get(f"/subscriptions/{made['subscriptionId']}")


def change(vendor: VendorClient, held: dict[str, Any], quantity: object, **more: object) -> tuple[int, Any]:
    line = {"mpn": held["products"][0]["mpn"], "quantity": quantity}
    body = {
        "type": "change",
        "customerId": held["customerId"],
        "subscriptionId": held["id"],
        "products": [line],
        **more,
    }
    return vendor.call("POST", "/orders", body)


def seats(vendor: VendorClient, held: dict[str, Any]) -> int:
    return int(vendor.get(f"/subscriptions/{held['id']}")["products"][0]["quantity"])


def test_an_order_goes_through_its_states_on_the_marketplaces_clock(vendor: VendorClient) -> None:
    mpn = vendor.get("/products", limit=1)["data"][0]["mpn"]
    body = {"type": "sales", "customerId": customer(vendor), "products": [{"mpn": mpn, "quantity": 1}]}
    made = vendor.call("POST", "/orders", body)[1]
    seen = [made["status"]]
    for seconds in (60, 600):
        vendor.advance(seconds)
        seen.append(vendor.get(f"/orders/{made['id']}")["status"])
    assert seen == ["submitted", "processing", "completed"]
    assert "provisioningDate" in vendor.get(f"/orders/{made['id']}")


def test_a_sale_makes_a_subscription_that_becomes_active(vendor: VendorClient) -> None:
    order, held = sold(vendor)
    assert order["status"] == "completed"
    assert (held["status"], held["products"][0]["quantity"]) == ("active", 5)


@pytest.mark.parametrize("quantity", [7, "7", "7.0", 7.0])
def test_a_change_order_sets_the_total_and_costs_the_difference(vendor: VendorClient, quantity: object) -> None:
    _, held = sold(vendor, 5)
    status, made = change(vendor, held, quantity)
    assert status == 200
    price = Decimal(held["products"][0]["unitPrice"]["amount"])
    assert Decimal(made["total"]["amount"]) == price * 2
    assert seats(vendor, held) == 5, "nothing changes before the order is completed"
    vendor.advance(900)
    assert seats(vendor, held) == 7


def test_a_change_at_renewal_leaves_today_alone(vendor: VendorClient) -> None:
    _, held = sold(vendor, 5)
    assert change(vendor, held, 3, scheduledOn="renewal")[0] == 200
    vendor.advance(900)
    assert seats(vendor, held) == 5


@pytest.mark.parametrize("quantity", ["many", -1, 1.5, None, True, [], "NaN", "Infinity", "1e400"])
def test_a_quantity_that_is_none_is_refused(vendor: VendorClient, quantity: object) -> None:
    _, held = sold(vendor)
    status, body = change(vendor, held, quantity)
    assert status == 400
    assert "quantity" in body["error"]
    assert seats(vendor, held) == 5


def test_a_change_of_somebody_elses_subscription_is_refused(vendor: VendorClient) -> None:
    _, held = sold(vendor)
    other = next(
        str(row["id"])
        for row in vendor.marketplace.control.state("customers")
        if row["id"] != held["customerId"] and row["status"] == "active"
    )
    status, body = change(vendor, {**held, "customerId": other}, 9)
    assert status == 400
    assert "subscriptionId" in body["error"]


def test_a_pending_subscription_cannot_be_changed_yet(vendor: VendorClient) -> None:
    mpn = vendor.get("/products", limit=1)["data"][0]["mpn"]
    body = {"type": "sales", "customerId": customer(vendor), "products": [{"mpn": mpn, "quantity": 1}]}
    made = vendor.call("POST", "/orders", body)[1]
    held = vendor.get(f"/subscriptions/{made['subscriptionId']}")
    assert held["status"] == "pending"
    assert change(vendor, held, 2)[0] == 409


def test_cancelling_and_renewing(vendor: VendorClient) -> None:
    _, held = sold(vendor)
    body = {"customerId": held["customerId"], "subscriptionId": held["id"]}
    assert vendor.call("POST", "/orders", {**body, "type": "renewal"})[0] == 200
    vendor.advance(900)
    renewed = vendor.get(f"/subscriptions/{held['id']}")
    assert renewed["expirationDate"] > held["expirationDate"]
    assert vendor.call("POST", "/orders", {**body, "type": "cancellation"})[0] == 200
    vendor.advance(900)
    assert vendor.get(f"/subscriptions/{held['id']}")["status"] == "terminated"
    assert change(vendor, held, 9)[0] == 409


def test_an_order_can_be_withdrawn_until_it_ends(vendor: VendorClient) -> None:
    _, held = sold(vendor)
    made = change(vendor, held, 9)[1]
    assert vendor.call("PATCH", f"/orders/{made['id']}", {"statusCode": "CL"})[0] == 200
    vendor.advance(900)
    assert seats(vendor, held) == 5
    finished = sold(vendor)[0]
    assert vendor.call("PATCH", f"/orders/{finished['id']}", {"statusCode": "CL"})[0] == 409


def test_an_order_that_is_meant_to_fail_does(vendor: VendorClient) -> None:
    mpn = vendor.get("/products", limit=1)["data"][0]["mpn"]
    line = {"mpn": mpn, "quantity": 1, "parameters": [{"name": "practice_failure", "value": "yes"}]}
    made = vendor.call("POST", "/orders", {"type": "sales", "customerId": customer(vendor), "products": [line]})[1]
    vendor.advance(900)
    assert vendor.get(f"/orders/{made['id']}")["status"] == "error"


def test_list_rows_of_orders_and_subscriptions_are_thin(vendor: VendorClient) -> None:
    sold(vendor)
    assert "products" not in vendor.get("/orders", limit=1)["data"][0]
    assert "products" not in vendor.get("/subscriptions", limit=1)["data"][0]


@pytest.mark.parametrize("price", [5, "5", {}, {"amount": None}, {"amount": "x"}, {"amount": "NaN"}, {"amount": [1]}])
def test_a_price_that_is_none_is_refused_and_changes_nothing(vendor: VendorClient, price: object) -> None:
    _, held = sold(vendor)
    line = {"mpn": held["products"][0]["mpn"], "quantity": 1}
    sale = {"type": "sales", "customerId": held["customerId"], "products": [{**line, "specialPrice": price}]}
    assert vendor.call("POST", "/orders/estimate", sale)[0] == 400
    repriced = {"products": [{"mpn": line["mpn"], "unitPrice": price}]}
    assert vendor.call("PATCH", f"/subscriptions/{held['id']}", repriced)[0] == 400
    assert vendor.call("POST", f"/subscriptions/{held['id']}/specialPricing", repriced)[0] == 400
    assert vendor.get(f"/subscriptions/{held['id']}") == held


def test_a_report_becomes_ready_and_its_file_needs_the_signed_address(vendor: VendorClient) -> None:
    body = {"name": "October", "startDate": "2026-10-01", "endDate": "2026-10-31", "format": "csv"}
    status, made = vendor.call("POST", "/reports", body)
    assert status in (200, 201, 202), made
    vendor.advance(3600)
    ready = vendor.get(f"/reports/{made['id']}")
    address = urlsplit(ready["downloadUrl"])
    name = address.path.rsplit("/", 1)[-1]
    signed = Call("GET", "", parse_qsl(address.query))
    assert vendor.marketplace.download(signed, name).status == 200
    for query in (
        (),
        parse_qsl(address.query)[:1],
        [("se", "9999999999"), ("sig", "é")],
        [(key, f"{value}0") for key, value in parse_qsl(address.query)],
    ):
        assert vendor.marketplace.download(Call("GET", "", query), name).status == 403
    vendor.advance(LINK_SECONDS + 1)
    assert vendor.marketplace.download(signed, name).status == 403


BODIES = [
    ("POST", "/customers"),
    ("POST", "/orders"),
    ("POST", "/orders/estimate"),
    ("POST", "/reports"),
    ("POST", "/resellers"),
    ("POST", "/validation/parameters"),
    ("PATCH", "/customers/{customers}"),
    ("PATCH", "/orders/{orders}"),
    ("PATCH", "/subscriptions/{subscriptions}"),
    ("POST", "/subscriptions/{subscriptions}/specialPricing"),
    ("PATCH", "/resellers/{resellers}"),
    ("POST", "/resellers/{resellers}/customers"),
]
ACCOUNT = ("name", "language", "address", "contactPersons", "countryCode", "externalId", "status", "attributes")
ORDER = (
    "type",
    "customerId",
    "products",
    "subscriptionId",
    "planId",
    "scheduledOn",
    "alignExpirationDate",
    "statusCode",
)
LINE = ("mpn", "quantity", "specialPrice", "parameters", "unitPrice", "amount", "value", "renewalStatus", "creditCheck")
NAMES = st.sampled_from((*ACCOUNT, *ORDER, *LINE))
ODD = st.recursive(
    JSON, lambda inner: st.dictionaries(NAMES, inner, max_size=5) | st.lists(inner, max_size=3), max_leaves=10
)


@pytest.mark.parametrize(("method", "path"), BODIES)
@settings(max_examples=examples(40), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=st.dictionaries(NAMES, ODD, max_size=7), real=st.booleans())
def test_whatever_is_sent_is_answered_and_never_breaks_the_marketplace(
    vendor: VendorClient, method: str, path: str, body: dict[str, object], real: bool
) -> None:
    control = vendor.marketplace.control
    for kind in ("customers", "orders", "subscriptions", "resellers"):
        path = path.replace(f"{{{kind}}}", str(control.state(kind)[0]["id"]))
    if real:
        held = control.state("subscriptions")[0]
        lines = body.get("products")
        mpn = control.state("products")[0]["mpn"]
        body = {
            **body, "type": "change", "customerId": held["customerId"], "subscriptionId": held["id"],
            "products": [{**(lines if isinstance(lines, dict) else {}), "mpn": mpn}],
        }  # fmt: skip
    answer = vendor.raw(method, path, body)
    assert not isinstance(answer, Dropped)
    assert isinstance(answer, Answer)
    assert answer.status in (200, 201, 202, 204, 400, 404, 409)
    for listing in ("/customers", "/orders", "/subscriptions"):
        assert vendor.call("GET", listing)[0] == 200
