"""What the integration declares, as one JSON object: what a platform draws its palette and its form from."""

from typing import Final

from ingram_micro_cloud.plugin import Integration

_MEMBERS: Final = frozenset({
    "id", "ref", "title", "aliases", "summary", "group", "effect", "scope", "origin", "input", "output", "examples",
    "changelog", "deprecated", "docs",
})  # fmt: skip


def described(integration: Integration) -> dict[str, object]:
    """Return what ``describe_integration`` gives; a fresh object, free to change."""
    manifest, actions = integration.manifest, integration.actions.values()
    return {
        "id": manifest.id,
        "title": manifest.title,
        "summary": manifest.summary,
        "version": manifest.version,
        "distribution": manifest.distribution,
        "docs": manifest.docs,
        "vendor_api": manifest.vendor_api.model_dump(mode="json"),
        "groups": [each.model_dump(mode="json") for each in manifest.groups],
        "palette": {each.id: [spec.id for spec in actions if spec.group == each.id] for each in manifest.groups},
        "form": integration.configuration_form(),
        "connection_check": [each.model_dump(mode="json") for each in manifest.connection_check.steps],
        "mapping": {
            "offered_after": "passing check",
            "variable": {"name": integration.variable.name, "category": integration.variable.category},
        },
        "actions": [
            {
                "method": spec.method,
                "path": spec.path,
                **spec.model_dump(mode="json", by_alias=True, include=set(_MEMBERS)),
            }
            for spec in actions
        ],
    }
