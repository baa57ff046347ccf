"""What a tool takes beside its action's inputs, and how the two are told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.service import Call
from ingram_micro_cloud.manifest.models import ActionSpec

Role = Literal["organization", "configuration", "dry_run"]
ROLES: Final[tuple[Role, ...]] = ("organization", "configuration", "dry_run")
_MOST_NAMED: Final = 50
"""Organizations that a schema lists by id; of more it only says that they exist."""


@dataclass(frozen=True, slots=True)
class Given:
    """A call's arguments, sorted."""

    inputs: Mapping[str, object]
    call: Call


def argument_names(spec: ActionSpec) -> Mapping[Role, str]:
    """Return what the server's own arguments are called; an input of the same name keeps its name."""
    taken = {*spec.inputs, *(alias for each in spec.inputs.values() for alias in _aliases(each))}
    return {role: f"im_cloud_{role}" if role in taken else role for role in ROLES}


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
            "title": "Configuration",
            "description": "Which saved configuration to use; left out, the default one.",
            "type": "string",
            "enum": list(configurations),
        }
    if rehearsable:
        properties[names["dry_run"]] = {
            "title": "Dry run",
            "description": "Check and show the request; nothing is changed.",
            "type": "boolean",
            "default": False,
        }
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
    )


def _organization(access: Access) -> dict[str, object]:
    without = (
        "Left out, it acts for the reseller." if access.reseller else "Required: this access acts for no reseller."
    )
    made: dict[str, object] = {
        "title": "Organization",
        "description": f"Id of the organization to act for; only its own customer can then be touched. {without}",
        "type": "string",
        "minLength": 1,
    }
    if access.organizations is not None and 0 < len(access.organizations) <= _MOST_NAMED:
        made["enum"] = sorted(access.organizations)
    return made


def _aliases(schema: Mapping[str, object]) -> Sequence[str]:
    aliases = schema.get("aliases")
    return [str(each) for each in aliases] if isinstance(aliases, list) else []
