"""The generic request: what it amounts to, and what it cannot do."""

from collections.abc import Mapping

import pytest

from ingram_micro_cloud import Integration
from ingram_micro_cloud.api.requests import NO_BODY
from ingram_micro_cloud.errors import EgressRefusedError, InputError
from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.handlers.generic_request import matching_actions, plan_generic_request
from ingram_micro_cloud.runtime.inputs import InputReader

SEVEN = "/subscriptions/7"
CHANGE = {"method": "PATCH", "path": SEVEN}
NOT_PLAINLY_FALSE: tuple[object, ...] = (1, 0, "yes", "no", "false", 1.0, [], {}, [True], None)
UTF8 = "application/json; charset=utf-8"


def planned(integration: Integration, **given: object) -> PlannedCall:
    spec = integration.actions["generic_request"]
    return plan_generic_request(spec, InputReader(spec).read(given), integration.actions)


def refusal(integration: Integration, **given: object) -> InputError:
    with pytest.raises(InputError) as caught:
        planned(integration, **given)
    return caught.value


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", "/customers", {"list_customers", "list_reseller_customers"}),
        ("GET", "/customers/", {"list_customers", "list_reseller_customers"}),
        ("GET", "/CUSTOMERS", {"list_customers", "list_reseller_customers"}),
        ("GET", "/customers/7", {"get_customer"}),
        ("GET", "/cust%6fmers/7", {"get_customer"}),
        ("POST", "/orders", {"create_order"}),
        ("POST", "/Orders/", {"create_order"}),
        ("POST", "/orders/estimate", {"estimate_order_price"}),
        ("PATCH", "/orders/7", {"update_order"}),
        ("PATCH", "/subscriptions/7", {"update_subscription", "update_subscription_details"}),
        ("DELETE", "/orders/7", set()),
        ("GET", "/orders/7/notes", set()),
    ],
)
def test_a_call_that_is_an_action_is_recognised(
    integration: Integration, method: str, path: str, names: set[str]
) -> None:
    assert {each.id for each in matching_actions(method, path, integration.actions)} == names


@pytest.mark.parametrize(
    ("given", "effect", "scope", "safe"),
    [
        ({"path": "/customers"}, "read", "path", True),
        ({"path": "/plans"}, "read", "catalogue", True),
        ({"path": "/resellers"}, "read", "reseller", True),
        ({"path": "/unknown/thing"}, "read", "path", True),
        ({"method": "POST", "path": "/unknown"}, "buy", "path", False),
        ({"method": "DELETE", "path": "/customers/7"}, "buy", "path", False),
        ({"method": "PUT", "path": "/orders/7"}, "buy", "path", False),
        ({"method": "POST", "path": "/orders"}, "buy", "customer", False),
        ({"method": "POST", "path": "/orders?x=1"}, "buy", "customer", False),
        ({"method": "POST", "path": "/orders/estimate", "json": {}}, "read", "customer", True),
        ({"method": "POST", "path": "/customers", "json": {}}, "write", "reseller", False),
        ({**CHANGE, "json": {"renewalStatus": False}}, "write", "customer", False),
        ({**CHANGE, "json": {"renewalStatus": True}}, "buy", "customer", False),
        ({**CHANGE, "json": {"renewalStatus": "TRUE"}}, "buy", "customer", False),
        ({**CHANGE, "body": '{"renewalStatus": true}'}, "buy", "customer", False),
        ({**CHANGE, "body": '{"renewalStatus": false}'}, "write", "customer", False),
        ({**CHANGE, "body": "renewalStatus=true"}, "buy", "customer", False),
        ({"method": "PATCH", "path": SEVEN}, "buy", "customer", False),
        *(
            ({**CHANGE, "json": {"renewalStatus": value}}, "buy", "customer", False)
            for value in NOT_PLAINLY_FALSE
        ),
        ({**CHANGE, "json": {"RenewalStatus": True}}, "buy", "customer", False),
        ({**CHANGE, "json": {"attributes": {"renewalStatus": "true"}}}, "write", "customer", False),
        ({**CHANGE, "body": '{"renewalStatus": true, "renewalStatus": false}'}, "buy", "customer", False),
        ({**CHANGE, "body": '{"renewalStatus": false, "a": {"b": 1, "b": 2}}'},
         "buy", "customer", False),
        ({**CHANGE, "body": '{"renewalStatus": false}', "content_type": "text/plain"}, "buy", "customer", False),
        ({**CHANGE, "body": '{"renewalStatus": false}', "content_type": UTF8}, "write", "customer", False),
        ({**CHANGE, "body": '[{"renewalStatus": true}]'}, "buy", "customer", False),
    ],
)  # fmt: skip
def test_what_a_call_does_is_known_or_taken_for_the_worst(
    integration: Integration, given: Mapping[str, object], effect: str, scope: str, safe: bool
) -> None:
    plan = planned(integration, **given)
    assert (plan.effect, plan.scope, plan.request.safe) == (effect, scope, safe)
    assert plan.request.buying == (effect == "buy")


@pytest.mark.parametrize(
    ("given", "irreversible"),
    [
        ({"path": "/unknown"}, False),
        ({"method": "POST", "path": "/unknown"}, True),
        ({"method": "DELETE", "path": "/customers/7"}, True),
        ({"method": "POST", "path": "/customers", "json": {}}, False),
        ({"method": "POST", "path": "/orders", "json": {"type": "sales"}}, False),
        ({"method": "POST", "path": "/orders", "json": {"type": "Cancellation"}}, True),
        ({"method": "POST", "path": "/orders", "body": '{"type": "sales", "type": "cancellation"}'}, True),
        ({"method": "POST", "path": "/orders"}, True),
        ({"method": "POST", "path": "/orders/estimate", "json": {"type": "cancellation"}}, False),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_back_is_known(
    integration: Integration, given: Mapping[str, object], irreversible: bool
) -> None:
    assert planned(integration, **given).irreversible is irreversible


def test_json_is_sent_as_it_is_with_its_nulls(integration: Integration) -> None:
    body: dict[str, object] = {"a": None, "b": [None, {"c": None}], "d": {}}
    assert planned(integration, method="POST", path="/x", json=body).request.json == body
    assert planned(integration, method="POST", path="/x", json=None).request.json is NO_BODY


@pytest.mark.parametrize("query", [{"a": {"b": 1}}, {"a": [[1]]}, {"a": [{"b": 1}]}])
def test_a_nested_query_is_refused_rather_than_sent_as_pythons_words(
    integration: Integration, query: dict[str, object]
) -> None:
    (problem,) = refusal(integration, path="/x", query=query).fields
    assert (problem.pointer, problem.code) == ("/query/a", "nested")


def test_an_order_by_this_way_needs_the_same_proof(integration: Integration) -> None:
    assert planned(integration, method="POST", path="/orders").request.proof == "id"


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/x", "http://127.0.0.1/", "//evil.example", "\\\\evil.example", " //evil.example", "   "],
)
def test_it_cannot_leave_the_host(integration: Integration, path: str) -> None:
    with pytest.raises(EgressRefusedError, match="Nothing was sent"):
        planned(integration, path=path)


def test_the_platforms_own_names_are_understood(integration: Integration) -> None:
    plan = planned(integration, method="post", url_path="orders/estimate", params={"a": 1}, raw_json={"b": 2})
    assert (plan.request.method, plan.request.path) == ("POST", "/orders/estimate")
    assert (plan.request.query, plan.request.json) == ((("a", "1"),), {"b": 2})
    raw = planned(integration, method="POST", path="/x", data="<a/>", content_type="application/xml").request
    assert (raw.content, raw.content_type, raw.json) == (b"<a/>", "application/xml", NO_BODY)


def test_a_body_without_a_type_is_json(integration: Integration) -> None:
    assert planned(integration, method="POST", path="/x", body="{}").request.content_type == "application/json"


def test_query_values_as_the_vendor_reads_them(integration: Integration) -> None:
    plan = planned(integration, path="/orders?a=1&b=", query={"c": True, "d": [1, "x"], "e": 1.5})
    assert plan.request.query == (("a", "1"), ("b", ""), ("c", "true"), ("d", "1"), ("d", "x"), ("e", "1.5"))


@pytest.mark.parametrize(
    "given", [{"cookies": {}}, {"cookies": None}, {"require_2xx_status": True}, {"follow_redirects": False}]
)
def test_switches_at_their_default_are_dropped(integration: Integration, given: dict[str, object]) -> None:
    assert planned(integration, path="/customers", **given).request.path == "/customers"


@pytest.mark.parametrize("given", [{"cookies": {"a": "b"}}, {"require_2xx_status": False}, {"follow_redirects": True}])
def test_switches_that_make_no_sense_here_are_refused(integration: Integration, given: dict[str, object]) -> None:
    (problem,) = refusal(integration, path="/customers", **given).fields
    assert problem.code == "unsupported_switch"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"path": "/x", "json": {}, "body": "{}"}, "given_twice"),
        ({"path": "/x", "method": "POST", "paginate": True}, "not_a_list"),
        ({"path": "/x", "method": "TRACE"}, "enum"),
        ({"path": "/x", "content_type": "text/plain\r\nX: y"}, "pattern"),
        ({}, "required"),
    ],
)
def test_contradictions_are_refused(integration: Integration, given: dict[str, object], code: str) -> None:
    assert code in {each.code for each in refusal(integration, **given).fields}


def test_paging_honours_what_the_query_says(integration: Integration) -> None:
    plan = planned(integration, path="/customers?offset=20", query={"limit": 5, "name": "A"}, paginate=True)
    assert (plan.limit, plan.offset, plan.request.query) == (5, 20, (("name", "A"),))
    plain = planned(integration, path="/customers", query={"limit": 5})
    assert plain.paging is None
    assert plain.request.query == (("limit", "5"),)
