"""Actions over HTTP: how inputs get in, how results come out, and what is said about inputs that are wrong."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.gateway import ONE, GatewayPlace, error_of, gateway_place, map_organizations
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
LIST = "/actions/list_customers"
ORDER = "/actions/create_order"


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace) as made:
        await map_organizations(made)
        yield made


def order(place: GatewayPlace, **more: object) -> dict[str, object]:
    return {
        "order_type": "sales", "customerId": place.customers[0], "products": [{"mpn": "HMP-STD-M", "quantity": 2}],
        **more,
    }  # fmt: skip


async def test_a_list_comes_whole_with_what_it_cost(place: GatewayPlace) -> None:
    answer = await place.ask("everything", "GET", LIST)
    body = answer.json()
    assert set(body) == {"items", "total", "complete", "calls", "request_ids", "warnings"}
    assert (len(body["items"]), body["total"], body["complete"], body["calls"]) == (25, 25, True, 1)
    assert len(body["request_ids"]) == 1
    assert answer.headers["cache-control"] == "no-store"


async def test_a_part_of_a_list_says_so(place: GatewayPlace) -> None:
    body = (await place.ask("everything", "GET", LIST, params={"offset": "20", "limit": "3"})).json()
    assert (len(body["items"]), body["total"], body["complete"]) == (3, 25, False)


async def test_a_single_thing_is_an_item(place: GatewayPlace) -> None:
    body = (await place.ask("everything", "GET", "/actions/get_customer?customer_id=" + place.customers[0])).json()
    assert set(body) == {"item", "calls", "request_ids", "warnings"}
    assert body["item"]["id"] == place.customers[0]


async def test_what_is_cut_by_the_gateway_is_cut_from_the_query_and_from_a_body(place: GatewayPlace) -> None:
    path = "/actions/list_seats"
    whole = (await place.ask("everything", "POST", path, json={})).json()
    assert whole["complete"]
    given: list[dict[str, Any]] = [
        {"params": {"offset": "1", "limit": "2"}, "json": {}},
        {"params": {"offset": "1", "limit": "2"}},
        {"json": {"offset": 1, "limit": 2}},
    ]
    for each in given:
        part = (await place.ask("everything", "POST", path, **each)).json()
        assert part["items"] == whole["items"][1:3]
        assert (part["total"], part["complete"]) == (whole["total"], False)
    last = (await place.ask("everything", "POST", path, params={"offset": str(whole["total"] + 5)})).json()
    assert last["items"] == []
    twice = await place.ask("everything", "POST", path, params={"limit": "1"}, json={"limit": 1})
    assert error_of(twice)["fields"][0]["code"] == "given_twice"


@pytest.mark.parametrize(
    "query",
    [
        "offset=-1", "offset=x", "offset=1.5", "limit=0", "limit=1001", "limit=", "limit=true",
        "offset=99999999999999999999", "limit=5&limit=6",
    ],
)  # fmt: skip
async def test_a_part_that_is_none_is_refused(place: GatewayPlace, query: str) -> None:
    for method, path in [("POST", "/actions/list_seats"), ("GET", "/mapping/customers")]:
        answer = await place.ask("everything", method, f"{path}?{query}")
        assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_input")
    assert place.calls == 0


async def test_inputs_go_by_the_gateways_names_and_by_the_vendors(place: GatewayPlace) -> None:
    customer = place.customers[0]
    for method, given in [
        ("GET", {"params": {"customer_id": customer}}),
        ("GET", {"params": {"id": customer}}),
        ("POST", {"json": {"customer_id": customer}}),
        ("POST", {"json": {"id": customer}}),
        ("POST", {"json": {"path_params": {"id": customer}}}),
    ]:
        answer = await place.ask("everything", method, "/actions/get_customer", **given)  # type: ignore[arg-type]
        assert answer.json()["item"]["id"] == customer
    both = await place.ask("everything", "POST", "/actions/get_customer", json={"id": "1", "customer_id": "1"})
    assert [field["code"] for field in error_of(both)["fields"]] == ["given_twice"]


async def test_a_wrong_input_is_told_by_the_name_it_has_here(place: GatewayPlace) -> None:
    error = error_of(await place.ask("everything", "GET", "/actions/get_customer"))
    assert [field["pointer"] for field in error["fields"]] == ["/customer_id"]
    assert "id is called customer_id here" in error["hint"]
    nested = error_of(await place.ask("everything", "POST", ORDER, json=order(place, products=[{"quantity": "x"}])))
    assert {field["pointer"] for field in nested["fields"]} == {"/products/0/quantity"}
    vendors = error_of(await place.ask("everything", "POST", ORDER, json={"type": "nonsense"}))
    assert "/type" in {field["pointer"] for field in vendors["fields"]}


@pytest.mark.parametrize(
    ("method", "query", "body", "told"),
    [
        ("GET", "organisation=org-1", None, "Did you mean organization?"),
        ("GET", "custmer_name=Alder", None, "Did you mean customer_name?"),
        ("GET", "zzzzzzzz=1", None, "There are: "),
        ("POST", "customer_name=Alder", {}, "goes into the JSON body"),
        ("POST", "dryrun=true", {}, "Did you mean dry_run?"),
        ("POST", "", {"organization": "org-1"}, "organization is not an input"),
    ],
)
async def test_what_nobody_takes_is_refused_by_name(
    place: GatewayPlace, method: str, query: str, body: object, told: str
) -> None:
    more: dict[str, Any] = {} if body is None else {"json": body}
    answer = await place.ask("everything", method, f"{LIST}?{query}", **more)
    assert answer.status_code == 400
    assert told in error_of(answer)["message"]
    assert place.calls == 0


@pytest.mark.parametrize(
    "query",
    [
        "dry_run=perhaps", "dry_run=", "deadline_seconds=0", "deadline_seconds=-1", "deadline_seconds=nan",
        "deadline_seconds=inf", "deadline_seconds=1e999", "deadline_seconds=soon", "deadline_seconds=841",
        "configuration=", "configuration=a%00b", "configuration=a%0Ab", "organization=%00", "organization=" + "x" * 300,
        "organization=%FF", "organization=%ED%A0%80", "customer_name=a%00b", "customer_name=%FF", "%FF=1",
        "customer_name=a&customer_name=b", "&".join(f"a{number}=1" for number in range(300)),
    ],
)  # fmt: skip
async def test_parameters_that_cannot_be_read_are_refused(place: GatewayPlace, query: str) -> None:
    answer = await place.ask("everything", "GET", f"{LIST}?{query}")
    assert answer.status_code == 400
    assert error_of(answer)["fields"] or "query string" in error_of(answer)["message"]
    assert place.calls == 0
    assert (await place.ask("everything", "GET", LIST)).status_code == 200


async def test_headers_mean_the_same_as_parameters_and_must_not_contradict_them(place: GatewayPlace) -> None:
    own = {"X-Im-Cloud-Organization": ONE, "X-Im-Cloud-Configuration": "second"}
    answer = await place.ask("look", "GET", LIST, headers=own)
    assert [row["id"] for row in answer.json()["items"]] == [place.customers[0]]
    again = await place.ask("look", "GET", LIST, headers=own, params={"organization": ONE})
    assert again.status_code == 200
    for name in ("organization", "configuration"):
        different = await place.ask("look", "GET", LIST, headers=own, params={name: "other"})
        assert error_of(different)["fields"][0]["code"] == "given_twice"


async def test_texts_in_a_query_are_read_by_the_schema(place: GatewayPlace) -> None:
    body = (await place.ask("everything", "GET", LIST, params={"limit": "2", "offset": "1"})).json()
    assert len(body["items"]) == 2
    wrong = await place.ask("everything", "GET", LIST, params={"limit": "two"})
    assert error_of(wrong)["fields"][0]["pointer"] == "/limit"


async def test_a_dry_run_shows_the_request_and_sends_nothing(place: GatewayPlace) -> None:
    answer = await place.ask("everything", "POST", ORDER, json=order(place), params={"dry_run": "true"})
    body = answer.json()
    assert (body["item"], body["dry_run"], body["request"]["method"]) == (None, True, "POST")
    listed = (await place.ask("everything", "GET", LIST, params={"dry_run": "yes"})).json()
    assert (listed["items"], listed["dry_run"], listed["request"]["path"]) == ([], True, "/customers")
    assert place.calls == 0


@pytest.mark.parametrize("way", ["parameter", "header", "both"])
async def test_a_purchase_of_the_same_key_is_made_once(place: GatewayPlace, way: str) -> None:
    more: dict[str, Any] = {}
    if way != "header":
        more["params"] = {"purchase_key": "po-77"}
    if way != "parameter":
        more["headers"] = {"Idempotency-Key": "po-77"}
    first = await place.ask("everything", "POST", ORDER, json=order(place), **more)
    second = await place.ask("everything", "POST", ORDER, json=order(place), **more)
    assert first.json()["item"]["id"] == second.json()["item"]["id"]
    assert place.workplace.marketplace.control.calls()["by_operation"]["createOrder"] == 1  # type: ignore[index]


async def test_an_intent_takes_the_key_as_its_own_input(place: GatewayPlace) -> None:
    preview = await place.ask("everything", "POST", "/actions/preview_order", json=order(place))
    submit = {"preview_id": preview.json()["item"]["preview_id"]}
    path = "/actions/submit_order"
    different = await place.ask(
        "everything", "POST", path, json={**submit, "key": "a"}, params={"purchase_key": "b"}
    )  # fmt: skip
    assert error_of(different)["fields"][0]["code"] == "given_twice"
    done = await place.ask("everything", "POST", path, json=submit, params={"purchase_key": "po-78"})
    assert done.json()["item"]["key"] == "po-78"
    assert done.json()["item"]["order_id"]


async def test_a_key_for_what_is_no_purchase_is_refused(place: GatewayPlace) -> None:
    answer = await place.ask("everything", "GET", LIST, headers={"Idempotency-Key": "po-1"})
    assert (answer.status_code, error_of(answer)["fields"][0]["code"]) == (400, "no_purchase")


async def test_unknown_actions_paths_and_methods(place: GatewayPlace) -> None:
    unknown = await place.ask("everything", "POST", "/actions/list_custmers", json={})
    assert (unknown.status_code, error_of(unknown)["code"]) == (404, "unknown_action")
    assert "list_customers" in error_of(unknown)["hint"]
    alias = await place.ask("everything", "GET", "/actions/im_cloud.list_customers")
    assert "/actions/list_customers" in error_of(alias)["hint"]
    nowhere = await place.ask("everything", "GET", "/nothing/here")
    assert (nowhere.status_code, error_of(nowhere)["code"]) == (404, "unknown_path")
    assert (await place.ask("everything", "GET", LIST + "/")).status_code == 404
    assert (await place.ask("everything", "HEAD", LIST)).status_code == 405
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "BREW"):
        wrong = await place.ask("everything", method, LIST)
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST")
        assert error_of(wrong)["code"] == "method_not_allowed"
    assert (await place.ask("everything", "GET", ORDER)).headers["allow"] == "POST"
    assert place.calls == 0


@pytest.mark.parametrize("given", ["abc-123", "x" * 128, "with blanks inside", "!~"])
async def test_a_usable_correlation_id_comes_back(place: GatewayPlace, given: str) -> None:
    for path in (LIST, "/nothing", "/health", LIST + "?limit=x"):
        answer = await place.ask("everything", "GET", path, headers={"X-Correlation-ID": given})
        assert answer.headers["x-correlation-id"] == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "caf\u00e9".encode().decode("latin-1"), "tab\tinside"])
async def test_another_gets_a_new_one(place: GatewayPlace, given: str | None) -> None:
    headers = {} if given is None else {"X-Correlation-ID": given.encode("latin-1")}
    answer = await place.ask("everything", "GET", "/health", headers=headers)
    assert len(answer.headers["x-correlation-id"]) == 36


async def test_errors_of_the_vendor_and_the_way_back(place: GatewayPlace) -> None:
    place.fault("status", "getCustomerById", status=404)
    missing = await place.ask("everything", "GET", "/actions/get_customer?customer_id=1")
    assert (missing.status_code, error_of(missing)["status_code"]) == (404, 404)
    assert error_of(missing)["correlation_id"]
    place.fault("reset_after", "createOrder", times=1)
    path = ORDER + "?purchase_key=po-9"
    unknown = await place.ask("everything", "POST", path, json=order(place))
    if unknown.status_code == 409:
        assert error_of(unknown)["retry"] == "after_check"
    else:
        assert unknown.json()["item"]["id"]  # it looked, and found the order
    assert (await place.ask("everything", "GET", LIST)).status_code == 200


async def test_numbers_that_json_does_not_have_do_not_spoil_an_answer(place: GatewayPlace) -> None:
    from ingram_micro_cloud.hosts.gateway.answers import Answer, response

    told = response(Answer({"a": [float("nan"), {"b": float("inf")}, 1.5], "half": "\ud800"})).body
    assert told == b'{"a":[null,{"b":null},1.5],"half":"\\ud800"}'
