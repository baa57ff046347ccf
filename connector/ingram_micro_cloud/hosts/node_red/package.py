"""The npm package: `im-cloud export node-red` writes what ``build_package`` returns."""

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from ingram_micro_cloud.hosts.node_red.icons import icon, icon_name
from ingram_micro_cloud.hosts.node_red.page import editor_page
from ingram_micro_cloud.hosts.node_red.palette import node_type, palette
from ingram_micro_cloud.hosts.node_red.tarball import tarball
from ingram_micro_cloud.hosts.node_red.texts import example_flow, package_json, package_name, readme
from ingram_micro_cloud.hosts.surface.operations import operations

if TYPE_CHECKING:
    from ingram_micro_cloud.plugin import Integration

_RUNTIME = "runtime"
_SCRIPTS = ("rules.js", "vendor_list.js", "inputs.js", "actions.js", "form.js", "check.js", "configuration.js")
"""In the order they are read: each uses only what stands before it."""


def file_name(integration: "Integration") -> str:
    """Return what the package's file is called, version included."""
    return f"{package_name(integration.manifest)}-{integration.version}.tgz"


def build_package(integration: "Integration") -> bytes:
    """Return the npm package as a tarball, ready for Node-RED's *Manage palette* or ``npm install``.

    The same integration always gives the same bytes.
    """
    return tarball({name: text.encode() for name, text in package_files(integration).items()})


def package_files(integration: "Integration") -> dict[str, str]:
    """Return the package's files by their path in it."""
    manifest = integration.manifest
    shown, chosen = palette(integration), operations(integration)
    groups = {group.id: group for group in manifest.groups}
    sources = files(__package__) / "files"
    editor = sources / "editor"
    page = editor_page(
        shown,
        chosen,
        manifest,
        style=_text(editor / "style.css"),
        scripts=[_text(editor / name) for name in _SCRIPTS],
        action_template=_text(editor / "action.html"),
        configuration_template=_text(editor / "configuration.html"),
    )
    made = {
        "package.json": _json(package_json(manifest)),
        "README.md": readme(manifest, chosen),
        "palette.json": _json(shown),
        "im-cloud.html": page,
        "examples/list-customers.json": _json(example_flow(node_type(manifest.connection_check.action))),
    }
    for each in (operation.action for operation in chosen):
        made[f"icons/{icon_name(each)}"] = icon(groups[each.group], each.effect)
    for source in (sources / _RUNTIME).iterdir():
        made[source.name if source.name == "im-cloud.js" else f"lib/{source.name}"] = _text(source)
    return made


def _text(source: Traversable) -> str:
    return source.read_text(encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
