"""What operators do over HTTP: configurations, organizations and their mapping, approvals. Mistakes are put right."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.gateway import FREELY, ONE, OTHER, GatewayPlace, error_of, gateway_place, map_organizations
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
PLACE = "/mapping/organizations"


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace) as made:
        yield made


async def ask(place: GatewayPlace, method: str, path: str, **more: Any) -> Any:
    answer = await place.ask("manage", method, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_wrong_password_is_marked_corrected_and_saved(place: GatewayPlace) -> None:
    path, values = "/configurations/third", place.workplace.values(name="third")
    refused = await place.ask("manage", "PUT", path, json={**values, "password": "Canary-wrong"})
    assert (refused.status_code, refused.json()["saved"]) == (422, False)
    failed = refused.json()["check"]["steps"][-1]
    assert (failed["name"], failed["passed"]) == ("sign_in", False)
    assert "Canary-wrong" not in refused.text
    assert (await place.ask("manage", "GET", path)).status_code == 404
    saved = await ask(place, "PUT", path, json=values)
    assert (saved["saved"], saved["check"]["passing"]) == (True, True)
    shown = await ask(place, "GET", path)
    assert shown["username"] == values["username"]
    assert str(values["password"]) not in str(shown)
    names = [row["name"] for row in (await ask(place, "GET", "/configurations"))["items"]]
    assert names == ["main", "second", "third"]
    assert await ask(place, "DELETE", path) == {"removed": "third"}
    assert (await place.ask("manage", "DELETE", path)).status_code == 404


async def test_a_masked_secret_keeps_the_saved_one(place: GatewayPlace) -> None:
    shown = await ask(place, "GET", "/configurations/main")
    saved = await ask(place, "PUT", "/configurations/main", json={**shown, "description": "changed"})
    assert saved["saved"] is True
    assert (await ask(place, "POST", "/configurations/main/test"))["passing"] is True


async def test_unverified_is_saved_although_the_check_fails(place: GatewayPlace) -> None:
    values = place.workplace.values(name="third", password="Canary-wrong")
    saved = await ask(place, "PUT", "/configurations/third?unverified=true", json=values)
    assert (saved["saved"], saved["check"]["passing"]) == (True, False)
    told = await ask(place, "POST", "/configurations/third/test")
    assert told["passing"] is False


async def test_values_are_tested_and_stored_nowhere(place: GatewayPlace) -> None:
    values = place.workplace.values(name="trial")
    assert (await ask(place, "POST", "/configuration-tests", json=values))["passing"] is True
    incomplete = await ask(place, "POST", "/configuration-tests", json={})
    assert incomplete["steps"][-1]["code"] == "form_invalid"
    assert len((await ask(place, "GET", "/configurations"))["items"]) == 2


async def test_the_form_is_for_any_key(place: GatewayPlace) -> None:
    answer = await place.ask("look", "GET", "/configuration-form")
    assert "password" in answer.json()["properties"]


async def test_a_key_of_one_configuration_manages_no_other(place: GatewayPlace) -> None:
    made = place.gateway.keys.issue(
        "narrow", by="ann", every_organization=True, reseller=True, manage=True, configurations=["second"]
    )
    token = made.token.get_secret_value()
    for method, path in [
        ("GET", "/configurations/main"), ("DELETE", "/configurations/main"), ("PUT", "/configurations/main"),
        ("POST", "/configurations/main/test"), ("GET", "/mapping?configuration=main"),
    ]:  # fmt: skip
        refused = await place.ask(token, method, path, **({"json": {}} if method == "PUT" else {}))
        assert (refused.status_code, error_of(refused)["code"]) == (403, "configuration_refused"), path
    rows = (await place.ask(token, "GET", "/configurations")).json()["items"]
    assert [row["name"] for row in rows] == ["second"]
    shared = {"items": [{"id": "org-9", "name": "Nine"}]}
    default = place.workplace.values(name="second", is_default=True)
    for path, body in (("/organizations/psa", shared), ("/configurations/second", default)):
        refused = await place.ask(token, "PUT", path, json=body)
        assert (refused.status_code, error_of(refused)["code"]) == (403, "configuration_refused"), path


async def test_from_organizations_to_a_mapping(place: GatewayPlace) -> None:
    names = {row["id"]: row["name"] for row in place.workplace.marketplace.control.state("customers")}
    first = place.customers[0]
    items = [{"id": ONE, "name": names[first]}, {"id": OTHER, "name": "Somebody Else Entirely"}]
    told = await ask(place, "PUT", "/organizations/psa", json={"items": items})
    assert (told["added"], told["source"]) == (2, "psa")
    assert [row["id"] for row in (await ask(place, "GET", "/organizations"))["items"]] == [ONE, OTHER]
    assert (await ask(place, "POST", "/mapping/refresh"))["customers"] == 25
    suggested = (await ask(place, "GET", "/mapping/suggestions"))["items"]
    assert suggested[0]["customer_id"] == first
    accepted = await ask(place, "POST", "/mapping/acceptance", json={"band": "certain"})
    assert accepted == {"accepted": 0, "of": 0}  # a name alone is never certain
    decision = await ask(place, "PUT", f"{PLACE}/{ONE}", json={"customer_id": first})
    assert (decision["changed"], decision["customers"]) == (True, [first])
    taken = await place.ask("manage", "PUT", f"{PLACE}/{OTHER}", json={"customer_id": first})
    assert taken.status_code == 400
    shared = await ask(place, "PUT", f"{PLACE}/{OTHER}", json={"customer_id": first, "also": True})
    assert shared["customers"] == [first]
    assert (await ask(place, "DELETE", f"{PLACE}/{OTHER}"))["customers"] == []
    excluded = await ask(place, "PUT", f"{PLACE}/{OTHER}/exclusion", json={"reason": "internal"})
    assert excluded["excluded"] == "internal"
    states = {row["organization_id"]: row["state"] for row in (await ask(place, "GET", "/mapping"))["items"]}
    assert states == {ONE: "mapped", OTHER: "excluded"}
    assert (await ask(place, "GET", "/mapping/report"))["states"]["mapped"] == 1
    history = place.service.integration.mapping(
        place.service.integration.book(place.workplace.state).load("main"), place.workplace.state
    ).history()
    assert {change.who for change in history} == {"key manage"}


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("PUT", f"{PLACE}/{ONE}", {}, "/customer_id"),
        ("PUT", f"{PLACE}/{ONE}", {"customer_id": 5}, "/customer_id"),
        ("PUT", f"{PLACE}/{ONE}", {"customer_id": "1", "also": "yes"}, "/also"),
        ("PUT", f"{PLACE}/{ONE}", {"customer_id": "1", "as_well": True}, "/as_well"),
        ("PUT", f"{PLACE}/{ONE}", {"customer_id": "a\nb"}, "/customer_id"),
        ("PUT", f"{PLACE}/nobody", {"customer_id": "1"}, "/organization"),
        ("PUT", f"{PLACE}/a%00b", {"customer_id": "1"}, "/organization_id"),
        ("PUT", f"{PLACE}/{ONE}/exclusion", {}, "/reason"),
        ("PUT", f"{PLACE}/{ONE}/exclusion", {"reason": ""}, "/reason"),
        ("PUT", "/organizations/psa", {}, "/items"),
        ("PUT", "/organizations/psa", {"items": {}}, "/items"),
        ("PUT", "/organizations/psa", {"items": ["org"]}, "/items"),
        ("POST", "/mapping/acceptance", {}, "/band"),
        ("POST", "/mapping/acceptance", {"band": "likely"}, "/band"),
        ("POST", "/mapping/refresh", {"fast": True}, "/fast"),
        ("POST", "/orders/previews/x/approval", {"yes": True}, "/yes"),
        ("GET", "/mapping?config=main", None, "/config"),
        ("PUT", "/configurations/x?unverified=maybe", {}, "/unverified"),
    ],
)
async def test_a_wrong_request_is_told_by_its_member(
    place: GatewayPlace, method: str, path: str, body: object, pointer: str
) -> None:
    await map_organizations(place)
    more: dict[str, Any] = {} if body is None else {"json": body}
    answer = await place.ask("manage", method, path, **more)
    assert answer.status_code == 400, answer.text
    assert error_of(answer)["fields"][0]["pointer"] == pointer


async def test_a_purchase_that_waits_for_a_person_is_approved_once_and_ordered(place: GatewayPlace) -> None:
    values = place.workplace.values(**{**FREELY, "name": "main", "is_default": True, "approve_above": "1.00"})
    await ask(place, "PUT", "/configurations/main", json=values)
    order = {
        "order_type": "sales", "customerId": place.customers[0], "products": [{"mpn": "HMP-STD-M", "quantity": 2}],
    }  # fmt: skip
    preview = (await place.ask("everything", "POST", "/actions/preview_order", json=order)).json()["item"]
    submit = {"preview_id": preview["preview_id"]}
    waiting = await place.ask("everything", "POST", "/actions/submit_order", json=submit)
    assert (waiting.status_code, error_of(waiting)["code"]) == (403, "not_approved")
    unknown = await place.ask("manage", "POST", "/orders/previews/AAAAAAAA/approval")
    assert (unknown.status_code, error_of(unknown)["code"]) == (403, "preview_unknown")
    approved = await ask(place, "POST", f"/orders/previews/{preview['preview_id']}/approval")
    assert approved["approved_by"] == "key manage"
    done = await place.ask("everything", "POST", "/actions/submit_order", json=submit)
    assert done.json()["item"]["order_id"]
    rows = (await ask(place, "GET", "/journal"))["items"]
    told = [(row["state"], row["order_id"]) for row in rows]
    assert told == [("submitted", done.json()["item"]["order_id"]), ("refused", None)]


async def test_drop_downs(place: GatewayPlace) -> None:
    path = "/options/create_order/customerId"
    whole = (await place.ask("everything", "GET", path)).json()
    assert (whole["total"], set(whole["items"][0])) == (25, {"id", "name"})
    part = (await place.ask("everything", "GET", path, params={"offset": "2", "limit": "3", "search": ""})).json()
    assert (part["items"], part["total"]) == (whole["items"][2:5], 25)
    name = whole["items"][4]["name"]
    found = (await place.ask("everything", "GET", path, params={"search": name.upper()})).json()
    assert whole["items"][4] in found["items"]
    assert found["total"] < 25
    nested = await place.ask("everything", "GET", "/options/create_order/products.*.mpn")
    assert nested.json()["total"] > 0
    narrowed = await place.ask(
        "everything", "GET", "/options/create_order/subscriptionId", params={"customerId": place.customers[0]}
    )
    assert narrowed.status_code == 200
    for wrong, status in [
        ("/options/create_order/nothing", 400), ("/options/create_order/poNumber", 400),
        ("/options/nothing/customerId", 404), (f"{path}?serch=x", 400), (f"{path}?limit=0", 400),
    ]:  # fmt: skip
        assert (await place.ask("everything", "GET", wrong)).status_code == status, wrong
