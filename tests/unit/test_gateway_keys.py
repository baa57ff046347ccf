"""What each key may do, for every action: whatever is refused is refused before the vendor hears of it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.hosts.serving.access import local_access
from ingram_micro_cloud.hosts.serving.keys import KeyRing, run_key
from ingram_micro_cloud.hosts.surface.endpoints import Endpoint
from ingram_micro_cloud.hosts.surface.operations import Operation, operations
from ingram_micro_cloud.hosts.surface.operator import endpoints
from support.gateway import ONE, OTHER, GatewayPlace, error_of, gateway_place, map_organizations
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
OPERATIONS = list(operations(load_integration()))
ENDPOINTS = endpoints(load_integration())


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace) as made:
        await map_organizations(made)
        yield made


Told = dict[str, tuple[int, str | None]]


async def told(place: GatewayPlace, key: str, chosen: list[Operation], **query: str) -> Told:
    """What each action answers to a key: the status and the error's code."""
    found: Told = {}
    async with place.client(key) as client:
        for operation in chosen:
            body = dict(operation.action.examples[0].input)
            answer = await client.post(operation.path, json=body, params=query)
            code = None if answer.is_success else str(error_of(answer)["code"])
            found[operation.action.id] = (answer.status_code, code)
    return found


def every(chosen: list[Operation], status: int, code: str | None) -> Told:
    return {operation.action.id: (status, code) for operation in chosen}


@pytest.mark.parametrize("key", ["look", "edit", "buy", "limited"])
async def test_a_key_of_one_organization_does_nothing_for_another(place: GatewayPlace, key: str) -> None:
    assert await told(place, key, OPERATIONS, organization=OTHER) == every(OPERATIONS, 403, "organization_refused")
    assert place.calls == 0


async def test_a_key_cannot_reach_another_organizations_customer_through_an_input(place: GatewayPlace) -> None:
    mapped = [each for each in OPERATIONS if each.action.mapped]
    assert len(mapped) > 5
    for operation in mapped:
        inputs = {**operation.action.examples[0].input, str(operation.action.mapped): place.customers[1]}
        refused = await place.ask("buy", "POST", operation.path, json=inputs, params={"organization": ONE})
        assert (refused.status_code, error_of(refused)["code"]) == (403, "guard_refused"), operation.action.id
    assert place.calls == 0


async def test_a_key_cannot_reach_another_organizations_order_or_subscription_by_its_id(place: GatewayPlace) -> None:
    for kind, path in [("subscriptions", "/actions/get_subscription"), ("orders", "/actions/get_order")]:
        rows = place.workplace.marketplace.control.state(kind)
        foreign = next(row for row in rows if row["customerId"] not in (None, place.customers[0]))
        refused = await place.ask("buy", "POST", path, json={"id": foreign["id"]}, params={"organization": ONE})
        assert (refused.status_code, error_of(refused)["code"]) == (403, "guard_refused")
        assert str(foreign["customerId"]) not in refused.text


async def test_a_key_without_the_reseller_needs_an_organization(place: GatewayPlace) -> None:
    catalogue = [each for each in OPERATIONS if each.action.scope == "catalogue"]
    others = [each for each in OPERATIONS if each not in catalogue]
    assert await told(place, "buy", others, dry_run="true") == every(others, 403, "organization_required")
    assert await told(place, "buy", catalogue, dry_run="true") == every(catalogue, 200, None)
    assert place.calls == 0


async def test_what_is_the_resellers_is_not_done_for_an_organization(place: GatewayPlace) -> None:
    resellers = [each for each in OPERATIONS if each.action.scope == "reseller"]
    found = await told(place, "everything", resellers, organization=ONE)
    assert found == every(resellers, 403, "guard_refused")
    assert place.calls == 0


@pytest.mark.parametrize("key", ["look", "edit"])
async def test_a_key_does_no_more_than_its_permission(place: GatewayPlace, key: str) -> None:
    above = ("write", "buy") if key == "look" else ("buy",)
    chosen = [each for each in OPERATIONS if each.action.effect in above]
    found = await told(place, key, chosen, organization=ONE)
    assert {status for status, _ in found.values()} == {403}
    assert {code for _, code in found.values()} <= {"permission_refused", "guard_refused"}
    customers = [each for each in chosen if each.action.scope == "customer"]
    assert {found[each.action.id] for each in customers} == {(403, "permission_refused")}
    assert place.calls == 0


async def test_the_generic_request_is_held_to_the_permission_too(place: GatewayPlace) -> None:
    for key, method in [("look", "POST"), ("edit", "DELETE"), ("look", "PATCH")]:
        body = {"request_method": method, "request_path": "/unheard/of"}
        refused = await place.ask(key, "POST", "/actions/generic_request", json=body, params={"organization": ONE})
        assert refused.status_code == 403
    assert place.calls == 0


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({"Authorization": ""}, "", 401),
        ({"Authorization": "Bearer"}, "", 401),
        ({"Authorization": "Bearer "}, "", 401),
        ({"Authorization": "Bearer imc_unknown"}, "", 401),
        ({"Authorization": "Bearer " + "x" * 5000}, "", 401),
        ({"Authorization": "Basic {key}"}, "", 401),
        ({"Authorization": "{key}"}, "", 401),
        ({"Cookie": "key={key}"}, "", 401),
        ({"X-Api-Key": "{key}"}, "", 401),
        ({}, "?key={key}&access_token={key}", 401),
        ({"Authorization": "Bearer {key}x"}, "", 401),
        ({"Authorization": "Bearer {key}"}, "", 200),
        ({"authorization": "bearer  {key} "}, "", 200),
    ],
)
async def test_where_a_key_counts(place: GatewayPlace, headers: dict[str, str], query: str, status: int) -> None:
    token = place.tokens["look"]
    sent = {name: value.replace("{key}", token) for name, value in headers.items()}
    answer = await place.ask(None, "GET", "/actions" + query.replace("{key}", token), headers=sent)
    assert answer.status_code == status
    assert token not in answer.text
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert error_of(answer)["code"] in ("key_missing", "key_unknown")


async def test_a_revoked_key_opens_nothing_from_then_on_and_a_new_one_does(place: GatewayPlace) -> None:
    async with place.client("look") as client:
        assert (await client.get("/actions")).status_code == 200
        place.gateway.keys.revoke("look")
        refused = await client.get("/actions")
        assert (refused.status_code, error_of(refused)["code"]) == (401, "key_unknown")
    made = place.gateway.keys.issue("look-2", by="ann", organizations=[ONE])
    assert (await place.ask(made.token.get_secret_value(), "GET", "/actions")).status_code == 200


async def test_a_key_ends_when_its_days_are_over(place: GatewayPlace) -> None:
    token = place.gateway.keys.issue("short", by="ann", organizations=[ONE], days=1).token.get_secret_value()
    assert (await place.ask(token, "GET", "/actions")).status_code == 200
    place.workplace.clock.advance(86_401)
    assert (await place.ask(token, "GET", "/actions")).status_code == 401


async def test_a_key_of_this_run_may_do_what_the_command_line_may(place: GatewayPlace) -> None:
    token, known = run_key(local_access(who="ann"))
    keys = KeyRing(place.workplace.state, place.workplace.clock.now, known)
    running = GatewayPlace(place.workplace, place.service, replace(place.gateway, keys=keys), place.tokens)
    for path in ("/journal", "/actions/list_customers", "/actions/list_resellers"):
        assert (await running.ask(token.get_secret_value(), "GET", path)).status_code == 200
        assert (await place.ask(token.get_secret_value(), "GET", path)).status_code == 401


async def test_a_key_of_one_configuration_uses_no_other(place: GatewayPlace) -> None:
    path = "/actions/list_customers"
    for given in ({"configuration": "second"}, {"configuration": "nothing"}):
        refused = await place.ask("limited", "GET", path, params={"organization": ONE, **given})
        assert (refused.status_code, error_of(refused)["code"]) == (403, "configuration_refused")
    assert place.calls == 0
    assert (await place.ask("limited", "GET", path, params={"organization": ONE})).status_code == 200


@pytest.mark.parametrize("key", ["look", "everything"])
async def test_operators_endpoints_need_a_key_that_manages(place: GatewayPlace, key: str) -> None:
    chosen = [each for each in ENDPOINTS if each.needs == "manage"]
    assert len(chosen) > 15
    for endpoint in chosen:
        refused = await place.ask(key, endpoint.method, path_of(endpoint))
        assert (refused.status_code, error_of(refused)["code"]) == (403, "manage_required"), endpoint.id
    assert place.calls == 0


async def test_everything_but_health_and_the_document_needs_a_key(place: GatewayPlace) -> None:
    for endpoint in ENDPOINTS:
        answer = await place.ask(None, endpoint.method, path_of(endpoint))
        assert answer.status_code == (200 if endpoint.needs == "none" else 401), endpoint.id
    for operation in OPERATIONS:
        assert (await place.ask(None, operation.method, operation.path)).status_code == 401, operation.path


def path_of(endpoint: Endpoint) -> str:
    path = endpoint.path
    for parameter in endpoint.parameters:
        path = path.replace(f"{{{parameter.name}}}", "main")
    return path


async def test_drop_downs_and_the_mapping_table_show_nobody_elses_customers(place: GatewayPlace) -> None:
    options = "/options/create_order/customerId"
    assert (await place.ask("look", "GET", options)).status_code == 403
    assert (await place.ask("look", "GET", options, params={"organization": OTHER})).status_code == 403
    assert (await place.ask("look", "GET", "/mapping/customers")).status_code == 403
    assert place.calls == 0
    own = await place.ask("look", "GET", options, params={"organization": ONE})
    assert [row["id"] for row in own.json()["items"]] == [place.customers[0]]
    every = await place.ask("reseller", "GET", "/mapping/customers")
    assert every.json()["total"] == 25


async def test_the_palette_is_within_the_permission(place: GatewayPlace) -> None:
    async def shown(key: str) -> set[str]:
        return {row["id"] for row in (await place.ask(key, "GET", "/actions")).json()["items"]}

    assert await shown("look") < await shown("edit") < await shown("buy") == set(place.service.integration.actions)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("X-Im-Cloud-Organisation", "x-im-cloud-organization"),
        ("X_Im_Cloud_Organization", "x-im-cloud-organization"),
        ("X-ImCloud-Organization", "x-im-cloud-organization"),
        ("Im-Cloud-Organization", "x-im-cloud-organization"),
        ("X-Im-Cloud-Config", "x-im-cloud-configuration"),
        ("X-Idempotency-Key", "idempotency-key"),
        ("Idempotency_Key", "idempotency-key"),
    ],
)
async def test_a_header_that_is_nearly_ours_is_refused_and_not_passed_over(
    place: GatewayPlace, name: str, near: str
) -> None:
    async with place.client("everything", **{name: ONE}) as client:
        answer = await client.get("/actions/list_customers")
    assert answer.status_code == 400
    assert near in error_of(answer)["message"]
    assert place.calls == 0


@pytest.mark.parametrize("name", ["X-Im-Cloud-Organization", "X-Im-Cloud-Configuration", "Idempotency-Key"])
async def test_a_header_of_ours_that_comes_twice_is_refused(place: GatewayPlace, name: str) -> None:
    async with place.client("everything") as client:
        given = [*client.headers.multi_items(), (name, OTHER), (name, ONE)]
        answer = await client.send(httpx.Request("GET", f"{client.base_url}/actions/list_customers", headers=given))
    assert answer.status_code == 400
    assert "twice" in error_of(answer)["message"]
    assert place.calls == 0


async def test_a_key_is_not_told_what_other_configurations_are_called(place: GatewayPlace) -> None:
    for key, told in (("look", False), ("limited", False), ("manage", True)):
        query = {"configuration": "nowhere", "organization": ONE}
        error = error_of(await place.ask(key, "GET", "/actions/list_customers", params=query))
        assert ("second" in str(error)) is told, key


async def test_a_configuration_is_saved_under_the_name_in_its_path_only(place: GatewayPlace) -> None:
    values = place.workplace.values(name="main")
    answer = await place.ask("manage", "PUT", "/configurations/second", json=values)
    assert (answer.status_code, error_of(answer)["fields"][0]["pointer"]) == (400, "/name")
    again = await place.ask("manage", "PUT", "/configurations/second", json={**values, "name": "second"})
    assert again.status_code == 200


def test_what_an_organization_fills_is_required_of_nobody() -> None:
    for operation in OPERATIONS:
        filled = [each for each in operation.parameters if each.vendor_name == operation.action.mapped]
        assert not any(each.required for each in filled), operation.action.id


async def test_a_palette_of_a_configuration_that_is_not_there_is_refused(place: GatewayPlace) -> None:
    for key, name, expected in (
        ("look", "nowhere", (404, "configuration_missing")),
        ("manage", "nowhere", (404, "configuration_missing")),
        ("limited", "second", (403, "configuration_refused")),
    ):
        answer = await place.ask(key, "GET", "/actions", params={"configuration": name})
        assert (answer.status_code, error_of(answer)["code"]) == expected, key
    assert (await place.ask("look", "GET", "/actions")).status_code == 200
