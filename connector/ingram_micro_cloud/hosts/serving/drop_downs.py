"""Entries of drop-downs for a short while: people search letter by letter, and a list can cost many calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.runtime.options import Option

LIFE_SECONDS: Final = 120.0
MOST_LISTS: Final = 16
"""For each connection."""
Key: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]
Options: TypeAlias = tuple[Option, ...]


@dataclass
class _Shelf:
    lists: dict[Key, tuple[float, Options]] = field(default_factory=dict)


class RecentOptions:
    """What was read for the reseller. An organization's list is read each time: whose customer it is may change.

    It belongs to an open connection, so another holder or another configuration never sees it.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._shelves: WeakKeyDictionary[Connection, _Shelf] = WeakKeyDictionary()

    def find(self, connection: Connection, action: str, name: str, given: Mapping[str, object]) -> Options | None:
        """Return a list that was read a short while ago, or None."""
        shelf = self._shelves.get(connection)
        known = None if shelf is None else shelf.lists.get(_key(action, name, given))
        return known[1] if known is not None and self._now() < known[0] else None

    def keep(self, connection: Connection, action: str, name: str, given: Mapping[str, object], found: Options) -> None:
        """Keep a list that was just read whole."""
        lists = self._shelves.setdefault(connection, _Shelf()).lists
        key = _key(action, name, given)
        lists.pop(key, None)
        lists[key] = (self._now() + LIFE_SECONDS, found)
        while len(lists) > MOST_LISTS:
            del lists[next(iter(lists))]

    def forget(self, connection: Connection) -> None:
        """Forget what a connection has read, since something was changed over it."""
        self._shelves.pop(connection, None)


def _key(action: str, name: str, given: Mapping[str, object]) -> Key:
    return action, name, tuple(sorted((key, repr(value)) for key, value in given.items()))
