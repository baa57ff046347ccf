"""Reads texts by the schema and drops nulls: platform forms and `key=value` send everything as text."""

import re
from collections.abc import Mapping
from decimal import Decimal

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}(\.0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
_TRUTH: Mapping[str, bool] = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}
NOTHING = ("none", "null")
"""How a text says that there is no value, where the schema gives null a meaning."""
DROPPED = object()
"""Stands for a member that was null and means nothing."""


def coerced(value: object, schema: Mapping[str, object], root: Mapping[str, object]) -> object:
    """Return the value with texts read as the schema's type, enums in the vendor's spelling, and nulls gone.

    Nothing is guessed: a text that is not cleanly of the type stays as it is, and validation says so. What is inside a
    schema with ``nulls: keep`` is left alone: there a null is content.
    Returns DROPPED for a null that the schema gives no meaning, and for an object that held only such nulls.
    """
    schema = _resolved(schema, root)
    if value is None:
        return None if "null" in _types(schema) else DROPPED
    if schema.get("nulls") == "keep":
        return value
    if isinstance(value, str):
        return _text(value, schema)
    if schema.get("format") == "decimal" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(str(value)):f}"
    if isinstance(value, Mapping):
        return _object(value, schema, root)
    if isinstance(value, list | tuple):
        items = schema.get("items")
        inner = items if isinstance(items, Mapping) else {}
        return [kept for member in value if (kept := coerced(member, inner, root)) is not DROPPED]
    return value


def _object(value: Mapping[str, object], schema: Mapping[str, object], root: Mapping[str, object]) -> object:
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    rest = schema.get("additionalProperties")
    other = rest if isinstance(rest, Mapping) else {}
    kept = {
        name: result
        for name, member in value.items()
        if (result := coerced(member, known.get(name, other), root)) is not DROPPED
    }
    return DROPPED if value and not kept else kept


def _text(value: str, schema: Mapping[str, object]) -> object:
    types = _types(schema)
    text = value.strip()
    if schema.get("format") == "decimal":
        return None if "null" in types and text.casefold() in NOTHING else text
    if "string" in types or not types:
        return _spelled(value, schema)
    if "null" in types and text.casefold() in NOTHING:
        return None
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text.split(".")[0])
    if "number" in types and _NUMBER.fullmatch(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    if "boolean" in types and text.casefold() in _TRUTH:
        return _TRUTH[text.casefold()]
    return value


def _spelled(value: str, schema: Mapping[str, object]) -> str:
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        folded = value.strip().casefold()
        return next((each for each in allowed if isinstance(each, str) and each.casefold() == folded), value)
    return value


def _types(schema: Mapping[str, object]) -> tuple[str, ...]:
    kind = schema.get("type")
    if isinstance(kind, str):
        return (kind,)
    return tuple(kind) if isinstance(kind, list) else ()


def _resolved(schema: Mapping[str, object], root: Mapping[str, object]) -> Mapping[str, object]:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    definitions = root.get("$defs")
    shared = definitions.get(reference.removeprefix("#/$defs/")) if isinstance(definitions, Mapping) else None
    return {**_resolved(shared, root), **schema, "$ref": ""} if isinstance(shared, Mapping) else schema
