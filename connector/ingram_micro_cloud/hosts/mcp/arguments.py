"""What a tool takes beside its action's inputs, and how the two are told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.hosts.mcp.given import aliases
from ingram_micro_cloud.hosts.mcp.windows import MOST, stops_by
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.service import Call
from ingram_micro_cloud.manifest.models import ActionSpec

Role = Literal["organization", "configuration", "dry_run", "max_items"]
_ROLES: Final[tuple[Role, ...]] = ("organization", "configuration", "dry_run")
_MOST_NAMED: Final = 50
"""Organizations that a schema lists by id; of more it only says that they exist."""


@dataclass(frozen=True, slots=True)
class Given:
    """A call's arguments, sorted."""

    inputs: Mapping[str, object]
    call: Call
    max_items: int | None = None


def argument_names(spec: ActionSpec) -> Mapping[Role, str]:
    """Return what the server's own arguments are called; an input of the same name keeps its name."""
    taken = {*spec.inputs, *(alias for each in spec.inputs.values() for alias in aliases(each))}
    roles: tuple[Role, ...] = (*_ROLES, "max_items") if stops_by(spec) == "cut" else _ROLES
    return {role: f"im_cloud_{role}" if role in taken else role for role in roles}


def own_arguments(
    spec: ActionSpec, access: Access, configurations: Sequence[str], *, rehearsable: bool
) -> tuple[dict[str, object], list[str]]:
    """Return the server's own arguments as properties of a schema, and which of them are required.

    Args:
        spec: The action.
        access: Whom it acts for.
        configurations: The saved ones it may use.
        rehearsable: Whether the tool changes something, so that trying it dry makes sense.
    """
    names, required = argument_names(spec), []
    properties: dict[str, object] = {}
    if spec.scope in ("customer", "path"):
        properties[names["organization"]] = _organization(access)
        if not access.reseller:
            required.append(names["organization"])
    if len(configurations) > 1:
        properties[names["configuration"]] = {
            "description": "Which saved configuration to use; left out, the default one.",
            "type": "string",
            "enum": list(configurations),
        }
    if rehearsable:
        properties[names["dry_run"]] = {
            "description": "Only check, and show the request.",
            "type": "boolean",
            "default": False,
        }
    if "max_items" in names:
        properties[names["max_items"]] = {
            "description": "Rows to answer with.", "type": "integer", "minimum": 1, "default": MOST,
        }  # fmt: skip
    return properties, required


def sorted_arguments(spec: ActionSpec, arguments: Mapping[str, object]) -> Given:
    """Return the inputs of the action, and for whom and how it is to run.

    Raises:
        InputError: One of the server's own arguments is wrong; each such place is named.
    """
    names = argument_names(spec)
    own = {role: arguments.get(name) for role, name in names.items()}
    problems = [
        FieldProblem(f"/{names[role]}", "type", f"{names[role]} must be a text with its id or name.")
        for role in ("organization", "configuration")
        if own[role] is not None and (not isinstance(own[role], str) or not own[role])
    ]
    if own["dry_run"] is not None and not isinstance(own["dry_run"], bool):
        problems.append(FieldProblem(f"/{names['dry_run']}", "type", f"{names['dry_run']} must be true or false."))
    most = own.get("max_items")
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        text = f"{names['max_items']} must be a whole number of at least 1."
        problems.append(FieldProblem(f"/{names['max_items']}", "type", text))
    if problems:
        raise InputError(problems[0].message, hint="Look at the tool's input schema.", fields=problems)
    organization, configuration = own["organization"], own["configuration"]
    return Given(
        {name: value for name, value in arguments.items() if name not in names.values()},
        Call(
            configuration=configuration if isinstance(configuration, str) else None,
            organization=organization if isinstance(organization, str) else None,
            dry_run=own["dry_run"] is True,
        ),
        most if isinstance(most, int) else None,
    )


def _organization(access: Access) -> dict[str, object]:
    without = "left out, it acts for the reseller" if access.reseller else "required"
    made: dict[str, object] = {"description": f"Organization id; {without}.", "type": "string"}
    if access.organizations is not None and 0 < len(access.organizations) <= _MOST_NAMED:
        made["enum"] = sorted(access.organizations)
    return made
