"""The Swagger 2.0 document for Power Platform: the importers' document, with its hints for designers."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.hosts.documents.downgrade import DEFINITIONS, downgraded
from ingram_micro_cloud.hosts.documents.openapi import imported_document
from ingram_micro_cloud.hosts.surface.common import common_parameters
from ingram_micro_cloud.hosts.surface.drop_downs import DropDown, drop_downs
from ingram_micro_cloud.hosts.surface.endpoints import ORGANIZATION
from ingram_micro_cloud.hosts.surface.operations import Operation, operations
from ingram_micro_cloud.hosts.surface.operator import OPTIONS_ID

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.documents.translation import Json
    from ingram_micro_cloud.plugin import Integration

SUMMARY: Final = "x-ms-summary"
VISIBILITY: Final = "x-ms-visibility"
VALUES: Final = "x-ms-dynamic-values"
_PAGING: Final = frozenset({"limit", "offset", "max_items"})
_DATA: Final = frozenset({"default", "enum", "example", "examples"})
_RISK: Final = {"read": 0, "write": 1, "path": 2, "buy": 3}


def swagger_document(integration: "Integration", public_url: str) -> "Json":
    """Return the document; drop-downs point to the gateway's options.

    Args:
        integration: Whose actions.
        public_url: Where the platform reaches the gateway, without a slash at its end.
    """
    document = downgraded(imported_document(integration, public_url))
    definitions = document["definitions"]
    # A shared part gets its drop-down from one of the actions that hold it: the one that needs the least permission.
    for each in sorted(operations(integration), key=lambda each: _RISK[each.action.effect]):
        told = document["paths"][each.path][each.method.lower()]
        _hint_visibility(each, told)
        for drop_down in drop_downs(each.action, integration.actions):
            for place, shared in _places(told, each, drop_down, definitions):
                place.setdefault(VALUES, _values(each, drop_down, shared=shared))
    for item in document["paths"].values():
        for told in item.values():
            if told["operationId"] == OPTIONS_ID:
                told[VISIBILITY] = "internal"
    _summarise(document)
    return document


def _hint_visibility(operation: Operation, told: "Json") -> None:
    rarely = ({each.name for each in common_parameters(operation)} | _PAGING) - {ORGANIZATION.name}
    shown = {name for example in operation.action.examples for name in example.input}
    usual = {each.name for each in operation.parameters if each.vendor_name in shown or "options" in each.schema}
    filled = {each.name for each in operation.parameters if each.vendor_name == operation.action.mapped}
    for parameter in told["parameters"]:
        if parameter["in"] == "body":
            _hint_members(parameter["schema"], usual, filled)
        elif parameter["required"] or parameter["name"] in filled:
            parameter[VISIBILITY] = "important"
        elif parameter["name"] in rarely:
            parameter[VISIBILITY] = "advanced"


def _hint_members(schema: "Json", usual: set[str], filled: set[str]) -> None:
    for name, member in schema["properties"].items():
        if "$ref" in member:
            continue  # nothing may stand beside a reference
        if name in schema.get("required", []) or name in filled:
            member[VISIBILITY] = "important"
        elif name not in usual:
            member[VISIBILITY] = "advanced"


def _places(
    told: "Json", operation: Operation, drop_down: DropDown, definitions: "Json"
) -> "Iterator[tuple[Json, bool]]":
    """Yield where a drop-down is shown, and whether that place is shared with other actions."""
    first, *steps = drop_down.input.split(".")
    name = next(each.name for each in operation.parameters if each.vendor_name == first)
    for parameter in told["parameters"]:
        if parameter["in"] == "query" and parameter["name"] == name and not steps:
            yield parameter, False
        elif parameter["in"] == "body":
            schema, shared = parameter["schema"]["properties"][name], False
            for step in steps:
                schema, followed = _followed(schema, definitions)
                shared = shared or followed
                schema = schema["items"] if step == "*" else schema["properties"][step]
            if "$ref" not in schema:
                yield schema, shared


def _followed(schema: "Json", definitions: "Json") -> "tuple[Json, bool]":
    if "$ref" not in schema:
        return schema, False
    return definitions[schema["$ref"].removeprefix(DEFINITIONS)], True


def _values(operation: Operation, drop_down: DropDown, *, shared: bool) -> "Json":
    parameters: Json = {
        "action_id": operation.action.id,
        "input": drop_down.input,
        "configuration": {"parameter": "configuration"},
        "organization": {"parameter": "organization"},
    }
    if drop_down.narrowed_by and not shared:
        names = {each.vendor_name: each.name for each in operation.parameters}
        parameters[drop_down.narrowed_by] = {"parameter": names[drop_down.narrowed_by]}
    return {
        "operationId": OPTIONS_ID,
        "parameters": parameters,
        "value-collection": "items",
        "value-path": "id",
        "value-title": "name",
    }


def _summarise(schema: object) -> None:
    """Call titles what designers read them as."""
    if isinstance(schema, list):
        for each in schema:
            _summarise(each)
    elif isinstance(schema, Mapping):
        for word, value in schema.items():
            if word == "properties" and isinstance(value, Mapping):
                for member in value.values():
                    if isinstance(member, dict) and "title" in member:
                        member[SUMMARY] = member.pop("title")
                    _summarise(member)
            elif word not in _DATA:
                _summarise(value)
