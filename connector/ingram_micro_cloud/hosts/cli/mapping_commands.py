"""`im-cloud mapping`: which organization stands for which of the vendor's customers."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import mapping_tables, printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from ingram_micro_cloud.organizations.book import MappingBook
    from ingram_micro_cloud.organizations.refresh import RefreshReport
    from ingram_micro_cloud.plugin import Integration
    from ingram_micro_cloud.runtime.configuration import Configuration
    from ingram_micro_cloud.runtime.connection import Connection
    from ingram_micro_cloud.runtime.office import Office
    from ingram_micro_cloud.store.state import State

Result = TypeVar("Result")
app = typer.Typer(help="Map organizations to customers: refresh, suggest, set, report.", no_args_is_help=True)
ConfigOption = Annotated[
    str | None, typer.Option(help="Whose mapping; else the environment's configuration, else the default.")
]
OrganizationArgument = Annotated[str, typer.Argument(help="The organization's id.", show_default=False)]
OrganizationsArgument = Annotated[list[str] | None, typer.Argument(metavar="[ORG]...", help="Only these.")]


@dataclass(frozen=True)
class Opened:
    """What every mapping command works with."""

    integration: "Integration"
    configuration: "Configuration"
    state: "State"
    book: "MappingBook"

    @property
    def listed(self) -> float | None:
        """When the vendor's customers were last read to the end, in seconds since 1970."""
        return self.state.customers.list_read_at(self.book.account.fingerprint)

    def connected(self, work: "Callable[[Connection], Awaitable[Result]]") -> "Result":
        """Do some work over a connection, and return what came of it."""
        import anyio

        async def go() -> "Result":
            opening = self.integration.connect(self.configuration, state=self.state, on_wait=printing.tell_wait)
            async with opening as connection:
                return await work(connection)

        return anyio.run(go)

    @property
    def office(self) -> "Office":
        """Where buying happens for this configuration."""
        return self.integration.office(self.configuration, self.state)

    def refresh(self, most_calls: int | None = None) -> "RefreshReport":
        """Read the vendor's customers, with a bar on a terminal."""
        from ingram_micro_cloud.runtime.mapping_work import refresh_mapping

        with mapping_tables.progress() as told:
            return self.connected(
                lambda connection: refresh_mapping(connection, self.book, most_calls=most_calls, on_progress=told)
            )


@contextmanager
def opened(config: str | None) -> "Iterator[Opened]":
    """Open the mapping of a configuration."""
    from ingram_micro_cloud.plugin import load_integration, open_state

    integration = load_integration()
    with open_state() as state:
        configuration = integration.choose(config, state)
        yield Opened(integration, configuration, state, integration.mapping(configuration, state))


@app.command("refresh")
def refresh(
    most_calls: Annotated[
        int | None, typer.Option(min=0, help="Calls for details beside the list; the rest waits for the next run.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the vendor's customers to the last page, and details where names do not decide."""
    with opened(config) as here:
        report = here.refresh(most_calls)
    if as_json:
        printing.print_json(report.as_json())
    else:
        mapping_tables.print_refresh(report)


@app.command("suggest")
def suggest(
    organizations: OrganizationsArgument = None,
    accept: Annotated[
        str | None, typer.Option(metavar="certain", help="Save what is certain; a terminal asks once.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What fits whom, and why. Saves nothing unless told to."""
    if accept not in (None, "certain"):
        raise UsageError(
            f"Nothing was saved. Only what is certain can be accepted at once, not {accept!r}.",
            hint="Accept others one by one: im-cloud mapping set ORG CUSTOMER",
        )
    with opened(config) as here:
        if here.listed is None:
            here.refresh()
        found = here.book.suggest(organizations or None)
        chosen = [each for each in found if each.band == "certain" and each.state == "suggested"]
        accepted = 0
        asks = sys.stdin.isatty() and not as_json and not yes
        if not as_json and accept:
            mapping_tables.print_chosen(chosen, of=len(found))
        elif not as_json:
            mapping_tables.print_suggestions(found, listed=here.listed)
        if accept and chosen and (not asks or typer.confirm(f"Save these {len(chosen):,} certain pairs?")):
            accepted = here.book.accept(chosen)
            found = here.book.suggest(organizations or None)
    if as_json:
        printing.print_json([each.as_json() for each in found])
    elif accept:
        mapping_tables.print_accepted(accepted, of=len(chosen))


@app.command("show")
def show(organizations: OrganizationsArgument = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """How every organization stands: mapped, suggested, conflict, excluded, unmapped, gone."""
    with opened(config) as here:
        found = here.book.show(organizations or None)
        listed = here.listed
    if as_json:
        printing.print_json([each.as_json() for each in found])
    else:
        mapping_tables.print_suggestions(found, listed=listed)


@app.command("set")
def set_(
    organization: OrganizationArgument,
    customer: Annotated[str, typer.Argument(help="The customer's id at the vendor.", show_default=False)],
    also: Annotated[
        bool, typer.Option("--also", help="Beside the customers it has, or although another organization has it.")
    ] = False,
    why: Annotated[str, typer.Option(help="Kept with the change.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an organization stand for a customer."""
    from ingram_micro_cloud.runtime.mapping_work import find_customer

    with opened(config) as here:
        here.book.organization(organization)
        known = here.connected(lambda connection: find_customer(connection, here.book, customer))
        decision = here.book.set(organization, known, also=also, why=why)
    mapping_tables.print_decision(decision, as_json=as_json)


@app.command("exclude")
def exclude(
    organization: OrganizationArgument,
    reason: Annotated[str, typer.Option(help="Why it takes no part in mapping.", show_default=False)],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an organization out of mapping, with a reason."""
    with opened(config) as here:
        decision = here.book.exclude(organization, reason)
    mapping_tables.print_decision(decision, as_json=as_json)


@app.command("clear")
def clear(
    organization: OrganizationArgument,
    why: Annotated[str, typer.Option(help="Kept with the change.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget an organization's customers, or that it is excluded."""
    with opened(config) as here:
        decision = here.book.clear(organization, why=why)
    mapping_tables.print_decision(decision, as_json=as_json)


@app.command("undo")
def undo(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Take back the last change of the mapping; again for the one before."""
    with opened(config) as here:
        report = here.book.undo()
    if as_json:
        printing.print_json(report.as_json())
    else:
        printing.console().print(report.message, soft_wrap=True)


@app.command("history")
def history(
    organization: Annotated[str | None, typer.Argument(metavar="[ORG]", help="Only this organization's.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every change of the mapping: who, when, why."""
    with opened(config) as here:
        changes = here.book.history(organization)
    mapping_tables.print_history(changes, as_json=as_json)


@app.command("report")
def report(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """How far the mapping is, and what needs a person's eyes."""
    with opened(config) as here:
        found = here.book.report()
    if as_json:
        printing.print_json(found.as_json())
    else:
        mapping_tables.print_report(found)


@app.command("export")
def export(
    form: Annotated[
        str, typer.Option("--format", help="json, csv or platform (Bulk Upsert Organization Variables).")
    ] = "json",
    output: Annotated[Path | None, typer.Option(help="Write it to this file instead of printing it.")] = None,
    pack_config_id: Annotated[
        str | None, typer.Option(help="For platform: the platform's id of this configuration.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """The mapping as JSON, CSV or the platform's own payload."""
    with opened(config) as here:
        text = here.book.export(form, pack_config_id=pack_config_id)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise UsageError(f"{output} cannot be written.", hint="Name a file in a folder of yours.") from problem
    if as_json:
        printing.print_json({"written": str(output), "format": form})
    else:
        printing.console().print(f"Written to {output}.", soft_wrap=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="What `mapping export` wrote: JSON, CSV or the platform's payload.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Let customers that are mapped, and exclusions, make way for the file's.")
    ] = False,
    pack_config_id: Annotated[
        str | None, typer.Option(help="For the platform's payload: whose variables, where there are several.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a mapping in: all of it or nothing."""
    from ingram_micro_cloud.runtime.mapping_work import import_mapping

    with opened(config) as here:
        report = here.connected(
            lambda connection: import_mapping(
                connection, here.book, file, replace=replace, pack_config_id=pack_config_id
            )
        )
    if as_json:
        printing.print_json(report.as_json())
    else:
        mapping_tables.print_import(report)
