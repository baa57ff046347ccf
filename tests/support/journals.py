"""A journal before a practice marketplace, on SQLite in a file or on PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import psycopg

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.ordering.journal.previews import PreviewBook
from ingram_micro_cloud.ordering.journal.purchase import OrderJournal
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.ordering.rules.limits import BuyingRules
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.transport import MarketplaceTransport
from ingram_micro_cloud.store.state import State
from support.clock import FakeClock
from support.direct_caller import DirectCaller, Json, direct_client
from support.marketplace import API_URL

KEY = "a-journal-key-of-many-letters"
ACTING = Acting(configuration="practice", account="account-1", who="ann")
FREELY = BuyingRules(
    max_order_amount=None,
    max_day_amount=None,
    max_seat_change=None,
    max_seat_change_percent=None,
    approve_new_annual_commitment=False,
)
"""Rules that let everything through."""


def environment(place: str) -> dict[str, str]:
    """What opens the state at a place: a folder, or an address of PostgreSQL."""
    named = "IM_CLOUD_DATABASE_URL" if place.startswith("postgresql") else "IM_CLOUD_HOME"
    return {named: place, "IM_CLOUD_SECRET_KEY": KEY}


def opened(place: str) -> State:
    home = None if place.startswith("postgresql") else Path(place)
    return State.open(home, environ=environment(place))


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """An empty database on a running server, gone afterwards."""
    name = f"d{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class Desk:
    """One marketplace, one state, and journals over both, all on a clock that only moves when told."""

    state: State
    clock: FakeClock = field(default_factory=FakeClock)
    marketplace: Marketplace = field(init=False)
    caller: DirectCaller = field(init=False)

    def __post_init__(self) -> None:
        self.marketplace = Marketplace(seed=7, customers=25, unlimited=True, now=self.clock.now)
        transport = MarketplaceTransport(self.marketplace, sleep=self.clock.sleep)
        client = direct_client(
            API_URL, self.marketplace.credentials, self.state, transport=transport, timing=self.timing
        )
        self.caller = DirectCaller(client)

    @property
    def timing(self) -> Timing:
        return Timing(now=self.clock.now, sleep=self.clock.sleep, random=lambda: 0.5)

    def journal(self, rules: BuyingRules = FREELY, acting: Acting = ACTING, **changes: object) -> OrderJournal:
        return OrderJournal(self.state, acting, rules, self.caller, timing=self.timing, **changes)  # type: ignore[arg-type]

    def book(self, acting: Acting = ACTING, who: str = "") -> PreviewBook:
        return PreviewBook(self.state, replace(acting, who=who or acting.who), now=self.clock.now)

    @property
    def customers(self) -> list[str]:
        return [str(row["id"]) for row in self.marketplace.control.state("customers") if row["status"] == "active"]

    @property
    def customer(self) -> str:
        return self.customers[0]

    def orders(self, marker: str | None = None) -> list[Json]:
        """Orders at the marketplace that carry a marker of ours, or this one."""
        found = self.marketplace.control.state("orders")
        return [row for row in found if marker_in(row) is not None and marker in (None, marker_in(row))]

    def subscription(self) -> Json:
        """An active subscription of a customer that may order; its product has room for more seats."""
        wanted = set(self.customers)
        found: list[Json] = self.marketplace.control.state("subscriptions")
        return next(row for row in found if row["status"] == "active" and row["customerId"] in wanted)

    def fault(self, fault: str, operation: str = "createOrder", **more: int) -> None:
        self.marketplace.control.add_fault({"operation": operation, "fault": fault, **more})


def marker_in(order: Json) -> str | None:
    attributes = order.get("attributes")
    found = attributes.get("imCloudIntent") if isinstance(attributes, dict) else None
    return None if found is None else str(found)


def real_timing(ahead: float = 0.0, sleep: Callable[[float], object] | None = None) -> Timing:
    """The real clock, some seconds ahead."""
    made = Timing(now=lambda: time.time() + ahead)
    return made if sleep is None else replace(made, sleep=sleep)  # type: ignore[arg-type]
