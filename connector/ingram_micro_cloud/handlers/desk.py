"""What an intent works with: somebody acting for somebody, a way to read and to order, time, and what it gives back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from ingram_micro_cloud.api.download import Fetch
from ingram_micro_cloud.ordering.follow import Bounds, OnProgress
from ingram_micro_cloud.ordering.journal.previews import PreviewBook
from ingram_micro_cloud.ordering.journal.purchase import OrderJournal
from ingram_micro_cloud.ordering.models import OrderFacts, Preview
from ingram_micro_cloud.ordering.ports import Acting, Caller, Send
from ingram_micro_cloud.ordering.rules.judging import BuyingRules
from ingram_micro_cloud.store.subscriptions import SubscriptionRecords


class Desk(Protocol):
    """One run of one intent. Everything it reads and sends passes the runtime: limits, permission, customer guard."""

    @property
    def own(self) -> tuple[str, ...] | None:
        """The organization's customers, the primary one first; None when acting for the reseller."""

    @property
    def key(self) -> str | None:
        """The caller's name for a purchase, or None."""

    @property
    def deadline(self) -> float | None:
        """The moment, in seconds since 1970, after which nothing more is begun, or None."""

    @property
    def bounds(self) -> Bounds:
        """What ends following early: the run's deadline, and a host that is being stopped."""

    @property
    def rehearsing(self) -> bool:
        """Whether nothing may be sent that changes anything."""

    @property
    def acting(self) -> Acting:
        """Who acts, for whom."""

    @property
    def rules(self) -> BuyingRules:
        """The buying rules."""

    @property
    def caller(self) -> Caller:
        """Reads, past the guard."""

    @property
    def journal(self) -> OrderJournal:
        """The journal of orders."""

    @property
    def previews(self) -> PreviewBook:
        """The previews."""

    @property
    def subscriptions(self) -> SubscriptionRecords:
        """Details of subscriptions as they were last read."""

    @property
    def fetch(self) -> Fetch:
        """Fetches a signed address into a file."""

    @property
    def on_progress(self) -> OnProgress | None:
        """Told about states an order or a report goes through."""

    def place(self, wanted: str) -> Path:
        """Return the file to write for a name, or a path, that the caller gave."""

    def now(self) -> float:
        """Return seconds since 1970."""

    def today(self) -> date:
        """Return today's date (UTC)."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""

    def preview(self, facts: OrderFacts) -> Preview:
        """Judge an order, keep it as a preview and return that."""

    def sender(self, action: str) -> Send:
        """Return what sends one body of a declared action, at most once, past permission and guard."""

    def owners(self) -> Mapping[str, tuple[str, str]]:
        """Return organization id and name of every customer that is mapped."""


@dataclass(frozen=True, slots=True)
class IntentResult:
    """What an intent gives back.

    Attributes:
        value: The result of the run.
        request: The body that would be sent, where it was only rehearsed.
        path: Where it would go.
        notices: Code and sentence of what the caller should know.
    """

    value: object
    request: Mapping[str, object] | None = None
    path: str = "/orders"
    notices: tuple[tuple[str, str], ...] = field(default=())


Intent = Callable[[Desk, Mapping[str, object]], Awaitable[IntentResult]]
"""Takes the desk and the checked inputs."""
