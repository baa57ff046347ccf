"""Many at once, in several processes, on one state: one order per key, nothing lost between two changes, caps hold."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.nursery import Nursery, WatchedMarketplace, nursery


@dataclass
class Crowd:
    """Processes that order at one marketplace."""

    market: WatchedMarketplace
    children: Nursery

    @property
    def customers(self) -> list[str]:
        return [str(row["id"]) for row in self.market.control.state("customers") if row["status"] == "active"]

    def run(self, orders: dict[str, dict[str, Any]]) -> Counter[str]:
        """Begin processes together, wait for all of them, and count what they were told."""
        for name, wanted in orders.items():
            self.children.begin(name, **wanted)
        self.children.wait(lambda: all(name in self.children.ended for name in orders))
        assert {self.children.ended[name] for name in orders} == {0}, self.children.told
        return Counter(line["told"] for line in self.children.told.values())

    def subscription(self) -> dict[str, Any]:
        wanted = set(self.customers)
        rows = self.market.control.state("subscriptions")
        return next(row for row in rows if row["status"] == "active" and row["customerId"] in wanted)

    def seats(self, subscription: object) -> int:
        rows = self.market.control.state("subscriptions")
        return int(next(row for row in rows if row["id"] == subscription)["products"][0]["quantity"])  # type: ignore[index]


@pytest.fixture
def crowd(state_place: str) -> Iterator[Crowd]:
    market = WatchedMarketplace(seed=7, customers=25, unlimited=True)
    with RunningMarketplace(market) as running, nursery(state_place, running) as children:
        yield Crowd(market, children)


def test_fifty_submitters_of_one_key_make_one_order_and_all_hear_of_it(crowd: Crowd) -> None:
    wanted = {"customer": crowd.customers[0], "number": "one", "key": "ticket 17", "at_once": 10}
    told = crowd.run({f"p{number}": wanted for number in range(5)})
    assert told == {"submitted": 50}
    assert len(crowd.market.arrivals("one")) == 1
    assert {line["order"] for line in crowd.children.told.values()} == {crowd.market.marked()[0]["id"]}


def test_of_many_that_order_the_same_without_a_key_one_does(crowd: Crowd) -> None:
    wanted = {"customer": crowd.customers[0], "number": "one", "at_once": 4}
    told = crowd.run({f"p{number}": wanted for number in range(5)})
    assert told == {"submitted": 1, "possible_duplicate": 19}
    assert len(crowd.market.arrivals("one")) == 1


def test_increases_of_one_subscription_at_once_all_count(crowd: Crowd) -> None:
    held = crowd.subscription()
    before = crowd.seats(held["id"])
    told = crowd.run(
        {f"p{more}": {"subscription": held["id"], "more": more, "key": f"more {more}"} for more in (1, 2, 3, 4)}
    )
    assert told == {"submitted": 4}
    crowd.market.steer(lambda control: control.advance(900))
    assert crowd.seats(held["id"]) == before + 10


def test_a_cap_holds_between_orders_for_different_customers(crowd: Crowd) -> None:
    assert len(crowd.customers) >= 12
    told = crowd.run(
        {
            f"p{place}": {"customer": customer, "number": f"n{place}", "day_cap": "16.00"}
            for place, customer in enumerate(crowd.customers[:12])
        }
    )
    assert told == {"submitted": 5, "buying_rule": 7}, "five times 3.20 is 16.00"
    assert len(crowd.market.marked()) == 5
