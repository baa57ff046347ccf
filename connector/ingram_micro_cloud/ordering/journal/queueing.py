"""Waits for the locks of an order: one at a time for a customer and for a subscription, over all processes."""

from collections.abc import Collection
from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import DeadlineError
from ingram_micro_cloud.ordering.models import OrderFacts
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.store.locks import Held
from ingram_micro_cloud.store.state import State

PATIENCE: Final = 300.0
"""Seconds an order waits for others where no deadline was given."""
FIRST_WAIT: Final = 0.05
LONGEST_WAIT: Final = 1.0


def lock_names(acting: Acting, facts: OrderFacts) -> tuple[str, ...]:
    """Return what has to be held while an order is read, judged and sent."""
    names = [f"customer {acting.account} {facts.customer_id}"]
    if facts.subscription_id is not None:
        names.append(f"subscription {acting.account} {facts.subscription_id}")
    return tuple(names)


class Turn:
    """One attempt's place in the queue for its locks."""

    def __init__(
        self,
        state: State,
        names: Collection[str],
        holder: str,
        timing: Timing,
        *,
        lease: float,
        deadline: float | None,
        at_work: Collection[str],
    ) -> None:
        self._at_work = at_work
        self._state, self._names, self._holder, self._timing, self._lease = state, names, holder, timing, lease
        self._until = timing.now() + PATIENCE if deadline is None else deadline
        self._wait = FIRST_WAIT

    async def taken(self) -> bool:
        """Return whether the locks are held now; otherwise some time has been waited.

        Raises:
            DeadlineError: Others hold them beyond the deadline; nothing was sent.
        """
        now = self._timing.now()
        take = partial(
            self._state.locks.take, self._names, self._holder, now=now, until=now + self._lease, at_work=self._at_work
        )
        other = await anyio.to_thread.run_sync(take)
        if other is None:
            return True
        if now + self._wait > self._until:
            raise _too_long(other)
        await self._timing.sleep(self._wait)
        self._wait = min(self._wait * 1.5, LONGEST_WAIT)
        return False

    async def prolonged(self) -> None:
        """Keep the locks for a whole lease from now on."""
        until = self._timing.now() + self._lease
        await anyio.to_thread.run_sync(partial(self._state.locks.prolong, self._holder, until=until))

    async def given_back(self) -> None:
        """Free the locks, even while being cancelled."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(partial(self._state.locks.give_back, self._holder))


def _too_long(other: Held) -> DeadlineError:
    what = other.name.partition(" ")[0]
    return DeadlineError(
        f"Nothing was sent. Another order for the same {what} is being placed by process {other.process.pid}, "
        "and it did not end in the time allowed.",
        hint="Try again later. If that process hangs, end it, then see what it sent: im-cloud order check --all",
    )
