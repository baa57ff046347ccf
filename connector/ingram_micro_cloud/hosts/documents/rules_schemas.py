"""Rules about schemas, and about the one list that the platform's mapping table needs."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ingram_micro_cloud.hosts.documents.findings import DocumentKind, Found, Rule
from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.documents.walking import operations_of, resolved_in, schemas_in, schemas_of

MOST_BRANCHES: Final = 4
_BOTH: Final[tuple[DocumentKind, ...]] = ("openapi", "swagger")
_CLASSES: Final[Mapping[str, tuple[type, ...]]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def fits(value: object, schema: Json) -> bool:
    """Return whether a value is of the schema's type; where it has none, every value is."""
    kind = schema.get("type")
    if value is None:
        return bool(schema.get("nullable") or schema.get("x-nullable")) or kind is None
    if not isinstance(kind, str) or kind not in _CLASSES:
        return True
    return isinstance(value, _CLASSES[kind]) and not (isinstance(value, bool) and kind != "boolean")


def _defaults(document: Json) -> Iterator[Found]:
    for place, schema in schemas_of(document):
        if "default" in schema and not fits(schema["default"], schema):
            yield f"{place}.default", f"is no {schema['type']}."


def _patterns(document: Json) -> Iterator[Found]:
    for place, schema in schemas_of(document):
        pattern = schema.get("pattern")
        if pattern is not None and not _compiles(pattern):
            yield f"{place}.pattern", "is no regular expression."


def _compiles(pattern: object) -> bool:
    try:
        re.compile(str(pattern))
    except re.error:
        return False
    return True


def _required(document: Json) -> Iterator[Found]:
    for place, schema in schemas_of(document):
        needed = schema.get("required")
        for name in needed if isinstance(needed, list) else ():
            if name not in schema.get("properties", {}):
                yield f"{place}.required", f"{name!r} is not among the properties."


def _alternatives(document: Json) -> Iterator[Found]:
    for place, schema in schemas_of(document):
        branches: list[Json] = [*schema.get("oneOf", []), *schema.get("anyOf", [])]
        if len(branches) > MOST_BRANCHES:
            yield place, f"has {len(branches)} alternatives; {MOST_BRANCHES} are the most."
        if any({"oneOf", "anyOf"} & inner.keys() for branch in branches for _, inner in schemas_in(branch)):
            yield place, "holds alternatives inside alternatives."


def _enums(document: Json) -> Iterator[Found]:
    for place, schema in schemas_of(document):
        values = schema.get("enum")
        if values is None:
            continue
        if not values or len({repr(each) for each in values}) != len(values):
            yield f"{place}.enum", "needs values, each of them once."
        elif not all(fits(each, schema) for each in values):
            yield f"{place}.enum", f"holds a value that is no {schema.get('type')}."


def _mapping_table(document: Json) -> Iterator[Found]:
    for met in operations_of(document):
        names = {each.get("name") for _, each in met.parameters}
        items = resolved_in(met.answer, document).get("properties", {}).get("items", {})
        row = resolved_in(items.get("items", {}), document)
        if met.method == "get" and {"offset", "limit"} <= names and set(row.get("properties", {})) == {"id", "name"}:
            return
    yield "paths", "hold no list of id and name."


RULES: Final = (
    Rule("R16", "A default is of its schema's type.", "A default of another type breaks the import.", _defaults, _BOTH),
    Rule("R19", "A pattern is a regular expression.", "One that cannot be read breaks the import.", _patterns, _BOTH),
    Rule(
        "R20", "Whatever is required is among the properties.", "A required name without a property breaks the import.",
        _required, _BOTH,
    ),
    Rule(
        "R21", f"Alternatives have at most {MOST_BRANCHES} branches and hold none themselves.",
        "The importer writes every combination out; large trees failed.", _alternatives,
    ),
    Rule(
        "R22", "An enum has values, each once and of the schema's type.", "Others failed when they were read.", _enums,
        _BOTH,
    ),
    Rule(
        "R24", "One list answers id and name, in pages.",
        "The table that maps organizations to customers is filled from it without further settings.", _mapping_table,
    ),
)  # fmt: skip
