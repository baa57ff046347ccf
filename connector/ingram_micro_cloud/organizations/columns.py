"""Which heading of a file stands for which field of an organization."""

from collections.abc import Mapping, Sequence
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.mapping import heading_key

FIELDS: Final = ("id", "name", "domains", "external_ids", "country", "tags")
REQUIRED: Final = ("id", "name")
EXTERNAL: Final = "external_ids."
"""Begins a target that fills one kind of external id, for example ``external_ids.microsoft_tenant_id``."""


def chosen_columns(
    headings: Sequence[str],
    asked: Mapping[str, str],
    known: Mapping[str, Sequence[str]],
    *,
    ids: Sequence[str] = (),
) -> dict[str, str]:
    """Return the heading of every target there is one for.

    What was asked for comes first, then the field's own name, then headings that other systems are known to use,
    whether anything was asked for or not. Capitals, blanks and punctuation do not matter.

    Args:
        headings: The file's, as they are written there.
        asked: Target to heading, as a person gave it.
        known: Target to headings, as the bundle declares them.
        ids: Kinds of external ids that an organization goes by where the file has no id of its own.

    Raises:
        InputError: A target does not exist, a heading is not in the file or there twice where it is needed, or id or
            name has none.
    """
    problems = [_unknown_target(target) for target in asked if not _is_target(target)]
    problems += [
        _absent(target, heading, headings)
        for target, heading in asked.items()
        if _is_target(target) and not _matching(headings, heading)
    ]
    wanted = {target: [heading] for target, heading in asked.items() if _is_target(target)}
    for target in (*FIELDS, *known):
        if target not in asked:
            wanted[target] = [target, *known.get(target, ())]
    found = {
        target: next(filter(None, (_matching(headings, each) for each in candidates)), ())
        for target, candidates in wanted.items()
    }
    if not found["id"] and "id" not in asked:
        found["id"] = next((spelt for kind in ids if (spelt := found.get(f"{EXTERNAL}{kind}", ()))), ())
    problems += [_missing(target, headings) for target in REQUIRED if not found[target] and target not in asked]
    needed = {*REQUIRED, *asked}
    problems += [_twice(target, spelt[0]) for target, spelt in found.items() if len(spelt) > 1 and target in needed]
    if problems:
        raise InputError(
            "The columns of the file do not fit. Nothing was changed.",
            hint="Name a column with TARGET=HEADING, for example id=TenantId.",
            fields=problems,
        )
    # Which of two columns is meant nobody can tell; where the field is not needed, neither is used.
    return {target: spelt[0] for target, spelt in found.items() if len(spelt) == 1}


def unused_headings(headings: Sequence[str], chosen: Mapping[str, str]) -> tuple[str, ...]:
    """Return the headings that stand for nothing, in the file's order."""
    return tuple(dict.fromkeys(each for each in headings if each and each not in chosen.values()))


def _is_target(target: str) -> bool:
    return target in FIELDS or (target.startswith(EXTERNAL) and len(target) > len(EXTERNAL))


def _matching(headings: Sequence[str], wanted: str) -> tuple[str, ...]:
    """Return the headings that are meant: those spelt exactly so, else those that are the same but for spelling."""
    exact = tuple(each for each in headings if each == wanted)
    return exact or tuple(each for each in headings if heading_key(wanted) and heading_key(each) == heading_key(wanted))


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(each for each in headings if each) or "none"


def _unknown_target(target: str) -> FieldProblem:
    named = ", ".join([*FIELDS, f"{EXTERNAL}KIND"])
    return FieldProblem(f"/columns/{target}", "unknown_target", f"{target!r} is not a field; there are: {named}.")


def _absent(target: str, heading: str, headings: Sequence[str]) -> FieldProblem:
    text = f"There is no heading {heading!r}; the file has: {_listed(headings)}."
    return FieldProblem(f"/columns/{target}", "unknown_heading", text)


def _missing(target: str, headings: Sequence[str]) -> FieldProblem:
    text = f"No heading stands for {target}; name one with {target}=HEADING. The file has: {_listed(headings)}."
    return FieldProblem(f"/columns/{target}", "no_heading", text)


def _twice(target: str, heading: str) -> FieldProblem:
    text = f"The heading {heading!r} is there twice; rename one, so that it is clear which is {target}."
    return FieldProblem(f"/columns/{target}", "heading_twice", text)
