"""The entries of a drop-down: read from the action the input names, for an organization only its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.models import ActionSpec


@dataclass(frozen=True, slots=True)
class OptionSource:
    """Where the entries come from: an action's rows, the member that is the value and the one people read."""

    action: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Option:
    """One entry."""

    value: str
    label: str


def option_source(spec: ActionSpec, input_name: str) -> OptionSource:
    """Return what fills an input's drop-down; a nested input by dots, ``*`` for every entry of a list.

    Raises:
        InputError: The action has no such input, or it is no drop-down.
    """
    schema: Mapping[str, object] = spec.input
    for step in input_name.split("."):
        schema = _inside(resolved(schema, spec.input), step)
    options = resolved(schema, spec.input).get("options")
    if not isinstance(options, Mapping):
        text = f"{input_name} of {spec.title} is not filled from a list."
        raise InputError(text, hint=f"What it takes: im-cloud describe {spec.id}",
                         fields=[FieldProblem("/input", "no_options", text)])  # fmt: skip
    return OptionSource(str(options["action"]), str(options["value"]), str(options["label"]))


def narrowing(source: ActionSpec, given: Mapping[str, object]) -> dict[str, object]:
    """Return what is already chosen and also narrows the list, such as the customer of a subscription."""
    return {name: given[name] for name in source.inputs if source.mapped == name and given.get(name) not in (None, "")}


def options_of(rows: object, source: OptionSource, query: str) -> tuple[Option, ...]:
    """Return the entries whose label or value holds the query, in the list's order, each value once."""
    found: dict[str, Option] = {}
    for row in rows if isinstance(rows, list) else ():
        value = row.get(source.value) if isinstance(row, Mapping) else None
        if value is None or str(value) in found:
            continue
        label = row.get(source.label)
        found[str(value)] = Option(str(value), str(value if label in (None, "") else label))
    return searched(found.values(), query)


def searched(options: Iterable[Option], query: str) -> tuple[Option, ...]:
    """Return the entries whose label or value holds the query, capitals or not."""
    wanted = query.strip().casefold()
    return tuple(each for each in options if wanted in each.label.casefold() or wanted in each.value.casefold())


def _inside(schema: Mapping[str, object], step: str) -> Mapping[str, object]:
    if step == "*" or step.isdecimal():
        items = schema.get("items")
        return items if isinstance(items, Mapping) else {}
    properties = schema.get("properties")
    member = properties.get(step) if isinstance(properties, Mapping) else None
    return member if isinstance(member, Mapping) else {}
