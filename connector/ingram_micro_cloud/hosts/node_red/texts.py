"""package.json, the read-me and the example flow of the npm package."""

from collections.abc import Iterable, Mapping

from ingram_micro_cloud.hosts.node_red.palette import CONFIGURATION
from ingram_micro_cloud.hosts.surface.operations import Operation
from ingram_micro_cloud.manifest.integration import IntegrationFile


def package_name(manifest: IntegrationFile) -> str:
    """Return the package's name, by Node-RED's rule for packages of third parties."""
    return f"node-red-contrib-{manifest.distribution}"


def wheel_name(manifest: IntegrationFile) -> str:
    """Return what the connector's wheel is called, as it is built from the repository."""
    return f"{manifest.distribution.replace('-', '_')}-{manifest.version}-py3-none-any.whl"


def package_json(manifest: IntegrationFile) -> Mapping[str, object]:
    """Return the content of package.json. No dependencies, so that an installation asks no registry."""
    return {
        "name": package_name(manifest),
        "version": manifest.version,
        "description": manifest.summary,
        "license": "Apache-2.0",
        "keywords": ["node-red", "ingram-micro", "cloud-marketplace", "cloudblue"],
        "engines": {"node": ">=18"},
        "node-red": {"version": ">=4.0.0", "nodes": {"im-cloud": "im-cloud.js"}},
    }


def readme(manifest: IntegrationFile, operations: Iterable[Operation]) -> str:
    """Return README.md of the package."""
    chosen = list(operations)
    parts = [
        f"# {manifest.title} for Node-RED\n",
        f"{manifest.summary}\n",
        "The nodes talk to the connector `im-cloud`, which does the work: sign-in, call limits, paging, organization "
        "mapping, buying rules.\n",
        "## Install\n",
        f"1. On the machine of Node-RED `pip install {wheel_name(manifest)}`: the wheel that `make wheel` builds in "
        "the connector's repository. Or have a gateway run elsewhere (`im-cloud serve`).",
        f"2. In Node-RED: *Manage palette*, *Install*, upload `{package_name(manifest)}-{manifest.version}.tgz`. "
        "`im-cloud export node-red` makes that file.",
        "3. Drag an action to the canvas, open it, add a configuration, fill in the form, press *Test*, deploy.\n",
        "## Settings\n",
        "| Where | Name | Means |",
        "| --- | --- | --- |",
        "| environment | `IM_CLOUD_COMMAND` | the command of the connector, when it is not on the path |",
        "| `settings.js` | `imCloudCommand` | the same, as a text (words with blanks in quotes) or a list of words |",
        "| environment | `IM_CLOUD_HOME` | where mappings, journal and saved configurations are kept; by default "
        "`im-cloud` in Node-RED's user folder |\n",
        "The command is no field of a node on purpose: whoever may edit flows should not thereby be able to start "
        "programs. The command must hand on its standard input: the gateway ends when that closes, so it is not left "
        "behind when Node-RED is killed.\n",
        "## The command line on Node-RED's state\n",
        "Mapping, approvals and the journal are in Node-RED's state, so give the command line the same folder, and the "
        "name that the configuration's dialog shows:\n",
        "```console",
        "export IM_CLOUD_HOME=~/.node-red/im-cloud",
        "im-cloud config list",
        "im-cloud mapping report --config node-red-0123456789abcdef",
        "```\n",
        "Commands that a hint names are meant so too. The name belongs to the node, so no other program's `main` gets "
        "in its way; give each Node-RED a folder of its own. Each deploy saves what the dialog says: change a "
        "permission there, because what `im-cloud config allow` changed counts only until the next deploy. Deleting "
        "the configuration node and deploying deletes what was saved.\n",
        "## Deploying while something runs\n",
        "Reads are broken off. A write is finished, and a deploy does not wait for it longer than two seconds: "
        "Node-RED's log then says how it ended, with action, id and correlation id, because the flow that asked has "
        "gone. Look (*Check Orders*) before you send it again; with a purchase key the same order again returns the "
        "first outcome.\n",
        "## Secrets\n",
        "A stored secret goes only to the host it was given for. When a deploy changes the address without giving the "
        "secrets anew, the nodes refuse with `secret_needed`: open the configuration, type them, deploy.\n",
        "## Messages\n",
        "- `msg.payload`: the list, or the object.",
        "- `msg.im_cloud`: `action`, `organization`, `total`, `complete`, `calls`, `request_ids`, `warnings`, "
        "`correlation_id`.",
        "- `msg.correlation_id`, when it is there, is sent with the call, else Node-RED's id of the message; the same "
        "id is in the gateway's traces.",
        "- A catch node receives `msg.im_cloud_error` (`code`, `message`, `hint`, `retry`, `fields`, …). "
        "`msg.error.code` is the same code and `msg.error.cause` the same object. When `retry` is `after_check`, look "
        "before you send again: the write may have been done.\n",
        "## Actions\n",
    ]
    for group in manifest.groups:
        members = [each.action for each in chosen if each.action.group == group.id]
        if members:
            parts += [f"**{group.title}**\n", *(f"- {spec.title}: {spec.summary}" for spec in members), ""]
    return "\n".join(parts) + "\n"


def example_flow(kind: str) -> list[Mapping[str, object]]:
    """Return the flow that Node-RED offers under *Import*, *Examples*: one action of this type, and its errors."""
    action, shown, caught, told = "ab1c000000000002", "ab1c000000000003", "ab1c000000000004", "ab1c000000000005"
    configuration = "ab1c000000000006"
    debug = {
        "type": "debug",
        "active": True,
        "tosidebar": True,
        "complete": "payload",
        "targetType": "msg",
        "wires": [],
    }
    return [
        {"id": configuration, "type": CONFIGURATION, "name": "main", "place": "local", "values": None},
        {"id": "ab1c000000000001", "type": "inject", "name": "now", "props": [], "repeat": "", "crontab": "",
         "once": False, "x": 130, "y": 80, "wires": [[action]]},
        {"id": action, "type": kind, "name": "", "configuration": configuration, "given": {}, "x": 320, "y": 80,
         "wires": [[shown]]},
        {"id": shown, "name": "result", "x": 510, "y": 80, **debug},
        {"id": caught, "type": "catch", "name": "", "scope": None, "x": 130, "y": 160, "wires": [[told]]},
        {"id": told, "name": "what went wrong", "x": 340, "y": 160, **debug, "complete": "im_cloud_error"},
    ]  # fmt: skip
