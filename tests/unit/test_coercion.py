"""Texts are read by the schema where they cleanly fit, and nowhere else."""

import pytest

from ingram_micro_cloud.runtime.coercion import DROPPED, coerced


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, "5", 5),
        ({"type": "integer"}, "-5", -5),
        ({"type": "integer"}, "5.00", 5),
        ({"type": "integer"}, "5.5", "5.5"),
        ({"type": "integer"}, "5e3", "5e3"),
        ({"type": "integer"}, "", ""),
        ({"type": "integer"}, "9" * 30, "9" * 30),
        ({"type": "integer"}, "٥", "٥"),
        ({"type": "number"}, "1.25", 1.25),
        ({"type": "number"}, "3", 3),
        ({"type": "number"}, "nan", "nan"),
        ({"type": "number"}, "1,5", "1,5"),
        ({"type": "boolean"}, "TRUE", True),
        ({"type": "boolean"}, "no", False),
        ({"type": "boolean"}, "1", "1"),
        ({"type": "boolean"}, "maybe", "maybe"),
        ({"type": "string"}, "5", "5"),
        ({"type": ["string", "integer"]}, "5", "5"),
        ({"type": ["integer", "null"]}, None, None),
        ({"type": "integer"}, None, DROPPED),
        ({}, "5", "5"),
        ({"type": "string", "enum": ["Active", "Hold"]}, "ACTIVE", "Active"),
        ({"type": "string", "enum": ["Active"]}, "gone", "gone"),
        ({"type": "array", "items": {"type": "integer"}}, ["1", None, "2"], [1, 2]),
        ({"type": "object"}, {"a": None}, DROPPED),
        ({"type": "object"}, {}, {}),
        ({"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": "1", "b": "2"}, {"a": 1, "b": "2"}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": "1"}, {"a": 1}),
        ({"$ref": "#/$defs/n"}, "7", 7),
        ({"$ref": "#/$defs/missing"}, "7", "7"),
    ],
)
def test_a_value_by_its_schema(schema: dict[str, object], value: object, expected: object) -> None:
    found = coerced(value, schema, {"$defs": {"n": {"type": "integer"}}})
    assert found is expected or (type(found) is type(expected) and found == expected)
