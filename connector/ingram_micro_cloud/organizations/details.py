"""Reads customers' own records and what their subscriptions carry, round by round, within a number of calls."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from ingram_micro_cloud.errors import (
    AccessDeniedError,
    CallBudgetError,
    DeadlineError,
    NotFoundError,
    QuotaExhaustedError,
    RateLimitedError,
)
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.evidence import details_of, holdings_of, text_at
from ingram_micro_cloud.organizations.models import WorthReading
from ingram_micro_cloud.organizations.ports import Caller
from ingram_micro_cloud.organizations.standing import Snapshot

LARGEST_ROUND: Final = 100
SMALLEST_ROUND: Final = 10
"""Customers read before it is asked again what is still worth reading: asking costs as much as matching, so the
rounds are longer where there is much to match."""
STOPPING: Final = (CallBudgetError, RateLimitedError, QuotaExhaustedError, DeadlineError, AccessDeniedError)
"""What ends reading early without making the refresh fail: the list and what was read so far stay."""


class _CallsUsedError(Exception):
    """The calls of this refresh are used."""


@asynccontextmanager
async def opened(pages: AsyncIterator[Sequence[object]]) -> AsyncIterator[AsyncIterator[Sequence[object]]]:
    """Give pages, and let go of the connection behind them even when they are not read to their end."""
    try:
        yield pages
    finally:
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()


class DetailReader:
    """Reads what ``worth_reading`` names until nothing is, or the calls are used.

    Attributes:
        calls: Made so far.
        gone: Customers whose record the vendor no longer finds.
        left: Customers that are still worth reading.
    """

    def __init__(
        self,
        book: MappingBook,
        caller: Caller,
        *,
        most_calls: int,
        on_progress: Callable[[str, int, int | None], None],
    ) -> None:
        self._book, self._caller, self._tell = book, caller, on_progress
        self._most = most_calls
        self._subscriptions: Mapping[str, Sequence[str]] | None = None
        self.calls = self.details_read = self.holdings_read = self.gone = self.left = 0

    async def read(self) -> str | None:
        """Read, and return why it ended early, or None."""
        stopped: str | None = None
        while stopped is None:
            snapshot = self._book.snapshot()
            wanted = self._wanted(snapshot)
            self.left = len(wanted)
            if not wanted:
                break
            try:
                await self._round(wanted, max(SMALLEST_ROUND, min(LARGEST_ROUND, len(snapshot.undecided) // 100)))
            except _CallsUsedError:
                stopped = f"All {self._most} calls of one refresh are used; the next one goes on from here."
            except STOPPING as problem:
                stopped = problem.message
        if stopped is not None and self._progress:
            self.left = len(self._wanted(self._book.snapshot()))
        self._tell("details", self._progress, self._progress + self.left)
        return stopped

    @property
    def _progress(self) -> int:
        return self.details_read + self.holdings_read

    async def _round(self, wanted: Sequence[WorthReading], number: int) -> None:
        """Read one thing about each. Own records first: one call each, and often enough to decide."""
        lacking = [each for each in wanted if each.details]
        for each in (lacking or wanted)[:number]:
            if lacking:
                await self._read_details(each.customer_id)
            else:
                await self._read_holdings(each.customer_id)
            self._tell("details", self._progress, None)

    def _wanted(self, snapshot: Snapshot) -> tuple[WorthReading, ...]:
        if not snapshot.undecided:
            return ()
        return snapshot.matcher.worth_reading(snapshot.undecided, snapshot.taken)

    async def _read_details(self, customer_id: str) -> None:
        reads, records = self._book.spec.reads.details, self._book.state.customers
        try:
            answer = await self._one(reads.action, {reads.input: customer_id})
        except NotFoundError:
            records.mark_gone(self._book.account.fingerprint, customer_id)
            self.gone += 1
            return
        details = details_of(answer, self._book.spec)
        records.add_details(self._book.account.fingerprint, customer_id, details, at=self._book.now())
        self.details_read += 1

    async def _read_holdings(self, customer_id: str) -> None:
        reads = self._book.spec.reads
        if self._subscriptions is None:
            self._subscriptions = await self._walk_subscriptions()
        answers: list[object] = []
        for key in self._subscriptions.get(customer_id, ())[: reads.subscriptions_per_customer]:
            try:
                answers.append(await self._one(reads.parameters.action, {reads.parameters.input: key}))
            except NotFoundError:
                continue  # ended since the list was read
            if holdings_of(answers, self._book.spec.evidence)["tenant_ids"]:
                break
        holdings = holdings_of(answers, self._book.spec.evidence)
        records, account = self._book.state.customers, self._book.account.fingerprint
        records.add_holdings(account, customer_id, holdings, at=self._book.now())
        self.holdings_read += 1

    async def _walk_subscriptions(self) -> dict[str, list[str]]:
        """Return every customer's subscriptions: one walk instead of one call each."""
        reads = self._book.spec.reads
        found: dict[str, list[str]] = {}
        async with opened(self._caller.rows(reads.holdings.action, {})) as pages:
            while True:
                self._check_budget()
                page = await anext(pages, None)
                if page is None:
                    return found
                self.calls += 1
                for row in page:
                    owner, key = text_at(row, reads.holdings.input), text_at(row, self._book.spec.source.key)
                    if owner is not None and key is not None:
                        found.setdefault(owner, []).append(key)

    async def _one(self, action: str, inputs: Mapping[str, object]) -> object:
        self._check_budget()
        self.calls += 1
        return await self._caller.one(action, inputs)

    def _check_budget(self) -> None:
        if self.calls >= self._most:
            raise _CallsUsedError
