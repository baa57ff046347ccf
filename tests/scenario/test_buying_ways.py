"""Every way to buy leads through one journal, one set of rules and one look for duplicates."""

import json
import shutil
from collections.abc import Mapping
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal

WAYS = ("create_order", "generic_request", "generic_request with a text", "order submit")


@pytest.fixture(scope="module")
def settled(shared_marketplace: RunningMarketplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after a configuration was saved and checked, which is done once because it takes long."""
    first = Terminal(tmp_path_factory.mktemp("settled") / "home", shared_marketplace)
    assert first.save(allow="buy", calls_per_minute=100_000).status == 0
    return first.home


@pytest.fixture
def buyer(terminal: Terminal, settled: Path) -> Terminal:
    shutil.copytree(settled, terminal.home)
    return terminal


def limited(terminal: Terminal, **changes: object) -> Terminal:
    """Save the configuration anew with other rules."""
    fields = json.dumps(terminal.fields(**{"allow": "buy", "calls_per_minute": 100_000, **changes}))
    assert terminal("config", "save", "main", "--from", "-", "--unverified", stdin=fields).status == 0
    return terminal


def state(terminal: Terminal, kind: str) -> list[dict[str, Any]]:
    found = terminal.running.marketplace.steer(lambda control: control.state(kind))
    assert isinstance(found, list)
    return found


def sent(terminal: Terminal) -> Mapping[str, int]:
    """Calls that may change something, by operation."""
    found = terminal.running.marketplace.steer(lambda control: control.calls()["by_operation"])
    assert isinstance(found, dict)
    return {name: found[name] for name in ("createOrder", "updateSubscription") if name in found}


def body(terminal: Terminal, quantity: int = 3) -> dict[str, Any]:
    customer = next(row["id"] for row in state(terminal, "customers") if row["status"] == "active")
    return {"type": "sales", "customerId": customer, "products": [{"mpn": "HMP-STD-M", "quantity": quantity}]}


def monthly(terminal: Terminal, *, renews: bool) -> str:
    """A monthly subscription of an active customer that renews by itself, or ends."""
    active = {row["id"] for row in state(terminal, "customers") if row["status"] == "active"}
    return next(
        str(row["id"]) for row in state(terminal, "subscriptions")
        if row["customerId"] in active and row["status"] == "active" and row["renewalStatus"] is renews
        and row["subscriptionPeriod"]["type"] == "month"
    )  # fmt: skip


def arguments(terminal: Terminal, way: str) -> list[str]:
    order = json.dumps(body(terminal))
    if way == "order submit":
        preview = terminal("order", "preview", "--input", order, "--json").json
        return ["order", "submit", preview["preview_id"], "--json"]
    request: dict[str, object] = {"method": "POST", "path": "/orders"}
    inputs = {
        "create_order": order,
        "generic_request": json.dumps({**request, "json": json.loads(order)}),
        "generic_request with a text": json.dumps({**request, "body": order}),
    }
    return ["run", way.partition(" ")[0], "--input", inputs[way], "--json"]


def journal(terminal: Terminal) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = terminal("journal", "--json").json
    return [row for row in rows if row["state"] != "previewed"]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_leaves_one_entry_that_names_order_customer_and_price(buyer: Terminal, way: str) -> None:
    assert buyer(*arguments(buyer, way)).status == 0
    (entry,) = journal(buyer)
    order = state(buyer, "orders")[0]
    assert sent(buyer) == {"createOrder": 1}
    assert (entry["state"], entry["order_id"], entry["customer_id"]) == ("submitted", order["id"], order["customerId"])
    assert entry["price"] == {"currency": "USD", "amount": "9.60"}
    assert order["attributes"]["imCloudIntent"], "the order carries what it can be found by"


@pytest.mark.parametrize("way", WAYS)
def test_each_way_is_stopped_by_the_largest_order_allowed(terminal: Terminal, way: str) -> None:
    limited(terminal, max_order_amount="5")
    refused = terminal(*arguments(terminal, way))
    assert refused.status == 6, refused.out
    assert refused.error["fields"][0]["code"] == "max_order_amount"
    assert "USD 9.60 exceeds your limit of USD 5.00" in refused.error["message"]
    assert sent(terminal) == {}


def test_without_the_permission_a_preview_is_all_there_is(terminal: Terminal) -> None:
    limited(terminal, allow="edit")
    for attempt in map(partial(arguments, terminal), WAYS):
        ended = terminal(*attempt)
        assert (ended.status, ended.error["code"]) == (6, "permission_refused")
        assert ended.error["hint"].endswith("im-cloud config allow main buy")
    assert sent(terminal) == {}
    listed = {row["id"] for row in terminal("actions", "--config", "main", "--json").json}
    assert "preview_order" in listed
    assert not {"create_order", "submit_order", "set_subscription_seats", "ensure_free_seats"} & listed


@pytest.mark.parametrize(("first", "then"), [*product(WAYS[:1], WAYS[1:]), (WAYS[1], WAYS[0])])
def test_the_same_purchase_by_another_way_is_a_possible_duplicate(buyer: Terminal, first: str, then: str) -> None:
    assert buyer(*arguments(buyer, first)).status == 0
    again = arguments(buyer, then)
    refused = buyer(*again)
    assert refused.status == 6, refused.out
    assert (refused.error["code"], sent(buyer)) == ("possible_duplicate", {"createOrder": 1})
    assert buyer(*again, "--key", "a second one").status == 0
    assert sent(buyer) == {"createOrder": 2}


def renewing(subscription: str, way: str) -> list[str]:
    if way == "update_subscription":
        return ["run", way, f"id={subscription}", "renewalStatus=true", "--json"]
    request = {"method": "PATCH", "path": f"/subscriptions/{subscription}", "json": {"renewalStatus": True}}
    return ["run", way, "--input", json.dumps(request), "--json"]


@pytest.mark.parametrize("way", ["update_subscription", "generic_request"])
def test_switching_auto_renewal_on_is_a_purchase(terminal: Terminal, way: str) -> None:
    subscription = monthly(terminal, renews=False)
    limited(terminal, max_order_amount="1")
    refused = terminal(*renewing(subscription, way))
    assert refused.status == 6, refused.out
    assert refused.error["fields"][0]["code"] == "max_order_amount"
    assert sent(terminal) == {}


def test_auto_renewal_is_switched_on_once_and_leaves_one_entry(buyer: Terminal) -> None:
    subscription = monthly(buyer, renews=False)
    assert buyer(*renewing(subscription, "update_subscription")).status == 0
    (entry,) = journal(buyer)
    held = next(row for row in state(buyer, "subscriptions") if row["id"] == subscription)
    assert held["renewalStatus"] is True
    assert (entry["state"], entry["order_id"], entry["customer_id"]) == ("completed", None, held["customerId"])
    assert entry["price"] == held["totalPrice"]
    for way in ("update_subscription", "generic_request"):
        refused = buyer(*renewing(subscription, way))
        assert refused.status == 6, f"{way}: {refused.out}"
        assert refused.error["code"] == "possible_duplicate"
    assert sent(buyer) == {"updateSubscription": 1}


def test_switching_auto_renewal_off_is_no_purchase(terminal: Terminal) -> None:
    renewed = monthly(terminal, renews=True)
    limited(terminal, allow="edit", max_order_amount="1")
    ended = terminal("run", "update_subscription", f"id={renewed}", "renewalStatus=false", "--json")
    assert ended.status == 0, ended.out
    assert journal(terminal) == []


def test_no_approval_lifts_the_limit_of_a_day(terminal: Terminal) -> None:
    submit = arguments(limited(terminal, max_day_amount="5"), "order submit")
    refused = terminal("order", "approve", submit[2], "--json")
    assert (refused.status, refused.error["fields"][0]["code"]) == (6, "max_day_amount")
    assert "USD 9.60" in refused.error["message"]
    assert "USD 5.00" in refused.error["message"]
    assert (terminal(*submit).status, sent(terminal)) == (6, {})


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"type": None}, "/type"),
        ({"products": [{"mpn": "HMP-STD-M", "quantity": 0}]}, "/products/0/quantity"),
        ({"products": [{"mpn": "HMP-STD-M", "quantity": -1}]}, "/products/0/quantity"),
        ({"products": [{"mpn": "HMP-STD-M", "quantity": 1.5}]}, "/products/0/quantity"),
        ({"products": [{"mpn": "NOBODYS", "quantity": 3}]}, "/products/0/mpn"),
        ({"customerId": "1"}, "/customerId"),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_its_field(
    buyer: Terminal, changed: dict[str, object], pointer: str
) -> None:
    order = {name: value for name, value in {**body(buyer), **changed}.items() if value is not None}
    for way in (["order", "preview"], ["run", "create_order"]):
        refused = buyer(*way, "--input", "-", "--json", stdin=json.dumps(order))
        assert (refused.status, refused.error["code"]) == (2, "invalid_input"), refused.out
        assert [field["pointer"] for field in refused.error["fields"]] == [pointer]
    assert sent(buyer) == {}


@pytest.fixture
def mapped(buyer: Terminal, tmp_path: Path) -> list[dict[str, Any]]:
    """Subscriptions of org-2's customer, which are not org-1's to touch."""
    rows = state(buyer, "subscriptions")
    mine, other = list(dict.fromkeys(row["customerId"] for row in rows if row["status"] == "active"))[:2]
    (tmp_path / "organizations.csv").write_text("id,name\norg-1,Kestrel\norg-2,Juniper\n")
    for words in (
        ["organizations", "import", str(tmp_path / "organizations.csv")],
        ["mapping", "set", "org-1", mine],
        ["mapping", "set", "org-2", other],
    ):
        assert buyer(*words).status == 0
    return [row for row in rows if row["customerId"] == other]


def test_no_way_touches_a_subscription_of_another_organization(buyer: Terminal, mapped: list[dict[str, Any]]) -> None:
    key = mapped[0]["id"]
    ended = json.dumps({"type": "cancellation", "subscriptionId": key})
    generic = json.dumps({"method": "POST", "path": "/orders", "json": json.loads(ended)})
    for way in (
        ["order", "preview", "--input", ended],
        ["run", "create_order", "--input", ended],
        ["run", "generic_request", "--input", generic],
        ["run", "set_subscription_seats", f"id={key}", "increase=1"],
        ["run", "update_subscription", f"id={key}", "renewalStatus=true"],
    ):
        refused = buyer(*way, "--org", "org-1", "--json")
        assert (refused.status, refused.error["code"]) == (6, "guard_refused"), refused.out
    assert (sent(buyer), journal(buyer)) == ({}, [])


@pytest.mark.usefixtures("mapped")
def test_a_preview_belongs_to_the_organization_it_was_made_for(buyer: Terminal) -> None:
    wanted = ["type=sales", "products.0.mpn=HMP-STD-M", "products.0.quantity=2"]
    preview = buyer("order", "preview", *wanted, "--org", "org-1", "--json").json
    submit = ["order", "submit", preview["preview_id"], "--json"]
    refused = buyer(*submit, "--org", "org-2")
    assert (refused.status, refused.error["code"], sent(buyer)) == (6, "preview_unknown", {})
    placed = buyer(*submit)
    assert (placed.status, placed.json["customer_id"]) == (0, preview["request"]["customerId"])
    assert [row["order_id"] for row in buyer("journal", "--org", "org-1", "--json").json] == [placed.json["order_id"]]
    assert buyer("journal", "--org", "org-2", "--json").json == []
