"""What people and programs see: tables, objects, JSON, errors. The only place that writes."""

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

    from ingram_micro_cloud.errors import IngramMicroCloudError
    from ingram_micro_cloud.runtime.check import StepResult
    from ingram_micro_cloud.runtime.outcomes import Notice

MOST_ROWS: Final = 50
MOST_PROBLEMS: Final = 20
"""So many wrong inputs or rows a terminal is told; all of them with --json."""
MOST_COLUMNS: Final = 7
READABLE_WIDTH: Final = 88
"""Characters. A terminal that is narrower breaks every cell rather than losing the end of one."""
WIDEST_CELL: Final = 32
"""Characters. Longer texts are broken, so that one of them does not push the other columns out."""
_UNPRINTABLE: Final = dict.fromkeys(
    (
        *range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
    ),
    "\N{REPLACEMENT CHARACTER}",
)  # fmt: skip
FIRST_COLUMNS: Final = ("id", "orderNumber", "name", "mpn", "type", "status", "customerId")


def console(*, errors: bool = False) -> "Console":
    """Return a console for standard output or standard error, as they are now."""
    from rich.console import Console  # not needed for JSON

    return Console(file=sys.stderr if errors else sys.stdout, highlight=False, soft_wrap=False)


def literal(text: str) -> str:
    """Return a text as it may be put into the terminal's markup: nothing in it is an instruction.

    What comes from the vendor, or from a file, could hold escape sequences, or marks that turn the direction of a line.
    """
    from rich.markup import escape  # not needed for JSON

    return escape(text.translate(_UNPRINTABLE))


def print_json(value: object) -> None:
    """Print one JSON value on a line of its own."""
    indent = 2 if sys.stdout.isatty() else None
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # Half a character of the vendor's, or a terminal that knows only ASCII: JSON can say all of it in escapes.
        text = json.dumps(value, indent=indent)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_error(problem: "IngramMicroCloudError", *, as_json: bool) -> None:
    """Print an error: one JSON object on standard output, or sentences on standard error."""
    if as_json:
        print_json({"error": problem.as_json()})
        return
    out = console(errors=True)
    out.print(f"[bold red]✗[/] {literal(problem.message)}")
    _print_fields(problem, out)
    if problem.vendor_message:
        out.print(f"  The vendor said: {literal(problem.vendor_message)}")
    if problem.correlation_id:
        out.print(f"  Correlation id for the vendor's support: {literal(problem.correlation_id)}", soft_wrap=True)
    if problem.hint:
        # Left to the terminal to break: a command in it can then be copied whole.
        out.print(f"  → {literal(problem.hint)}", soft_wrap=True)


def _print_fields(problem: "IngramMicroCloudError", out: "Console") -> None:
    """Print which inputs are meant, and of each what the main sentence does not say already."""
    for field in problem.fields[:MOST_PROBLEMS]:
        told = "" if field.message.rstrip(".") in problem.message else f"  {literal(field.message)}"
        out.print(f"  [yellow]{literal(field.pointer or '/')}[/]{told}", soft_wrap=True)
    if len(problem.fields) > MOST_PROBLEMS:
        out.print(f"  … and {len(problem.fields) - MOST_PROBLEMS:,} more: --json", style="dim")


def print_refusal(problem: "IngramMicroCloudError") -> None:
    """Print an error that was expected, as the demo shows it."""
    out = console()
    out.print(f"  [red]✗[/] {literal(problem.message)}", soft_wrap=True)
    if problem.hint:
        out.print(f"    → {literal(problem.hint)}", soft_wrap=True)


def print_step(step: "StepResult") -> None:
    """Print one step of a connection check as it ends."""
    out = console()
    took = f"[dim]{step.milliseconds} ms[/]"
    if step.passed:
        out.print(f"  [green]✓[/] {literal(step.message)}  {took}")
        return
    out.print(f"  [red]✗[/] {literal(step.message)}")
    if step.fields:
        out.print(f"    Fields: {', '.join(step.fields)}   Code: {step.code}")


def print_warnings(sentences: Iterable[str]) -> None:
    """Print what looks odd but did not stop anything, on standard error."""
    out = console(errors=True)
    for sentence in sentences:
        out.print(f"[yellow]![/] {literal(sentence)}", soft_wrap=True)


def print_first_warnings(title: str, sentences: Sequence[str]) -> None:
    """Print the first warnings of what may be thousands, under a title, and how many more there are."""
    if sentences:
        out = console(errors=True)
        out.print(f"[yellow]![/] {literal(title)}", soft_wrap=True)
        for sentence in sentences[:MOST_PROBLEMS]:
            out.print(f"  {literal(sentence)}", soft_wrap=True)
        if len(sentences) > MOST_PROBLEMS:
            out.print(f"  … and {len(sentences) - MOST_PROBLEMS:,} more: --json", style="dim")


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
    columns = fitting_columns(chosen_columns(shown), shown, out.width)
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


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, unbroken: Collection[str] | None = None
) -> None:
    """Print rows of texts as a table; every cell is taken literally.

    Args:
        title: What stands above.
        columns: The headings.
        rows: As many cells each.
        unbroken: Columns whose cells stay on one line, instead of the first one; nothing is where that cannot fit.
    """
    out = console()
    fitting = unbroken if unbroken is None or out.width >= READABLE_WIDTH else ()
    out.print(table(title, columns, rows, unbroken=fitting))


def print_columns(title: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as a table of the columns that fit and that any row has; the first 50 of them."""
    used = [name for name in columns if any(row.get(name) for row in rows)]
    out = console()
    fitting = fitting_columns(used, rows[:MOST_ROWS], out.width)
    out.print(table(title, fitting, [[cell(row.get(name)) for name in fitting] for row in rows[:MOST_ROWS]]))
    if len(fitting) < len(used):
        out.print(f"No room for: {', '.join(name for name in used if name not in fitting)}. Everything: --json")
    if len(rows) > MOST_ROWS:
        out.print(f"The first {MOST_ROWS} of {len(rows):,}. All of them: --json")


def tell_wait(seconds: float, reason: str) -> None:
    """Say on standard error that a call waits, and why."""
    if seconds >= 1:
        sys.stderr.write(f"Waiting {seconds:.0f} s: {reason.replace('_', ' ')}.\n")


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    bare: bool = False,
    unbroken: Collection[str] | None = None,
) -> object:
    """Return a table to print; every cell is taken literally."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(title=literal(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_header=not bare)
    for position, column in enumerate(columns):
        whole = position == 0 if unbroken is None else column in unbroken
        made.add_column(literal(column), overflow="fold", no_wrap=whole, style="cyan" if position == 0 else "")
    for row in rows:
        made.add_row(*(literal(text) for text in row))
    return made


def chosen_columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the columns a table of these rows shows: ids and names first, then what most rows have."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    first = [name for name in FIRST_COLUMNS if name in names]
    plain = [name for name in names if name not in first and not isinstance(rows[0].get(name), list | dict)]
    rest = [name for name in names if name not in first and name not in plain]
    return (first + plain + rest)[:MOST_COLUMNS]


def fitting_columns(columns: Sequence[str], rows: Sequence[Mapping[str, object]], width: int) -> list[str]:
    """Return the first columns that a terminal of this width shows unbroken; two at least."""
    kept: list[str] = []
    for name in columns:
        widest = max(len(name), *(len(cell(row.get(name))) for row in rows))
        width -= min(widest, WIDEST_CELL) + 2
        if width < 2 and len(kept) >= 2:
            break
        kept.append(name)
    return kept


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
