"""Flattens a schema into the rows that people read: dotted names, types, help, allowed values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Member:
    """One input or result field, nested ones by dotted name; ``*`` stands for every entry of a list."""

    name: str
    type: str
    required: bool
    help: str
    allowed: tuple[str, ...] = ()
    options: str | None = None
    default: object = None


def described_members(schema: Mapping[str, object], root: Mapping[str, object], prefix: str = "") -> Iterator[Member]:
    """Yield the members of an object schema to the bottom.

    Args:
        schema: The object's schema.
        root: The schema that holds ``$defs``.
        prefix: Dotted name of the object itself, with a dot at its end.
    """
    schema = resolved(schema, root)
    if schema.get("type") == "array":
        items = schema.get("items")
        if isinstance(items, Mapping):
            yield from described_members(items, root, prefix)
        return
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, Mapping) or prefix.count(".") >= DEEPEST:
        return
    for name, raw in properties.items():
        member = resolved(raw, root)
        yield _member(f"{prefix}{name}", member, needed=isinstance(required, list) and name in required)
        items = member.get("items")
        if isinstance(items, Mapping):
            yield from described_members(items, root, f"{prefix}{name}.*.")
        else:
            yield from described_members(member, root, f"{prefix}{name}.")


def resolved(schema: Mapping[str, object], root: Mapping[str, object]) -> Mapping[str, object]:
    """Return a schema with its reference followed; what stands beside the reference wins."""
    reference, definitions = schema.get("$ref"), root.get("$defs")
    if not isinstance(reference, str) or not isinstance(definitions, Mapping):
        return schema
    shared = definitions.get(reference.removeprefix("#/$defs/"))
    if not isinstance(shared, Mapping):
        return schema
    return {**resolved(shared, root), **{key: value for key, value in schema.items() if key != "$ref"}}


def conditions(when: Mapping[str, object]) -> str:
    """Return declared input values as people read them: ``type = cancellation``."""
    return ", ".join(f"{name} = {str(value).lower()}" for name, value in when.items())


def _member(name: str, schema: Mapping[str, object], *, needed: bool) -> Member:
    allowed, options = schema.get("enum"), schema.get("options")
    items = schema.get("items")
    if isinstance(items, Mapping) and "enum" in items:
        allowed = items["enum"]
    source = f"{options.get('action')} ({options.get('value')})" if isinstance(options, Mapping) else None
    return Member(
        name=name,
        type=_type(schema),
        required=needed,
        help=str(schema.get("description", schema.get("title", ""))).strip(),
        allowed=tuple(str(value) for value in allowed) if isinstance(allowed, list) else (),
        options=source,
        default=schema.get("default"),
    )


def _type(schema: Mapping[str, object]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(str(each) for each in kind)
    names = {"string": "text", "integer": "whole number", "boolean": "true/false", "array": "list"}
    plain = names.get(str(kind), str(kind)) if kind is not None else "any"
    form = schema.get("format")
    return str(form) if isinstance(form, str) else plain
