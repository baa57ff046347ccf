"""`im-cloud seats` and `im-cloud renewals`: what customers hold, what renews when, what could be given back."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ingram_micro_cloud.errors import FieldProblem, InputError, UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.mapping_commands import ConfigOption, opened
from ingram_micro_cloud.hosts.cli.order_commands import OrgOption
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.fleet.holdings import SeatRow
    from ingram_micro_cloud.ordering.fleet.renewals import Renewal
    from ingram_micro_cloud.runtime.connection import Holdings

CsvOption = Annotated[bool, typer.Option("--csv", help="As CSV, by your own external ids.")]
InUseOption = Annotated[
    Path | None, typer.Option("--in-use", help="CSV with customer, product, used: shows what could be given back.")
]
MostOption = Annotated[
    int | None, typer.Option("--most-details", min=0, help="Details to read at most; the rest waits for the next run.")
]
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("customer", "customer id", "customer_id", "organization", "organization id", "organization_id"),
    "product": ("product", "mpn", "product name", "sku"),
    "used": ("used", "in use", "in_use", "assigned", "consumed"),
}


def seats(
    org: OrgOption = None,
    in_use: InUseOption = None,
    csv: CsvOption = False,
    most_details: MostOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What customers hold: organization, product, seats, term, renewal, price, cost."""
    from ingram_micro_cloud.ordering.fleet.exports import seats_csv

    found = _holdings(config, org, in_use, most_details)
    if csv:
        sys.stdout.write(seats_csv(found.rows))
    elif as_json:
        printing.print_json([each.as_json() for each in found.rows])
    else:
        _print_seats(found.rows)
    printing.print_warnings(printing.notice_sentences(found.warnings))


def renewals(
    org: OrgOption = None,
    months: Annotated[int, typer.Option(min=1, max=60, help="Months ahead, this one included.")] = 12,
    picture: Annotated[
        Path | None, typer.Option(help="Draw money at risk by month into this file: .svg or .png.")
    ] = None,
    in_use: InUseOption = None,
    csv: CsvOption = False,
    most_details: MostOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What renews or ends: annual cliffs apart from monthly rollovers, money at risk by month."""
    from ingram_micro_cloud.ordering.fleet.exports import renewals_csv
    from ingram_micro_cloud.ordering.fleet.renewals import money_at_risk, renewals_of

    if picture is not None:
        _check_kind(picture)
    found = _holdings(config, org, in_use, most_details)
    today = datetime.now(UTC).date()
    coming = renewals_of(found.rows, today=today, months=months)
    at_risk = money_at_risk(coming, today=today, months=months)
    if picture is not None:
        from ingram_micro_cloud.ordering.fleet.picture import risk_picture

        _draw(risk_picture(at_risk), picture)
    if csv:
        sys.stdout.write(renewals_csv(coming))
    elif as_json:
        printing.print_json(
            {"renewals": [each.as_json() for each in coming], "months": [each.as_json() for each in at_risk]}
        )
    elif not coming:
        printing.console().print(
            f"Nothing renews or ends {'this month' if months == 1 else f'within {months} months'}."
        )
    else:
        _print_renewals(coming)
        rows = [
            [f"{each.month:%Y-%m}", each.currency, f"{each.annual:,}", f"{each.monthly:,}", f"{each.ending:,}"]
            for each in at_risk
            if each.renewals
        ]
        if rows:
            columns = ["month", "", "annual terms", "shorter", "of it ending"]
            printing.print_table("Money at risk by month", columns, rows)
    printing.print_warnings(printing.notice_sentences(found.warnings))


def _holdings(config: str | None, org: str | None, in_use: Path | None, most: int | None) -> "Holdings":
    inputs: dict[str, object] = {} if most is None else {"most_details": most}
    if in_use is not None:
        inputs["in_use"] = used_rows(in_use)
    with opened(config) as here:
        return here.connected(lambda connection: connection.holdings(inputs, organization=org))


def used_rows(file: Path) -> list[dict[str, object]]:
    """Return seats in use from a CSV or JSON file.

    Raises:
        InputError: A column is missing, or a row is wrong; row, field and reason are named.
    """
    from ingram_micro_cloud.organizations.files import decoded, read_bytes, table_of

    table = table_of(decoded(read_bytes(file), file.name), file.name)
    named = {heading.strip().casefold(): heading for heading in table.headings}
    chosen = {field: next((named[each] for each in known if each in named), None) for field, known in HEADINGS.items()}
    missing = [field for field, heading in chosen.items() if heading is None]
    if missing:
        text = f"{file.name} has no column for {', '.join(missing)}. It has: {', '.join(table.headings)}."
        raise InputError(text, hint="Columns: customer, product, used.")
    found: list[dict[str, object]] = []
    problems: list[FieldProblem] = []
    for row in table.rows:
        cells = row.cells if isinstance(row.cells, Mapping) else {}
        values = {field: str(cells.get(str(heading)) or "").strip() for field, heading in chosen.items()}
        wrong = [field for field, value in values.items() if not value]
        if values["used"] and not values["used"].isdecimal():
            wrong.append("used")
        problems += [
            FieldProblem(f"/{row.number}/{field}", "bad_value", f"Row {row.number}: {field} is missing or no number.")
            for field in wrong
        ]
        found.append({**values, "used": int(values["used"]) if values["used"].isdecimal() else 0})
    if problems:
        raise InputError(problems[0].message, hint="Correct the rows that are named.", fields=problems)
    return found


def _check_kind(file: Path) -> None:
    if file.suffix.casefold() not in (".svg", ".png"):
        raise UsageError(f"{file} is neither .svg nor .png.", hint="For example: --picture renewals.svg")


def _draw(drawn: object, file: Path) -> None:
    from ingram_micro_cloud.ordering.fleet.drawing import png, svg

    try:
        if file.suffix.casefold() == ".svg":
            file.write_text(svg(drawn), encoding="utf-8")  # type: ignore[arg-type]  # what risk_picture gave
        else:
            file.write_bytes(png(drawn))  # type: ignore[arg-type]  # what risk_picture gave
    except OSError as problem:
        raise UsageError(f"{file} cannot be written.", hint="Name a file in a folder of yours.") from problem


def _print_seats(rows: "Sequence[SeatRow]") -> None:
    if not rows:
        printing.console().print("Nobody holds anything.")
        return
    shown = [
        {
            "customer": each.owner.organization_name or each.owner.customer_name or each.customer_id,
            "product": each.product,
            "seats": "" if each.seats is None else f"{each.seats:f}",
            "price": "" if each.price is None else f"{each.price.currency} {each.price.amount:f}",
            "renews": "" if each.renewal is None else each.renewal.isoformat(),
            "auto": "yes" if each.auto_renew else "no",
            "term": each.term,
            **({} if each.spare is None else {"spare": f"{each.spare:f}"}),
        }
        for each in rows
    ]
    printing.print_columns("Seats", ("customer", "product", "seats", "spare", "price", "renews", "auto", "term"), shown)


def _print_renewals(coming: "Sequence[Renewal]") -> None:
    for annual, title in ((True, "Annual cliffs"), (False, "Monthly rollovers")):
        shown = [
            {
                "on": each.on.isoformat(),
                "customer": each.row.owner.organization_name or each.row.owner.customer_name or each.row.customer_id,
                "product": each.row.product,
                "seats": "" if each.row.seats is None else f"{each.row.seats:f}",
                "at risk": "" if each.at_risk is None else f"{each.at_risk.currency} {each.at_risk.amount:f}",
                "": "ends" if each.ends else "renews",
                **({} if each.row.spare is None else {"spare": f"{each.row.spare:f}"}),
            }
            for each in coming
            if each.annual is annual
        ]
        if shown:
            printing.print_columns(title, ("on", "customer", "product", "seats", "spare", "at risk", ""), shown)
