"""Tools are what the action files declare: schemas that clients take, true hints, no credentials."""

import json
import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp_types import Tool

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.hosts.mcp.arguments import argument_names
from ingram_micro_cloud.hosts.mcp.buying import way_of
from ingram_micro_cloud.hosts.mcp.results import failure
from ingram_micro_cloud.hosts.mcp.schemas import input_schema, output_schema
from ingram_micro_cloud.hosts.mcp.tools import annotations, tool_of
from ingram_micro_cloud.hosts.serving.access import Access
from support.mcp_tools import access

ACTIONS = sorted(load_integration().actions)
RESELLER, ONE = access("buy"), access("buy", organizations=("org-1",), reseller=False)
NEW = """
title: Count Plans
summary: Reads one page of plans.
docs: https://apidocs.cloud.im/1.15/
group: {group}
since: 0.1.0
changelog: [{{version: 0.1.0, severity: updated, note: First release.}}]
effect: {effect}
scope: catalogue
retry: safe
request: {{method: GET, path: /plans, query: [limit]}}
seconds_saved: 10
input:
  type: object
  additionalProperties: false
  properties:
    limit: {{title: Limit, description: How many., type: integer, minimum: 1}}
output: {{title: Page, description: As it came., type: object}}
examples: [{{title: One, input: {{limit: 1}}, output: {{}}}}]
"""


def tool(integration: Integration, name: str, whom: Access = RESELLER, configurations: tuple[str, ...] = ()) -> Tool:
    return tool_of(integration.actions[name], integration.actions, whom, configurations)


def members(schema: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every member that a schema names, at any depth."""
    if isinstance(schema, Mapping):
        yield from (schema.get("properties") or {}).items()
        for value in schema.values():
            yield from members(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from members(value)


@pytest.mark.parametrize("name", ACTIONS)
def test_both_schemas_are_valid_and_of_an_object(integration: Integration, name: str) -> None:
    for whom in (RESELLER, ONE):
        made = tool(integration, name, whom, ("one", "two"))
        for schema in (made.input_schema, made.output_schema):
            assert schema is not None
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
            assert not {"anyOf", "oneOf", "allOf"} & schema.keys(), "clients refuse these at the top"


@pytest.mark.parametrize("name", ACTIONS)
def test_the_examples_of_the_action_fit_the_tool(integration: Integration, name: str) -> None:
    spec = integration.actions[name]
    made, way = tool(integration, name), way_of(spec, integration.actions)
    for example in spec.examples:
        given = {key: value for key, value in example.input.items() if key not in way.left_out}
        jsonschema.Draft202012Validator(made.input_schema).validate(json.loads(json.dumps(given)))
        answer = {"result": json.loads(json.dumps(example.output)), "complete": True, "total": None, "calls": 1}
        jsonschema.Draft202012Validator(made.output_schema or {}).validate({**answer, "warnings": []})


@pytest.mark.parametrize("name", ACTIONS)
def test_no_schema_asks_for_a_secret_or_holds_form_hints(integration: Integration, name: str) -> None:
    made = tool(integration, name)
    form = integration.manifest.form
    secrets = {*form.secrets, "username", "password", "api_url"}
    assert not secrets & {each for each, _ in members(made.input_schema)}
    for _, member in members(made.input_schema):
        assert not {"options", "aliases", "nulls", "writeOnly"} & member.keys()


@pytest.mark.parametrize("name", ACTIONS)
def test_an_output_schema_takes_whatever_the_vendor_answers(integration: Integration, name: str) -> None:
    spec = integration.actions[name]
    check = jsonschema.Draft202012Validator(tool(integration, name).output_schema or {})
    odd = {"id": 7, "status": "never seen", "unknown": [None], "products": "none", "contactPersons": {"a": 1}}
    for result in (None, [odd] if spec.lists else odd, [] if spec.lists else "text"):
        check.validate({"result": result, "complete": True, "total": None, "calls": 1, "warnings": []})
    problem = IngramMicroCloudError("It failed.", hint="Look.")
    check.validate(failure(problem).structured_content)  # some clients hold errors against it as well
    assert not check.is_valid({"result": None, "complete": "partly"})


def test_hints_follow_from_what_is_declared(integration: Integration) -> None:
    for name, spec in integration.actions.items():
        hints = annotations(spec)
        assert hints.read_only_hint is (spec.effect == "read"), name
        assert hints.open_world_hint is True
        if spec.effect == "read":
            assert (hints.destructive_hint, hints.idempotent_hint) == (False, True), name
        if spec.effect in ("buy", "path") or spec.buy_when or spec.method in ("PATCH", "PUT", "DELETE"):
            assert hints.destructive_hint is True, name
        if spec.effect == "buy":
            assert hints.idempotent_hint is False, name
    assert annotations(integration.actions["create_customer"]).destructive_hint is False
    assert annotations(integration.actions["update_subscription_pricing"]).destructive_hint is True
    changed = integration.actions["create_customer"].model_copy(update={"irreversible_when": {"status": "x"}})
    assert annotations(changed).destructive_hint is True


def test_every_action_that_can_buy_previews_submits_or_is_refused(integration: Integration) -> None:
    kinds = {name: way_of(spec, integration.actions).kind for name, spec in integration.actions.items()}
    for name, spec in integration.actions.items():
        assert (kinds[name] == "none") is (spec.effect in ("read", "write") and not spec.buy_when), name
    assert [name for name, kind in kinds.items() if kind == "submits"] == ["submit_order"]
    without = {name: spec for name, spec in integration.actions.items() if name != "submit_order"}
    assert {way_of(spec, without).kind for spec in without.values() if spec.effect == "buy"} == {"refused"}


def test_a_tool_that_previews_says_so_and_leaves_out_what_only_a_purchase_has(integration: Integration) -> None:
    made = tool(integration, "set_subscription_seats")
    assert made.description is not None
    assert made.description.startswith("As a tool this buys nothing")
    assert "submit_order" in made.description
    assert not {"preview", "key", "wait_seconds", "dry_run", "purchase_key"} & made.input_schema["properties"].keys()
    submitting = tool(integration, "submit_order")
    assert "im-cloud order approve" in str(submitting.description)
    assert {"preview_id", "key", "dry_run"} <= submitting.input_schema["properties"].keys()


@pytest.mark.parametrize(
    ("name", "whom", "offered", "required"),
    [
        ("list_customers", ONE, True, True),
        ("list_customers", RESELLER, True, False),
        ("list_products", ONE, False, False),
        ("list_resellers", RESELLER, False, False),
        ("generic_request", ONE, True, True),
        ("create_order", ONE, True, True),
    ],
)
def test_the_organization_is_asked_for_where_it_counts(
    integration: Integration, name: str, whom: Access, offered: bool, required: bool
) -> None:
    schema = tool(integration, name, whom).input_schema
    assert ("organization" in schema["properties"]) is offered
    assert ("organization" in schema.get("required", [])) is required
    if required:
        assert schema["properties"]["organization"]["enum"] == ["org-1"]


def test_the_customer_of_the_organization_need_not_be_given(integration: Integration) -> None:
    assert "customerId" not in tool(integration, "ensure_free_seats", ONE).input_schema["required"]
    assert "id" not in tool(integration, "get_customer", ONE).input_schema["required"]
    assert "id" in tool(integration, "get_subscription", ONE).input_schema["required"]


def test_a_configuration_is_chosen_only_where_there_are_several(integration: Integration) -> None:
    assert "configuration" not in tool(integration, "list_products", ONE, ("one",)).input_schema["properties"]
    offered = tool(integration, "list_products", ONE, ("one", "two")).input_schema["properties"]["configuration"]
    assert offered["enum"] == ["one", "two"]


def test_an_input_of_the_same_name_keeps_it(integration: Integration) -> None:
    spec = integration.actions["list_customers"]
    inputs = {**spec.input, "properties": {**spec.inputs, "organization": {"type": "string"}}}
    named = argument_names(spec.model_copy(update={"input": inputs}))
    assert named == {"organization": "im_cloud_organization", "configuration": "configuration", "dry_run": "dry_run"}
    assert set(argument_names(spec).values()) == {"organization", "configuration", "dry_run"}


def test_a_required_secret_is_neither_shown_nor_required() -> None:
    schema = {
        "type": "object",
        "required": ["pin", "name"],
        "properties": {"pin": {"type": "string", "writeOnly": True}, "name": {"type": "string", "format": "decimal"}},
    }
    made = input_schema(schema)
    assert made == {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


def test_an_output_schema_tells_types_in_words() -> None:
    made = output_schema({"type": ["string", "null"], "enum": ["a"], "description": "Its  state.", "title": "State"})
    assert made == {"description": "Its state. (string or null)"}


@pytest.mark.parametrize(("effect", "kind"), [("read", "none"), ("buy", "refused")])
def test_a_new_action_file_is_a_tool(tmp_path: Path, integration: Integration, effect: str, kind: str) -> None:
    with as_file(bundle_root()) as installed:
        for part in ("actions", "mapping"):
            if (installed / part).exists():
                shutil.copytree(installed / part, tmp_path / part)
        shutil.copy(installed / "integration.yaml", tmp_path)
    group = integration.manifest.groups[0].id
    text = NEW.format(group=group, effect=effect)
    if effect == "buy":
        text = text.replace("retry: safe", "retry: never").replace("method: GET", "method: POST")
        text = text.replace("query: [limit]", "body: [limit]")
    (tmp_path / "actions" / group / "count_plans.yaml").write_text(text, encoding="utf-8")
    extended = load_integration(tmp_path)
    made = tool(extended, "count_plans")
    assert made.title == "Count Plans"
    assert "limit" in made.input_schema["properties"]
    assert way_of(extended.actions["count_plans"], extended.actions).kind == kind
