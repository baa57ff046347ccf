"""The actions as operations of an OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Final

from ingram_micro_cloud.hosts.documents.components import Components, definitions_of, opened
from ingram_micro_cloud.hosts.documents.responses import responses
from ingram_micro_cloud.hosts.documents.texts import plain
from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.surface.answers import DEFINITIONS, item_answer, list_answer
from ingram_micro_cloud.hosts.surface.common import common_parameters
from ingram_micro_cloud.hosts.surface.endpoints import JSON, EndpointParameter
from ingram_micro_cloud.hosts.surface.operations import Operation, Parameter
from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.models import ActionSpec, JsonSchema

EFFECT: Final = "x-im-cloud-effect"
"""read, write, buy, or path where method and path of the call decide."""
_READS: Final = (400, 401, 403, 404, 409, 422, 424, 429, 500, 502, 503, 504)
_WRITES: Final = (400, 401, 403, 404, 409, 413, 415, 422, 424, 429, 502, 503, 504)
_WHOLE: Final = ("description", "maxProperties", "minProperties", "title")
"""Words about all inputs together that hold whatever the inputs are called."""


def action_operation(operation: Operation, tag: str, components: Components, *, deprecates: bool) -> Json:
    """Return one action as an operation.

    Args:
        operation: The action at the gateway.
        tag: The title of its group.
        components: Where shared schemas are collected.
        deprecates: Whether a deprecated action is marked so; importers pass over what is marked.
    """
    spec = operation.action
    found: Json = {
        "operationId": spec.id,
        "summary": spec.title,
        "description": _description(spec),
        "tags": [tag],
        "parameters": [
            *(_input(each, spec, components) for each in operation.parameters if each.place == "query"),
            *(endpoint_parameter(each, components) for each in common_parameters(operation)),
        ],
        EFFECT: spec.effect,
    }
    if spec.deprecated and deprecates:
        found["deprecated"] = True
    if operation.method == "POST":
        found["requestBody"] = _body(operation, components)
    reads = operation.method == "GET"
    statuses = _READS if reads else (*_WRITES, *((500,) if spec.effect == "read" else ()))
    found["responses"] = responses(
        components, _answer(operation, components), statuses, said=plain(spec.summary), example=_example(operation)
    )
    return found


def endpoint_parameter(parameter: EndpointParameter, components: Components) -> Json:
    """Return a parameter that is no input of an action."""
    return _parameter(
        parameter.name, parameter.place, components.translated(parameter.schema, {}, "input"),
        required=parameter.place == "path",
    )  # fmt: skip


def _parameter(name: str, place: str, schema: Json, *, required: bool) -> Json:
    description = schema.pop("description", None) or schema.get("title", name)
    example = {"example": schema.pop("example")} if "example" in schema else {}
    return {"name": name, "in": place, "required": required, "description": description, "schema": schema, **example}


def _input(parameter: Parameter, spec: ActionSpec, components: Components) -> Json:
    # Inlined, and without null, which a query string cannot say.
    schema = dict(resolved(parameter.schema, spec.input))
    kind = schema.get("type")
    if isinstance(kind, list):
        kinds = [each for each in kind if each != "null"]
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    told = components.translated(schema, definitions_of(spec.input), "input")
    sample = next(
        (each.input[parameter.vendor_name] for each in spec.examples if parameter.vendor_name in each.input), None
    )
    if sample is not None:
        told["example"] = sample
    return _parameter(parameter.name, "query", told, required=parameter.required)


def _body(operation: Operation, components: Components) -> Json:
    spec, shared = operation.action, definitions_of(operation.action.input)
    whole = {word: spec.input[word] for word in _WHOLE if word in spec.input}
    schema: JsonSchema = {
        "type": "object",
        **whole,
        "additionalProperties": False,
        "required": [each.name for each in operation.parameters if each.required],
        "properties": {each.name: each.schema for each in operation.parameters},
    }
    names = {each.vendor_name: each.name for each in operation.parameters}
    example = {names.get(name, name): value for name, value in spec.examples[0].input.items()}
    media = {"schema": components.translated(schema, shared, "input"), "example": example}
    return {"required": any(each.required for each in operation.parameters), "content": {JSON: media}}


def _answer(operation: Operation, components: Components) -> Json:
    output = operation.action.output
    shared = {**{name: opened(each) for name, each in definitions_of(output).items()}, **DEFINITIONS}
    result = dict(resolved(output, output))
    if operation.lists:
        row = result.get("items")
        envelope = list_answer(_opened(row if isinstance(row, Mapping) else {}))
    else:
        envelope = item_answer(_opened(_nullable(result)))
    return components.translated(envelope, shared, "answer")


def _nullable(schema: JsonSchema) -> JsonSchema:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if isinstance(kind, str) else []
    # Without a type it allows everything already.
    return {**schema, "type": [*dict.fromkeys([*kinds, "null"])]} if kinds else schema


def _opened(schema: JsonSchema) -> JsonSchema:
    found = opened({word: value for word, value in schema.items() if word != "$defs"})
    return found if isinstance(found, Mapping) else {}


def _example(operation: Operation) -> Json:
    output = operation.action.examples[0].output
    facts = {"calls": 1, "request_ids": [], "warnings": []}
    if operation.lists:
        rows = output if isinstance(output, list) else []
        return {"items": rows, "total": len(rows), "complete": True, **facts}
    return {"item": output, **facts}


def _description(spec: ActionSpec) -> str:
    return plain(" ".join(_sentences(spec)))


def _sentences(spec: ActionSpec) -> Iterator[str]:
    if spec.deprecated:
        yield f"Deprecated: {spec.deprecated}"
    yield spec.summary
    if spec.description:
        yield spec.description
