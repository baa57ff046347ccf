"""From JSON Schema 2020-12, in which actions are declared, to the schemas of OpenAPI 3.0.3.

What 3.0.3 can say is said without loss: null among the types becomes ``nullable``, several types an ``anyOf``,
``const`` an ``enum`` of one, numeric ``exclusiveMinimum`` the pair of ``minimum`` and its flag, the first of
``examples`` the ``example``, and what stands beside a ``$ref`` an ``allOf`` around it.

What it cannot say is left out, so that the document may be looser than the action and is never stricter: conditions
(``if``) become "one of both branches", positions (``prefixItems``) "any of these", and ``contains``, dependent and
unevaluated members, names by pattern and the like go. ``not`` and ``oneOf`` would turn looser parts into stricter
wholes: ``not`` stays only around what is translated without loss, and ``oneOf`` otherwise becomes ``anyOf``.
Words of ours (``options``, ``aliases``, ``nulls``, ``ui``) are no part of a document.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ingram_micro_cloud.hosts.documents.texts import plain

Json = dict[str, Any]
Refer = Callable[[str], str]
"""Gives the document's reference for a name under ``$defs``."""

DEFINITION: Final = "#/$defs/"
_SAME: Final = frozenset(
    {
        "default", "deprecated", "enum", "format", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
        "minLength", "minProperties", "minimum", "multipleOf", "pattern", "readOnly", "title", "uniqueItems",
        "writeOnly",
    }
)  # fmt: skip
"""Words that mean the same in both."""
_LOSSLESS: Final = _SAME | frozenset(
    {
        "additionalProperties", "allOf", "anyOf", "const", "description", "examples", "exclusiveMaximum",
        "exclusiveMinimum", "items", "properties", "required", "type", "$comment", "options", "aliases", "ui",
    }
)  # fmt: skip
_DATA: Final = frozenset({"const", "default", "enum", "examples", "options", "aliases", "ui"})


def translated(schema: object, refer: Refer) -> Json:
    """Return the schema in the words of OpenAPI 3.0.3.

    Args:
        schema: JSON Schema 2020-12, or true or false.
        refer: Called with each name under ``$defs`` that is referred to.
    """
    if not isinstance(schema, Mapping):
        return {} if schema is not False else {"not": {}}
    found: Json = {key: value for key, value in schema.items() if key in _SAME}
    if isinstance(schema.get("description"), str):
        found["description"] = plain(schema["description"])
    if "const" in schema:
        found["enum"] = [schema["const"]]
    if schema.get("examples"):
        found["example"] = schema["examples"][0]
    if schema.get("required"):
        found["required"] = list(schema["required"])
    _bounds(schema, found)
    _members(schema, found, refer)
    _entries(schema, found, refer)
    _combinations(schema, found, refer)
    _types(schema, found)
    _consistent(found)
    return _referring(schema, found, refer)


def is_lossless(schema: object) -> bool:
    """Return whether OpenAPI 3.0.3 can say all of a schema; references count as what it cannot."""
    if not isinstance(schema, Mapping):
        return True
    if not schema.keys() <= _LOSSLESS:
        return False
    for word, value in schema.items():
        if word == "properties" and isinstance(value, Mapping):
            inner: list[object] = list(value.values())
        elif word in _DATA:
            continue
        else:
            inner = list(value) if isinstance(value, list) else [value]
        if not all(is_lossless(each) for each in inner):
            return False
    return True


def _bounds(schema: Mapping[str, Any], found: Json) -> None:
    for word, plain_word, choose in (("exclusiveMinimum", "minimum", max), ("exclusiveMaximum", "maximum", min)):
        bound = schema.get(word)
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            continue
        other = schema.get(plain_word)
        tighter = bound if other is None else choose(bound, other)
        found[plain_word] = tighter
        if tighter == bound:
            found[word] = True


def _members(schema: Mapping[str, Any], found: Json, refer: Refer) -> None:
    properties, rest = schema.get("properties"), schema.get("additionalProperties")
    if isinstance(properties, Mapping):
        found["properties"] = {name: translated(member, refer) for name, member in properties.items()}
    if rest is not None and not schema.get("patternProperties"):
        found["additionalProperties"] = rest if isinstance(rest, bool) else translated(rest, refer)


def _entries(schema: Mapping[str, Any], found: Json, refer: Refer) -> None:
    first, rest = schema.get("prefixItems"), schema.get("items")
    if isinstance(first, list):
        if rest is False:
            found["maxItems"] = min(len(first), schema.get("maxItems", len(first)))
        kinds = [*first, *([rest] if isinstance(rest, Mapping) else [])]
        open_ended = rest is None or rest is True
        found["items"] = {} if open_ended else {"anyOf": [translated(each, refer) for each in kinds]}
    elif rest is False:
        found |= {"items": {}, "maxItems": 0}
    elif rest is not None or "array" in _type_names(schema):
        found["items"] = translated(rest if rest is not None else {}, refer)


def _combinations(schema: Mapping[str, Any], found: Json, refer: Refer) -> None:
    for word in ("allOf", "anyOf", "oneOf"):
        branches = schema.get(word)
        if not isinstance(branches, list):
            continue
        told = "anyOf" if word == "oneOf" and not all(is_lossless(each) for each in branches) else word
        _also(found, told, [translated(each, refer) for each in branches])
    if "not" in schema and is_lossless(schema["not"]):
        found["not"] = translated(schema["not"], refer)
    if "if" in schema and "then" in schema and "else" in schema:
        _also(found, "anyOf", [translated(schema["then"], refer), translated(schema["else"], refer)])


def _types(schema: Mapping[str, Any], found: Json) -> None:
    names = _type_names(schema)
    kinds = [name for name in names if name != "null"]
    if len(kinds) == 1:
        found["type"] = kinds[0]
        if "null" in names:
            found["nullable"] = True
    elif kinds:
        # `nullable` needs a type beside it.
        branches: list[Json] = [{"type": kind} | ({"items": {}} if kind == "array" else {}) for kind in kinds]
        if "null" in names:
            branches[0]["nullable"] = True
        _also(found, "anyOf", branches)
    elif names:
        found["enum"] = [None]


def _also(found: Json, word: str, branches: list[Json]) -> None:
    """Add a combination; a second one of the same word has to hold beside the first."""
    if word == "allOf":
        found["allOf"] = [*found.get("allOf", []), *branches]
    elif word in found:
        found.setdefault("allOf", []).append({word: branches})
    else:
        found[word] = branches


def _consistent(found: Json) -> None:
    # An enum without null forbids it, whatever the types say.
    if found.get("nullable") and "enum" in found and None not in found["enum"]:
        del found["nullable"]
    # A null default or example means something only where null is allowed.
    for word in ("default", "example"):
        if word in found and found[word] is None and "type" in found and not found.get("nullable"):
            del found[word]


def _referring(schema: Mapping[str, Any], found: Json, refer: Refer) -> Json:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return found
    target = {"$ref": refer(reference.removeprefix(DEFINITION))}
    return {**found, "allOf": [target, *found.get("allOf", [])]} if found else target


def _type_names(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type")
    if isinstance(kind, str):
        return [kind]
    return [str(each) for each in kind] if isinstance(kind, list) else []
