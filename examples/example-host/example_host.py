"""An automation platform in under a hundred lines: finds integrations, draws their form, checks, maps, runs."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pluggy

from ingram_micro_cloud import hookspecs
from ingram_micro_cloud.errors import UsageError


def platform() -> pluggy.PluginManager:
    """Return the installed integrations, each verified against the hooks' specifications."""
    manager = pluggy.PluginManager(hookspecs.PLATFORM)
    manager.add_hookspecs(hookspecs)
    hookspecs.load_integrations(manager)
    return manager


def answer(manager: pluggy.PluginManager, given: argparse.Namespace) -> Any:  # noqa: ANN401  # whatever JSON there is
    """Return what the integration answers to one command."""

    def ask(hook: str, **arguments: object) -> Any:  # noqa: ANN401
        return hookspecs.ask(manager, hook, given.integration, **arguments)

    if given.command == "integrations":
        return sorted(name for name, _ in manager.list_name_plugin())
    if given.command == "form":
        return ask("describe_integration")["form"]
    values = read(given.values)
    if given.command == "options":
        return ask("list_options", reference=given.reference, configuration=values, query=given.query)
    if given.command == "run":
        return ask(
            "run_action", action=given.action, inputs=given.inputs, configuration=values,
            organization=given.organization, options={"dry_run": given.dry_run},
        )  # fmt: skip
    report = ask("check_configuration", values=values)
    if given.command == "check" or not report.get("passing"):
        return report  # mapping is offered after a passing check only
    return ask("suggest_mappings", configuration=values, organizations=read(given.organizations))


def read(place: str) -> Any:  # noqa: ANN401
    """Return the JSON in a file, or on standard input for ``-``; credentials have no place on a command line."""
    try:
        return json.loads(sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise UsageError(f"{place} cannot be read as JSON: {problem}.", hint="Name a file that holds JSON.") from None


def arguments() -> argparse.ArgumentParser:
    """Return what the command takes."""
    parser = argparse.ArgumentParser(prog="example-host", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("integrations", help="what is installed")
    for name, text in {
        "form": "the configuration form, as JSON Schema",
        "check": "the connection check on form values",
        "options": "the entries of an input's drop-down",
        "map": "which customer fits each organization",
        "run": "one action",
    }.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("integration")
        if name == "options":
            command.add_argument("reference", help="such as create_order.customerId")
            command.add_argument("--query", default="")
        if name == "run":
            command.add_argument("action")
            command.add_argument("--inputs", type=json.loads, default={}, help="a JSON object")
            command.add_argument("--organization")
            command.add_argument("--dry-run", action="store_true")
        if name != "form":
            command.add_argument("--values", required=True, help="form values as JSON: a file, or - for standard input")
        if name == "map":
            command.add_argument("--organizations", required=True, help="a JSON list of {id, name, …}")
    return parser


def main(line: Sequence[str] | None = None) -> int:
    """Answer one command on standard output; 1 when the answer is an error or a failing check."""
    try:
        told = answer(platform(), arguments().parse_args(line))
    except UsageError as problem:
        told = {"error": problem.as_json()}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return int(isinstance(told, dict) and ("error" in told or told.get("passing") is False))


if __name__ == "__main__":
    sys.exit(main())
