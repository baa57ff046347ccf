"""The OpenAPI documents: true to the actions, whole, and following the bundle without another edit."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.hosts.documents.import_rules import findings
from ingram_micro_cloud.hosts.documents.openapi import imported_document, whole_document
from ingram_micro_cloud.hosts.documents.rules_document import MOST_BYTES, compact
from ingram_micro_cloud.hosts.documents.swagger import swagger_document
from ingram_micro_cloud.hosts.surface.common import common_parameters
from ingram_micro_cloud.hosts.surface.operations import Operation, operations
from ingram_micro_cloud.hosts.surface.operator import endpoints
from support.examples import examples
from support.schema_strategies import fitting

URL = "https://gateway.example.com/im"
Json = dict[str, Any]
INTEGRATION = load_integration()
OPERATIONS = {each.action.id: each for each in operations(INTEGRATION)}


DOCUMENT = imported_document(INTEGRATION, URL)


@pytest.fixture
def document() -> Json:
    return DOCUMENT


def told(document: Json, operation: Operation) -> Json:
    found: Json = document["paths"][operation.path][operation.method.lower()]
    return found


def validator(document: Json, schema: Mapping[str, Any]) -> OAS30Validator:
    return OAS30Validator({**schema, "components": document["components"]})


def body_of(document: Json, operation: Operation) -> Json:
    found: Json = told(document, operation)["requestBody"]["content"]["application/json"]["schema"]
    return found


def answer_of(document: Json, operation: Operation) -> Json:
    found: Json = told(document, operation)["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def renamed(operation: Operation, given: Mapping[str, object]) -> Json:
    names = {each.vendor_name: each.name for each in operation.parameters}
    return {names[name]: value for name, value in given.items()}


@pytest.mark.parametrize("make", [imported_document, whole_document])
def test_the_documents_are_openapi(make: Any) -> None:
    validate(make(INTEGRATION, URL))


def test_the_import_document_breaks_no_rule_and_leaves_room(document: Json) -> None:
    assert findings(document, "openapi") == ()
    assert len(compact(document).encode()) < MOST_BYTES * 0.8


def test_importers_get_the_actions_and_what_fills_them_and_nothing_for_operators(document: Json) -> None:
    ids = {each["operationId"] for item in document["paths"].values() for each in item.values()}
    assert ids == {*INTEGRATION.actions, "list_options", "list_customers_for_mapping"}
    assert "generic_request" in ids


def test_the_gateways_own_document_has_every_endpoint() -> None:
    paths = whole_document(INTEGRATION, URL)["paths"]
    for each in endpoints(INTEGRATION):
        found = paths[each.path][each.method.lower()]
        assert found["operationId"] == each.id
        assert (found.get("security") == []) == (each.needs == "none")
        assert {int(status) for status in found["responses"] if status != "default"} == {200, 500, *each.statuses}


def test_the_server_is_the_public_address(document: Json) -> None:
    assert [each["url"] for each in document["servers"]] == [URL]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_its_action_declares(document: Json, name: str) -> None:
    operation = OPERATIONS[name]
    found, spec = told(document, operation), operation.action
    titles = {group.id: group.title for group in INTEGRATION.manifest.groups}
    assert (found["operationId"], found["summary"]) == (spec.id, spec.title)
    assert (found["tags"], found["x-im-cloud-effect"]) == ([titles[spec.group]], spec.effect)
    assert found["description"].startswith(spec.summary[:80])
    query = [each["name"] for each in found["parameters"] if each["in"] == "query"]
    mine = [each.name for each in operation.parameters]
    common = [each.name for each in common_parameters(operation)]
    if operation.method == "GET":
        assert query == mine + common
        assert "requestBody" not in found
    else:
        assert query == common
        assert list(body_of(document, operation)["properties"]) == mine
    assert {"401", "403", "409", "429", "504", "default"} <= found["responses"].keys()
    assert ("500" in found["responses"]) == (spec.effect == "read")


@pytest.mark.parametrize("name", OPERATIONS)
def test_examples_fit_what_is_documented(document: Json, name: str) -> None:
    operation = OPERATIONS[name]
    answers = validator(document, answer_of(document, operation))
    facts = {"calls": 1, "request_ids": [], "warnings": []}
    for example in operation.action.examples:
        if operation.method == "POST":
            assert validator(document, body_of(document, operation)).is_valid(renamed(operation, example.input))
        output: Any = example.output
        whole = {"items": output, "total": None, "complete": True} if operation.lists else {"item": output}
        assert answers.is_valid({**whole, **facts})
        assert not answers.is_valid(facts)
    assert answers.is_valid({"items": [], "total": 0, "complete": False, "item": None, "dry_run": True, **facts})


POSTED = [name for name, each in OPERATIONS.items() if each.method == "POST"]


@settings(max_examples=examples(120))
@given(st.data())
def test_whatever_an_action_takes_its_documented_body_takes(data: st.DataObject) -> None:
    operation = OPERATIONS[data.draw(st.sampled_from(POSTED))]
    inputs = data.draw(fitting(operation.action.input, operation.action.input))
    assert isinstance(inputs, dict)
    found = list(validator(DOCUMENT, body_of(DOCUMENT, operation)).iter_errors(renamed(operation, inputs)))
    assert not found, (operation.action.id, [each.message for each in found])


def test_a_body_refuses_what_the_action_does_not_know(document: Json) -> None:
    operation = OPERATIONS["get_customer"]
    assert operation.method == "GET"
    order = validator(document, body_of(document, OPERATIONS["create_order"]))
    good = {"order_type": "sales", "customerId": "1"}
    assert order.is_valid(good)
    assert order.is_valid({"order_type": "sales"}), "an organization fills the customer in"
    for wrong in (
        {**good, "type": "sales"},
        {"customerId": "1"},
        {**good, "order_type": "gift"},
        {**good, "custommer": 1},
    ):
        assert not order.is_valid(wrong), wrong


def test_answers_may_hold_what_the_vendor_adds(document: Json) -> None:
    facts = {"calls": 1, "request_ids": [], "warnings": [], "new_fact": 1}
    customer = {"id": "1", "status": "frozen", "newMember": {"deep": [1]}}
    for name, body in (
        ("get_customer", {"item": customer}),
        ("list_customers", {"items": [customer, {}], "total": 2, "complete": True}),
    ):
        assert validator(document, answer_of(document, OPERATIONS[name])).is_valid({**body, **facts})


def test_money_stays_a_text(document: Json) -> None:
    money = validator(document, document["components"]["schemas"]["money"])
    assert money.is_valid({"currency": "USD", "amount": "70.50"})
    assert not money.is_valid({"currency": "USD", "amount": 70.5})


def test_a_secret_input_is_marked_and_no_vendor_word_of_ours_is_left(document: Json) -> None:
    text = json.dumps(document)
    assert '"writeOnly": true' in text
    for word in ('"$defs"', '"examples"', '"options":', '"nulls"', '"const"', '"type": ['):
        assert word not in text


def deprecating(integration: Integration, action: str) -> Integration:
    class Deprecating(Integration):
        @property
        def actions(self) -> Any:
            spec = integration.actions[action].model_copy(update={"deprecated": "Use list_customers."})
            return {**integration.actions, action: spec}

    return Deprecating(integration._bundle)


def test_a_deprecated_action_stays_importable_and_says_so() -> None:
    old = deprecating(INTEGRATION, "get_customer")
    imported = imported_document(old, URL)["paths"]["/actions/get_customer"]["get"]
    whole = whole_document(old, URL)["paths"]["/actions/get_customer"]["get"]
    assert "deprecated" not in imported
    assert whole["deprecated"] is True
    assert imported["description"].startswith("Deprecated: Use list_customers.")


ADDED = """
title: Get Product Family
summary: One family of products.
docs: https://apidocs.cloud.im/1.15/
group: products
since: 0.1.0
changelog: [{version: 0.1.0, severity: updated, note: First release.}]
effect: read
scope: catalogue
retry: safe
request: {method: GET, path: "/products/{id}"}
seconds_saved: 10
input:
  type: object
  additionalProperties: false
  required: [id]
  properties:
    id: {title: Product, description: Which., type: string, options: {action: list_products, value: id, label: name}}
output: {$ref: schemas/product_answer.yaml}
examples:
  - {title: One, input: {id: "1"}, output: {id: "1"}}
"""


def test_a_new_action_file_is_in_every_document_without_another_edit(tmp_path: Path) -> None:
    source = Path(str(bundle_root()))
    shutil.copy(source / "integration.yaml", tmp_path)
    shutil.copytree(source / "actions", tmp_path / "actions")
    shutil.copytree(source / "mapping", tmp_path / "mapping")
    (tmp_path / "actions" / "products" / "get_product_family.yaml").write_text(ADDED, encoding="utf-8")
    integration = load_integration(tmp_path)
    for made in (imported_document(integration, URL), whole_document(integration, URL)):
        found = made["paths"]["/actions/get_product_family"]["get"]
        assert (found["summary"], found["tags"]) == ("Get Product Family", ["Products"])
        assert found["parameters"][0]["name"] == "product_id"
    swagger = swagger_document(integration, URL)
    parameter = swagger["paths"]["/actions/get_product_family"]["get"]["parameters"][0]
    assert parameter["x-ms-dynamic-values"]["parameters"]["action_id"] == "get_product_family"
    assert findings(imported_document(integration, URL), "openapi") == findings(swagger, "swagger") == ()
