"""Nothing is bought in one call over MCP, whichever way it is tried; a preview, and what submits it, does buy."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingram_micro_cloud.hosts.serving.access import local_access
from ingram_micro_cloud.hosts.serving.management import Management
from support.marketplace import Workplace
from support.mcp_tools import Assistant, access, assistant, saved, serving

pytestmark = pytest.mark.anyio
MONTHLY = "HMP-STD-M"
BUYER = access("buy")
Arguments = Callable[[Workplace], dict[str, Any]]


def rows(workplace: Workplace, kind: str) -> list[dict[str, Any]]:
    return [dict(row) for row in workplace.marketplace.control.state(kind)]


def customer(workplace: Workplace) -> str:
    holding = {
        row["customerId"]
        for row in rows(workplace, "subscriptions")
        if any(product["mpn"] == MONTHLY for product in row["products"])
    }
    return str(
        next(
            row["id"] for row in rows(workplace, "customers") if row["status"] == "active" and row["id"] not in holding
        )
    )


def held(workplace: Workplace) -> dict[str, Any]:
    active = {row["id"] for row in rows(workplace, "customers") if row["status"] == "active"}
    return next(
        row
        for row in rows(workplace, "subscriptions")
        if row["status"] == "active"
        and row["customerId"] in active
        and row["subscriptionPeriod"]["type"] == "month"
        and len(row["products"]) == 1
    )


def sale(workplace: Workplace, quantity: int = 2) -> dict[str, Any]:
    product = {"mpn": MONTHLY, "quantity": quantity}
    return {"type": "sales", "customerId": customer(workplace), "products": [product]}


def free_seats(workplace: Workplace, **more: object) -> dict[str, Any]:
    return {"customerId": customer(workplace), "product": MONTHLY, "in_use": 0, "free": 2, **more}


def renewing(workplace: Workplace, value: object = True) -> dict[str, Any]:
    return {"id": held(workplace)["id"], "renewalStatus": value}


def by_path(method: str, path: str, body: Callable[[Workplace], object], **more: object) -> Arguments:
    return lambda workplace: {"method": method, "path": path, "json": body(workplace), **more}


def nothing(workplace: Workplace) -> dict[str, Any]:
    return {}


def written(workplace: Workplace) -> dict[str, int]:
    """Calls that arrived and could change something."""
    counted = workplace.marketplace.control.calls()["by_operation"]
    assert isinstance(counted, dict)
    reads = ("get", "estimate", "validate", "generateAuthToken")
    return {name: number for name, number in counted.items() if not name.startswith(reads)}


PREVIEWED: list[tuple[str, Arguments]] = [
    ("create_order", sale),
    ("create_order", lambda workplace: {"json_body": sale(workplace)}),
    ("set_subscription_seats", lambda workplace: {"id": held(workplace)["id"], "increase": 1}),
    ("set_subscription_seats", lambda workplace: {"id": held(workplace)["id"], "increase": 1, "preview": False}),
    ("set_subscription_seats", lambda w: {"id": held(w)["id"], "increase": 1, "preview": None, "key": "po-1"}),
    ("ensure_free_seats", free_seats),
    ("ensure_free_seats", lambda workplace: free_seats(workplace, preview=False, wait_seconds=60)),
    ("set_subscription_seats", lambda w: {"json_body": {"id": held(w)["id"], "increase": 1, "preview": False}}),
    (
        "set_subscription_seats",
        lambda w: {"id": held(w)["id"], "increase": 1, "json_body": {"preview": False, "key": "po-1"}},
    ),
    ("preview_order", sale),
    ("Create Order", sale),
]
REFUSED: list[tuple[str, Arguments]] = [
    ("generic_request", by_path("POST", "/orders", sale)),
    ("generic_request", by_path("post", "/orders", sale)),
    ("generic_request", by_path("POST", "orders", sale)),
    ("generic_request", by_path("POST", "/orders/", sale)),
    ("generic_request", by_path("POST", "//orders", sale)),
    ("generic_request", by_path("POST", "/Orders", sale)),
    ("generic_request", by_path("POST", "/x/../orders", sale)),
    ("generic_request", by_path("POST", "/orders?limit=1", sale)),
    ("generic_request", lambda w: {"method": "POST", "url_path": "/orders", "raw_json": sale(w)}),
    ("generic_request", lambda w: {"method": "POST", "path": "/orders", "body": json.dumps(sale(w))}),
    ("generic_request", by_path("POST", "/nobody/declared", nothing)),
    ("generic_request", by_path("DELETE", "/subscriptions/1", nothing)),
    ("update_subscription", renewing),
    ("update_subscription", lambda workplace: renewing(workplace, "yes")),
    ("update_subscription", lambda workplace: {"json_body": renewing(workplace)}),
    ("update_subscription_details", renewing),
]


@pytest.mark.parametrize(("tool", "arguments"), PREVIEWED)
async def test_a_tool_that_would_buy_gives_a_preview(workplace: Workplace, tool: str, arguments: Arguments) -> None:
    saved(workplace)
    async with assistant(workplace, BUYER) as somebody:
        answer = await somebody.call(tool, **arguments(workplace))
        assert answer["result"]["preview_id"]
        assert answer["result"]["verdict"]["allowed"] is True
        assert answer["result"]["changes"]
        assert not written(workplace)


@pytest.mark.parametrize(("tool", "arguments"), REFUSED)
async def test_what_has_no_preview_is_refused(undocumented: Workplace, tool: str, arguments: Arguments) -> None:
    saved(undocumented)
    async with assistant(undocumented, BUYER) as somebody:
        error = await somebody.refused(tool, **arguments(undocumented))
        assert not written(undocumented)
    if error["code"] == "buying_rule":
        assert "over MCP nothing is bought in one call" in error["message"]
        assert "submit_order" in error["hint"]
        assert f"im-cloud run {tool}" in error["hint"]
    else:
        assert error["code"] in ("invalid_input", "egress_refused", "refused", "rejected", "not_found"), error


async def test_auto_renewal_and_an_unknown_path_name_this_server_and_not_the_configuration(
    undocumented: Workplace,
) -> None:
    saved(undocumented)
    async with assistant(undocumented, BUYER) as somebody:
        for tool, arguments in (REFUSED[0], REFUSED[10], REFUSED[12], REFUSED[15]):
            error = await somebody.refused(tool, **arguments(undocumented))
            assert error["code"] == "buying_rule"
            assert "require_preview" not in json.dumps(error)
        done = await somebody.call("update_subscription", **renewing(undocumented, value=False))
        assert done["result"]["renewalStatus"] is False


@pytest.mark.parametrize("index", [0, 2, 5])
async def test_a_preview_that_is_submitted_buys_once(workplace: Workplace, index: int) -> None:
    saved(workplace)
    tool, arguments = PREVIEWED[index]
    async with assistant(workplace, BUYER) as somebody:
        preview = (await somebody.call(tool, **arguments(workplace)))["result"]
        rehearsed = await somebody.call("submit_order", preview_id=preview["preview_id"], dry_run=True)
        assert rehearsed["dry_run"] is True
        assert not written(workplace)
        bought = (await somebody.call("submit_order", preview_id=preview["preview_id"]))["result"]
        assert bought["state"] in ("submitted", "completed")
        assert bought["preview_id"] == preview["preview_id"]
        again = await somebody.refused("submit_order", preview_id=preview["preview_id"])
        assert again["code"] == "preview_used"
        assert written(workplace) == {"createOrder": 1}


async def test_a_preview_over_the_rules_waits_for_a_person(workplace: Workplace) -> None:
    saved(workplace, max_order_amount=1)
    async with assistant(workplace, BUYER) as somebody:
        preview = (await somebody.call("create_order", **sale(workplace)))["result"]
        assert preview["verdict"]["allowed"] is False
        error = await somebody.refused("submit_order", preview_id=preview["preview_id"])
        assert error["code"] == "not_approved"
        assert error["hint"] == f"Approve: im-cloud order approve {preview['preview_id']}"
        assert not any("approve" in each.name for each in (await somebody.client.list_tools()).tools)
        approve(workplace, preview["preview_id"])
        bought = (await somebody.call("submit_order", preview_id=preview["preview_id"]))["result"]
        assert bought["state"] in ("submitted", "completed")


def approve(workplace: Workplace, preview_id: str) -> None:
    """Approve as a person does, past the assistant."""
    Management(serving(workplace), local_access(who="ada")).approve(None, preview_id)


async def test_an_approved_purchase_is_not_made_by_calling_its_tool_again(workplace: Workplace) -> None:
    saved(workplace, max_order_amount=1)
    arguments = sale(workplace)
    async with assistant(workplace, BUYER) as somebody:
        preview = (await somebody.call("create_order", **arguments))["result"]
        approve(workplace, preview["preview_id"])
        assert (await somebody.call("create_order", **arguments))["result"]["preview_id"]
        await somebody.refused("generic_request", method="POST", path="/orders", json=arguments)
        assert not written(workplace)


async def test_a_preview_of_one_organization_is_no_other_ones(workplace: Workplace) -> None:
    saved(workplace)
    async with assistant(workplace, access("buy", organizations=None)) as somebody:
        preview = (await somebody.call("create_order", **sale(workplace)))["result"]
        error = await somebody.refused("submit_order", preview_id=preview["preview_id"], organization="org-1")
        assert error["code"] in ("preview_unknown", "organization_unknown")
        assert not written(workplace)


@pytest.mark.parametrize("allow", ["look", "edit"])
async def test_without_the_permission_not_even_a_preview_by_that_name(workplace: Workplace, allow: str) -> None:
    saved(workplace)
    async with assistant(workplace, access(allow)) as somebody:  # type: ignore[arg-type]  # of the three
        names = {each.name for each in (await somebody.client.list_tools()).tools}
        assert not {"create_order", "submit_order", "set_subscription_seats"} & names
        assert "preview_order" in names
        await _refused_by_permission(somebody, "create_order", sale(workplace))
        await _refused_by_permission(somebody, "submit_order", {"preview_id": "7F3KQ2W9"})
        await _refused_by_permission(somebody, "update_subscription", renewing(workplace))
        await _refused_by_permission(
            somebody, "generic_request", {"method": "POST", "path": "/orders", "json": sale(workplace)}
        )
        assert not written(workplace)


async def _refused_by_permission(somebody: Assistant, tool: str, arguments: dict[str, Any]) -> None:
    error = await somebody.refused(tool, **arguments)
    assert error["code"] == "permission_refused"
    assert "im-cloud mcp --allow" in error["hint"]


async def test_nothing_to_buy_is_an_answer_and_no_preview(workplace: Workplace) -> None:
    saved(workplace)
    subscription = held(workplace)
    async with assistant(workplace, BUYER) as somebody:
        seats = int(subscription["products"][0]["quantity"])
        answer = await somebody.call("set_subscription_seats", id=subscription["id"], seats=seats)
        assert answer["result"]["state"] == "unchanged"
        assert answer["result"]["changed"] is False
