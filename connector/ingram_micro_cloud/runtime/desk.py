"""One run of one intent, or of one purchase: reads and sends through the connection, counted on one meter."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingram_micro_cloud.api.download import Downloaded
from ingram_micro_cloud.api.requests import ApiAnswer, CallMeter
from ingram_micro_cloud.ordering.follow import Bounds, OnProgress
from ingram_micro_cloud.ordering.journal.previews import PreviewBook
from ingram_micro_cloud.ordering.journal.purchase import OrderJournal
from ingram_micro_cloud.ordering.journal.verdicts import keep_preview
from ingram_micro_cloud.ordering.models import OrderFacts, Preview
from ingram_micro_cloud.ordering.ports import Acting, Caller, Consent, Send
from ingram_micro_cloud.runtime.office import Office
from ingram_micro_cloud.runtime.places import place_for
from ingram_micro_cloud.store.subscriptions import SubscriptionRecords

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.rules.judging import BuyingRules


class Line(Protocol):
    """The connection as a desk uses it: everything on the meter and behind the guard of one run."""

    def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        """Yield the rows of a list action."""

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        """Return what a reading action answers with."""

    async def send(self, action: str, body: Mapping[str, object]) -> ApiAnswer:
        """Send one declared write, at most once, past permission and guard."""


class RunDesk:
    """What handlers know as ``Desk``."""

    def __init__(
        self,
        office: Office,
        line: Line,
        meter: CallMeter,
        *,
        organization: str | None,
        own: tuple[str, ...] | None,
        key: str | None,
        rehearsing: bool,
        redact: Callable[[object], object],
        on_progress: OnProgress | None = None,
        consent: Consent | None = None,
    ) -> None:
        self._office, self._line, self._meter = office, line, meter
        self.acting: Acting = office.acting(organization)
        self.own, self.key, self.rehearsing, self.on_progress = own, key, rehearsing, on_progress
        self.rules: BuyingRules = office.rules
        self.caller: Caller = line
        self.status_code: int | None = None
        self._redact, self._consent = redact, consent

    @property
    def deadline(self) -> float | None:
        """When nothing more is begun."""
        return self._meter.deadline

    @property
    def bounds(self) -> Bounds:
        """What ends following early: the run's deadline, and a host that is being stopped."""
        return Bounds(self._meter.deadline, self._office.timing.hurried)

    @property
    def journal(self) -> OrderJournal:
        """The journal, acting for whom this run acts."""
        return OrderJournal(
            self._office.state, self.acting, self.rules, self.caller, timing=self._office.timing, redact=self._redact,
            consent=self._consent,
        )  # fmt: skip

    @property
    def previews(self) -> PreviewBook:
        """The previews of whom this run acts for."""
        return PreviewBook(self._office.state, self.acting, now=self.now)

    @property
    def subscriptions(self) -> SubscriptionRecords:
        """Details of subscriptions as they were last read."""
        return self._office.state.subscriptions

    @property
    def fetch(self) -> Callable[[str, Path], Awaitable[Downloaded]]:
        """Fetches a signed address into a file, within the run's deadline."""

        async def fetch(url: str, target: Path) -> Downloaded:
            left = None if self.deadline is None else self.deadline - self.now()
            return await self._office.fetch(url, target, seconds=left)

        return fetch

    def place(self, wanted: str) -> Path:
        """Return the file to write for a name, or a path, that the caller gave."""
        return place_for(self._office.files, wanted)

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._office.timing.now()

    def today(self) -> date:
        """Return today's date (UTC)."""
        return datetime.fromtimestamp(self.now(), UTC).date()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._office.timing.sleep(seconds)

    def preview(self, facts: OrderFacts) -> Preview:
        """Judge an order, keep it as a preview and return that."""
        return keep_preview(self._office.state, self.acting, self.rules, facts, now=self.now)

    def sender(self, action: str) -> Send:
        """Return what sends one body of a declared action, at most once."""

        async def send(body: Mapping[str, object]) -> object:
            answer = await self._line.send(action, body)
            self.status_code = answer.status_code
            return answer.value

        return send

    def owners(self) -> Mapping[str, tuple[str, str]]:
        """Return organization id and name of every customer that is mapped."""
        return self._office.owners()
