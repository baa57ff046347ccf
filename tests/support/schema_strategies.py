"""Hypothesis strategies from the JSON Schemas of actions: values that fit, and values that nearly do."""

from collections.abc import Mapping

from hypothesis import strategies as st

ANY_JSON: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_PATTERNED = {
    "date": st.dates().map(lambda each: each.isoformat()),
    "date-time": st.datetimes().map(lambda each: each.replace(microsecond=0).isoformat() + "Z"),
    "uuid": st.uuids().map(str),
}


def fitting(schema: Mapping[str, object], root: Mapping[str, object]) -> st.SearchStrategy[object]:
    """Return values that the schema accepts."""
    schema = _resolved(schema, root)
    if "enum" in schema:
        allowed = schema["enum"]
        return st.sampled_from(allowed if isinstance(allowed, list) else [allowed])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _object(schema, root)
    if kind == "array":
        items = schema.get("items")
        inner = fitting(items, root) if isinstance(items, Mapping) else ANY_JSON
        return st.lists(inner, min_size=_int(schema, "minItems", 0), max_size=2 + _int(schema, "minItems", 0))
    if kind in ("integer", "number"):
        return st.integers(_int(schema, "minimum", -1000), _int(schema, "maximum", 100_000))
    if kind == "boolean":
        return st.booleans()
    return _text(schema) if kind == "string" else ANY_JSON


def nearly_fitting(schema: Mapping[str, object]) -> st.SearchStrategy[dict[str, object]]:
    """Return inputs where some values fit and some are anything at all, with strangers among the names."""
    properties = schema.get("properties")
    names = list(properties) if isinstance(properties, Mapping) else []
    known = st.dictionaries(st.sampled_from(names or ["x"]), ANY_JSON, max_size=4)
    strange = st.dictionaries(st.text(max_size=8), ANY_JSON, max_size=1)
    whole = fitting(schema, schema)
    return st.tuples(whole, known, strange).map(lambda parts: {**_mapping(parts[0]), **parts[1], **parts[2]})


def _object(schema: Mapping[str, object], root: Mapping[str, object]) -> st.SearchStrategy[object]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        rest = schema.get("additionalProperties")
        inner = fitting(rest, root) if isinstance(rest, Mapping) else ANY_JSON
        return st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3)
    required = schema.get("required")
    needed = set(required) if isinstance(required, list) else set()
    strategies = {name: fitting(member, root) for name, member in properties.items()}
    return st.fixed_dictionaries(
        {name: each for name, each in strategies.items() if name in needed},
        optional={name: each for name, each in strategies.items() if name not in needed},
    )


def _text(schema: Mapping[str, object]) -> st.SearchStrategy[str]:
    named = _PATTERNED.get(str(schema.get("format")))
    if named is not None:
        return named
    if "pattern" in schema:
        return st.from_regex(str(schema["pattern"]), fullmatch=True)
    return st.text(min_size=_int(schema, "minLength", 0), max_size=20)


def _int(schema: Mapping[str, object], key: str, default: int) -> int:
    value = schema.get(key, default)
    return int(value) if isinstance(value, int | float) else default


def _mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _resolved(schema: Mapping[str, object], root: Mapping[str, object]) -> Mapping[str, object]:
    reference = schema.get("$ref")
    definitions = root.get("$defs")
    if not isinstance(reference, str) or not isinstance(definitions, Mapping):
        return schema
    return _resolved(definitions[reference.removeprefix("#/$defs/")], root)
