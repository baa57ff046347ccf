"""Reads a run's inputs from `key=value`, JSON, a file or standard input, and keeps secrets off the command line."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingram_micro_cloud.errors import FieldProblem, InputError, UsageError

if TYPE_CHECKING:
    from ingram_micro_cloud.manifest.models import ActionSpec


def read_inputs(
    spec: "ActionSpec",
    pairs: Sequence[str],
    text: str | None,
    file: Path | None,
    *,
    actions: Mapping[str, "ActionSpec"],
) -> dict[str, object]:
    """Return the inputs of every source together; ``actions`` is the palette, which says what is secret.

    Raises:
        UsageError: A source cannot be read, or a pair has no equals sign.
        InputError: A name is given twice, or a secret stands on the command line.
    """
    open_sources = [_pairs(spec, pairs)]
    if text is not None and text != "-":
        open_sources.append(_parsed(text, "--input"))
    for source in open_sources:
        _refuse_secrets(spec, source, actions)
    sources = list(open_sources)
    if text == "-":
        sources.append(_parsed(standard_input(), "standard input"))
    if file is not None:
        sources.append(_file(file))
    merged: dict[str, object] = {}
    for source in sources:
        if twice := merged.keys() & source.keys():
            name = min(twice)
            message = f"{name} is given in two places."
            raise InputError(message, fields=[FieldProblem(f"/{name}", "given_twice", message)])
        merged |= source
    return merged


def standard_input() -> str:
    """Return what is on standard input.

    Raises:
        UsageError: It is not UTF-8.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise UsageError("Standard input is not UTF-8 text.", hint="Give one JSON object in UTF-8.") from None


def too_deep(source: str) -> UsageError:
    """Return the error for nesting beyond anything a reader can follow."""
    return UsageError(f"{source} is nested too deeply to be read.", hint="Give one plain JSON object of the inputs.")


def _pairs(spec: "ActionSpec", pairs: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{pair!r} is not key=value.", hint="For example: name=Acme, or address.city=Chicago.")
        steps = name.split(".") if name not in spec.inputs else [name]
        _put(found, steps, _value(spec, steps[0], value), name)
    listed = _as_lists(found)
    return listed if isinstance(listed, dict) else {}


def _value(spec: "ActionSpec", name: str, text: str) -> object:
    schema = spec.inputs.get(name, {})
    if text[:1] in ("{", "[") and schema.get("type") != "string":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _put(found: dict[str, object], steps: Sequence[str], value: object, name: str) -> None:
    place = found
    for step in steps[:-1]:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):
            raise UsageError(f"{name} cannot be set inside a value that is already given whole.")
        place = inner
    if steps[-1] in place:
        message = f"{name} is given twice."
        raise InputError(message, fields=[FieldProblem("/" + "/".join(steps), "given_twice", message)])
    place[steps[-1]] = value


def _as_lists(value: object) -> object:
    """Return nested values with objects whose names are 0, 1, 2 … turned into lists."""
    if not isinstance(value, dict):
        return value
    members = {name: _as_lists(member) for name, member in value.items()}
    if members and all(name.isdecimal() for name in members):
        return [members[name] for name in sorted(members, key=int)]
    return members


def _parsed(text: str, source: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError as problem:
        raise UsageError(f"{source} is not JSON: {problem}.", hint="Give one JSON object of the inputs.") from problem
    except RecursionError:
        raise too_deep(source) from None
    if not isinstance(value, dict):
        raise UsageError(f"{source} must be one JSON object of the inputs.")
    return value


def _file(file: Path) -> dict[str, object]:
    try:
        return _parsed(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} cannot be read.", hint="Give a UTF-8 file with one JSON object.") from problem


def _refuse_secrets(spec: "ActionSpec", source: Mapping[str, object], actions: Mapping[str, "ActionSpec"]) -> None:
    from ingram_micro_cloud.runtime.secret_inputs import secret_inputs

    if secret_inputs(spec, source, actions):
        raise UsageError(
            "Nothing was sent. A secret must not stand on the command line, where other users can see it.",
            hint="Give the inputs through standard input (--input -) or a file (--input-file).",
        )
