"""Processes that place orders are killed at any moment, most of them inside the send; nothing is bought twice or lost.

How many: IM_CLOUD_TEST_CRASHES, 50 by default; PostgreSQL gets a fifth of them.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from signal import SIGKILL
from time import monotonic
from typing import Any

import anyio
import httpx
import pytest

from ingram_micro_cloud.ordering.journal.purchase import OrderJournal
from ingram_micro_cloud.ordering.models import JournalEntry
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from ingram_micro_cloud.store.state import State
from support.direct_caller import DirectCaller, direct_client
from support.journals import ACTING, FREELY, marker_in, opened, real_timing
from support.nursery import Nursery, WatchedMarketplace, nursery

CRASHES = int(os.environ.get("IM_CLOUD_TEST_CRASHES", "50"))
AT_ONCE = 6
HELD = 0.25
"""Seconds for which a delayed answer holds a process inside its send."""
FAULTS = (
    ("delay",), ("delay",), ("delay",), ("delay", "reset_after"), ("delay", "broken_json"), ("delay", "empty"),
    ("delay", "status"), ("delay", "reset_before"), ("delay", "html"), ("reset_after",), ("status",), (),
)  # fmt: skip


@dataclass
class Run:
    """One series of crashes and what is counted about it."""

    market: WatchedMarketplace
    running: RunningMarketplace
    state: State
    children: Nursery
    random: Random
    customers: list[str]
    counts: Counter[str] = field(default_factory=Counter)
    begun: int = 0

    def crash(self, wanted: int) -> None:
        while self.counts["killed"] < wanted:
            self.batch(min(AT_ONCE, wanted - self.counts["killed"]))
            if self.random.random() < 0.3:
                self.check_unreadable()
            if self.random.random() < 0.5:
                self.check()

    def batch(self, size: int) -> None:
        """Begin some orders at once and kill each at a moment of its own; a third is then tried again, and killed."""
        names = [f"o{self.begun + number}" for number in range(size)]
        self.begun += size
        for fault in (fault for _ in names for fault in self.random.choice(FAULTS)):
            self.market.control.add_fault(described(fault))
        first = {name: self.wanted(name) for name in names}
        self.kill_all(first)
        self.kill_all({f"{name}-again": wanted for name, wanted in first.items() if self.random.random() < 0.35})
        self.market.steer(lambda control: control.clear_faults())

    def wanted(self, name: str) -> dict[str, Any]:
        keyed = {"key": name} if self.random.random() < 0.7 else {}
        # Other seats each time: the same ones beside an unknown order would be refused, not sent.
        seats = 1 + int(name.removeprefix("o")) % 200
        return {"customer": self.random.choice(self.customers), "number": name, "seats": seats, **keyed}

    def kill_all(self, orders: Mapping[str, dict[str, str]]) -> None:
        """Begin orders, and kill each a little after its order has arrived, or at any moment at all."""
        moments: dict[str, float | None] = {}
        for name, wanted in orders.items():
            inside = self.random.random() < 0.75
            moments[name] = None if inside else monotonic() + self.random.uniform(0, 0.15)
            self.children.begin(name, **wanted)
        waiting = dict(moments)

        def all_killed() -> bool:
            for name, moment in list(waiting.items()):
                if name in self.children.ended:
                    del waiting[name]
                elif moment is None and self.market.arrivals(orders[name]["number"]):
                    waiting[name] = monotonic() + self.random.uniform(0, HELD * 0.8)
                elif moment is not None and monotonic() >= moment:
                    self.children.kill(name)
                    del waiting[name]
            return not waiting

        self.children.wait(all_killed)
        self.children.wait(lambda: all(name in self.children.ended for name in orders))
        states = {str(each.request.get("poNumber")): each.state for each in self.entries()}
        for name, wanted in orders.items():
            if self.children.ended[name] == -SIGKILL:
                self.counts["killed"] += 1
                self.counts[f"killed: {states.get(wanted['number'], 'nothing on record')}"] += 1
            else:
                self.counts["had ended before"] += 1

    def journal(self, ahead: float = 0.0) -> tuple[OrderJournal, DirectCaller]:
        transport = httpx.AsyncHTTPTransport(verify=False)  # plain HTTP on loopback
        client = direct_client(self.running.api_url, self.market.credentials, self.state, transport=transport)
        caller = DirectCaller(client)
        return OrderJournal(self.state, ACTING, FREELY, caller, timing=real_timing(ahead)), caller

    def entries(self) -> tuple[JournalEntry, ...]:
        return self.journal()[0].entries()

    def check(self, ahead: float = 0.0) -> tuple[JournalEntry, ...]:
        async def checked() -> tuple[JournalEntry, ...]:
            journal, caller = self.journal(ahead)
            try:
                return await journal.check()
            finally:
                await caller.client.aclose()

        return anyio.run(checked)

    def check_unreadable(self) -> None:
        """Nothing is settled while the marketplace cannot be read."""
        fault = {"operation": "getOrders", "fault": "status", "times": 1000, "status": 500}
        self.market.control.add_fault(fault)
        found = self.check(ahead=10_000)
        self.market.steer(lambda control: control.clear_faults())
        assert {each.state for each in found} <= {"unknown"}
        self.counts["left unknown while unreadable"] += len(found)


def described(fault: str) -> dict[str, object]:
    more: dict[str, object] = {"seconds": HELD} if fault == "delay" else {"status": 500} if fault == "status" else {}
    return {"operation": "createOrder", "fault": fault, **more}


@pytest.fixture
def run(state_place: str) -> Iterator[Run]:
    market = WatchedMarketplace(seed=7, customers=25, unlimited=True)
    with RunningMarketplace(market) as running, opened(state_place) as state, nursery(state_place, running) as children:
        rows = market.control.state("customers")
        customers = [str(row["id"]) for row in rows if row["status"] == "active"]
        yield Run(market, running, state, children, Random(CRASHES), customers)  # noqa: S311  # the same crashes again


def test_killed_processes_buy_nothing_twice_and_lose_nothing(
    run: Run, state_place: str, closing_line: Callable[[str], None]
) -> None:
    began = monotonic()
    kind = "PostgreSQL" if state_place.startswith("postgresql") else "SQLite"
    run.crash(CRASHES if kind == "SQLite" else max(10, CRASHES // 5))
    run.check()
    for each in run.check(ahead=30_000):
        run.counts[f"settled at last: {each.state}"] += 1
    entries = run.entries()
    for each in entries:
        run.counts[f"in the end: {each.state}"] += 1

    assert not [each for each in entries if each.state in ("in_flight", "unknown")], "everything is settled"
    orders = run.market.marked()
    per_marker = Counter(marker_in(order) for order in orders)
    assert max(per_marker.values()) == 1, "at most one order per intent"
    sent = Counter(marker_in(body) for body in run.market.arrived)
    assert max(sent.values()) == 1, "nothing was sent twice"
    per_purchase = Counter(order["poNumber"] for order in orders)
    assert max(per_purchase.values()) == 1, "no purchase was made twice, with a key or without"
    known = {each.marker: each for each in entries}
    assert set(sent) <= set(known), "nothing was sent that was not written down before"
    assert {each.marker: each.order_id for each in entries if each.marker in per_marker} == {
        marker_in(order): order["id"] for order in orders
    }, "no order was lost"
    bought = {each.marker for each in entries if each.state in ("submitted", "completed")}
    assert bought == set(per_marker), "what is called bought was, and nothing else"
    assert run.state.audit.verify().whole
    counts = ", ".join(f"{name} {count}" for name, count in sorted(run.counts.items()))
    closing_line(f"crashes on {kind}: {counts}; orders {len(orders)}, twice 0, lost 0; {monotonic() - began:.0f} s")
    assert run.counts["killed: in_flight"] > run.counts["killed"] / 3, "too few were killed inside the send"
