"""Everything that exists in one marketplace, and what is under way in it."""

import heapq
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from ingram_micro_cloud.sandbox.clock import MarketClock
from ingram_micro_cloud.sandbox.table import Table

if TYPE_CHECKING:
    from ingram_micro_cloud.sandbox.offers import Offer

OWN_RESELLER = "1100001"


class World:
    """Tables of the vendor's objects, in the shape of their full details, and changes that are due later."""

    def __init__(self, clock: MarketClock) -> None:
        self.clock = clock
        self.public_url = "https://practice.marketplace.example"
        self.resellers = Table(1_100_000)
        self.customers = Table(2_040_000)
        self.orders = Table(3_050_000)
        self.subscriptions = Table(4_060_000)
        self.plans = Table(50_000, newest_first=False)
        self.products = Table(700_000, prefix="PRD", newest_first=False)
        self.reports = Table(0)
        self.offers: dict[str, Offer] = {}
        self.signing_key = ""
        self.change_quantity = "total"
        """Whether a change order's number is the new total, or the difference: the vendor was seen doing either."""
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._ticket = count()

    def later(self, moment: float, change: Callable[[float], None]) -> None:
        """Have something happen at a moment of the marketplace's clock."""
        heapq.heappush(self._due, (moment, next(self._ticket), change))

    def settle(self) -> None:
        """Let everything happen that is due by now, in order."""
        now = self.clock.now()
        while self._due and self._due[0][0] <= now:
            moment, _, change = heapq.heappop(self._due)
            change(moment)
