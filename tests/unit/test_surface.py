"""What serving hosts offer: names and places of inputs, endpoints beside the actions, shapes of answers."""

import re
from dataclasses import asdict
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ingram_micro_cloud import Integration
from ingram_micro_cloud.errors import FieldProblem, InputError, error_classes
from ingram_micro_cloud.hosts.surface.answers import DEFINITIONS, STATUSES, item_answer, list_answer
from ingram_micro_cloud.hosts.surface.common import common_parameters
from ingram_micro_cloud.hosts.surface.drop_downs import DropDown, drop_downs
from ingram_micro_cloud.hosts.surface.headings import TAGS
from ingram_micro_cloud.hosts.surface.naming import COMMON
from ingram_micro_cloud.hosts.surface.operations import RESERVED, Operation, operation, operations
from ingram_micro_cloud.hosts.surface.operator import endpoints
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.check import CheckReport, StepResult
from ingram_micro_cloud.runtime.outcomes import Notice


@pytest.fixture(scope="module")
def offered(integration: Integration) -> dict[str, Operation]:
    return {each.action.id: each for each in operations(integration)}


def changed(integration: Integration, action: str, properties: dict[str, Any], **more: Any) -> ActionSpec:
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return integration.actions[action].model_copy(update={"input": schema, **more})


def test_every_action_is_one_operation(integration: Integration, offered: dict[str, Operation]) -> None:
    assert set(offered) == set(integration.actions)
    assert {each.path for each in offered.values()} == {f"/actions/{name}" for name in integration.actions}
    for each in offered.values():
        assert [parameter.vendor_name for parameter in each.parameters] == list(each.action.inputs)


def test_operations_stand_in_the_order_of_the_palette(integration: Integration) -> None:
    groups = [each.action.group for each in operations(integration)]
    assert list(dict.fromkeys(groups)) == [group.id for group in integration.manifest.groups]


def test_no_name_at_the_gateway_is_reserved_or_stands_for_two_inputs(offered: dict[str, Operation]) -> None:
    for each in offered.values():
        names = [parameter.name for parameter in each.parameters]
        assert not set(names) & (RESERVED | COMMON), each.action.id
        assert len(set(names)) == len(names), each.action.id


def test_only_reserved_names_are_changed(offered: dict[str, Operation]) -> None:
    for each in offered.values():
        for parameter in each.parameters:
            assert (parameter.name == parameter.vendor_name) == (parameter.vendor_name not in RESERVED)


@pytest.mark.parametrize(
    ("action", "vendor", "gateway"),
    [
        ("get_customer", "id", "customer_id"),
        ("create_order", "type", "order_type"),
        ("estimate_order_price", "type", "order_type"),
        ("preview_order", "type", "order_type"),
        ("list_reports", "name", "report_name"),
        ("create_reseller_customer", "id", "reseller_id"),
        ("create_reseller_customer", "name", "customer_name"),
        ("get_reseller_customers", "id", "reseller_id"),
        ("set_subscription_seats", "id", "subscription_id"),
        ("generic_request", "path", "request_path"),
        ("generic_request", "method", "request_method"),
        ("generic_request", "json", "request_json"),
        ("list_orders", "customerId", "customerId"),
    ],
)
def test_a_renamed_input_says_whose_it_is(
    offered: dict[str, Operation], action: str, vendor: str, gateway: str
) -> None:
    assert {each.vendor_name: each.name for each in offered[action].parameters}[vendor] == gateway


def test_every_name_leads_back_to_the_vendors(offered: dict[str, Operation]) -> None:
    for each in offered.values():
        by_gateway = each.inputs({parameter.name: parameter.vendor_name for parameter in each.parameters})
        by_vendor = each.inputs({parameter.vendor_name: parameter.vendor_name for parameter in each.parameters})
        assert by_gateway == by_vendor == {name: name for name in each.action.inputs}


def test_names_that_are_no_input_pass_through_for_the_reader_of_inputs(offered: dict[str, Operation]) -> None:
    assert offered["get_customer"].inputs({"json_body": {}, "custommer": 1}) == {"json_body": {}, "custommer": 1}


def test_an_input_given_under_both_names_is_refused_and_one_of_them_is_taken(offered: dict[str, Operation]) -> None:
    with pytest.raises(InputError, match="customer_id and id are the same") as caught:
        offered["get_customer"].inputs({"customer_id": "1", "id": "1"})
    assert caught.value.fields == (
        FieldProblem("/customer_id", "given_twice", "customer_id and id are the same input."),
    )
    assert caught.value.hint == "Give only customer_id."
    assert offered["get_customer"].inputs({"customer_id": "1"}) == {"id": "1"}


def test_a_new_name_never_takes_one_that_is_there(integration: Integration) -> None:
    text = {"type": "string"}
    spec = changed(
        integration,
        "get_customer",
        {"id": text, "customer_id": text, "name": {**text, "aliases": ["customer_name"]}, "organization": text},
        refused_inputs={"customer_id_2": "The vendor has none."},
    )
    names = [each.name for each in operation(spec, integration.manifest).parameters]
    assert names == ["customer_id_3", "customer_id", "customer_name_2", "customer_organization"]


@pytest.mark.parametrize(
    ("schema", "method"),
    [
        ({"type": "string"}, "GET"),
        ({"type": ["integer", "null"]}, "GET"),
        ({"type": "array", "items": {"type": "string"}}, "POST"),
        ({"type": "object"}, "POST"),
        ({}, "POST"),
    ],
)
def test_a_read_of_single_values_is_a_get(integration: Integration, schema: dict[str, Any], method: str) -> None:
    made = operation(changed(integration, "get_customer", {"some": schema}), integration.manifest)
    assert made.method == method
    assert made.parameters[0].place == ("query" if method == "GET" else "body")


def test_what_is_no_read_is_never_a_get(offered: dict[str, Operation]) -> None:
    assert {each.method for each in offered.values() if each.action.effect != "read"} == {"POST"}


def test_lists_the_vendor_does_not_page_are_cut_by_the_gateway(offered: dict[str, Operation]) -> None:
    assert {name for name, each in offered.items() if each.sliced} == {"check_orders", "list_renewals", "list_seats"}
    for name, each in offered.items():
        taken = [*each.action.inputs, *(parameter.name for parameter in common_parameters(each))]
        assert each.lists == (taken.count("offset") == 1 and taken.count("limit") == 1), name


def test_what_can_commit_money_takes_a_purchase_key(offered: dict[str, Operation]) -> None:
    buying = {name for name, each in offered.items() if each.buys}
    assert {"create_order", "submit_order", "generic_request", "update_subscription"} <= buying
    assert not buying & {"list_orders", "estimate_order_price", "create_customer"}
    for name, each in offered.items():
        assert ("purchase_key" in {parameter.name for parameter in common_parameters(each)}) == (name in buying)


def test_drop_downs_are_found_wherever_they_are(integration: Integration) -> None:
    found = drop_downs(integration.actions["create_order"], integration.actions)
    assert DropDown("products.*.mpn", "list_products", None) in found
    assert DropDown("subscriptionId", "list_subscriptions", "customerId") in found
    assert DropDown("customerId", "list_customers", None) in found


def test_endpoints_are_declared_whole(integration: Integration) -> None:
    found = endpoints(integration)
    assert len({each.id for each in found}) == len(found)
    assert len({(each.method, each.path) for each in found}) == len(found)
    for each in found:
        in_path = {parameter.name for parameter in each.parameters if parameter.place == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", each.path)), each.id
        assert set(each.statuses) <= STATUSES.keys(), each.id
        assert set(each.answers) <= set(each.statuses), each.id
        assert each.tag in TAGS
        Draft202012Validator.check_schema({**each.answer, "$defs": dict(DEFINITIONS)})


def test_only_what_managers_do_needs_a_managing_key(integration: Integration) -> None:
    needs = {each.id: each.needs for each in endpoints(integration)}
    assert {name for name, each in needs.items() if each == "none"} == {
        "get_health", "get_readiness", "get_openapi_document",
    }  # fmt: skip
    assert {name for name, each in needs.items() if each == "key"} == {
        "list_options", "list_customers_for_mapping", "list_actions", "get_configuration_form", "get_file",
    }  # fmt: skip


def test_what_narrows_a_drop_down_is_a_parameter_of_the_options(integration: Integration) -> None:
    (options,) = [each for each in endpoints(integration) if each.id == "list_options"]
    names = {each.name for each in options.parameters}
    narrowing = {
        each.narrowed_by
        for spec in integration.actions.values()
        for each in drop_downs(spec, integration.actions)
        if each.narrowed_by
    }
    assert narrowing
    assert narrowing <= names


def problems(name: str, value: object) -> list[str]:
    schema = {"$ref": f"#/$defs/{name}", "$defs": dict(DEFINITIONS)}
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_the_error_schema_fits_every_error() -> None:
    for kind in error_classes():
        told = kind("Wrong.", hint="Fix it.", fields=[FieldProblem("/a", "type", "No.")]).as_json()
        assert problems("ErrorAnswer", {"error": told}) == []
        assert set(told) == set(DEFINITIONS["Error"]["required"])  # type: ignore[call-overload]  # a list of names
    assert problems("ErrorAnswer", {"error": {"code": "x"}})


def test_the_report_schema_fits_a_report() -> None:
    step = StepResult("sign_in", False, "sign_in_refused", ("password",), "Refused.", 3)
    assert problems("CheckReport", CheckReport(False, (step,), ("Odd.",), 3).as_json()) == []
    assert problems("CheckReport", {"passing": True})


def test_envelopes_fit_what_they_hold_and_nothing_less() -> None:
    facts = {"calls": 1, "request_ids": ["a"], "warnings": [asdict(Notice("code", "Words."))]}
    row = {"type": "object"}
    for envelope, whole, lacking in (
        (list_answer(row), {"items": [{}], "total": None, "complete": True, **facts}, "items"),
        (item_answer(row), {"item": {}, "dry_run": True, "request": {}, **facts}, "item"),
    ):
        validator = Draft202012Validator({**envelope, "$defs": dict(DEFINITIONS)})
        assert validator.is_valid(whole)
        assert not validator.is_valid({name: value for name, value in whole.items() if name != lacking})
