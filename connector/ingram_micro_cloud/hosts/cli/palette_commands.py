"""`im-cloud actions` and `im-cloud describe`: the palette, and one action in full."""

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing

if TYPE_CHECKING:
    from ingram_micro_cloud.manifest.models import ActionSpec
    from ingram_micro_cloud.plugin import Integration

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]
SHOWN_LEVELS: Final = 2
"""Of a result; inputs are shown to the bottom."""
NEEDS: Final = {"read": "look", "write": "edit", "buy": "buy", "path": "by method and path"}


def action_names(incomplete: str) -> list[str]:
    """Return action ids for the shell's completion; reads file names only."""
    from ingram_micro_cloud.bundle import bundle_root

    return sorted(name for name in _file_names(bundle_root() / "actions") if name.startswith(incomplete))


ActionArgument = Annotated[
    str, typer.Argument(help="Id, reference, title or alias.", autocompletion=action_names, show_default=False)
]


def actions(
    group: Annotated[str | None, typer.Option(help="Only this palette group.")] = None,
    config: Annotated[str | None, typer.Option(help="Only what this configuration's permission allows.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The palette: every action with what it needs."""
    from ingram_micro_cloud.plugin import load_integration

    integration = load_integration()
    groups = {each.id: each for each in integration.manifest.groups}
    if group is not None and group not in groups:
        raise UsageError(f"There is no group {group!r}.", hint=f"There are: {', '.join(groups)}.")
    chosen = [spec for spec in _allowed(integration, config) if group in (None, spec.group)]
    if as_json:
        printing.print_json([spec.as_row() for spec in chosen])
        return
    out = printing.console()
    for each in groups.values():
        rows = [[spec.id, spec.title, NEEDS[spec.effect], spec.summary] for spec in chosen if spec.group == each.id]
        if rows:
            out.print(printing.table(each.title, ["id", "action", "needs", "what you get"], rows))
    out.print("One of them in full: im-cloud describe list_customers")


def describe(
    action: ActionArgument,
    sample: Annotated[
        bool, typer.Option("--sample", help="Print only an example input, ready for run --input -.")
    ] = False,
    config: Annotated[
        str | None, typer.Option(help="With --sample: take the ids it needs from this account, by reads.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """One action: what it does, takes and gives, with an example."""
    from ingram_micro_cloud.plugin import load_integration

    integration = load_integration()
    spec = integration.lookup(action)
    if sample:
        if config is None and spec.examples[0].needs:
            printing.print_warnings([_needs_hint(spec)])
        printing.print_json(_sample(integration, spec, config))
    elif as_json:
        printing.print_json({**spec.as_row(), **spec.model_dump(mode="json", by_alias=True, exclude={"source"})})
    else:
        _print_description(spec)


def _allowed(integration: "Integration", config: str | None) -> list["ActionSpec"]:
    if config is None:
        return list(integration.actions.values())
    from ingram_micro_cloud.plugin import open_state
    from ingram_micro_cloud.runtime.permissions import permits

    with open_state() as state:
        allow = integration.book(state).load(config).allow
    return [spec for spec in integration.actions.values() if permits(allow, spec.effect)]


def _sample(integration: "Integration", spec: "ActionSpec", config: str | None) -> object:
    if config is None:
        return dict(spec.examples[0].input)
    import anyio

    from ingram_micro_cloud.hosts.cli.choosing import chosen_configuration
    from ingram_micro_cloud.plugin import open_state
    from ingram_micro_cloud.runtime.samples import working_example

    async def filled() -> object:
        with open_state() as state:
            configuration = chosen_configuration(integration, config, state)
            async with integration.connect(configuration, state=state) as connection:
                return await working_example(connection, spec.examples[0])

    return anyio.run(filled)


def _print_description(spec: "ActionSpec") -> None:
    import json

    from rich.markup import escape

    from ingram_micro_cloud.manifest.described import conditions

    out = printing.console()
    out.print(f"[bold]{escape(spec.title)}[/]  [dim]{spec.ref}[/]")
    out.print(escape(spec.summary))
    if spec.description:
        out.print(escape(spec.description))
    request = f"{spec.method} {spec.path}" if spec.request else "method and path of your choice"
    again = {"safe": "yes", "never": "never", "after_check": f"only after a look ({_check(spec)})"}[spec.retry]
    out.print(f"\nNeeds: {NEEDS[spec.effect]}   Scope: {spec.scope}   Request: {escape(request)}   Repeatable: {again}")
    if spec.irreversible_when:
        out.print(f"Cannot be taken back when: {escape(conditions(spec.irreversible_when))}")
    rows = [list(row) for row in _inputs(spec.input, spec.input, "")]
    out.print()
    if rows:
        out.print(printing.table("Inputs", ["name", "type", "help"], rows))
    else:
        out.print("Takes no inputs.")
    if spec.refused_inputs:
        out.print(f"Refused, because the vendor does not take them: {', '.join(spec.refused_inputs)}")
    results = [row for row in _inputs(spec.output, spec.output, "") if not row[0].startswith("  " * SHOWN_LEVELS)]
    kind = "Result: a list of" if spec.lists else "Result"
    out.print(
        printing.table(kind, ["name", "type", "help"], results) if results else "Result: what the vendor answers."
    )
    if results:
        out.print("[dim]What lies deeper: --json[/]")
    for example in spec.examples:
        out.print(f"\n[bold]Example:[/] {escape(example.title)}")
        text = json.dumps(dict(example.input), ensure_ascii=False)
        out.print(escape(f"im-cloud run {spec.id} --input '{text}'"), soft_wrap=True)
        if example.needs:
            out.print(f"[dim]{escape(_needs_hint(spec))}[/]", soft_wrap=True)
    for entry in spec.changelog:
        out.print(f"[dim]{entry.version} {entry.severity}: {escape(entry.note)}[/]")
    out.print(f"[dim]Vendor's documentation: {spec.docs}[/]")


def _needs_hint(spec: "ActionSpec") -> str:
    names = ", ".join(spec.examples[0].needs)
    return f"{names}: take them from your own account: im-cloud describe {spec.id} --sample --config NAME"


def _check(spec: "ActionSpec") -> str:
    return f"{spec.check.action} by {spec.check.input}" if spec.check else ""


def _inputs(schema: Mapping[str, object], root: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str, str]]:
    from ingram_micro_cloud.manifest.described import described_members

    for member in described_members(schema, root, prefix):
        needed = "required. " if member.required else ""
        allowed = f" One of: {', '.join(member.allowed)}." if member.allowed else ""
        options = f" From: {member.options}." if member.options else ""
        # Nested members stand indented under their parent: whole paths would leave no room for the help.
        *parents, name = [step for step in member.name.split(".") if step != "*"]
        yield "  " * len(parents) + name, member.type, f"{needed}{member.help}{allowed}{options}"


def _file_names(folder: Traversable) -> Iterator[str]:
    for resource in folder.iterdir():
        if resource.is_dir() and resource.name != "schemas":
            yield from (file.name.removesuffix(".yaml") for file in resource.iterdir() if file.name.endswith(".yaml"))
