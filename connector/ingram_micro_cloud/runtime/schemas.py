"""Compiled validators for people's inputs (with readable messages) and for whole answers (fast)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import jsonschema_rs

from ingram_micro_cloud.errors import FieldProblem

_CLASSES: Mapping[str, str] = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "nothing",
}


def is_date(value: str) -> bool:
    """Return whether the text is a calendar date such as 2026-11-24."""
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and _parses(date.fromisoformat, value)


def is_date_time(value: str) -> bool:
    """Return whether the text is a date and time with a zone such as 2026-11-24T08:00:00Z."""
    shape = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
    return bool(re.fullmatch(shape, value)) and _parses(datetime.fromisoformat, value.upper())


def is_uuid(value: str) -> bool:
    """Return whether the text is a UUID in its usual spelling."""
    return len(value) == 36 and _parses(UUID, value)


def is_decimal(value: str) -> bool:
    """Return whether the text is a plain decimal number of 0 or more, such as 1250.50."""
    return bool(re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", value))


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": is_date,
    "date-time": is_date_time,
    "uuid": is_uuid,
    "decimal": is_decimal,
}
_FORMAT_HELP: Mapping[str, str] = {
    "date": "a date such as 2026-11-24",
    "date-time": "a date and time with its zone, such as 2026-11-24T08:00:00Z",
    "decimal": "an amount such as 500 or 1250.50",
    "uuid": "a UUID such as 3f0c2a9e-5a41-4a5c-9c55-0d3b7f5f2c11",
}


class CompiledSchema(Protocol):
    """What the fast validator offers."""

    def is_valid(self, instance: object) -> bool:
        """Return whether the value fits."""


def compiled(schema: Mapping[str, object]) -> jsonschema_rs.Draft202012Validator:
    """Return a fast validator for a schema, formats included."""
    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, formats=dict(FORMATS))


def class_of(value: object) -> str:
    """Return what kind of value this is, in words; the value itself may be secret and is never shown."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "an empty text" if not value else "a text"
    return "a list" if isinstance(value, list | tuple) else "an object"


def field_problems(schema: Mapping[str, object], value: object) -> tuple[FieldProblem, ...]:
    """Return every mismatch with pointer, code and a sentence that says what is allowed.

    Slow and only called for values known to be wrong.
    """
    # Not at the top: jsonschema costs a tenth of a second to import and good inputs never need it.
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(())
    for name, check in FORMATS.items():
        checker.checks(name)(_lenient(check))
    validator = Draft202012Validator(schema, format_checker=checker)
    problems = [problem for error in validator.iter_errors(value) for problem in _explained(error)]
    return tuple(sorted(problems, key=lambda problem: (problem.pointer, problem.code)))


def _explained(error: object) -> list[FieldProblem]:
    keyword: str = getattr(error, "validator", "")
    allowed: object = getattr(error, "validator_value", None)
    instance: object = getattr(error, "instance", None)
    steps = [str(step) for step in getattr(error, "absolute_path", ())]
    if keyword in ("anyOf", "oneOf"):
        deeper = [problem for inner in getattr(error, "context", None) or [] for problem in _explained(inner)]
        if deeper:
            return deeper[:1]
    if keyword == "required" and isinstance(instance, Mapping) and isinstance(allowed, list):
        return [
            FieldProblem(pointer([*steps, name]), "required", f"{name} is required.")
            for name in allowed
            if name not in instance and f"'{name}'" in getattr(error, "message", "")
        ]
    if keyword == "additionalProperties" and isinstance(instance, Mapping):
        known = getattr(error, "schema", {}).get("properties", {})
        return [
            FieldProblem(pointer([*steps, str(name)]), "unknown_input", f"{name} is not known here. {_listed(known)}")
            for name in instance
            if name not in known
        ]
    return [FieldProblem(pointer(steps), keyword, _sentence(keyword, allowed, instance, steps))]


def _sentence(keyword: str, allowed: object, instance: object, steps: list[str]) -> str:
    name = next((step for step in reversed(steps) if not step.isdigit()), "the input")
    given = class_of(instance)
    sentences: Mapping[str, Callable[[], str]] = {
        "type": lambda: f"{name} must be {_types(allowed)}, not {given}.",
        "enum": lambda: f"{name} must be one of {_values(allowed)}.",
        "const": lambda: f"{name} must be {allowed}.",
        "format": lambda: f"{name} must be {_FORMAT_HELP.get(str(allowed), str(allowed))}.",
        "pattern": lambda: f"{name} does not have the expected form ({allowed}).",
        "minLength": lambda: (
            f"{name} must not be empty." if allowed == 1 else f"{name} needs at least {allowed} characters."
        ),
        "maxLength": lambda: f"{name} may have at most {allowed} characters.",
        "minimum": lambda: f"{name} must be {allowed} or more.",
        "exclusiveMinimum": lambda: f"{name} must be more than {allowed}.",
        "maximum": lambda: f"{name} must be {allowed} or less.",
        "minItems": lambda: f"{name} needs at least {allowed} entries.",
        "minProperties": lambda: f"{name} needs at least {allowed} members.",
    }
    return sentences.get(keyword, lambda: f"{name} is not allowed as it is ({keyword}).")()


def pointer(steps: list[str]) -> str:
    """Return the JSON pointer (RFC 6901) of a place."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _types(allowed: object) -> str:
    names = allowed if isinstance(allowed, list) else [allowed]
    return " or ".join(_CLASSES.get(str(name), str(name)) for name in names)


def _values(allowed: object) -> str:
    return ", ".join(str(value) for value in allowed) if isinstance(allowed, list) else str(allowed)


def _listed(known: Mapping[str, object]) -> str:
    return f"Known: {', '.join(known)}." if known else ""


def _lenient(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: check(value) if isinstance(value, str) else True


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True
