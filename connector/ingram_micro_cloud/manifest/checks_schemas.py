"""Whether the JSON Schemas of the bundle are schemas, word for word: validators pass over a word they do not know."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from ingram_micro_cloud.manifest.files import Location
from ingram_micro_cloud.manifest.references import localised

OURS: Final = frozenset({"aliases", "nulls", "options", "ui"})
"""Words of ours: other names of an input, what a null inside it means, its drop-down, and hints for a form."""
NO_SCHEMA: Final = "not a JSON Schema"
_DATA: Final = frozenset({"const", "default", "enum", "examples", *OURS})
_NAMED: Final = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})
_WORDS: Final = OURS | frozenset(
    {
        "$anchor", "$comment", "$defs", "$id", "$ref", "$schema", "additionalProperties", "allOf", "anyOf", "const",
        "contains", "default", "dependentRequired", "dependentSchemas", "deprecated", "description", "else", "enum",
        "examples", "exclusiveMaximum", "exclusiveMinimum", "format", "if", "items", "maxContains", "maxItems",
        "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum",
        "multipleOf", "not", "oneOf", "pattern", "patternProperties", "prefixItems", "properties", "propertyNames",
        "readOnly", "required", "then", "title", "type", "unevaluatedItems", "unevaluatedProperties", "uniqueItems",
        "writeOnly",
    }
)  # fmt: skip


def schema_problems(schema: object, location: Location = ()) -> Iterator[tuple[Location, str]]:
    """Yield place and sentence of what is wrong with a schema as it is written in a file."""
    try:
        Draft202012Validator.check_schema(localised(schema))  # type: ignore[arg-type]  # whatever it is, it says so
    except SchemaError as problem:
        yield (*location, *problem.absolute_path), f"{NO_SCHEMA}: {problem.message}"
        return
    yield from _words(schema, location)


def _words(schema: object, location: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(schema, list):
        for position, member in enumerate(schema):
            yield from _words(member, (*location, position))
    if not isinstance(schema, Mapping):
        return
    for word, value in schema.items():
        place = (*location, str(word))
        if word not in _WORDS:
            near = get_close_matches(str(word), _WORDS, n=1)
            yield place, f"{word!r} is no word of JSON Schema{f'; did you mean {near[0]!r}?' if near else ''}"
        elif word in _NAMED and isinstance(value, Mapping):
            for name, member in value.items():
                yield from _words(member, (*place, str(name)))
        elif word not in _DATA:
            yield from _words(value, place)
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, Mapping) and isinstance(required, list) and "$ref" not in schema:
        for position, name in enumerate(required):
            if name not in properties:
                yield (*location, "required", position), f"{name!r} is required and not declared"
