"""An action's schemas as clients of MCP need them: inputs in plain JSON Schema, outputs that never refuse an answer."""

from collections.abc import Collection, Mapping
from typing import Final

from ingram_micro_cloud.manifest.described import resolved
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
_MOST_NAMED: Final = 6
"""Members of a member that a result's description names; where there are more it names none."""
_WORDS: Final = ("title", "description")
_NAMED: Final = ("properties", "$defs", "patternProperties")
_NESTED: Final = ("items", "additionalProperties", "not")
_LISTED: Final = ("anyOf", "oneOf", "allOf")


def input_schema(schema: JsonSchema) -> dict[str, object]:
    """Return an input schema in the standard's own words, without what is secret: a model handles no passwords."""
    secret = {name for name, member in _members(schema).items() if _is_secret(member)}
    # A title beside a description, or beside a name whose type is described, only costs a model's attention.
    left_out = {"title"} if {"description", "$ref"} & schema.keys() else set()
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


def output_schema(
    schema: JsonSchema, described: Collection[str] = (), *, names_alone: bool = False
) -> dict[str, object]:
    """Return an output schema that describes and never refuses: the members of the result, and theirs by name alone.

    The vendor may answer with a member, a value or a type that nobody has seen; what was done is done, and a client
    that refuses the answer would report it as failed. So types are told in words, and only names remain. A model sees
    the answer itself, so what it needs beforehand is what there is, and not each place of it.

    Args:
        schema: The declared output.
        described: Members that the tool's inputs of the same name describe already.
        names_alone: Describe no member.
    """
    found = resolved(schema, schema)
    items = found.get("items")
    rows = resolved(items, schema) if isinstance(items, Mapping) else None
    members = {
        name: _member(member, schema) if not names_alone and name not in described else {}
        for name, member in _members(found if rows is None else rows).items()
        if isinstance(member, Mapping)
    }
    made: dict[str, object] = {"description": text} if (text := _told(found, schema, names=False)) else {}
    if rows is not None and members:
        made["items"] = {"properties": members}
    elif members:
        made["properties"] = members
    return made


def _member(schema: JsonSchema, root: JsonSchema) -> dict[str, object]:
    """Return a member; of a shared part without words of its own, such as an amount, its own members say what it is."""
    whole = resolved(schema, root)
    shared_alone = "$ref" in schema and "description" not in schema
    few = 0 < len(_members(whole)) <= _MOST_NAMED
    if shared_alone and few:
        whole = {key: each for key, each in whole.items() if key not in _WORDS}
    return {"description": text} if (text := _told(whole, root)) else {}


def _told(schema: JsonSchema, root: JsonSchema, *, names: bool = True) -> str:
    """Return what a value is, its type and, of an object or a list of them, the names of its members."""
    text = " ".join(str(schema.get("description", schema.get("title", ""))).split())
    kind = schema.get("type")
    named = " or ".join(str(each) for each in kind) if isinstance(kind, list) else str(kind or "")
    items = schema.get("items")
    inner = resolved(items, root) if isinstance(items, Mapping) else schema
    if names and 0 < len(members := list(_members(inner))) <= _MOST_NAMED:
        named = f"{named or 'object'}: {', '.join(members)}"
    # Most members are texts, so that is said only of those without a description.
    return f"{text} ({named})".strip() if named and not (text and named == "string") else text


def _input(schema: object) -> object:
    return input_schema(schema) if isinstance(schema, Mapping) else schema


def _members(schema: JsonSchema) -> Mapping[str, object]:
    members = schema.get("properties")
    return members if isinstance(members, Mapping) else {}


def _is_secret(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("writeOnly") is True
