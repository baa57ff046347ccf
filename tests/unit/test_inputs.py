"""What a workflow step may hold, and what is said when it is wrong."""

from collections.abc import Mapping

import pytest

from ingram_micro_cloud import Integration
from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.runtime.inputs import InputReader

Inputs = Mapping[str, object]
LINE: Inputs = {"mpn": "A", "quantity": 1}
SALE: Inputs = {"type": "sales", "customerId": "1"}


def read(integration: Integration, action: str, given: Inputs) -> dict[str, object]:
    return InputReader(integration.actions[action]).read(given)


def refused(integration: Integration, action: str, given: Inputs) -> tuple[FieldProblem, ...]:
    with pytest.raises(InputError) as caught:
        read(integration, action, given)
    assert f"im-cloud describe {action}" in str(caught.value.hint)
    return caught.value.fields


@pytest.mark.parametrize(
    ("action", "given", "expected"),
    [
        ("list_customers", {"limit": "10"}, {"limit": 10}),
        ("list_customers", {"limit": " 10 "}, {"limit": 10}),
        ("list_customers", {"limit": "10.0"}, {"limit": 10}),
        ("list_customers", {"name": "007"}, {"name": "007"}),
        ("list_orders", {"status": "COMPLETED"}, {"status": "completed"}),
        ("list_orders", {"status": " Completed "}, {"status": "completed"}),
        ("update_subscription", {"id": "4", "renewalStatus": "True"}, {"id": "4", "renewalStatus": True}),
        ("update_subscription", {"id": "4", "renewalStatus": "off"}, {"id": "4", "renewalStatus": False}),
        ("list_reseller_customers", {"id": "1000001"}, {"resellerId": "1000001"}),
        ("list_customers", {"name": None, "limit": None}, {}),
        ("list_customers", {"query_params": {"name": "Acme", "limit": None}}, {"name": "Acme"}),
        ("list_customers", {"path_params": None, "query_params": {}, "json_body": None}, {}),
        ("get_customer", {"path_params": {"id": "7"}, "query_params": None}, {"id": "7"}),
        ("get_customer", {"id": "7", "path_params": {"id": "7"}}, {"id": "7"}),
        ("list_customers", {"whatever": None, "json_body": {"deep": {"er": None}}}, {}),
        (
            "create_order",
            {
                "type": "sales",
                "customerId": "1",
                "products": [{**LINE, "parameters": [{"name": "a", "value": None}], "unitPrice": None}],
            },
            {
                "type": "sales",
                "customerId": "1",
                "products": [{"mpn": "A", "quantity": 1, "parameters": [{"name": "a"}]}],
            },
        ),
    ],
)
def test_what_a_form_or_a_stored_step_holds_is_understood(
    integration: Integration, action: str, given: Inputs, expected: Inputs
) -> None:
    assert read(integration, action, given) == expected


@pytest.mark.parametrize(
    ("action", "given", "pointer", "code", "said"),
    [
        ("list_customers", {"nmae": "A"}, "/nmae", "unknown_input", "Did you mean name?"),
        ("list_customers", {"query_params": {"nmae": "A"}}, "/query_params/nmae", "unknown_input", "name"),
        ("list_customers", {"zzz": 1}, "/zzz", "unknown_input", "It takes:"),
        ("list_customers", {"limit": "many"}, "/limit", "type", "a whole number"),
        ("list_customers", {"limit": 0}, "/limit", "minimum", "1 or more"),
        ("list_customers", {"limit": 1.5}, "/limit", "type", "a whole number"),
        ("list_customers", {"limit": True}, "/limit", "type", "not true or false"),
        ("list_customers", {"name": ["A"]}, "/name", "type", "not a list"),
        ("list_orders", {"status": "done"}, "/status", "enum", "submitted"),
        ("get_customer", {}, "/id", "required", "id is required"),
        ("get_customer", {"id": ""}, "/id", "minLength", "must not be empty"),
        ("get_customer", {"id": 7}, "/id", "type", "a text"),
        ("get_customer", {"path_params": {"id": None}}, "/id", "required", "id is required"),
        ("get_customer", {"id": "7", "path_params": "7"}, "/path_params", "type", "an object of inputs"),
        ("get_customer", {"id": "7", "path_params": {"id": "8"}}, "/path_params/id", "given_twice", "given twice"),
        ("create_order", {"type": "sales", "products": [LINE]}, "/customerId", "required", "customerId"),
        ("create_order", {**SALE, "status": "completed", "products": [LINE]}, "/status",
         "not_in_vendor_api", "The vendor sets"),
        ("create_order", {**SALE, "products": [{**LINE, "quantity": "x"}]}, "/products/0/quantity", "type",
         "quantity"),
        ("create_order", {**SALE, "products": [{**LINE, "colour": "red"}]}, "/products/0/colour",
         "unknown_input", "colour is not known here"),
    ],
)  # fmt: skip
def test_a_wrong_input_is_named_with_its_place_and_what_is_allowed(
    integration: Integration, action: str, given: Inputs, pointer: str, code: str, said: str
) -> None:
    (problem,) = refused(integration, action, given)
    assert (problem.pointer, problem.code) == (pointer, code)
    assert said in problem.message


def test_every_wrong_input_is_told_at_once(integration: Integration) -> None:
    problems = refused(integration, "create_order", {"customerId": "", "nonsense": 1, "products": [{"quantity": "x"}]})
    assert {"/customerId", "/nonsense", "/products/0/quantity"} <= {each.pointer for each in problems}


def test_a_value_is_never_repeated_in_a_message(integration: Integration) -> None:
    given = {"name": 5, "contactPersons": [{"password": {"canary-secret": "canary-secret"}}]}
    for problem in refused(integration, "create_customer", given):
        assert "canary" not in problem.message


@pytest.mark.parametrize(
    "spec_name", ["list_customers", "get_customer", "create_order", "update_subscription_details", "generic_request"]
)
def test_an_example_with_explicit_nulls_everywhere_means_the_same(integration: Integration, spec_name: str) -> None:
    spec = integration.actions[spec_name]
    given = dict(spec.examples[0].input)
    nulls = dict.fromkeys(set(spec.inputs) - set(given), None)
    assert read(integration, spec_name, {**given, **nulls, "undeclared": None}) == read(integration, spec_name, given)
