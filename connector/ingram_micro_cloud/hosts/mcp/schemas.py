"""An action's schemas as clients of MCP need them: inputs in plain JSON Schema, outputs that never refuse an answer."""

from collections.abc import Iterator, Mapping
from typing import Final

from ingram_micro_cloud.manifest.models import JsonSchema

_KEYWORDS: Final = frozenset(
    {
        "$ref", "type", "title", "description", "default", "examples", "enum", "const", "format", "pattern",
        "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minItems", "maxItems", "uniqueItems", "required", "deprecated", "minProperties", "maxProperties",
    }
)  # fmt: skip
"""What is taken over from an input schema; hints for drawing forms are nothing a client knows."""
_FORMATS: Final = frozenset({"date", "date-time", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname"})
_NAMED: Final = ("properties", "$defs", "patternProperties")
_NESTED: Final = ("items", "additionalProperties", "not")
_LISTED: Final = ("anyOf", "oneOf", "allOf")


def input_schema(schema: JsonSchema) -> dict[str, object]:
    """Return an input schema in the standard's own words, without what is secret: a model handles no passwords."""
    secret = {name for name, member in _members(schema).items() if _is_secret(member)}
    # A title beside a description only costs a model's attention.
    left_out = {"title"} if "description" in schema else set()
    made: dict[str, object] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            kept = {name: member for name, member in value.items() if key != "properties" or name not in secret}
            made[key] = {str(name): _input(member) for name, member in kept.items()}
        elif key in _NESTED:
            made[key] = _input(value)
        elif key in _LISTED and isinstance(value, list):
            made[key] = [_input(each) for each in value]
        elif key == "required" and isinstance(value, list):
            made[key] = [name for name in value if name not in secret]
        elif key in _KEYWORDS - left_out and (key != "format" or value in _FORMATS):
            made[key] = value
    return made


def output_schema(schema: JsonSchema) -> dict[str, object]:
    """Return an output schema that describes and never refuses.

    The vendor may answer with a member, a value or a type that nobody has seen; what was done is done, and a client
    that refuses the answer would report it as failed. So types are told in words, and only names remain.
    """
    made: dict[str, object] = {}
    text = " ".join(str(schema.get("description", schema.get("title", ""))).split())
    kind = schema.get("type")
    named = " or ".join(str(each) for each in kind) if isinstance(kind, list) else str(kind or "")
    if text or named:
        made["description"] = f"{text} ({named})".strip() if named else text
    if isinstance(schema.get("$ref"), str):
        made["$ref"] = schema["$ref"]
    for key in ("properties", "$defs"):
        members = schema.get(key)
        if isinstance(members, Mapping):
            made[key] = {
                str(name): output_schema(member) if isinstance(member, Mapping) else {}
                for name, member in members.items()
            }
    items = schema.get("items")
    if isinstance(items, Mapping):
        made["items"] = output_schema(items)
    return made


def pruned(schema: JsonSchema) -> dict[str, object]:
    """Return a schema in plain dictionaries and lists, with those shared parts alone that it refers to."""
    rest = {str(name): plain(member) for name, member in schema.items() if name != "$defs"}
    shared = schema.get("$defs")
    shared = shared if isinstance(shared, Mapping) else {}
    needed: dict[str, object] = {}
    waiting = [*_references(rest)]
    while waiting:
        name = waiting.pop().removeprefix("#/$defs/")
        if name in shared and name not in needed:
            needed[name] = plain(shared[name])
            waiting += _references(needed[name])
    return {**rest, "$defs": {name: needed[name] for name in shared if name in needed}} if needed else rest


def plain(value: object) -> object:
    """Return a JSON value in plain dictionaries and lists."""
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def _references(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _references(each)


def _input(schema: object) -> object:
    return input_schema(schema) if isinstance(schema, Mapping) else schema


def _members(schema: JsonSchema) -> Mapping[str, object]:
    members = schema.get("properties")
    return members if isinstance(members, Mapping) else {}


def _is_secret(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("writeOnly") is True
