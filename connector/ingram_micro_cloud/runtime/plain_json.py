"""What is no plain JSON, told before anything else looks at it: odd values, half characters, endless nesting."""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.runtime.schemas import pointer

DEEPEST: Final = 64
"""Levels. The vendor's deepest body has eight; what lies deeper breaks readers that recurse."""
MOST_BITS: Final = 64
"""Of a whole number; what is longer no reader of JSON promises to keep."""
MOST_PROBLEMS: Final = 20


def plain_problems(value: object) -> list[FieldProblem]:
    """Return why what a caller gave is no object of plain JSON values, each with its pointer; at most 20."""
    if not isinstance(value, Mapping):
        return [FieldProblem("", "not_json", "An object of names and values is needed.")]
    return list(islice(_problems(value), MOST_PROBLEMS))


def is_plain(value: object) -> bool:
    """Return whether a value of any kind can travel as JSON."""
    return not plain_problems({"value": value})


def is_text(text: str) -> bool:
    """Return whether a text has no half characters (lone surrogates), which no encoding can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _problems(value: object) -> Iterator[FieldProblem]:
    # With a stack of its own: this is what protects everything that recurses.
    waiting: list[tuple[object, tuple[str, ...]]] = [(value, ())]
    while waiting:
        here, steps = waiting.pop()
        if len(steps) > DEEPEST:
            place = pointer(list(steps[:2])) + "/…"
            yield FieldProblem(place, "too_deep", f"{steps[0]} is nested more than {DEEPEST} levels deep.")
            return
        if isinstance(here, Mapping):
            for name, member in here.items():
                if isinstance(name, str) and is_text(name):
                    waiting.append((member, (*steps, name)))
                else:
                    text = f"A name of {_named(steps)} is no text." if not isinstance(name, str) else (
                        f"A name of {_named(steps)} holds half a character (a lone surrogate)."
                    )  # fmt: skip
                    yield FieldProblem(pointer(list(steps)), "not_json", text)
        elif isinstance(here, list | tuple):
            waiting += [(member, (*steps, str(position))) for position, member in enumerate(here)]
        elif (why := _why_not(here)) is not None:
            yield FieldProblem(pointer(list(steps)), "not_json", f"{_named(steps)} {why}.")


def _why_not(value: object) -> str | None:
    if isinstance(value, str):
        return None if is_text(value) else "holds half a character (a lone surrogate), which cannot be sent"
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if value.bit_length() <= MOST_BITS else f"is a whole number of more than {MOST_BITS} bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else "is not a finite number, and JSON has no other"
    return "is no JSON value: text, number, true or false, list, object or null"


def _named(steps: tuple[str, ...]) -> str:
    return ".".join(steps) or "the inputs"
