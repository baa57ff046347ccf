"""Looks up whose an order or subscription is, by cached reads, before anything is sent that names it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final, Protocol

from ingram_micro_cloud.errors import NotFoundError
from ingram_micro_cloud.manifest.models import ActionSpec, OwnerLookup
from ingram_micro_cloud.runtime.guard import Own, foreign, owner_in

OWNER_SECONDS: Final = 86_400.0
"""So long an answer is believed; orders and subscriptions do not change hands."""
Read = Callable[[ActionSpec, Mapping[str, object]], Awaitable[object]]
"""Runs a reading action with checked inputs and returns its decoded answer."""


class OwnerRecords(Protocol):
    """Remembers owners for one account, between processes."""

    def owner(self, action: str, key: str) -> str | None:
        """Return the customer an id belongs to, or None when it is not known or was read too long ago."""

    def remember(self, action: str, key: str, customer: str) -> None:
        """Keep whose an id is."""


class OwnerCheck:
    """Proves ids in a call's inputs to be the organization's."""

    def __init__(self, actions: Mapping[str, ActionSpec], records: OwnerRecords) -> None:
        self._actions, self._records = actions, records

    async def verify(self, claimed: Iterable[tuple[OwnerLookup, str]], own: Own, read: Read) -> int:
        """Return how many ids were proven to be the organization's.

        Raises:
            GuardRefusedError: One is not, or does not exist; nothing but reads was sent.
        """
        proven = 0
        for lookup, key in claimed:
            if await self.owner(lookup.action, lookup.member, key, read) not in own:
                raise foreign(own, f"{lookup.input} {key}")
            proven += 1
        return proven

    async def owner(self, action: str, member: str, key: str, read: Read) -> str | None:
        """Return the customer an id belongs to, or None when nobody's is known."""
        known = self._records.owner(action, key)
        if known is None:
            spec = self._actions[action]
            try:
                answer = await read(spec, {id_input(spec): key})
            except NotFoundError:
                return None
            # An answer about something else proves nothing about this id.
            known = owner_in(answer, member) if owner_in(answer, "id") == key else None
            if known is not None:
                self._records.remember(action, key, known)
        return known


def id_input(spec: ActionSpec) -> str:
    """Return the one input that names what a reading action reads."""
    required = spec.input.get("required")
    names = required if isinstance(required, list) else []
    if len(names) != 1:
        raise TypeError(f"{spec.id} does not read one thing by one id")
    return str(names[0])
