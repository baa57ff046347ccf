"""The configuration form as a platform renders it."""

from copy import deepcopy

from ingram_micro_cloud.manifest.integration import IntegrationFile


def rendered_form(manifest: IntegrationFile) -> dict[str, object]:
    """Return JSON Schema 2020-12 with UI hints; a fresh copy, free to change."""
    form = manifest.form
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{manifest.distribution}:configuration:{form.version}",
        "title": form.title,
        "description": form.description,
        **deepcopy(dict(form.form_schema)),
        "x-form-version": form.version,
        "x-connection-check": [step.model_dump() for step in manifest.connection_check.steps],
    }
