"""Gets the form's fields: from a file, standard input, or by asking on a terminal."""

import json
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ingram_micro_cloud.errors import ConfigurationMissingError, UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.arguments import standard_input, too_deep

if TYPE_CHECKING:
    from ingram_micro_cloud.manifest.integration import FormSpec
    from ingram_micro_cloud.runtime.book import ConfigurationBook

FEW = 5
"""So many choices are listed one a line, more than that in running text."""
ASKED = ("username", "password", "subscription_key", "api_url", "marketplace")


def read_fields(source: str, name: str) -> dict[str, object]:
    """Return the fields of a JSON or YAML object.

    Raises:
        UsageError: It cannot be read, is no object, or names another configuration.
    """
    if source == "-":
        text, place = standard_input(), "standard input"
    else:
        text, place = _file_text(Path(source)), source
    fields = _object(text, place)
    if "name" in fields and fields["name"] != name:
        raise UsageError(
            f"{place} names the configuration {fields['name']!r}, the command {name!r}.",
            hint="Use the same name, or leave it out of the file.",
        )
    return {**fields, "name": name}


def ask(spec: "FormSpec", draft: Mapping[str, object], book: "ConfigurationBook", name: str) -> dict[str, object]:
    """Ask for the five fields on a terminal; Enter keeps what is there already.

    Raises:
        UsageError: There is no terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to ask for the fields on.",
            hint=f"Give them as JSON or YAML: im-cloud config save {name} --from FILE (or - for standard input).",
        )
    known = {**_stored(book, name), **draft}
    out = printing.console()
    out.print(f"{spec.description}\n", style="dim")
    typed: dict[str, object] = {key: value for key, value in known.items() if key not in spec.secrets}
    for key in ASKED:
        field = spec.properties[key]
        _print_choices(_choices(field))
        if key in spec.secrets:
            kept = " (Enter keeps the stored one)" if key in known else ""
            secret = typer.prompt(f"{field['title']}{kept}", hide_input=True, default="", show_default=False)
            if secret:
                typed[key] = secret
        else:
            default = str(known[key]) if key in known else None
            typed[key] = typer.prompt(str(field["title"]), default=default)
    return typed


def _print_choices(choices: list[tuple[str, str]]) -> None:
    out = printing.console()
    if len(choices) > FEW:
        whole = (f"{value} {label}".replace(" ", "\N{NO-BREAK SPACE}") for value, label in choices)
        out.print(" · ".join(whole), style="dim")
        return
    for value, label in choices:
        out.print(f"    {value}  {label}", style="dim")


def _stored(book: "ConfigurationBook", name: str) -> Mapping[str, object]:
    try:
        return book.show(name).values
    except ConfigurationMissingError:
        return {}


def _choices(field: Mapping[str, object]) -> list[tuple[str, str]]:
    ui = field.get("ui")
    listed = (ui.get("presets") or ui.get("choices") or []) if isinstance(ui, Mapping) else []
    return [(str(each["value"]), str(each["label"])) for each in listed]


def _file_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
        mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{path} cannot be read.", hint="Give a UTF-8 file with a JSON or YAML object.") from problem
    if mode & 0o004:
        printing.print_warnings([f"Every user of this machine can read {path}. If it holds secrets: chmod 600 {path}"])
    return text


def _object(text: str, place: str) -> dict[str, object]:
    import yaml

    try:
        value = json.loads(text)
    except RecursionError:
        raise too_deep(place) from None
    except ValueError:
        try:
            value = yaml.safe_load(text)
        except RecursionError:
            raise too_deep(place) from None
        except (yaml.YAMLError, ValueError):
            # Without the parser's own words, or its error: they quote the line, which may hold a secret.
            raise UsageError(f"{place} is neither JSON nor YAML.") from None
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise UsageError(f"{place} must hold one object of form fields.", hint="The fields: im-cloud config form")
    return value
