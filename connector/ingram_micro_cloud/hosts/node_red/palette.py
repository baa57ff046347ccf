"""palette.json: everything the package's runtime and editor know about the actions and the form."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ingram_micro_cloud.hosts.node_red.colours import node_colour
from ingram_micro_cloud.hosts.node_red.fields import form_fields, input_fields
from ingram_micro_cloud.hosts.node_red.icons import icon_name
from ingram_micro_cloud.hosts.surface.operations import Operation, operations
from ingram_micro_cloud.manifest.integration import IntegrationFile, PaletteGroup

if TYPE_CHECKING:
    from ingram_micro_cloud.plugin import Integration

PREFIX = "im-cloud-"
CONFIGURATION = f"{PREFIX}configuration"
"""The type of the configuration node."""
_VENDOR = "Ingram"


def palette(integration: "Integration") -> dict[str, object]:
    """Return the content of palette.json: actions by group, the configuration form, the sentences of its check."""
    manifest = integration.manifest
    groups = {group.id: group for group in manifest.groups}
    return {
        "title": manifest.title,
        "version": manifest.version,
        "configuration": CONFIGURATION,
        "form": {
            "title": manifest.form.title,
            "description": manifest.form.description,
            "secrets": list(manifest.form.secrets),
            "fields": form_fields(manifest.form),
        },
        "check": {
            "steps": {step.id: step.title for step in manifest.connection_check.steps},
            "secret_needed": _secret_needed(manifest),
        },
        "actions": [_action(each, groups[each.action.group]) for each in operations(integration)],
    }


def node_type(action_id: str) -> str:
    """Return the node type of an action: ``im-cloud-list-customers``."""
    return PREFIX + action_id.replace("_", "-")


def _action(operation: Operation, group: PaletteGroup) -> Mapping[str, object]:
    spec = operation.action
    return {
        "id": spec.id,
        "type": node_type(spec.id),
        "label": spec.title,
        "summary": spec.summary,
        "category": f"{_VENDOR} · {group.title}",
        "category_summary": group.summary,
        "colour": node_colour(group.color),
        "icon": icon_name(spec),
        "effect": spec.effect,
        "lists": operation.lists,
        "buys": operation.buys,
        "inputs": input_fields(operation),
    }


def _secret_needed(manifest: IntegrationFile) -> Mapping[str, object]:
    message = manifest.connection_check.messages["secret_needed"]
    return {"message": message.message, "fields": list(message.fields)}
