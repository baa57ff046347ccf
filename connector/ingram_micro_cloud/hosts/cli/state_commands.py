"""`im-cloud state`: a backup of everything that is kept."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

app = typer.Typer(help="What is kept: back it up.", no_args_is_help=True)


@app.callback()
def state() -> None:
    """What is kept: back it up."""


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="The new file.", show_default=False)], as_json: JsonOption = False
) -> None:
    """Copy the state into a new file while everything goes on. The key that opens its secrets is not in it."""
    from ingram_micro_cloud.plugin import open_state
    from ingram_micro_cloud.store.state import State, home_folder

    if not State.exists():
        raise UsageError(
            f"There is no state in {home_folder(os.environ)} to copy. Nothing was written.",
            hint="Run this as the user, and with the IM_CLOUD_HOME, that the state belongs to.",
        )
    with open_state() as opened:
        opened.backup(file)
    if as_json:
        printing.print_json({"file": str(file), "bytes": file.stat().st_size})
        return
    out = printing.console()
    out.print(f"[green]Copied[/] to {file} ({file.stat().st_size:,} bytes).", soft_wrap=True)
    out.print(
        "Its secrets open only with the key in use now (IM_CLOUD_SECRET_KEY, the keyring or secret.key): keep it."
    )
    out.print("To bring it back: stop everything, put it as state.db into an empty IM_CLOUD_HOME with the key, start.")
