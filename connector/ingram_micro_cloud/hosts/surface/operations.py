"""One operation per action, as every HTTP surface offers it: method, path, names and places of the inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.hosts.surface.naming import RESERVED, gateway_names
from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.integration import IntegrationFile
from ingram_micro_cloud.manifest.models import ActionSpec, JsonSchema

if TYPE_CHECKING:
    from ingram_micro_cloud.plugin import Integration

__all__ = ["RESERVED", "Operation", "Parameter", "operation", "operations"]

_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input at the gateway.

    Attributes:
        name: At the gateway; never a reserved name of the platform's importer.
        vendor_name: The action's input.
        schema: Stands on its own, or points into the ``$defs`` of the action's input schema.
        required: Whether the action needs it.
        place: Where it goes in a documented call.
    """

    name: str
    vendor_name: str
    schema: JsonSchema
    required: bool
    place: Literal["query", "body"]


FILLED: Final = "An organization fills it in; it is needed only without one."


@dataclass(frozen=True, slots=True)
class Operation:
    """One action as an HTTP operation.

    Attributes:
        action: The action.
        method: As documented; POST is accepted for every action.
        path: At the gateway.
        parameters: The inputs, in the order of the action file.
        lists: Whether it is answered as ``{items, total, …}``.
        buys: Whether it can commit money, and so takes a ``purchase_key``.
    """

    action: ActionSpec
    method: Literal["GET", "POST"]
    path: str
    parameters: tuple[Parameter, ...]
    lists: bool
    buys: bool

    @property
    def sliced(self) -> bool:
        """Whether the gateway itself cuts the list by ``offset`` and ``limit``, because the action takes neither."""
        return self.lists and not {"offset", "limit"} & self.action.inputs.keys()

    def inputs(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return the action's inputs from what was given by the gateway's names; other names pass through.

        Raises:
            InputError: One input was given under both of its names.
        """
        vendor_names = {each.name: each.vendor_name for each in self.parameters}
        renamed = [each for each in self.parameters if each.name != each.vendor_name]
        twice = [each for each in renamed if {each.name, each.vendor_name} <= given.keys()]
        if twice:
            texts = {each.name: f"{each.name} and {each.vendor_name} are the same input." for each in twice}
            raise InputError(
                next(iter(texts.values())),
                hint=f"Give only {' and '.join(texts)}.",
                fields=[FieldProblem(f"/{name}", "given_twice", text) for name, text in texts.items()],
            )
        return {vendor_names.get(name, name): value for name, value in given.items()}


def operations(integration: "Integration") -> tuple[Operation, ...]:
    """Return the operation of every action, in the order of the palette's groups and then by id."""
    place = {group.id: position for position, group in enumerate(integration.manifest.groups)}
    chosen = sorted(integration.actions.values(), key=lambda spec: (place[spec.group], spec.id))
    return tuple(operation(spec, integration.manifest) for spec in chosen)


def operation(spec: ActionSpec, manifest: IntegrationFile) -> Operation:
    """Return the operation of one action.

    A read whose inputs are all single values is a GET with query parameters; everything else is a POST with a body.
    """
    reads = spec.effect == "read" and all(_single(schema, spec.input) for schema in spec.inputs.values())
    names, required = gateway_names(spec, manifest), spec.input.get("required")
    needed = required if isinstance(required, list) else []
    return Operation(
        action=spec,
        method="GET" if reads else "POST",
        path=f"/actions/{spec.id}",
        parameters=tuple(
            Parameter(
                names[name],
                name,
                _told(schema, filled=name == spec.mapped),
                name in needed and name != spec.mapped,
                "query" if reads else "body",
            )
            for name, schema in spec.inputs.items()
        ),
        lists=spec.lists or resolved(spec.output, spec.output).get("type") == "array",
        buys=spec.effect in ("buy", "path") or bool(spec.buy_when),
    )


def _told(schema: JsonSchema, *, filled: bool) -> JsonSchema:
    """Return the schema of an input, saying so where an organization's customer fills it."""
    if not filled or "$ref" in schema:
        return schema
    return {**schema, "description": f"{schema.get('description', '')} {FILLED}".strip()}


def _single(schema: JsonSchema, root: JsonSchema) -> bool:
    kind = resolved(schema, root).get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    return all(each in _SCALARS for each in kinds)
