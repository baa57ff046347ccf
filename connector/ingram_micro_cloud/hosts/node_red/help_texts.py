"""The help of each node: summary first, because the palette's tooltip shows the first paragraph."""

from collections.abc import Iterable, Iterator
from html import escape

from ingram_micro_cloud.hosts.node_red.texts import wheel_name
from ingram_micro_cloud.hosts.surface.operations import Operation
from ingram_micro_cloud.manifest.described import Member, conditions, described_members, resolved
from ingram_micro_cloud.manifest.integration import IntegrationFile

_EFFECTS = {
    "read": "Reads only.",
    "write": "Changes things at the vendor: the configuration must allow <code>edit</code>.",
    "buy": "Can commit money: the configuration must allow <code>buy</code>.",
    "path": "What it may do depends on method and path; unknown calls that are not a <code>GET</code> count as buying.",
}


def action_help(operation: Operation) -> str:
    """Return the help of an action's node as HTML."""
    spec = operation.action
    parts = [f"<p>{escape(spec.summary)}</p>"]
    if spec.description:
        parts.append(f"<p>{escape(spec.description)}</p>")
    parts.append(f"<p>{' '.join(_remarks(operation))}</p>")
    parts.append("<h3>Inputs</h3>")
    members = list(described_members(spec.input, spec.input))
    parts.append(_properties(members, named="") if members else "<p>None.</p>")
    parts += [
        "<p>Empty fields are left out. Each field can also be read from the message, a context, the environment or an "
        "expression. With <i>Empty fields from msg.payload</i> switched on, a payload that is an object gives what the "
        "dialog leaves empty; names it does not know are refused, and what the dialog says stays.</p>",
        "<h3>Outputs</h3>",
        _outputs(operation),
        "<h3>Errors</h3>",
        "<p>A catch node receives the message with <code>msg.im_cloud_error</code>: <code>code</code>, "
        "<code>message</code>, <code>hint</code>, <code>retry</code> (<code>yes</code>, <code>no</code>, "
        "<code>after_check</code>), <code>fields</code>, <code>status_code</code>, <code>correlation_id</code>, "
        "<code>vendor_message</code>. Node-RED makes its own <code>msg.error</code>: its <code>message</code> is "
        "message and hint, its <code>code</code> the same code, its <code>cause</code> the whole error again.</p>",
        "<h3>References</h3>",
        f'<ul><li><a href="{escape(spec.docs)}">{escape("The vendor’s documentation")}</a></li></ul>',
    ]
    return "\n".join(parts)


def configuration_help(manifest: IntegrationFile) -> str:
    """Return the help of the configuration node as HTML."""
    steps = ", ".join(escape(step.title.lower()) for step in manifest.connection_check.steps)
    return "\n".join(
        [
            f"<p>{escape(manifest.form.title)}.</p>",
            f"<p>{escape(manifest.form.description)}</p>",
            "<h3>Where the connector runs</h3>",
            "<p><b>On this machine</b>: the node starts <code>im-cloud serve</code> on a free loopback port, once for "
            "all configurations, restarts it when it ends and stops it together with Node-RED. It must be installed: "
            f"<code>pip install {escape(wheel_name(manifest))}</code>, the wheel that <code>make wheel</code> builds "
            "in the connector’s repository. A command at another place is named by the environment variable "
            "<code>IM_CLOUD_COMMAND</code>. What it stores, mappings and the journal of orders included, is in the "
            "folder <code>im-cloud</code> of Node-RED’s user folder, or where <code>IM_CLOUD_HOME</code> says.</p>",
            "<p>There the configuration is saved as <code>node-red-</code> and the id of this node, so no other "
            "program and no other node of the same name changes it. The dialog shows that name for the command line. "
            "Each deploy saves what the dialog says: a permission that was changed with <code>im-cloud config "
            "allow</code> counts until then, so change it here. Deleting this node and deploying deletes what was "
            "saved.</p>",
            "<p>A deploy does not wait for an order that is running: it is finished, and Node-RED’s log says how it "
            "ended, but the flow that asked has gone. Look with <i>Check Orders</i> before you send it again.</p>",
            "<p><b>A gateway by URL</b>: the actions go to a gateway that somebody runs, under a configuration saved "
            "there. Its key is a credential of this node.</p>",
            "<h3>Test</h3>",
            f"<p>Runs the connection check with what is typed, before the first deploy too: {steps}. It stops at the "
            "first step that fails, says how to mend it and marks the fields it could be.</p>",
            "<h3>Secrets</h3>",
            "<p>They are credentials of Node-RED: encrypted in the credentials file, never in the flow, never sent "
            "back to the editor. A stored secret goes only to the host it was stored for, in <i>Test</i> and after a "
            "deploy; for another host type it again (<code>secret_needed</code>).</p>",
        ]
    )


def _remarks(operation: Operation) -> Iterator[str]:
    spec = operation.action
    yield _EFFECTS[spec.effect]
    if spec.buy_when:
        yield f"Counts as buying when {escape(conditions(spec.buy_when))}."
    if spec.irreversible_when:
        yield f"Cannot be taken back when {escape(conditions(spec.irreversible_when))}."
    if spec.mapped:
        yield f"<code>{escape(spec.mapped)}</code> is filled by the organization, where one is given."
    if operation.buys:
        yield (
            "With a <i>purchase key</i> the same key again returns the first outcome and orders nothing; without one, "
            "identical orders within 15 minutes are refused."
        )
    if spec.deprecated:
        yield f"<b>Deprecated:</b> {escape(spec.deprecated)}"


def _outputs(operation: Operation) -> str:
    spec = operation.action
    kind = "array" if operation.lists else _kind(operation)
    results = list(described_members(spec.output, spec.output))
    what = "what came back" if results else "whatever the vendor answers"
    beside = ("action", "organization", "total", "complete", "calls", "request_ids", "warnings", "correlation_id")
    note = (
        "<dt>im_cloud <span class='property-type'>object</span></dt>"
        f"<dd>{', '.join(f'<code>{name}</code>' for name in beside)}; for a dry run <code>dry_run</code> and the "
        "<code>request</code> that would have been sent.</dd>"
    )
    inner = _properties(results, named="payload[]." if operation.lists else "payload.") if results else ""
    return (
        "<dl class='message-properties'>"
        f"<dt>payload <span class='property-type'>{kind}</span></dt><dd>{what}</dd>{note}</dl>{inner}"
    )


def _kind(operation: Operation) -> str:
    kind = resolved(operation.action.output, operation.action.output).get("type")
    return kind if isinstance(kind, str) else "any"


def _properties(members: Iterable[Member], *, named: str) -> str:
    return f"<dl class='message-properties'>{''.join(_property(member, named) for member in members)}</dl>"


def _property(member: Member, named: str) -> str:
    name = named + member.name.replace(".*.", "[].")
    optional = "" if member.required or named else " class='optional'"
    allowed = (
        f" One of: {', '.join(f'<code>{escape(each)}</code>' for each in member.allowed)}." if member.allowed else ""
    )
    chosen = " Offered from the vendor." if member.options else ""
    default = f" Default: <code>{escape(str(member.default))}</code>." if member.default is not None else ""
    return (
        f"<dt{optional}>{escape(name)} <span class='property-type'>{escape(member.type)}</span></dt>"
        f"<dd>{escape(member.help)}{allowed}{chosen}{default}</dd>"
    )
