"""The reference page of the configuration form and the connection check."""

from collections.abc import Mapping

from ingram_micro_cloud.manifest.integration import ConnectionCheck, IntegrationFile
from ingram_micro_cloud.manifest.markdown import NOTICE, table, tick

EVIDENCE = {
    "documented": "documented by the vendor",
    "seen": "seen in public clients",
    "guessed": "code documented, region guessed",
}


def configuration_page(integration: IntegrationFile) -> str:
    """Return docs/configuration.md."""
    form, check = integration.form, integration.connection_check
    required = form.form_schema.get("required")
    needed = required if isinstance(required, list) else []
    fields = [_field(key, field, needed=key in needed) for key, field in form.properties.items()]
    choices = _listed(form.properties["marketplace"], "choices")
    presets = _listed(form.properties["api_url"], "presets")
    return "\n".join(
        [
            NOTICE,
            "# Configuration\n",
            f"{form.description}\n",
            "## Fields\n",
            table(["Field", "Required", "Variable", "What it is"], fields),
            "The variables make an unsaved configuration for one run, when at least one of user, password, key "
            "and URL is set; `--config NAME` wins over them. Secrets are stored encrypted and never shown.\n",
            "## API URLs\n",
            table(["API URL", "Region"], [[tick(str(each["value"])), str(each["label"])] for each in presets]),
            "The Asia-Pacific address is in no public source; copy it from the panel.\n",
            "## Marketplaces\n",
            table(
                ["Code", "Country", "Region", "How sure"],
                [
                    [tick(str(c["value"])), str(c["label"]), str(c["region"]), EVIDENCE[str(c["evidence"])]]
                    for c in choices
                ],
            ),
            "Another code can be typed. A region that does not fit the URL is only a warning.\n",
            "## Connection check\n",
            f"Saving runs these steps and stops at the first that fails: {_steps(check)}. "
            f"It makes two calls at most: one sign-in, and {tick(check.action)} for a single row.\n",
            table(
                ["Code", "Marks", "What the person is told"],
                [
                    [tick(code), ", ".join(tick(field) for field in message.fields), message.message]
                    for code, message in check.messages.items()
                ],
            ),
            "Warnings do not fail the check:\n",
            table(["Warning", "Text"], [[tick(code), text] for code, text in check.warnings.items()]),
            "## What leaves this machine\n",
            "".join(f"- {sentence}\n" for sentence in integration.egress),
        ]
    )


def _steps(check: ConnectionCheck) -> str:
    return ", ".join(tick(step.id) for step in check.steps)


def _field(key: str, field: Mapping[str, object], *, needed: bool) -> list[str]:
    extra = ""
    if "default" in field:
        extra += f" Default: {tick(str(field['default']).lower())}."
    allowed = field.get("enum")
    if isinstance(allowed, list):
        extra += f" One of: {', '.join(tick(str(each)) for each in allowed)}."
    for name, text in (("minimum", "At least"), ("maximum", "At most")):
        if name in field:
            extra += f" {text} {field[name]}."
    secret = " **Secret.**" if field.get("writeOnly") else ""
    return [
        tick(key),
        "yes" if needed else "",
        "" if key == "name" else tick(f"IM_CLOUD_{key.upper()}"),
        f"{field.get('description')}{extra}{secret}",
    ]


def _listed(field: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    ui = field.get("ui")
    listed = ui.get(name) if isinstance(ui, Mapping) else None
    return listed if isinstance(listed, list) else []
