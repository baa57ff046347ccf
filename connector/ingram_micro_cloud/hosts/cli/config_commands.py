"""`im-cloud config`: the form, saving with the connection check, health."""

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.runtime.book import SavedConfiguration
    from ingram_micro_cloud.runtime.check import CheckReport
    from ingram_micro_cloud.store.configurations import Health

app = typer.Typer(help="Configurations: save with the connection check, test, list, allow.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The configuration's name.", show_default=False)]


@app.command("form")
def form(as_json: JsonOption = False) -> None:
    """The form: every field, and where to find its value."""
    from ingram_micro_cloud.plugin import load_integration

    integration = load_integration()
    if as_json:
        printing.print_json(integration.configuration_form())
        return
    spec = integration.manifest.form
    required = spec.form_schema.get("required", ())
    rows = [
        [key, "yes" if isinstance(required, list) and key in required else "", _help(field)]
        for key, field in spec.properties.items()
    ]
    out = printing.console()
    out.print(printing.table(spec.title, ["field", "required", "what it is"], rows))
    out.print("Save one: im-cloud config save NAME")


@app.command("save")
def save(
    name: NameArgument,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE|-", help="A JSON or YAML object of the fields, or - for standard input."),
    ] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Store it even when the connection check fails.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the connection and, when it works, save the configuration."""
    import anyio

    from ingram_micro_cloud.hosts.cli.form_filling import ask, read_fields
    from ingram_micro_cloud.plugin import load_integration, open_state

    integration = load_integration()
    spec = integration.manifest.form
    with open_state() as state:
        book, desk = integration.book(state), integration.desk(state)
        typed = read_fields(source, name) if source is not None else ask(spec, state.drafts.get(name), book, name)
        on_step = None if as_json else printing.print_step
        ended = anyio.run(lambda: desk.save(name, typed, unverified=unverified, on_step=on_step))
    _finish(ended.report, as_json=as_json, name=name, stored=ended.saved)


@app.command("test")
def check(  # a command, not a test
    name: NameArgument, as_json: JsonOption = False
) -> None:
    """Check the connection of a saved configuration and remember its health."""
    import anyio

    from ingram_micro_cloud.plugin import load_integration, open_state

    integration = load_integration()
    with open_state() as state:
        desk = integration.desk(state)
        on_step = None if as_json else printing.print_step
        report = anyio.run(lambda: desk.test(name, on_step=on_step))
    _finish(report, as_json=as_json, name=name, stored=None)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Every saved configuration with its health."""
    from ingram_micro_cloud.plugin import load_integration, open_state

    with open_state() as state:
        saved = load_integration().book(state).all()
    if as_json:
        printing.print_json([each.as_row() for each in saved])
        return
    if not saved:
        printing.console().print("There is no configuration yet. Make one: im-cloud config save main")
        return

    def shown(values: Mapping[str, object]) -> list[str]:
        return [str(values.get(key)) for key in ("api_url", "marketplace", "allow")]

    rows = [
        [each.name, "default" if each.is_default else "", *shown(each.values), _told(each.health)] for each in saved
    ]
    columns = ["name", "", "API URL", "marketplace", "allow", "health"]
    printing.console().print(printing.table("Configurations", columns, rows))


@app.command("show")
def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """One configuration; secrets stay masked."""
    from ingram_micro_cloud.plugin import load_integration, open_state

    with open_state() as state:
        saved: SavedConfiguration = load_integration().book(state).show(name)
    if as_json:
        printing.print_json(dict(saved.values))
        return
    printing.print_object(saved.values, title=saved.name)
    printing.console().print(f"Health: {_told(saved.health)}")


@app.command("allow")
def allow(
    name: NameArgument,
    permission: Annotated[str, typer.Argument(help="look, edit or buy.", show_default=False)],
    max_order: Annotated[
        str | None,
        typer.Option("--max-order", metavar="AMOUNT", help="What one order may cost; none means no limit."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a configuration may do: look, edit or buy."""
    from ingram_micro_cloud.plugin import load_integration, open_state

    wanted = permission.casefold()
    if wanted not in ("look", "edit", "buy"):
        raise UsageError(f"{permission!r} is not a permission.", hint="There are: look, edit, buy.")
    rules = {} if max_order is None else {"max_order_amount": max_order}
    with open_state() as state:
        changed = load_integration().book(state).allow(name, wanted, **rules)  # type: ignore[arg-type]  # of the three
    most = changed.max_order_amount
    if as_json:
        shown = None if most is None else f"{most:f}"
        printing.print_json({"name": changed.name, "allow": changed.allow, "max_order_amount": shown})
        return
    meaning = {
        "look": "only read",
        "edit": "read, and create or change customers, resellers, reports and the like",
        "buy": "also commit money: place orders and switch on auto-renewal, within the buying rules "
        f"(one order: {'no limit' if most is None else f'{most:f}'}; all: im-cloud config show {changed.name})",
    }[wanted]
    printing.console().print(f"{changed.name} may now {meaning}.")


@app.command("remove")
def remove(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Forget a configuration and its secrets."""
    from ingram_micro_cloud.plugin import load_integration, open_state

    with open_state() as state:
        book = load_integration().book(state)
        book.show(name)
        if not yes:
            if not sys.stdin.isatty() or as_json:
                raise UsageError(f"Nothing was removed. Confirm it: im-cloud config remove {name} --yes")
            typer.confirm(f"Forget the configuration {name!r} and its secrets?", abort=True)
        book.remove(name)
        state.drafts.remove(name)
    if as_json:
        printing.print_json({"removed": name})
    else:
        printing.console().print(f"Removed {name}.")


def _finish(report: "CheckReport", *, as_json: bool, name: str, stored: bool | None) -> None:
    if as_json:
        printing.print_json(report.as_json())
    else:
        printing.print_warnings(report.warnings)
        _print_ending(report, name, stored=stored)
    if not report.passing:
        raise typer.Exit(3)


def _print_ending(report: "CheckReport", name: str, *, stored: bool | None) -> None:
    out = printing.console()
    if report.problem is not None and report.problem.correlation_id:
        out.print(f"    Correlation id for the vendor's support: {report.problem.correlation_id}", soft_wrap=True)
    if report.passing:
        out.print(f"[green]Saved {name}.[/]" if stored else "[green]The connection works.[/]")
    elif stored:
        out.print(f"[yellow]Saved {name} unverified.[/] Test it later: im-cloud config test {name}")
    elif stored is not None:
        out.print(f"Not saved. What you typed is kept, except secrets; go on with: im-cloud config save {name}")


def _told(health: "Health | None") -> str:
    if health is None:
        return "never checked"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(health.checked_at))
    return f"passing, {when}" if health.passing else f"failing ({health.error}), {when}"


def _help(field: Mapping[str, object]) -> str:
    default = f" Default: {str(field['default']).lower()}." if "default" in field else ""
    return f"{str(field.get('description', '')).strip()}{default}"
