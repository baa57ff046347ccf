"""Remembers which rows of a list have come, in the same memory for any length of it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

REMEMBERED_ROWS: Final = 2000
"""Four full pages. Lists come newest first, so a new row pushes earlier rows a little way on: only the last ids can
come again on the way, and only the first ones when the beginning is read again."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One page's rows.

    Attributes:
        fresh: Those that had not come before.
        repeated: How many had come on an earlier page.
        twins: How many stand on this very page twice; the vendor counts them in its total, so they are not missing.
        met: Whether, read from the front again, the page reaches what was known of the front before.
    """

    fresh: Sequence[object]
    repeated: int = 0
    twins: int = 0
    met: bool = False


class SeenRows:
    """Tells rows that come again from those that do not, by one member of theirs."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._front: deque[frozenset[object]] = deque()
        self._last: deque[frozenset[object]] = deque()
        self._before = frozenset[object]()
        self._returned = False

    def return_to_front(self) -> None:
        """Begin to read from the front again: what is known of it by now is where that ends."""
        self._before = self._front_keys()
        self._returned = True

    def add(self, rows: list[object]) -> Sorted:
        """Remember a page and return which of its rows are new."""
        keys = _keys(rows, self._key)
        known = frozenset(keys)
        if None in known:
            known -= {None}
        # On the way only the last pages are looked at; this is done for every page of every list.
        new = len(known) == len(keys) and not self._returned and all(ids.isdisjoint(known) for ids in self._last)
        found = Sorted(rows) if new else self._sorted(rows, keys)
        if self._returned or not self._front:
            _remember(known, self._front)
        if not self._returned:
            _remember(known, self._last)
        return found

    def _sorted(self, rows: list[object], keys: list[object]) -> Sorted:
        earlier = self._front_keys().union(*self._last)
        fresh, here = [], set[object]()
        repeated = twins = 0
        for row, each in zip(rows, keys, strict=True):
            # Rows without a key cannot be told apart, so none of them is dropped.
            if each is None:
                fresh.append(row)
            elif each in here:
                twins += 1
            elif each in earlier:
                repeated += 1
            else:
                fresh.append(row)
                here.add(each)
        return Sorted(fresh, repeated, twins, met=not self._before.isdisjoint(keys))

    def _front_keys(self) -> frozenset[object]:
        return self._before.union(*self._front)


def _remember(known: frozenset[object], pages: deque[frozenset[object]]) -> None:
    pages.append(known)
    while len(pages) > 1 and sum(map(len, pages)) > REMEMBERED_ROWS:
        pages.popleft()


def _keys(rows: list[object], key: str) -> list[object]:
    try:
        found = [row[key] for row in rows]  # type: ignore[index]  # all but always right, and four times as fast
        if {str, int}.issuperset(map(type, found)):
            return found
    except (TypeError, KeyError):
        pass
    return [_key_of(row, key) for row in rows]


def _key_of(row: object, key: str) -> object:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, str | int) else None
