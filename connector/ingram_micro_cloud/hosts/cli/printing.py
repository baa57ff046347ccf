"""What people and programs see: tables, objects, JSON, errors. The only place that writes."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

    from ingram_micro_cloud.errors import IngramMicroCloudError
    from ingram_micro_cloud.runtime.check import StepResult
    from ingram_micro_cloud.runtime.outcomes import Notice

MOST_ROWS: Final = 50
MOST_COLUMNS: Final = 7
FIRST_COLUMNS: Final = ("id", "orderNumber", "name", "mpn", "type", "status", "customerId")


def console(*, errors: bool = False) -> "Console":
    """Return a console for standard output or standard error, as they are now."""
    from rich.console import Console  # not needed for JSON

    return Console(file=sys.stderr if errors else sys.stdout, highlight=False, soft_wrap=False)


def print_json(value: object) -> None:
    """Print one JSON value on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None) + "\n")
    sys.stdout.flush()


def print_error(problem: "IngramMicroCloudError", *, as_json: bool) -> None:
    """Print an error: one JSON object on standard output, or sentences on standard error."""
    if as_json:
        print_json({"error": problem.as_json()})
        return
    from rich.markup import escape

    out = console(errors=True)
    out.print(f"[bold red]✗[/] {escape(problem.message)}")
    if len(problem.fields) > 1:
        for field in problem.fields:
            out.print(f"  [yellow]{escape(field.pointer or '/')}[/]  {escape(field.message)}")
    if problem.vendor_message:
        out.print(f"  The vendor said: {escape(problem.vendor_message)}")
    if problem.correlation_id:
        out.print(f"  Correlation id for the vendor's support: {escape(problem.correlation_id)}", soft_wrap=True)
    if problem.hint:
        # Left to the terminal to break: a command in it can then be copied whole.
        out.print(f"  → {escape(problem.hint)}", soft_wrap=True)


def print_step(step: "StepResult") -> None:
    """Print one step of a connection check as it ends."""
    from rich.markup import escape

    out = console()
    took = f"[dim]{step.milliseconds} ms[/]"
    if step.passed:
        out.print(f"  [green]✓[/] {escape(step.message)}  {took}")
        return
    out.print(f"  [red]✗[/] {escape(step.message)}")
    if step.fields:
        out.print(f"    Fields: {', '.join(step.fields)}   Code: {step.code}")


def print_warnings(sentences: Iterable[str]) -> None:
    """Print what looks odd but did not stop anything, on standard error."""
    from rich.markup import escape

    out = console(errors=True)
    for sentence in sentences:
        out.print(f"[yellow]![/] {escape(sentence)}", soft_wrap=True)


def notice_sentences(notices: Iterable["Notice"]) -> list[str]:
    """Return the sentences of a run's warnings."""
    return [f"{notice.message}{f' ({notice.count} times)' if notice.count > 1 else ''}" for notice in notices]


def print_rows(rows: Sequence[object], *, total: int | None, title: str) -> None:
    """Print a list as a table: the first 50 rows and how many there are."""
    out = console()
    shown = [row for row in rows[:MOST_ROWS] if isinstance(row, Mapping)]
    if not shown:
        out.print(f"{title}: none." if not rows else "\n".join(str(row) for row in rows[:MOST_ROWS]))
        return
    columns = chosen_columns(shown)
    out.print(table(title, columns, [[cell(row.get(name)) for name in columns] for row in shown]))
    if len(rows) > MOST_ROWS:
        out.print(f"The first {MOST_ROWS} of {len(rows):,}. All of them: --json")
    elif total is not None and total > len(rows):
        out.print(f"{len(rows):,} of {total:,}.")


def print_object(value: object, *, title: str) -> None:
    """Print one object as names and values."""
    out = console()
    if not isinstance(value, Mapping):
        out.print("The vendor answered without a body." if value is None else json.dumps(value, ensure_ascii=False))
        return
    out.print(
        table(title, ["", ""], [[str(name), cell(member, deep=True)] for name, member in value.items()], bare=True)
    )


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, bare: bool = False) -> object:
    """Return a table to print; every cell is taken literally."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    made = Table(title=escape(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_header=not bare)
    for position, column in enumerate(columns):
        made.add_column(escape(column), overflow="fold", no_wrap=position == 0, style="cyan" if position == 0 else "")
    for row in rows:
        made.add_row(*(escape(text) for text in row))
    return made


def chosen_columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the columns a table of these rows shows: ids and names first, then what most rows have."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    first = [name for name in FIRST_COLUMNS if name in names]
    plain = [name for name in names if name not in first and not isinstance(rows[0].get(name), list | dict)]
    rest = [name for name in names if name not in first and name not in plain]
    return (first + plain + rest)[:MOST_COLUMNS]


def cell(value: object, *, deep: bool = False) -> str:
    """Return a value as a short text: money and periods as people write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if {"currency", "amount"} <= value.keys():
            return f"{value['currency']} {value['amount']}"
        if value.keys() == {"type", "duration"}:
            return f"{value['duration']} {value['type']}"
        return _inside(value) if deep else f"{len(value)} members"
    if isinstance(value, list):
        if deep:
            return "\n".join(cell(member, deep=True) for member in value) or "none"
        return f"{len(value)} entries"
    return str(value)


def _inside(value: Mapping[str, object]) -> str:
    return ", ".join(f"{name}: {cell(member)}" for name, member in value.items()) or "none"
