"""The Swagger 2.0 document: valid, within the limits, with hints and drop-downs for designers."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.documents.downgrade import downgraded
from ingram_micro_cloud.hosts.documents.import_rules import findings
from ingram_micro_cloud.hosts.documents.rules_document import compact
from ingram_micro_cloud.hosts.documents.rules_power import MOST_BYTES
from ingram_micro_cloud.hosts.documents.swagger import swagger_document

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(integration: Integration) -> Json:
    return swagger_document(integration, "https://gateway.example.com:8443/im")


def parameter(document: Json, path: str, method: str, name: str) -> Json:
    found: Json = next(each for each in document["paths"][path][method]["parameters"] if each["name"] == name)
    return found


def member(document: Json, action: str, name: str) -> Json:
    found: Json = parameter(document, f"/actions/{action}", "post", "body")["schema"]["properties"][name]
    return found


def test_it_is_swagger_and_breaks_no_rule(document: Json) -> None:
    validate(document)
    assert findings(document, "swagger") == ()
    assert len(compact(document).encode()) < MOST_BYTES / 2


def test_every_action_is_in_it(document: Json, integration: Integration) -> None:
    ids = {each["operationId"] for item in document["paths"].values() for each in item.values()}
    assert ids >= set(integration.actions)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://gateway.example.com:8443/im", ("gateway.example.com:8443", "/im", ["https"])),
        ("http://127.0.0.1:8520", ("127.0.0.1:8520", "/", ["http"])),
    ],
)
def test_the_address_is_taken_apart(integration: Integration, url: str, parts: tuple[str, str, list[str]]) -> None:
    made = swagger_document(integration, url)
    assert (made["host"], made["basePath"], made["schemes"]) == parts


def test_one_key_in_the_authorization_header(document: Json) -> None:
    (scheme,) = document["securityDefinitions"].values()
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")


@pytest.mark.parametrize(
    ("path", "method", "name", "visibility"),
    [
        ("/actions/get_customer", "get", "customer_id", "important"),
        ("/actions/list_customers", "get", "customer_name", None),
        ("/actions/list_customers", "get", "organization", None),
        ("/actions/list_customers", "get", "max_items", "advanced"),
        ("/actions/list_customers", "get", "dry_run", "advanced"),
    ],
)
def test_what_matters_is_shown_first(document: Json, path: str, method: str, name: str, visibility: str | None) -> None:
    assert parameter(document, path, method, name).get("x-ms-visibility") == visibility


def test_members_of_bodies_have_titles_and_visibility(document: Json) -> None:
    kind = member(document, "create_order", "order_type")
    assert (kind["x-ms-summary"], kind["x-ms-visibility"]) == ("Kind", "important")
    assert "title" not in kind
    assert member(document, "create_order", "migrationDate")["x-ms-visibility"] == "advanced"
    assert "x-ms-visibility" not in member(document, "create_order", "products")


def test_a_drop_down_is_filled_from_the_options_and_narrowed_by_what_is_chosen(document: Json) -> None:
    values = member(document, "create_order", "subscriptionId")["x-ms-dynamic-values"]
    assert values["operationId"] == "list_options"
    assert (values["value-collection"], values["value-path"], values["value-title"]) == ("items", "id", "name")
    assert values["parameters"] == {
        "action_id": "create_order",
        "input": "subscriptionId",
        "configuration": {"parameter": "configuration"},
        "organization": {"parameter": "organization"},
        "customerId": {"parameter": "customerId"},
    }


def test_a_drop_down_in_a_query_asks_by_the_vendors_name(document: Json) -> None:
    found = parameter(document, "/actions/get_customer", "get", "customer_id")["x-ms-dynamic-values"]
    assert (found["parameters"]["action_id"], found["parameters"]["input"]) == ("get_customer", "id")


def test_a_drop_down_of_a_shared_part_needs_no_more_than_reading(document: Json, integration: Integration) -> None:
    values = document["definitions"]["order_product"]["properties"]["mpn"]["x-ms-dynamic-values"]
    assert integration.actions[values["parameters"]["action_id"]].effect == "read"
    assert values["parameters"]["input"] == "products.*.mpn"


def test_what_fills_drop_downs_is_no_step_of_its_own(document: Json) -> None:
    assert document["paths"]["/options/{action_id}/{input}"]["get"]["x-ms-visibility"] == "internal"


SMALL: Json = {
    "info": {"title": "T", "version": "1"},
    "externalDocs": {"url": "https://docs.example"},
    "servers": [{"url": "https://gateway.example.com"}],
    "security": [{"Key": []}],
    "tags": [],
    "paths": {"/a": {"post": {
        "operationId": "a",
        "parameters": [
            {"name": "p", "in": "query", "required": False, "description": "P.", "example": "x", "schema": {"allOf": [{
                "$ref": "#/components/schemas/text"}], "title": "P"}},
            {"name": "q", "in": "query", "required": False, "description": "Q.", "schema": {
                "anyOf": [{"type": "string"}, {"type": "integer"}], "title": "Q"}},
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {
            "type": "object", "properties": {
                "n": {"type": "string", "nullable": True, "enum": ["a", None], "default": None},
                "m": {"title": "Mine", "allOf": [{"$ref": "#/components/schemas/money"}]},
            },
        }}}},
        "responses": {"200": {
            "description": "Done.", "headers": {"X-Id": {"$ref": "#/components/headers/X-Id"}},
            "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/row"}, "example": {"a": None, "b": [None, 1]},
            }},
        }},
    }}},
    "components": {
        "securitySchemes": {"Key": {"type": "http", "scheme": "bearer"}},
        "headers": {"X-Id": {"description": "Id.", "schema": {"type": "string"}}},
        "schemas": {
            "text": {"type": "string", "title": "Text", "minLength": 2},
            "money": {"type": "object", "title": "Money", "properties": {"c": {"$ref": "#/components/schemas/text"}}},
            "row": {"type": "object", "not": {"enum": [1]}, "properties": {"b": {"oneOf": [{}], "writeOnly": True}}},
        },
    },
}  # fmt: skip


def test_what_swagger_cannot_say_is_left_out_and_references_are_merged() -> None:
    made = downgraded(SMALL)
    first, second, body = made["paths"]["/a"]["post"]["parameters"]
    assert first == {
        "name": "p", "in": "query", "required": False, "description": "P.", "type": "string", "minLength": 2,
        "x-ms-summary": "P",
    }  # fmt: skip
    assert second["type"] == "string"
    members = body["schema"]["properties"]
    assert members["n"] == {"x-nullable": True, "type": "string", "enum": ["a"]}
    assert members["m"] == {"type": "object", "title": "Mine", "properties": {"c": {"$ref": "#/definitions/text"}}}
    answer = made["paths"]["/a"]["post"]["responses"]["200"]
    assert answer["headers"] == {"X-Id": {"type": "string", "description": "Id."}}
    assert answer["examples"] == {"application/json": {"b": [None, 1]}}
    assert made["definitions"] == {
        "text": {"type": "string", "title": "Text", "minLength": 2},
        "row": {"type": "object", "properties": {"b": {}}},
    }
