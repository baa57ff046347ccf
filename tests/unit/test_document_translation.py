"""From JSON Schema 2020-12 to OpenAPI 3.0.3: without loss where that can be, looser where not, never stricter."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator

from ingram_micro_cloud.hosts.documents.components import Components, Kind, opened
from ingram_micro_cloud.hosts.documents.texts import plain
from ingram_micro_cloud.hosts.documents.translation import is_lossless, translated

Json = dict[str, Any]


def told(schema: object) -> Json:
    return translated(schema, lambda name: f"#/components/schemas/{name}")


LOSSLESS: dict[str, tuple[object, Json]] = {
    "null among the types": ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    "several types": (
        {"type": ["number", "string"], "minimum": 0},
        {"anyOf": [{"type": "number"}, {"type": "string"}], "minimum": 0},
    ),
    "several types and null": (
        {"type": ["integer", "string", "null"]},
        {"anyOf": [{"type": "integer", "nullable": True}, {"type": "string"}]},
    ),
    "null alone": ({"type": "null"}, {"enum": [None]}),
    "an enum that forbids the null of its type": (
        {"type": ["string", "null"], "enum": ["a"]},
        {"type": "string", "enum": ["a"]},
    ),
    "an enum with null": (
        {"type": ["string", "null"], "enum": ["a", None]},
        {"type": "string", "nullable": True, "enum": ["a", None]},
    ),
    "const": ({"type": "string", "const": "certain"}, {"type": "string", "enum": ["certain"]}),
    "numeric exclusive bounds": (
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 9},
        {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": True},
    ),
    "the tighter of two bounds": (
        {"type": "number", "exclusiveMinimum": 0, "minimum": 5},
        {"type": "number", "minimum": 5},
    ),
    "examples": ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
    "a reference": ({"$ref": "#/$defs/money"}, {"$ref": "#/components/schemas/money"}),
    "words beside a reference": (
        {"$ref": "#/$defs/money", "title": "Price"},
        {"title": "Price", "allOf": [{"$ref": "#/components/schemas/money"}]},
    ),
    "members": (
        {"type": "object", "required": ["a"], "properties": {"a": {"type": ["string", "null"]}},
         "additionalProperties": {"const": 1}},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "nullable": True}},
         "additionalProperties": {"enum": [1]}},
    ),
    "nothing required": ({"type": "object", "required": []}, {"type": "object"}),
    "an array of anything": ({"type": "array"}, {"type": "array", "items": {}}),
    "an array of nothing": ({"type": "array", "items": False}, {"type": "array", "items": {}, "maxItems": 0}),
    "one of several": (
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    ),
    "not": ({"not": {"const": 1}}, {"not": {"enum": [1]}}),
    "anything": (True, {}),
    "nothing": (False, {"not": {}}),
    "money stays a text": (
        {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
        {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    ),
    "words of ours": (
        {"type": "string", "options": {"action": "a"}, "aliases": ["b"], "nulls": "keep", "ui": {}},
        {"type": "string"},
    ),
    "a null default that means nothing": ({"type": "string", "default": None}, {"type": "string"}),
    "a null default that is allowed": (
        {"type": ["string", "null"], "default": None},
        {"type": "string", "nullable": True, "default": None},
    ),
}  # fmt: skip
LOOSER: dict[str, tuple[Json, Json]] = {
    "a condition": (
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
        {"anyOf": [{"required": ["b"]}, {"required": ["c"]}]},
    ),
    "half a condition": ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {}),
    "positions": (
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
        {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "maxItems": 2},
    ),
    "open positions": ({"type": "array", "prefixItems": [{"type": "string"}]}, {"type": "array", "items": {}}),
    "names by pattern": (
        {"type": "object", "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False},
        {"type": "object"},
    ),
    "not around what loses something": ({"not": {"contains": {"const": 1}}}, {}),
    "one of what loses something": (
        {"oneOf": [{"type": "array", "contains": {"const": 1}}, {"type": "array"}]},
        {"anyOf": [{"type": "array", "items": {}}, {"type": "array", "items": {}}]},
    ),
    "dependent members": ({"type": "object", "dependentRequired": {"a": ["b"]}}, {"type": "object"}),
    "unevaluated members": ({"type": "object", "unevaluatedProperties": False}, {"type": "object"}),
}
VALUES: list[object] = [
    None, True, 0, 1, 5, 9, -1, 2.5, "", "a", "certain", "70.50", [], ["a"], ["a", 1], [1], [1, "a"], ["a", 1, 2],
    {}, {"a": None}, {"a": "x"}, {"a": 1}, {"b": 1}, {"c": 1}, {"a": 1, "b": 1}, {"x1": "y"}, {"a": "x", "z": 1},
]  # fmt: skip


@pytest.mark.parametrize("case", LOSSLESS)
def test_what_can_be_said_is_said(case: str) -> None:
    schema, expected = LOSSLESS[case]
    assert told(schema) == expected


@pytest.mark.parametrize("case", LOOSER)
def test_what_cannot_be_said_is_left_out(case: str) -> None:
    schema, expected = LOOSER[case]
    assert told(schema) == expected
    assert not is_lossless(schema)


ALONE = [
    name
    for name, (schema, _) in {**LOSSLESS, **LOOSER}.items()
    if isinstance(schema, dict) and "$ref" not in str(schema)
]
"""Cases that can be checked without the schemas they would refer to."""


@pytest.mark.parametrize("case", ALONE)
def test_no_translation_is_stricter_than_its_schema(case: str) -> None:
    schema = {**LOSSLESS, **LOOSER}[case][0]
    assert isinstance(schema, dict)
    before, after = Draft202012Validator(schema), OAS30Validator(told(schema))
    fitting = [value for value in VALUES if before.is_valid(value)]
    assert fitting
    for value in fitting:
        assert after.is_valid(value), value
    if case in LOSSLESS:
        assert [value for value in VALUES if after.is_valid(value)] == fitting


def test_a_long_description_ends_after_a_sentence() -> None:
    text = f"{'a' * 300}. {'b' * 300}."
    assert told({"description": text}) == {"description": f"{'a' * 300}."}


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("Short.", 10, "Short."),
        ("Two\n  lines", 20, "Two lines"),
        ("<b>Bold</b> words and 1 < 2 > 0", 50, "Bold words and 1 < 2 > 0"),
        ("One sentence. Another one", 20, "One sentence."),
        ("words without an end", 12, "words…"),
        ("oneword" * 3, 10, "onewordon…"),
    ],
)
def test_texts_become_plain_and_short(text: str, most: int, expected: str) -> None:
    assert plain(text, most) == expected
    assert len(plain(text, most)) <= most


def test_an_answers_schema_keeps_names_and_types_and_demands_nothing() -> None:
    schema = {
        "type": "object", "required": ["a"], "additionalProperties": False, "minProperties": 1,
        "properties": {
            "a": {"type": "string", "enum": ["x"], "pattern": "x", "title": "A"},
            "required": {"type": "array", "items": {"type": "integer", "maximum": 3}, "maxItems": 1},
        },
    }  # fmt: skip
    assert opened(schema) == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "title": "A"},
            "required": {"type": "array", "items": {"type": "integer"}},
        },
    }


def test_a_shared_schema_stands_once_and_another_of_its_name_gets_its_own() -> None:
    components = Components()
    strict = {
        "period": {"type": "string", "minLength": 1},
        "pair": {"type": "array", "items": {"$ref": "#/$defs/period"}},
    }
    loose = {name: opened(schema) for name, schema in strict.items()}
    first = components.translated({"$ref": "#/$defs/pair"}, strict, "input")
    again = components.translated({"$ref": "#/$defs/pair"}, dict(strict), "input")
    other = components.translated({"$ref": "#/$defs/pair"}, loose, "answer")
    assert first == again == {"$ref": "#/components/schemas/pair"}
    assert other == {"$ref": "#/components/schemas/pair_answer"}
    assert components.schemas == {
        "period": {"type": "string", "minLength": 1},
        "pair": {"type": "array", "items": {"$ref": "#/components/schemas/period"}},
        "period_answer": {"type": "string"},
        "pair_answer": {"type": "array", "items": {"$ref": "#/components/schemas/period_answer"}},
    }


def test_what_is_the_same_for_inputs_and_answers_is_shared() -> None:
    components, shared = Components(), {"attributes": {"type": "object"}}
    kinds: tuple[Kind, ...] = ("input", "answer")
    for kind in kinds:
        reference = components.translated({"$ref": "#/$defs/attributes"}, shared, kind)
        assert reference == {"$ref": "#/components/schemas/attributes"}
    assert list(components.schemas) == ["attributes"]


def test_a_schema_that_holds_itself_does_not_go_on_for_ever() -> None:
    components = Components()
    tree = {"tree": {"type": "object", "properties": {"child": {"$ref": "#/$defs/tree"}}}}
    components.translated({"$ref": "#/$defs/tree"}, tree, "input")
    assert components.schemas["tree"]["properties"] == {"child": {"$ref": "#/components/schemas/tree"}}
