"""The reference page of the actions."""

from collections.abc import Iterator

from ingram_micro_cloud.manifest.described import Member, conditions, described_members
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.markdown import NOTICE, code, table, tick
from ingram_micro_cloud.manifest.models import ActionSpec

PERMISSION = {"read": "look", "write": "edit", "buy": "buy", "path": "by method and path"}
REPEATABLE = {
    "safe": "yes, and the connector does so by itself where that helps",
    "never": "no; it is sent at most once",
    "after_check": "only after a look whether it was done",
}


def actions_page(bundle: Bundle) -> str:
    """Return docs/actions.md."""
    parts = [
        NOTICE,
        f"# The {len(bundle.actions)} actions\n",
        "Inputs are flat and named as the vendor names them; the grouped form (`path_params`, `query_params`, "
        "`json_body`) means the same. Members that are null are left out. *Needs* is the permission a configuration "
        "must allow.\n",
    ]
    for group in bundle.integration.groups:
        rows = [
            [f"[{spec.title}](#{spec.id})", tick(spec.id), PERMISSION[spec.effect], spec.summary]
            for spec in bundle.actions.values()
            if spec.group == group.id
        ]
        parts += [f"## {group.title}\n", f"{group.summary}\n", table(["Action", "Id", "Needs", "What you get"], rows)]
    parts += [action_section(spec) for spec in bundle.actions.values()]
    return "\n".join(parts)


def action_section(spec: ActionSpec) -> str:
    """Return what docs/actions.md says of one action."""
    return "".join(_section(spec))


def _section(spec: ActionSpec) -> Iterator[str]:
    yield f'<a id="{spec.id}"></a>\n\n## {spec.title}\n\n{spec.summary}\n\n'
    if spec.description:
        yield f"{spec.description}\n\n"
    yield table(["", ""], _facts(spec))
    members = list(described_members(spec.input, spec.input))
    yield "\n**Inputs**\n\n"
    rows = [_input(each) for each in members]
    yield table(["Name", "Type", "Required", "Help"], rows) if rows else "None.\n"
    if spec.refused_inputs:
        yield "\nRefused with `not_in_vendor_api`; older forms offered them, the vendor does not take them:\n\n"
        yield table(["Name", "Why"], [[tick(name), why] for name, why in spec.refused_inputs.items()])
    results = list(described_members(spec.output, spec.output))
    kind = "a list of" if spec.lists else "an object with"
    if results:
        yield f"\n**Result**: {kind}\n\n"
        yield table(["Name", "Type", "What it is"], [[tick(each.name), each.type, each.help] for each in results])
    else:
        yield "\n**Result**: whatever the vendor answers.\n"
    for example in spec.examples:
        yield f"\n**Example**: {example.title}\n\n{code(dict(example.input))}\ngives\n\n{code(example.output)}"
    yield "\n**Changes**\n\n"
    yield "".join(f"- {entry.version} ({entry.severity}): {entry.note}\n" for entry in spec.changelog)


def _facts(spec: ActionSpec) -> Iterator[tuple[str, str]]:
    yield "Id", tick(spec.id)
    yield "Reference", tick(spec.ref)
    if spec.aliases:
        yield "Also known as", ", ".join(tick(alias) for alias in spec.aliases)
    yield "Needs", PERMISSION[spec.effect]
    if spec.buy_when:
        yield "Counts as buying when", conditions(spec.buy_when)
    if spec.irreversible_when:
        yield "Cannot be taken back when", conditions(spec.irreversible_when)
    yield "Scope", spec.scope
    yield "Request", tick(f"{spec.method} {spec.path}") if spec.request else "of your choice"
    looked = f" ({spec.check.action} by {spec.check.input})" if spec.check else ""
    yield "May be repeated", REPEATABLE[spec.retry] + looked
    yield "Saves a person", f"about {spec.seconds_saved} seconds"
    if spec.deprecated:
        yield "Deprecated", spec.deprecated
    yield "Vendor's documentation", spec.docs


def _input(member: Member) -> list[str]:
    allowed = f" One of: {', '.join(tick(each) for each in member.allowed)}." if member.allowed else ""
    options = f" Drop-down from {tick(member.options)}." if member.options else ""
    default = f" Default: {tick(str(member.default))}." if member.default is not None else ""
    return [
        tick(member.name),
        member.type,
        "yes" if member.required else "",
        f"{member.help}{allowed}{options}{default}",
    ]
