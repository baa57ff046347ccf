"""No way around: other spellings, other words for the same wish, a clock that is behind, another organization's key."""

import json
from typing import Any, Final

import httpx
import pytest

from ingram_micro_cloud.errors import (
    BuyingRuleRefusedError,
    IngramMicroCloudError,
    InputError,
    OrderUnderWayError,
    OutcomeUnknownError,
    PossibleDuplicateError,
)
from ingram_micro_cloud.ordering.journal.entries import journal_entries
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.sandbox import Marketplace
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
FREE: Final = {
    "allow": "buy", "approve_new_annual_commitment": False, "max_seat_change": None, "max_seat_change_percent": None,
    "max_order_amount": None, "max_day_amount": None,
}  # fmt: skip
MONTHLY: Final = "HMP-STD-M"


async def run(workplace: Workplace, action: str, inputs: dict[str, Any], **more: Any) -> Any:
    """Run an action and return its result."""
    rules = more.pop("rules", FREE)
    async with workplace.connect(**{"allow": "buy", **rules}) as connection:
        return (await connection.run(action, inputs, **more)).result


def rows(workplace: Workplace, kind: str) -> list[dict[str, Any]]:
    return [dict(row) for row in workplace.marketplace.control.state(kind)]


def customers(workplace: Workplace) -> list[str]:
    """Active customers without a subscription of the monthly product."""
    holding = {
        row["customerId"]
        for row in rows(workplace, "subscriptions")
        if any(product["mpn"] == MONTHLY for product in row["products"])
    }
    return [row["id"] for row in rows(workplace, "customers") if row["status"] == "active" and row["id"] not in holding]


def sale(workplace: Workplace, quantity: object = 3, **more: object) -> dict[str, Any]:
    product = {"mpn": MONTHLY, "quantity": quantity}
    return {"type": "sales", "customerId": customers(workplace)[0], "products": [product], **more}


def arrived(workplace: Workplace) -> dict[str, int]:
    counted = workplace.marketplace.control.calls()["by_operation"]
    assert isinstance(counted, dict)
    return counted


def sold(workplace: Workplace) -> int:
    return arrived(workplace).get("createOrder", 0)


def held(workplace: Workplace, period: str) -> dict[str, Any]:
    active = {row["id"] for row in rows(workplace, "customers") if row["status"] == "active"}
    return next(
        row
        for row in rows(workplace, "subscriptions")
        if row["status"] == "active"
        and row["customerId"] in active
        and row["subscriptionPeriod"]["type"] == period
        and len(row["products"]) == 1
        and row["products"][0]["quantity"] > 4
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/orders"), ("post", "orders"), ("POST", "/orders/"), ("POST", "/orders?x=1"), ("POST", "/%6frders")],
)
async def test_a_generic_order_obeys_the_rules_for_the_reseller_too(
    undocumented: Workplace, method: str, path: str
) -> None:
    strict = {"denied_mpns": [MONTHLY], "max_order_amount": "1"}
    given = {"method": method, "path": path, "json": sale(undocumented, 300)}
    with pytest.raises(IngramMicroCloudError) as refused:
        await run(undocumented, "generic_request", given, rules=strict)
    assert isinstance(refused.value, BuyingRuleRefusedError | InputError)
    assert sold(undocumented) == 0


async def test_a_generic_order_is_an_order_in_the_journal(undocumented: Workplace) -> None:
    given = {"method": "POST", "path": "/orders", "json": sale(undocumented)}
    bought = await run(undocumented, "generic_request", given)
    (entry,) = await run(undocumented, "check_orders", {"keys": [str(bought["id"])]})
    assert (entry["order_id"], entry["price"]["amount"]) == (str(bought["id"]), "9.60")
    order = next(row for row in rows(undocumented, "orders") if row["id"] == entry["order_id"])
    assert order["attributes"]["imCloudIntent"] == order["poNumber"]
    with pytest.raises(PossibleDuplicateError):
        await run(undocumented, "create_order", sale(undocumented) | {"customerId": order["customerId"]})
    assert sold(undocumented) == 1


@pytest.mark.parametrize("quantity", [0, -1, 1.5])
async def test_a_generic_order_that_cannot_be_meant_is_refused_with_its_field(
    undocumented: Workplace, quantity: object
) -> None:
    given = {"method": "POST", "path": "/orders", "json": sale(undocumented, quantity)}
    with pytest.raises(InputError) as refused:
        await run(undocumented, "generic_request", given)
    assert any("quantity" in field.pointer for field in refused.value.fields)
    assert sold(undocumented) == 0


@pytest.mark.parametrize("ending", ["", "/"])
async def test_generic_auto_renewal_obeys_the_rules_for_the_reseller_too(undocumented: Workplace, ending: str) -> None:
    path = f"/subscriptions/{held(undocumented, 'year')['id']}{ending}"
    given = {"method": "PATCH", "path": path, "json": {"renewalStatus": True}}
    with pytest.raises(BuyingRuleRefusedError):
        await run(undocumented, "generic_request", given, rules={"max_order_amount": "0.01"})
    assert "updateSubscription" not in arrived(undocumented)


@pytest.mark.parametrize("behind", [900, 3_600, 25 * 3_600])
async def test_an_order_is_found_on_a_marketplace_whose_clock_is_behind(workplace: Workplace, behind: int) -> None:
    workplace.marketplace = Marketplace(
        seed=7, customers=25, unlimited=True, now=lambda: workplace.clock.now() - behind
    )
    order = sale(workplace)
    workplace.marketplace.control.add_fault({"operation": "createOrder", "fault": "reset_after"})
    with pytest.raises(OutcomeUnknownError):
        await run(workplace, "create_order", order, key="first", deadline_seconds=3)
    workplace.clock.advance(901)
    (entry,) = await run(workplace, "check_orders", {})
    assert entry["state"] in ("submitted", "completed")
    assert entry["order_id"] is not None


async def test_the_same_step_in_other_words_is_a_possible_duplicate(workplace: Workplace) -> None:
    subscription = held(workplace, "year")
    step = {"id": subscription["id"], "decrease": 1}
    first = await run(workplace, "set_subscription_seats", {**step, "when": "renewal"})
    for again in ({"when": "renewal"}, {"when": "auto"}, {"in_use": 1}):
        try:
            result = await run(workplace, "set_subscription_seats", {**step, **again})
        except PossibleDuplicateError:
            continue
        assert result["state"] == "unchanged"
    assert first["changed"] is True
    assert sold(workplace) == 1


async def test_what_a_renewal_is_going_to_bring_is_not_ordered_again(workplace: Workplace) -> None:
    subscription = held(workplace, "year")
    before = subscription["products"][0]["quantity"]
    wish = {"id": subscription["id"], "seats": before - 1, "when": "renewal"}
    await run(workplace, "set_subscription_seats", wish)
    again = await run(workplace, "set_subscription_seats", wish)
    assert (again["state"], again["changed"]) == ("unchanged", False)
    assert again["message"].endswith("at its renewal by an order under way; nothing was ordered.")
    other = await run(workplace, "set_subscription_seats", {**wish, "seats": before - 2})
    assert f"An earlier order sets {before - 1} then" in other["message"]
    assert sold(workplace) == 2


async def test_free_seats_wait_for_a_first_purchase_that_does_not_show_yet(workplace: Workplace) -> None:
    wish = {"customerId": customers(workplace)[0], "product": MONTHLY, "in_use": 3, "free": 2}
    workplace.marketplace.control.add_fault({"operation": "createOrder", "fault": "reset_before"})
    with pytest.raises(OutcomeUnknownError):
        await run(workplace, "ensure_free_seats", wish, deadline_seconds=3)
    with pytest.raises(OrderUnderWayError, match="order for the same product may or may not have gone through"):
        await run(workplace, "ensure_free_seats", {**wish, "in_use": 4})
    with pytest.raises(PossibleDuplicateError, match="may have gone through already"):
        await run(workplace, "create_order", {**sale(workplace, 5), "customerId": wish["customerId"]})
    # Once it is known that the marketplace has no such order, the wish goes through by itself.
    workplace.clock.advance(1_000)
    bought = await run(workplace, "ensure_free_seats", {**wish, "in_use": 4})
    assert [change["seats_after"] for change in bought["changes"]] == [6]


async def test_a_key_tells_nobody_what_another_organization_buys(workplace: Workplace) -> None:
    theirs, ours = customers(workplace)[:2]
    names = {row["id"]: row["name"] for row in rows(workplace, "customers")}
    organizations = workplace.integration.organizations(workplace.state, now=workplace.clock.now)
    organizations.import_rows([{"id": "org-1", "name": "One"}, {"id": "org-2", "name": "Two"}], "test")
    book = workplace.integration.mapping(
        workplace.configuration(**FREE), workplace.state, who="tester", now=workplace.clock.now
    )
    book.set("org-1", KnownCustomer(theirs, names[theirs]))
    book.set("org-2", KnownCustomer(ours, names[ours]))
    await run(workplace, "create_order", {**sale(workplace), "customerId": theirs}, organization="org-1", key="T1")
    with pytest.raises(PossibleDuplicateError) as refused:
        await run(workplace, "create_order", {**sale(workplace), "customerId": ours}, organization="org-2", key="T1")
    assert (refused.value.specific_code, refused.value.message) == (
        "key_reused",
        "Not ordered. The key T1 already stands for another order.",
    )
    assert names[theirs] not in str(refused.value.as_json())


async def test_a_rehearsed_report_says_what_would_be_asked_of_the_vendor(workplace: Workplace) -> None:
    inputs = {"name": "Billing", "startDate": "2026-10-01", "path": "billing.csv"}
    async with workplace.connect(**FREE) as connection:
        outcome = await connection.run("download_report", inputs, dry_run=True)
    assert outcome.request is not None
    assert (outcome.request["method"], outcome.request["path"]) == ("POST", "/reports")


async def test_the_whole_journal_shows_what_waits_for_any_organization(workplace: Workplace) -> None:
    customer = customers(workplace)[0]
    workplace.integration.organizations(workplace.state, now=workplace.clock.now).import_rows(
        [{"id": "org-1", "name": "One"}], "test"
    )
    configuration = workplace.configuration(**FREE)
    book = workplace.integration.mapping(configuration, workplace.state, who="tester", now=workplace.clock.now)
    book.set("org-1", KnownCustomer(customer, "One"))
    made = await run(workplace, "preview_order", sale(workplace), organization="org-1")
    office = workplace.integration.office(configuration, workplace.state, timing=workplace.timing)
    waiting = journal_entries(workplace.state, office.acting(None), now=workplace.clock.now)
    assert [(entry.state, entry.preview_id) for entry in waiting] == [("previewed", made["preview_id"])]


async def test_auto_renewal_of_unknown_price_is_under_the_limits(workplace: Workplace) -> None:
    subscription = held(workplace, "month")

    class Priceless(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self._inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await self._inner.handle_async_request(request)
            found = json.loads(await answer.aread())
            found.pop("totalPrice", None)
            return httpx.Response(answer.status_code, json=found)

    workplace.wrap = Priceless
    with pytest.raises(BuyingRuleRefusedError, match="named no price"):
        await run(workplace, "update_subscription", {"id": subscription["id"], "renewalStatus": True})
    assert "updateSubscription" not in arrived(workplace)
