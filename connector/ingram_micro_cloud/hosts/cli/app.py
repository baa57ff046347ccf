"""Puts the commands together and turns every ending into an exit status."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cache

import typer

from ingram_micro_cloud.errors import IngramMicroCloudError, InternalError, UsageError
from ingram_micro_cloud.hosts.cli import (
    config_commands,
    export_command,
    fleet_commands,
    keys_commands,
    mapping_commands,
    mcp_command,
    order_commands,
    organization_commands,
    palette_commands,
    printing,
    run_command,
    sandbox_command,
    serve_command,
    state_commands,
)

INTERRUPTED = 130
DEBUG = "IM_CLOUD_DEBUG"


def make_app() -> typer.Typer:
    """Return the typer application."""
    app = typer.Typer(
        name="im-cloud",
        help="Ingram Micro Cloud Marketplace: check a configuration, map organizations, run actions, serve hosts.",
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
    app.add_typer(order_commands.app, name="order")
    app.command("journal")(order_commands.journal)
    app.add_typer(order_commands.audit_app, name="audit")
    app.command("seats")(fleet_commands.seats)
    app.command("renewals")(fleet_commands.renewals)
    app.command("sandbox")(sandbox_command.sandbox)
    app.command("serve")(serve_command.serve)
    app.command("mcp")(mcp_command.mcp)
    app.command("export")(export_command.export)
    app.add_typer(keys_commands.app, name="keys")
    app.add_typer(state_commands.app, name="state")
    return app


@cache
def commands() -> Callable[..., object]:
    """Return the commands, put together once per process: reading every signature takes longer than most commands."""
    return typer.main.get_command(make_app())


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; every error is printed, as JSON where --json was given."""
    as_json = "--json" in arguments
    try:
        _refuse_half_characters(arguments)
        status = commands()(args=list(arguments), standalone_mode=False, prog_name="im-cloud")
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
    except Exception as problem:  # noqa: BLE001  # the last resort: whatever it is, the caller gets one error
        unforeseen = internal_error(problem, debug=os.environ.get(DEBUG, "") not in ("", "0"))
        printing.print_error(unforeseen, as_json=as_json)
        return unforeseen.exit_status
    if status == INTERRUPTED:
        sys.stderr.write("\nStopped. What had been sent stays sent; nothing more will be.\n")
    return status if isinstance(status, int) else 0


def internal_error(problem: BaseException, *, debug: bool) -> InternalError:
    """Return the error for what nobody foresaw; with ``debug`` also write the places it came through.

    Neither holds the exception's own words, which may quote what was typed, secrets included.
    """
    if debug:
        sys.stderr.write(_places(problem))
    return InternalError(
        f"Something nobody foresaw happened inside im-cloud ({type(problem).__name__}). What had been sent stays sent.",
        hint=f"Look before you run it again. {DEBUG}=1 shows where it happened; please report that.",
    )


def _places(problem: BaseException) -> str:
    chain: list[BaseException] = []
    here: BaseException | None = problem
    while here is not None and here not in chain:
        chain.append(here)
        here = here.__cause__ or here.__context__
    lines: list[str] = []
    for each in reversed(chain):
        lines += [*traceback.format_tb(each.__traceback__), f"{type(each).__module__}.{type(each).__qualname__}\n\n"]
    return "".join(lines)


def _refuse_half_characters(arguments: Sequence[str]) -> None:
    for position, each in enumerate(arguments, start=1):
        try:
            each.encode()
        except UnicodeEncodeError:
            raise UsageError(
                f"Argument {position} is not valid UTF-8 text.", hint="Give it in UTF-8, or through --input-file."
            ) from None
