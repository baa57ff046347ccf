"""`im-cloud organizations`: bring the platform's organizations in."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ingram_micro_cloud.errors import InputError, UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.organizations.sources import ImportReport

MOST_UNUSED: Final = 12
"""So many columns that were not used a terminal is told; all of them with --json."""
app = typer.Typer(help="Organizations of your platform: bring them in, list them.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(help="CSV or JSON: id, name, domains, external_ids, country, tags.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=HEADING", help="Which column is which, such as id=TenantId; known ones are found."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Keep them under this name; a later import of the same name replaces them. Without FILE: the "
                     "extension's source to read."),
    ] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Import organizations; what the same source gave before is replaced."""
    from ingram_micro_cloud.hookspecs import organization_source
    from ingram_micro_cloud.plugin import load_integration, open_state

    columns = _columns(column or [])
    integration = load_integration()
    with open_state() as state:
        book = integration.organizations(state)
        if file is not None:
            report = book.import_file(file, source or "file", columns)
        elif source is not None:
            report = book.import_rows(list(organization_source(source)()), source, columns)
        else:
            raise UsageError("There is nothing to import.", hint="Name a file, or --source with an extension's source.")
    if as_json:
        printing.print_json(report.as_json())
    else:
        _print_report(report)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Every organization, and where it came from."""
    from ingram_micro_cloud.plugin import load_integration, open_state

    with open_state() as state:
        load_integration()
        found = state.organizations.all()
    if as_json:
        printing.print_json(
            [
                {
                    "id": each.id, "name": each.name, "domains": list(each.domains),
                    "external_ids": dict(each.external_ids), "country": each.country, "tags": list(each.tags),
                    "source": each.source, "gone": each.gone,
                }
                for each in found
            ]
        )  # fmt: skip
        return
    if not found:
        printing.console().print("There are no organizations yet. Bring them in: im-cloud organizations import FILE")
        return
    rows = [
        [each.id, each.name, ", ".join(each.domains), each.country or "", each.source, "gone" if each.gone else ""]
        for each in found
    ]
    printing.print_table("Organizations", ["id", "name", "domains", "country", "source", ""], rows)


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        target, equals, heading = pair.partition("=")
        if not equals or not target.strip() or not heading.strip():
            raise UsageError(
                f"{pair!r} is not FIELD=HEADING.", hint='For example: --column id=TenantId --column name="Display name"'
            )
        if target.strip() in found:
            raise InputError(f"The field {target.strip()} is given two columns.")
        found[target.strip()] = heading.strip()
    return found


def _print_report(report: "ImportReport") -> None:
    out = printing.console()
    parts = [
        f"{count:,} {word}"
        for count, word in ((report.added, "new"), (report.changed, "changed"), (report.unchanged, "unchanged"))
        if count
    ]
    out.print(f"[green]Imported[/] from {report.source}: {', '.join(parts) or 'nothing'}.", soft_wrap=True)
    if report.gone:
        out.print(f"{report.gone:,} that this source gave before are no longer in it. Their mappings are kept, unused.")
    if report.columns:
        out.print(printing.literal(_said_of_columns(report)), style="dim", soft_wrap=True)
    rows = len({each.row for each in report.problems})
    title = f"{rows:,} {'row was' if rows == 1 else 'rows were'} left out:"
    printing.print_first_warnings(title, [each.sentence for each in report.problems])
    cells = len(report.warnings)
    title = f"{cells:,} {'cell was' if cells == 1 else 'cells were'} left out, in whole or in part; their rows came in:"
    printing.print_first_warnings(title, [each.sentence for each in report.warnings])
    out.print("Next: im-cloud mapping refresh, then im-cloud mapping suggest")


def _said_of_columns(report: "ImportReport") -> str:
    used = ", ".join(f"{target} from {heading}" for target, heading in report.columns.items())
    shown = list(report.unused[:MOST_UNUSED])
    if len(report.unused) > MOST_UNUSED:
        shown.append(f"and {len(report.unused) - MOST_UNUSED:,} more")
    unused = f"; not used: {', '.join(shown)}" if shown else ""
    return f"Columns: {used}{unused}."
