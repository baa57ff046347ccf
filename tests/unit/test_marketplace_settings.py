"""What the practice marketplace can be told to be: differences instead of totals, a fleet of any size."""

from typing import Any

import httpx
import pytest

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.calls import Refusal
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.clock import FakeClock
from support.vendor_client import VendorClient


def client(**more: Any) -> VendorClient:
    return VendorClient(Marketplace(seed=3, customers=25, unlimited=True, now=FakeClock().now, **more))


def sold(vendor: VendorClient, mpn: str, quantity: int) -> dict[str, Any]:
    key = next(row["id"] for row in vendor.marketplace.control.state("customers") if row["status"] == "active")
    body = {"type": "sales", "customerId": key, "products": [{"mpn": mpn, "quantity": quantity}]}
    status, made = vendor.call("POST", "/orders", body)
    assert status == 200, made
    vendor.advance(900)
    held: dict[str, Any] = vendor.get(f"/subscriptions/{made['subscriptionId']}")
    return held


def change(held: dict[str, Any], quantity: object) -> dict[str, object]:
    line = {"mpn": held["products"][0]["mpn"], "quantity": quantity}
    return {"type": "change", "customerId": held["customerId"], "subscriptionId": held["id"], "products": [line]}


@pytest.mark.parametrize(("how", "quantity", "seats"), [("total", 12, 12), ("delta", 2, 12), ("delta", -3, 7)])
def test_a_change_order_is_read_as_the_marketplace_is_told(how: str, quantity: int, seats: int) -> None:
    vendor = client(change_quantity=how)
    held = sold(vendor, "HMP-STD-M", 10)
    price = vendor.call("POST", "/orders/estimate", change(held, quantity))[1]["total"]["amount"]
    assert price == f"{(seats - 10) * 3.2:.2f}"
    assert vendor.call("POST", "/orders", change(held, quantity))[0] == 200
    vendor.advance(900)
    assert vendor.get(f"/subscriptions/{held['id']}")["products"][0]["quantity"] == seats


@pytest.mark.parametrize(("how", "quantity"), [("delta", -11), ("delta", 1.5), ("total", -1)])
def test_a_change_below_nothing_is_refused(how: str, quantity: object) -> None:
    vendor = client(change_quantity=how)
    status, body = vendor.call("POST", "/orders", change(sold(vendor, "HMP-STD-M", 10), quantity))
    assert (status, "quantity" in body["error"]) == (400, True)


def test_a_change_brings_nothing_along_that_the_product_depends_on() -> None:
    vendor = client(subscriptions=60)
    rows = vendor.marketplace.control.state("subscriptions")
    held: Any = next(row for row in rows if row["status"] == "active" and "CSO7COPI:0002" in str(row["products"]))
    status, answer = vendor.call("POST", "/orders/estimate", change(held, 50))
    assert (status, len(answer["products"])) == (200, 1)


def test_it_can_be_told_while_it_runs() -> None:
    with RunningMarketplace(Marketplace(seed=3, customers=1, unlimited=True)) as running:
        told = httpx.post(f"{running.control_url}/settings", json={"change_quantity": "delta"})
        refused = httpx.post(f"{running.control_url}/settings", json={"change_quantity": "both"})
    assert (told.status_code, refused.status_code) == (200, 400)
    assert "change_quantity" in refused.json()["error"]


@pytest.mark.parametrize("wanted", [{}, {"change_quantity": "delta", "other": 1}, {"other": 1}])
def test_other_settings_are_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        Marketplace(customers=0).control.settings(wanted)


@pytest.mark.parametrize("number", [0, 1, 137])
def test_a_fleet_has_the_size_that_was_asked_for(number: int) -> None:
    marketplace = client(subscriptions=number).marketplace
    rows = marketplace.control.state("subscriptions")
    assert len(rows) == number
    assert len(marketplace.control.state("orders")) == number
