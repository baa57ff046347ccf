"""What the control interface offers: counting, faults, the clock, the whole state."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from ingram_micro_cloud.sandbox.access import Access
from ingram_micro_cloud.sandbox.calls import Json, Refusal
from ingram_micro_cloud.sandbox.faults import FaultQueue
from ingram_micro_cloud.sandbox.world import World

FURTHEST: Final = 20 * 366 * 86_400
"""Seconds of one step of the clock."""
LAST_MOMENT: Final = 16_725_225_600.0
KINDS: Final = ("customers", "orders", "subscriptions", "products", "plans", "reports", "resellers")


class Control:
    """Looks into a marketplace and steers it; none of this is counted as a call."""

    def __init__(self, world: World, access: Access, faults: FaultQueue) -> None:
        self._world, self._access, self._faults = world, access, faults
        self._total = 0
        self._by_operation: Counter[str] = Counter()
        self._refused = 0
        self._tokens_before = 0

    def arrived(self, operation: str | None) -> None:
        """Count a call on arrival."""
        self._total += 1
        if operation is not None:
            self._by_operation[operation] += 1

    def refused(self) -> None:
        """Count a call that was refused for limits or authentication."""
        self._refused += 1

    def calls(self) -> Json:
        """Return how many calls came, by operation, the tokens given and the calls refused."""
        return {
            "total": self._total,
            "by_operation": dict(self._by_operation),
            "tokens": self._access.signed_in - self._tokens_before,
            "refused": self._refused,
        }

    def reset_calls(self) -> None:
        """Begin counting anew."""
        self._total = self._refused = 0
        self._by_operation.clear()
        self._tokens_before = self._access.signed_in

    def add_fault(self, wanted: Mapping[str, object]) -> None:
        """Queue a fault; refuses what it does not know with a sentence."""
        self._faults.add(wanted)

    def clear_faults(self) -> None:
        """Forget every fault."""
        self._faults.clear()

    def advance(self, seconds: object) -> None:
        """Move the clock on and let everything happen that is due by then."""
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= FURTHEST:
            raise Refusal(400, f"advance_seconds must be a number from 0 to {FURTHEST}.")
        if self._world.clock.now() + seconds > LAST_MOMENT:
            raise Refusal(400, "The clock cannot go beyond the year 2500.")
        self._world.clock.advance(seconds)
        self._world.settle()

    def settings(self, wanted: Mapping[str, object]) -> None:
        """Change how the marketplace behaves: ``change_quantity`` is ``total`` or ``delta``."""
        how = wanted.get("change_quantity")
        if how not in ("total", "delta") or len(wanted) != 1:
            raise Refusal(400, "There is one setting: change_quantity, total or delta.")
        self._world.change_quantity = str(how)

    def state(self, kind: str) -> list[Json]:
        """Return everything of a kind, whole, newest first."""
        if kind not in KINDS:
            raise Refusal(404, f"There is no {kind!r}; there are: {', '.join(KINDS)}.")
        self._world.settle()
        table = getattr(self._world, kind)
        return [dict(row) for row in table.all()]
