"""How mapping looks on a terminal: suggestions with their reasons, decisions, reports."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.hosts.cli import printing

if TYPE_CHECKING:
    from ingram_micro_cloud.organizations.decisions import Decision
    from ingram_micro_cloud.organizations.exchange.importing import ExchangeReport
    from ingram_micro_cloud.organizations.models import Suggestion
    from ingram_micro_cloud.organizations.refresh import RefreshReport
    from ingram_micro_cloud.organizations.report import MappingReport
    from ingram_micro_cloud.store.mappings import Change

WORDS: Final = {
    "mapped": "mapped",
    "suggested": "suggested",
    "unmapped": "unmapped",
    "excluded": "excluded",
    "conflict": "conflict",
    "customer_gone": "customer gone",
    "organization_gone": "organization gone",
}
COLOURS: Final = {
    "mapped": "green",
    "suggested": "blue",
    "unmapped": "yellow",
    "excluded": "dim",
    "conflict": "red",
    "customer_gone": "red",
    "organization_gone": "red",
}
PHASES: Final = {"list": "Customers", "details": "Details"}
MOST: Final = 10
"""So many of each kind a report names on a terminal; all of them with --json."""


def print_suggestions(found: "Sequence[Suggestion]", *, listed: float | None) -> None:
    """Print how every organization stands, and why."""
    out = printing.console()
    if not found:
        out.print("There are no organizations yet. Bring them in: im-cloud organizations import FILE")
        return
    for each in found[: printing.MOST_ROWS]:
        _print_suggestion(each)
    if len(found) > printing.MOST_ROWS:
        out.print(f"The first {printing.MOST_ROWS} of {len(found):,}. All of them: --json")
    out.print()
    if listed is None:
        out.print("The vendor's customers were never read. Read them: im-cloud mapping refresh")
    elif any(each.state in ("suggested", "conflict") for each in found):
        out.print("Nothing was saved. Accept one: im-cloud mapping set ORG CUSTOMER", soft_wrap=True)
        if any(each.band == "certain" and each.state == "suggested" for each in found):
            out.print("All that is certain: im-cloud mapping suggest --accept certain", soft_wrap=True)


def print_chosen(chosen: "Sequence[Suggestion]", *, of: int) -> None:
    """Print every pair that is about to be saved; reasons only of as many as one can read."""
    out = printing.console()
    for place, each in enumerate(chosen):
        _print_suggestion(each, reason=place < printing.MOST_ROWS)
    if not chosen:
        out.print(f"Nothing is certain among {of:,}. See what is likely: im-cloud mapping suggest", soft_wrap=True)
        return
    out.print(f"\n{len(chosen):,} of {of:,} are certain.", soft_wrap=True)
    if len(chosen) > printing.MOST_ROWS:
        out.print("The reasons of all of them: im-cloud mapping suggest --json", soft_wrap=True)


def print_accepted(accepted: int, *, of: int) -> None:
    """Print how many of the certain pairs were saved."""
    out = printing.console()
    if not accepted:
        out.print("Nothing was saved.")
        return
    lost = f" {of - accepted:,} no longer hold." if of > accepted else ""
    out.print(f"Saved {accepted:,}.{lost} Take them back: im-cloud mapping undo", soft_wrap=True)


def _print_suggestion(each: "Suggestion", *, reason: bool = True) -> None:
    literal = printing.literal
    out = printing.console()
    who = f"[cyan]{literal(each.organization_id)}[/]  {literal(each.organization_name)}"
    whom = (
        f"  →  {literal(each.customer_name or '')} [cyan]({literal(each.customer_id)})[/]" if each.customer_id else ""
    )
    judged = each.state in ("suggested", "conflict") and each.customer_id
    score = f"  {each.band} {each.score:.2f}" if judged else ""
    out.print(f"{who}{whom}  [{COLOURS[each.state]}]{WORDS[each.state]}[/]{score}", soft_wrap=True)
    if each.reason and reason:
        out.print(f"    {literal(each.reason)}", style="dim", soft_wrap=True)


def print_refresh(report: "RefreshReport") -> None:
    """Print what a refresh found."""
    out = printing.console()
    parts = [("new", report.new), ("renamed", report.renamed), ("gone", report.gone), ("back again", report.returned)]
    told = ", ".join(f"{number:,} {word}" for word, number in parts if number)
    out.print(f"{report.customers:,} customers{f': {told}' if told else ', nothing new'}. {report.calls:,} calls.")
    if report.details_read or report.holdings_read:
        out.print(f"Looked closer at {max(report.details_read, report.holdings_read):,} where names do not decide.")
    if report.confirmed:
        out.print(f"{report.confirmed:,} pairs of another account hold in this one too and are confirmed.")
    if report.stopped:
        printing.print_warnings([report.stopped])
    if report.left:
        out.print(f"{report.left:,} more are worth a look. Go on: im-cloud mapping refresh")
    out.print("Next: im-cloud mapping suggest")


def print_decision(decision: "Decision", *, as_json: bool) -> None:
    """Print what became of one organization."""
    if as_json:
        printing.print_json(decision.as_json())
        return
    out = printing.console()
    out.print(printing.literal(decision.message), soft_wrap=True)
    if decision.changed:
        out.print("Take it back: im-cloud mapping undo", style="dim")


def print_history(changes: "Sequence[Change]", *, as_json: bool) -> None:
    """Print changes, the newest first."""
    from ingram_micro_cloud.organizations.history import change_as_json

    if as_json:
        printing.print_json([change_as_json(each) for each in changes])
        return
    if not changes:
        printing.console().print("Nothing was ever changed.")
        return
    rows = [
        [
            time.strftime("%Y-%m-%d %H:%M", time.localtime(each.at)), each.organization_id, each.action,
            ", ".join(each.after.customers) or (each.after.excluded or "nothing"), each.who, each.why,
            "undone" if each.undone else "",
        ]
        for each in changes[: printing.MOST_ROWS]
    ]  # fmt: skip
    printing.print_table("Changes", ["when", "organization", "what", "now", "who", "why", ""], rows)


def print_report(report: "MappingReport") -> None:
    """Print how far the mapping is."""
    out = printing.console()
    out.print(f"[bold]{report.percentage:g} % mapped[/] of {report.organizations:,} organizations")
    states = [f"{number:,} {WORDS[state]}" for state, number in report.states.items() if number]
    out.print(f"  {', '.join(states)}" if states else "  none yet")
    when = report.list_read_at
    read = "never" if when is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(when))
    out.print(f"  The vendor's customers were read: {read}\n")
    _print_part("Organizations without a customer", [f"{e.id}  {e.name}" for e in report.unmapped_organizations])
    _print_part("Customers of nobody", [f"{e.id}  {e.name}" for e in report.unmapped_customers])
    _print_part(
        "Look like one",
        [
            f"{each.kind} by {each.by.replace('_', ' ')}: {', '.join(f'{one.name} ({one.id})' for one in each.those)}"
            for each in report.duplicates
        ],
    )
    _print_part("Need a look", [f"{e.organization_id} → {e.customer_id}: {e.detail}" for e in report.stale])


def print_import(report: "ExchangeReport") -> None:
    """Print what an imported mapping changed."""
    from ingram_micro_cloud.organizations.history import entry_in_words

    out = printing.console()
    back = " Take it back: im-cloud mapping undo" if report.changed else ""
    out.print(f"{report.changed:,} changed, {report.unchanged:,} were so already.{back}", soft_wrap=True)
    _print_part(
        "Replaced",
        [
            f"{each.organization_id}  {each.organization_name}: {entry_in_words(each.before)}"
            f"  →  {entry_in_words(each.after)}"
            for each in report.replaced
        ],
    )


@contextmanager
def progress() -> "Iterator[Callable[[str, int, int | None], None] | None]":
    """Give a receiver of progress that shows a bar on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=printing.console(errors=True), transient=True) as bar:
        tasks = {phase: bar.add_task(title, total=None) for phase, title in PHASES.items()}

        def on_progress(phase: str, done: int, total: int | None) -> None:
            if phase in tasks:
                bar.update(tasks[phase], completed=done, total=total)

        yield on_progress


def _print_part(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    out = printing.console()
    out.print(f"[bold]{title}[/] ({len(lines):,})")
    for line in lines[:MOST]:
        out.print(f"  {printing.literal(line)}", soft_wrap=True)
    if len(lines) > MOST:
        out.print(f"  … and {len(lines) - MOST:,} more: --json", style="dim")
