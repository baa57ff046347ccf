"""Reads the same thing once within one run: planning seats and judging the order ask for the same objects."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from ingram_micro_cloud.ordering.ports import Caller

READS: Final = frozenset({"get_customer", "get_subscription", "get_service_plan"})


class RememberingCaller:
    """A caller that keeps what it read. Make a new one for every run, and one more for looking afterwards.

    Estimates and validations are always asked again: what they answer is the very thing that is to be fresh.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._objects: dict[str, object] = {}
        self._lists: dict[str, list[Sequence[object]]] = {}

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        """Yield the pages of a list; a list that was read to its end is not read again."""
        key = _key(action, inputs)
        known = self._lists.get(key)
        if known is not None:
            for page in known:
                yield page
            return
        pages: list[Sequence[object]] = []
        async for page in self._caller.rows(action, inputs):
            pages.append(page)
            yield page
        self._lists[key] = pages

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        """Return what an action answers with; objects that were read are remembered."""
        if action not in READS:
            return await self._caller.one(action, inputs)
        key = _key(action, inputs)
        if key not in self._objects:
            self._objects[key] = await self._caller.one(action, inputs)
        return self._objects[key]


def _key(action: str, inputs: Mapping[str, object]) -> str:
    return f"{action} {json.dumps(inputs, sort_keys=True, default=str)}"
