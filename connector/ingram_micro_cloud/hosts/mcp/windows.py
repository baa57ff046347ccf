"""Lists stop after a number of rows: a model reads every row it is given, and says when it wants more. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ingram_micro_cloud.hosts.mcp.given import given_value
from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome

MOST: Final = 100
"""Rows of a list, unless the caller says otherwise."""
MAX_ITEMS: Final = "max_items"
_SAID: Final = ("limit", MAX_ITEMS)
"""Inputs by which a caller says how many rows."""


def stops_by(spec: ActionSpec) -> Literal["input", "cut"] | None:
    """Return how a list is stopped: by an input of the action, by cutting what it read, or not, being none."""
    if MAX_ITEMS in spec.inputs:
        return "input"
    # What a write answers with is what it did, and all of that is told.
    is_list = spec.effect == "read" and resolved(spec.output, spec.output).get("type") == "array"
    return "cut" if is_list else None


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that a call is answered with.

    Attributes:
        inputs: To run the action with.
        cut: Rows to cut the result after; None where the action itself stops.
        silent: Whether the caller said nothing of how many, and is to be told how to get more.
        offset: Rows skipped before the first.
    """

    inputs: Mapping[str, object]
    cut: int | None = None
    silent: bool = False
    offset: int = 0

    def of(self, outcome: Outcome) -> Outcome:
        """Return an outcome with the rows of this part, and how to get more where there are more."""
        rows = outcome.result
        if outcome.dry_run or not isinstance(rows, list):
            return outcome
        if self.cut is not None and len(rows) > self.cut:
            outcome = replace(outcome, result=rows[: self.cut], complete=False, total=len(rows))
            return replace(outcome, warnings=(*outcome.warnings, _more(self.cut, len(rows), None)))
        end = self.offset + len(rows)
        at_end = outcome.complete or len(rows) < MOST or (outcome.total is not None and end >= outcome.total)
        if not self.silent or at_end:
            return outcome
        return replace(outcome, warnings=(*outcome.warnings, _more(len(rows), outcome.total, end)))


def window(spec: ActionSpec, given: Mapping[str, object], max_items: int | None) -> Window:
    """Return the part of a list that a call asks for.

    Args:
        spec: The action.
        given: Its inputs, not yet checked.
        max_items: The server's own argument of that meaning, for an action without such an input.
    """
    match stops_by(spec):
        case None:
            return Window(given)
        case "cut":
            return Window(given, cut=MOST if max_items is None else max_items)
        case "input":
            if any(given_value(spec, given, name) is not None for name in _SAID):
                return Window(given)
            return Window({**given, MAX_ITEMS: MOST}, silent=True, offset=_whole(given_value(spec, given, "offset")))


def _more(rows: int, total: int | None, going_on: int | None) -> Notice:
    what = f"These are the first {rows} rows." if total is None else f"These are {rows} of {total} rows."
    further = "" if going_on is None else f" or go on with offset {going_on}"
    return Notice("more_rows", f"{what} For more give a larger max_items{further}; or narrow it down.")


def _whole(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
