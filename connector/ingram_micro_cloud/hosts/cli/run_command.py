"""`im-cloud run`: one action from the command line."""

import math
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import ActionArgument, JsonOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingram_micro_cloud.manifest.models import ActionSpec
    from ingram_micro_cloud.runtime.outcomes import Outcome, Page


def run(
    action: ActionArgument,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Inputs; nested ones by dots: address.city=Bonn."),
    ] = None,
    input_text: Annotated[
        str | None, typer.Option("--input", metavar="JSON|-", help="Inputs as a JSON object, or - for standard input.")
    ] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input-file", help="A file with the inputs as a JSON object.")
    ] = None,
    config: Annotated[
        str | None, typer.Option(help="The configuration to use; else the environment's, else the default.")
    ] = None,
    org: Annotated[str | None, typer.Option(help="Run for this organization's customer.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show the request; send nothing.")] = False,
    key: Annotated[
        str | None, typer.Option(help="Your name for a purchase: given again, the first outcome comes back.")
    ] = None,
    deadline: Annotated[
        float | None, typer.Option(min=0.0, help="Give up after so many seconds, waiting included.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run one action."""
    import anyio

    from ingram_micro_cloud.hosts.cli.arguments import read_inputs
    from ingram_micro_cloud.hosts.cli.choosing import chosen_configuration
    from ingram_micro_cloud.plugin import load_integration, open_state

    if deadline is not None and not math.isfinite(deadline):
        raise UsageError("--deadline must be a number of seconds.", hint="For example: --deadline 60")
    integration = load_integration()
    spec = integration.lookup(action)
    given = read_inputs(spec, inputs or [], input_text, input_file, actions=integration.actions)

    async def go(on_page: "Callable[[Page], None] | None") -> "Outcome":
        with open_state() as state:
            configuration = chosen_configuration(integration, config, state)
            async with integration.connect(configuration, state=state, on_wait=printing.tell_wait) as connection:
                return await connection.run(
                    spec.id,
                    given,
                    organization=org,
                    dry_run=dry_run,
                    deadline_seconds=deadline,
                    key=key,
                    on_page=on_page,
                )

    with _progress(spec.title) as on_page:
        outcome = anyio.run(go, on_page)
    if as_json:
        printing.print_json(outcome.as_json())
        return
    _print(outcome, spec)


def _print(outcome: "Outcome", spec: "ActionSpec") -> None:
    from ingram_micro_cloud.redaction import mask_paths

    out, title = printing.console(), spec.title
    if outcome.dry_run:
        printing.print_object(outcome.request, title=f"{title}: this would be sent")
        printing.print_warnings(printing.notice_sentences(outcome.warnings))
        out.print("Dry run: nothing was sent.")
        return
    # On a screen others may look on; a program that asks for JSON needs the value.
    result = mask_paths(outcome.result, spec.redact.output)
    if isinstance(result, list):
        printing.print_rows(result, total=outcome.total, title=title)
    else:
        printing.print_object(result, title=title)
    if result != outcome.result:
        names = ", ".join(path.rpartition(".")[2] for path in spec.redact.output)
        out.print(f"[dim]Masked on screen: {names}. In full: --json[/]")
    printing.print_warnings(printing.notice_sentences(outcome.warnings))
    whole = "" if not isinstance(outcome.result, list) else ", complete" if outcome.complete else ", not complete"
    calls = "1 call" if outcome.calls == 1 else f"{outcome.calls} calls"
    out.print(f"[dim]{calls}{whole}[/]")


@contextmanager
def _progress(title: str) -> "Iterator[Callable[[Page], None] | None]":
    """Give a receiver of pages that shows a bar on a terminal once a list turns out to be long."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=printing.console(errors=True), transient=True,
    )  # fmt: skip
    task = bar.add_task(title, total=None)

    def on_page(page: "Page") -> None:
        if not page.complete and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=page.received, total=page.total)

    try:
        yield on_page
    finally:
        bar.stop()
