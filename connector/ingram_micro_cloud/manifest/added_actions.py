"""What an extension's action may not be: another way to what one of ours does, past the rules of that one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ingram_micro_cloud.manifest.contradictions import Found
from ingram_micro_cloud.manifest.models import PLACEHOLDER, ActionSpec

_PLACE: Final = "{}"
"""Stands for a placeholder, whatever its name."""
_SEGMENT: Final = re.compile(r"[a-z]+|\{\}")


def mistakes_of_added(action: ActionSpec, known: Mapping[str, ActionSpec]) -> Iterator[Found]:
    """Yield why an extension's action is refused, each with its place in the file.

    Args:
        action: The action.
        known: Those that were read before it: ours, and other extensions'.
    """
    if action.request is None:
        yield ("handler",), "an extension's action is declared: it needs request:"
        return
    if action.effect == "path" or action.scope == "path":
        place = "effect" if action.effect == "path" else "scope"
        yield (place,), "an extension's action makes one request, so it says what that one does, and whose it is"
    if action.effect == "read" and action.method != "GET":
        yield ("effect",), f"only a GET is known to read; a {action.method} is at least effect: write"
    if action.lists and action.effect != "read":
        yield ("paginate",), "only a read is walked page by page"
    if not all(_SEGMENT.fullmatch(each) for each in _segments(action)):
        text = "a path of an extension is /word or /{name}, each between two single slashes"
        yield ("request", "path"), text
    same = [other for other in known.values() if other.method == action.method]
    yield from _wider_read(action, same) if action.method == "GET" else _second_way(action, same)


def _second_way(action: ActionSpec, same: Sequence[ActionSpec]) -> Iterator[Found]:
    for other in same:
        if _meet(_segments(action), _segments(other)):
            # A second way to a write would not have the first one's rules, journal and guard.
            yield ("request",), f"{other.id} ({other.source}) makes this request already"


def _wider_read(action: ActionSpec, same: Sequence[ActionSpec]) -> Iterator[Found]:
    """Yield reads of ours that this one would give to more people: who may see a customer's would see everybody's."""
    if action.scope == "reseller":
        return  # nobody who acts for an organization may run it
    reached = [other for other in same if _reaches(_segments(action), _segments(other))]
    for other in reached:
        twins = [each for each in reached if _segments(each) == _segments(other)]
        if _guarded(action) not in [_guarded(each) for each in twins]:
            made = f"{other.id} ({other.source}) makes this request already"
            yield ("scope",), f"{made}; take its scope, mapped and owner, or scope: reseller"


def _guarded(action: ActionSpec) -> tuple[object, ...]:
    return action.scope, action.mapped, action.owner


def _segments(action: ActionSpec) -> list[str]:
    """Return the path's segments; the slash at its end is none, because vendors mostly do not mind it."""
    return PLACEHOLDER.sub(_PLACE, action.path or "").casefold().removeprefix("/").removesuffix("/").split("/")


def _meet(one: list[str], other: list[str]) -> bool:
    """Return whether some path is of both forms: a placeholder stands for any segment."""
    return len(one) == len(other) and all(a == b or _PLACE in (a, b) for a, b in zip(one, other, strict=True))


def _reaches(one: list[str], other: list[str]) -> bool:
    """Return whether the first form has every path of the second, or all but what its own words are not."""
    return _meet(one, other) and not any(b == _PLACE != a for a, b in zip(one, other, strict=True))
