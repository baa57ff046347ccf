"""Which inputs are filled from the vendor, and what that is already chosen narrows their lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.models import ActionSpec, JsonSchema

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class DropDown:
    """An input that is filled from a list.

    Attributes:
        input: Its name; a nested one by dots, ``*`` for every entry of a list.
        source: The action whose rows fill it.
        narrowed_by: The input that also narrows the list, or None.
    """

    input: str
    source: str
    narrowed_by: str | None


def drop_downs(spec: ActionSpec, actions: Mapping[str, ActionSpec]) -> tuple[DropDown, ...]:
    """Return every input of an action that is filled from a list."""
    found = []
    for name, source in _sources(spec.input, spec.input, ""):
        mapped = actions[source].mapped
        narrowed_by = mapped if mapped in spec.inputs and mapped != name else None
        found.append(DropDown(name, source, narrowed_by))
    return tuple(found)


def _sources(schema: JsonSchema, root: JsonSchema, prefix: str) -> Iterator[tuple[str, str]]:
    schema = resolved(schema, root)
    properties, items = schema.get("properties"), schema.get("items")
    if prefix.count(".") >= DEEPEST:
        return
    if isinstance(items, Mapping):
        yield from _entry(items, root, f"{prefix}*")
    for name, member in properties.items() if isinstance(properties, Mapping) else ():
        yield from _entry(member, root, f"{prefix}{name}")


def _entry(schema: JsonSchema, root: JsonSchema, name: str) -> Iterator[tuple[str, str]]:
    options = resolved(schema, root).get("options")
    if isinstance(options, Mapping):
        yield name, str(options["action"])
    yield from _sources(schema, root, f"{name}.")
