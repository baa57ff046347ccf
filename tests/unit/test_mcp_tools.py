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
from ingram_micro_cloud.hosts.mcp.buying import PREVIEW, SWITCH, submitter, way_of
from ingram_micro_cloud.hosts.mcp.results import failure
from ingram_micro_cloud.hosts.mcp.schemas import input_schema, output_schema
from ingram_micro_cloud.hosts.mcp.shared_parts import pruned, tightened
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
    assert not check.is_valid({"result": None, "complete": "partly"}) or not spec.lists
    assert not check.is_valid([])


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


@pytest.mark.parametrize("origin", ["vendor", "intent"])
def test_an_action_of_an_extension_does_not_become_the_one_that_submits(integration: Integration, origin: str) -> None:
    own = integration.actions["submit_order"]
    spec = integration.actions["create_customer"].model_copy(
        update={"id": "a_buyer", "effect": "buy", "origin": origin, "input": own.input}
    )
    switched = spec.model_copy(
        update={"id": "a_switch", "input": {"type": "object", "properties": {SWITCH: {"type": "boolean"}}}}
    )
    offers = integration.actions["get_customer"].model_copy(
        update={"id": "a_preview", "output": {"properties": {PREVIEW: {"type": "string"}}}, "input": spec.input}
    )
    actions = {each.id: each for each in (spec, switched, offers)} | dict(integration.actions)
    assert submitter(actions) == "submit_order"
    assert {way_of(actions[name], actions).kind for name in ("a_buyer", "a_switch")} == {"refused"}
    assert way_of(integration.actions["create_order"], actions).submitted_by == "submit_order"
    assert way_of(integration.actions["create_order"], actions).runs.id == "preview_order"


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


def test_an_output_schema_describes_one_level_and_names_the_next() -> None:
    amount = {"type": "object", "description": "An amount.", "properties": {"currency": {}, "value": {}}}
    address = {"type": "object", "description": "The seat.", "properties": {"city": {"description": "Its town."}}}
    members = {
        "id": {"type": "string", "description": "The row."},
        "price": {"$ref": "#/$defs/amount"},
        "address": address,
        "many": {"type": "array", "items": {"properties": {f"m{each}": {} for each in range(20)}}},
        "name": {"type": "string", "description": "The company."},
    }
    row = {"type": "object", "properties": members}
    told = {
        "id": {"description": "The row."},
        "price": {"description": "(object: currency, value)"},
        "address": {"description": "The seat. (object: city)"},
        "many": {"description": "(array)"},
        "name": {},
    }
    shared = {"$defs": {"amount": amount, "row": row}}
    assert output_schema({**shared, "$ref": "#/$defs/row"}, ["name"])["properties"] == told
    listed = output_schema({**shared, "type": "array", "items": {"$ref": "#/$defs/row"}}, ["name"])
    assert listed == {"description": "(array)", "items": {"properties": told}}
    assert output_schema(row, names_alone=True)["properties"] == {name: {} for name in members}


def test_a_schema_is_tightened_and_stays_complete() -> None:
    deep = {"type": "object", "properties": {"c": {"type": "string", "description": "Deep.", "minLength": 1}}}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "description": "All.",
        "properties": {
            "once": {"$ref": "#/$defs/once", "description": "Said here."},
            "one": {"$ref": "#/$defs/twice"},
            "two": {"$ref": "#/$defs/twice"},
            "description": {"type": "string", "minLength": 1},
            "maximum": {"type": "integer", "maximum": 2147483647},
        },
        "$defs": {
            "once": {
                "description": "Said there.",
                "additionalProperties": False,
                "properties": {"b": {"description": "Further in.", **deep}, "any": {"description": "What it takes."}},
            },
            "twice": {
                "type": "object", "required": ["x"],
                "properties": {"x": {"minLength": 2}, "y": {"$ref": "#/$defs/inner"}},
            },
            "inner": {"properties": {"z": {"description": "Any value."}}},
            "unused": {"type": "string"},
        },
    }  # fmt: skip
    assert tightened(schema) == {
        "type": "object",
        "additionalProperties": False,
        "description": "All.",
        "properties": {
            "once": {
                "description": "Said here.",
                "properties": {
                    "b": {
                        "description": "Further in.",
                        "type": "object",
                        "properties": {"c": {"type": "string"}},
                    },
                    "any": {"description": "What it takes."},
                },
            },
            "one": {"$ref": "#/$defs/twice"},
            "two": {"$ref": "#/$defs/twice"},
            "description": {"type": "string"},
            "maximum": {"type": "integer"},
        },
        "$defs": {
            "twice": {
                "type": "object",
                "required": ["x"],
                "properties": {
                    "x": {"minLength": 2},
                    "y": {"properties": {"z": {"description": "Any value."}}},
                },
            },
        },
    }


def test_a_shared_part_within_itself_stays_shared() -> None:
    schema = {
        "properties": {"tree": {"$ref": "#/$defs/tree"}},
        "$defs": {"tree": {"properties": {"next": {"$ref": "#/$defs/tree"}}}},
    }
    assert tightened(schema) == schema


@pytest.mark.parametrize("name", ACTIONS)
def test_every_input_of_the_action_is_in_the_tool_at_any_depth(integration: Integration, name: str) -> None:
    spec = integration.actions[name]
    made, way = tool(integration, name), way_of(spec, integration.actions)
    secret = {each for each, member in members(spec.input) if member.get("writeOnly")}
    wanted = {each for each, _ in members({**spec.input, "$defs": used_parts(spec.input)})} - secret - way.left_out
    assert wanted <= {each for each, _ in members(made.input_schema)}
    for each in spec.inputs:
        shown = made.input_schema["properties"].get(each, {})
        assert {"description", "$ref"} & shown.keys() or each in {*secret, *way.left_out}, each


def used_parts(schema: Mapping[str, Any]) -> dict[str, Any]:
    parts = pruned(schema).get("$defs")
    return parts if isinstance(parts, dict) else {}


def test_the_whole_listing_fits_into_a_prompt(integration: Integration) -> None:
    listed = [tool(integration, name).model_dump(by_alias=True, exclude_none=True, mode="json") for name in ACTIONS]
    assert len(json.dumps(listed)) < 115_000
    assert max(len(json.dumps(each)) for each in listed) < 12_000


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
