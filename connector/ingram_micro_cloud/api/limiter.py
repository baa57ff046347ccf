"""Keeps within the calls per minute and day, together with every process that shares the key."""

from functools import partial
from typing import Final, Protocol

import anyio
import anyio.to_thread

from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import CallBudgetError

HOLD_SECONDS: Final = 2.0
"""A leased permit not used within this time is lost; the store counts it as used at the very end of it."""
LARGEST_LEASE: Final = 64
BUYING_SHARE: Final = 0.05
LONGEST_WAIT: Final = 24 * 3600.0
_REASONS = {
    "minute": "the calls of this minute are used",
    "day": "the calls of this day are used",
    "vendor": "the vendor says its quota is used up",
}


class PermitStore(Protocol):
    """Counts permits per key for every process."""

    def lease(
        self, key: str, *, now: float, wanted: int, hold_seconds: float, per_minute: int, per_day: int
    ) -> tuple[int, float, str]:
        """Return permits good until ``now + hold_seconds``, or 0, the seconds to wait, and why: minute, day, vendor."""

    def block(self, key: str, *, until: float, reason: str) -> None:
        """Grant nothing for this key until then."""


class CallLimiter:
    """Hands out permission to make one call. A permit in hand costs neither a lock nor the store."""

    def __init__(self, *, key: str, per_minute: int, per_day: int, store: PermitStore, timing: Timing) -> None:
        self._key, self._per_minute, self._per_day = key, per_minute, per_day
        self._store, self._timing = store, timing
        self._reserved = max(1, int(per_minute * BUYING_SHARE)) if per_minute > 1 else 0
        self._permits = 0
        self._until = 0.0
        self._size = 1
        self._lock = anyio.Lock()

    async def acquire(self, meter: CallMeter, *, buying: bool = False) -> None:
        """Return when one call may be made.

        Raises:
            CallBudgetError: The wait would pass the meter's deadline; says when to come back.
        """
        if self._take():
            return
        async with self._lock:
            while not self._take():
                await self._lease_or_wait(meter, buying=buying)

    async def block(self, seconds: float, reason: str) -> None:
        """Remember, for this key only, that the vendor takes no calls for so long."""
        self._permits = 0
        until = self._timing.now() + seconds
        await anyio.to_thread.run_sync(partial(self._store.block, self._key, until=until, reason=reason))

    def _take(self) -> bool:
        if self._permits > 0 and self._timing.now() < self._until:
            self._permits -= 1
            return True
        return False

    async def _lease_or_wait(self, meter: CallMeter, *, buying: bool) -> None:
        now = self._timing.now()
        ask = partial(
            self._store.lease,
            self._key,
            now=now,
            wanted=self._next_size(now),
            hold_seconds=HOLD_SECONDS,
            per_minute=self._per_minute if buying else self._per_minute - self._reserved,
            per_day=self._per_day,
        )
        granted, wait, reason = await anyio.to_thread.run_sync(ask)
        if granted > 0:
            self._permits, self._until = granted, now + HOLD_SECONDS
            return
        self._size = 1
        await self._wait(wait, reason, meter, now)

    def _next_size(self, now: float) -> int:
        # Twice as many when the last lease was used up in its time; one again after a quiet spell.
        busy = self._permits == 0 and now < self._until
        most = max(1, min(LARGEST_LEASE, self._per_minute // 20))
        self._size = min(most, self._size * 2) if busy else 1
        return self._size

    async def _wait(self, seconds: float, reason: str, meter: CallMeter, now: float) -> None:
        said = _REASONS.get(reason, reason)
        if seconds > LONGEST_WAIT or (meter.deadline is not None and now + seconds > meter.deadline):
            raise CallBudgetError(
                f"Nothing was sent: {said}, and waiting {round(seconds)} seconds would pass the deadline.",
                hint=f"Come back in {round(seconds)} seconds, or give the run more time.",
                retry_after=seconds,
            )
        if meter.on_wait is not None:
            meter.on_wait(seconds, said)
        await self._timing.sleep(seconds)
