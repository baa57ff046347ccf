"""Puts the commands together and turns every ending into an exit status."""

import os
import sys
from collections.abc import Sequence

import typer

from ingram_micro_cloud.errors import IngramMicroCloudError, UsageError
from ingram_micro_cloud.hosts.cli import (
    config_commands,
    mapping_commands,
    organization_commands,
    palette_commands,
    printing,
    run_command,
    sandbox_command,
)

INTERRUPTED = 130


def make_app() -> typer.Typer:
    """Return the typer application."""
    app = typer.Typer(
        name="im-cloud",
        help="Ingram Micro Cloud Marketplace: check a configuration, map organizations, run 30 actions.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command("demo")(sandbox_command.demo)
    app.add_typer(config_commands.app, name="config")
    app.command("actions")(palette_commands.actions)
    app.command("describe")(palette_commands.describe)
    app.command("run")(run_command.run)
    app.add_typer(organization_commands.app, name="organizations")
    app.add_typer(mapping_commands.app, name="mapping")
    app.command("sandbox")(sandbox_command.sandbox)
    return app


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; every error is printed, as JSON where --json was given."""
    as_json = "--json" in arguments
    try:
        status = make_app()(args=list(arguments), standalone_mode=False, prog_name="im-cloud")
    except IngramMicroCloudError as problem:
        printing.print_error(problem, as_json=as_json)
        return problem.exit_status
    except typer.TyperException as problem:
        if not problem.format_message():
            return UsageError.exit_status  # no command was given, and the help has been printed
        context = getattr(problem, "ctx", None)
        command = context.command_path if context is not None else "im-cloud"
        told = UsageError(problem.format_message(), hint=f"See: {command} --help")
        printing.print_error(told, as_json=as_json)
        return told.exit_status
    except (typer.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if status == INTERRUPTED:
        sys.stderr.write("\nStopped. What had been sent stays sent; nothing more will be.\n")
    return status if isinstance(status, int) else 0
