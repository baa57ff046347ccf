"""im-cloud.html: what Node-RED's editor loads, put together from the palette and the files beside this module."""

import json
from collections.abc import Iterable, Mapping
from html import escape

from ingram_micro_cloud.hosts.node_red.help_texts import action_help, configuration_help
from ingram_micro_cloud.hosts.node_red.palette import CONFIGURATION, node_type
from ingram_micro_cloud.hosts.surface.operations import Operation
from ingram_micro_cloud.manifest.integration import IntegrationFile


def editor_page(
    palette: Mapping[str, object],
    operations: Iterable[Operation],
    manifest: IntegrationFile,
    *,
    style: str,
    scripts: Iterable[str],
    action_template: str,
    configuration_template: str,
) -> str:
    """Return the page.

    Args:
        palette: What ``palette`` returned.
        operations: The actions it shows.
        manifest: Whose form it shows.
        style: The style sheet.
        scripts: The editor's scripts; they share one scope, in which PALETTE is the palette.
        action_template: The dialog of every action; its fields are added when it opens.
        configuration_template: The dialog of the configuration; ``{secrets}`` is where Node-RED finds the secrets.
    """
    named = [each for name in (*manifest.form.secrets, "gateway_key") for each in (name, f"{name}_for")]
    secrets = "\n".join(_secret(name) for name in named)
    parts = [
        f"<style>\n{style}</style>\n",
        f'<script type="text/javascript">\n(function () {{\n"use strict";\nconst PALETTE = {script_json(palette)};\n',
        *scripts,
        "})();\n</script>\n",
        _template(CONFIGURATION, configuration_template.replace("{secrets}", secrets)),
        _help(CONFIGURATION, configuration_help(manifest)),
    ]
    for operation in operations:
        kind = node_type(operation.action.id)
        parts += [_template(kind, action_template), _help(kind, action_help(operation))]
    return "".join(parts)


def script_json(value: object) -> str:
    """Return JSON that can stand inside a script element, whatever the texts in it say."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _template(kind: str, content: str) -> str:
    return f'<script type="text/html" data-template-name="{kind}">\n{content}</script>\n'


def _help(kind: str, content: str) -> str:
    return f'<script type="text/html" data-help-name="{kind}">\n{content}\n</script>\n'


def _secret(name: str) -> str:
    # Node-RED fills credentials before our script runs, so these inputs must be in the template itself. Those that end
    # in _for are never shown: they keep a secret with the address it was typed for.
    return f'<input type="password" id="node-config-input-{escape(name)}" autocomplete="new-password">'
