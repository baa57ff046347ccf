"""`im-cloud order`: preview, approve, submit, follow, check. `im-cloud journal` and `im-cloud audit verify`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import order_tables, printing
from ingram_micro_cloud.hosts.cli.mapping_commands import ConfigOption, Opened, opened
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.follow import SeenState
    from ingram_micro_cloud.runtime.outcomes import Outcome

app = typer.Typer(help="Buy safely: preview, approve, submit, follow, check.", no_args_is_help=True)
audit_app = typer.Typer(help="The audit of every write that was attempted.", no_args_is_help=True)
OrgOption = Annotated[str | None, typer.Option("--org", help="For this organization's customer.")]
PreviewArgument = Annotated[
    str, typer.Argument(metavar="PREVIEW_ID", help="What the preview gave.", show_default=False)
]


@app.command("preview")
def preview(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="The order; nested by dots: products.0.mpn=…"),
    ] = None,
    input_text: Annotated[
        str | None, typer.Option("--input", metavar="JSON|-", help="The order as JSON, or - for standard input.")
    ] = None,
    input_file: Annotated[Path | None, typer.Option("--input-file", help="A file with the order as JSON.")] = None,
    org: OrgOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What an order would do and cost, and whether the rules allow it. Nothing is bought."""
    from ingram_micro_cloud.hosts.cli.arguments import read_inputs

    with opened(config) as here:
        spec = here.integration.lookup("preview_order")
        given = read_inputs(spec, inputs or [], input_text, input_file, actions=here.integration.actions)
        outcome = _run(here, spec.id, given, org)
        found: Mapping[str, Any] = outcome.result  # type: ignore[assignment]  # an object, by its declaration
        if as_json:
            printing.print_json(found)
            return
        order_tables.print_preview(here.office.previews(org).get(str(found["preview_id"])))


@app.command("approve")
def approve(preview_id: PreviewArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Approve exactly what a preview says: once, and for nothing else."""
    with opened(config) as here:
        approved = here.office.previews_beside(preview_id).approve(preview_id)
    if as_json:
        printing.print_json(approved.approval_json())
        return
    printing.console().print(
        f"Approved by {approved.approved_by}. Submit it: im-cloud order submit {approved.preview_id}"
    )


@app.command("submit")
def submit(
    preview_id: PreviewArgument,
    key: Annotated[
        str | None, typer.Option(help="Your name for this purchase: given again, the first outcome comes back.")
    ] = None,
    org: OrgOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Order what was previewed, once."""
    with opened(config) as here:
        whose = org if org is not None else here.office.organization_of(preview_id)
        given = {"preview_id": preview_id, **({} if key is None else {"key": key})}
        outcome = _run(here, "submit_order", given, whose)
    if as_json:
        printing.print_json(outcome.result)
    else:
        order_tables.print_placed(outcome.result)


@app.command("follow")
def follow(
    order: Annotated[
        str,
        typer.Argument(metavar="ORDER_ID|KEY|PREVIEW_ID", help="The vendor's id, the journal's key, or the preview."),
    ],
    seconds: Annotated[float, typer.Option(min=0, max=3600, help="How long to stay with it.")] = 300,
    org: OrgOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stay with an order until it has ended or the time is up; then it is still running, which is no error."""
    told = None if as_json else order_tables.tell_state
    with opened(config) as here:
        outcome = _run(here, "follow_order", {"id": order, "seconds": seconds}, org, told)
    if as_json:
        printing.print_json(outcome.result)
    else:
        order_tables.print_followed(outcome.result)


@app.command("check")
def check(
    orders: Annotated[list[str] | None, typer.Argument(metavar="[ORDER_ID|KEY]...", help="Which to look at.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every order whose outcome is not known.")] = False,
    org: OrgOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at orders whose outcome is not known, by reading only; nothing is ever sent again."""
    if bool(orders) == every:
        raise UsageError("Name the orders to look at, or give --all.", hint="im-cloud order check --all")
    with opened(config) as here:
        outcome = _run(here, "check_orders", {} if every else {"keys": orders}, org)
    if as_json:
        printing.print_json(outcome.result)
    else:
        order_tables.print_entries(outcome.result, nothing="No order waits to be settled.")


def journal(
    org: OrgOption = None,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every purchase that was attempted, the newest first."""
    import sys

    from ingram_micro_cloud.ordering.journal.exporting import journal_csv, journal_rows

    with opened(config) as here:
        entries = here.office.journal(org)
    if csv:
        sys.stdout.write(journal_csv(entries))
    elif as_json:
        printing.print_json(journal_rows(entries))
    else:
        order_tables.print_entries(journal_rows(entries), nothing="Nothing was ever ordered here.")


@audit_app.command("verify")
def audit_verify(as_json: JsonOption = False) -> None:
    """Walk the chain of audit records: whether they or the journal were changed, taken out, put in or cut off."""
    from ingram_micro_cloud.plugin import open_state

    with open_state() as state:
        found = state.audit.verify()
    if as_json:
        printing.print_json(
            {
                "whole": found.whole,
                "records": found.records,
                "broken_at": found.broken_at,
                "intent": found.intent,
                "message": found.message,
            }
        )
    else:
        mark = "[green]✓[/]" if found.whole else "[red]✗[/]"
        printing.console().print(f"{mark} {found.records} records. {printing.literal(found.message)}")
    if not found.whole:
        raise typer.Exit(3)


def _run(
    here: Opened,
    action: str,
    given: Mapping[str, object],
    org: str | None,
    on_progress: "Callable[[SeenState], None] | None" = None,
) -> "Outcome":
    return here.connected(lambda connection: connection.run(action, given, organization=org, on_progress=on_progress))
