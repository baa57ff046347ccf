"""Reads every subscription within the call limits: lists once, details only where something may have moved."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import anyio

from ingram_micro_cloud.errors import (
    CallBudgetError,
    DeadlineError,
    MarketplaceError,
    NotFoundError,
    QuotaExhaustedError,
)
from ingram_micro_cloud.ordering.facts.reads import ENDED, status_of
from ingram_micro_cloud.ordering.figures import day, members, rows_of, text
from ingram_micro_cloud.ordering.ports import Caller
from ingram_micro_cloud.store.subscriptions import StoredSubscription

Json = Mapping[str, object]
SETTLED: Final = timedelta(days=2)
"""The vendor shows the day of a change and no hour, in a time zone nobody knows: what was read less than this after the
change's day may have been read before a later change of the same day."""
UNDATED_SECONDS: Final = 86_400.0
"""How long a detail is believed when its list row carries no day of change."""
TOGETHER: Final = 8
"""Details read side by side, and kept in one transaction."""
FEW: Final = 10
"""So many customers are listed one by one; for more the whole list is read, which costs a call per 500 rows."""
STOPPING: Final = (CallBudgetError, QuotaExhaustedError, DeadlineError)


class SubscriptionCache(Protocol):
    """Where details are kept between runs."""

    def all(self, account: str, customers: Collection[str] | None = None) -> dict[str, StoredSubscription]:
        """Return what is known by id."""

    def put(self, account: str, read: Sequence[StoredSubscription]) -> None:
        """Keep details."""

    def forget(self, account: str, ids: Collection[str]) -> None:
        """Drop what is gone."""


@dataclass(frozen=True, slots=True)
class FleetProgress:
    """How far a reading is: details read of those to be read."""

    done: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """What is known of the subscriptions after a reading.

    Attributes:
        known: Details of every live subscription that has been read at some time, with the moment.
        outdated: Ids among them whose details may have changed since and were left for the next run.
        unread: Ids that were never read and were left for the next run.
        read: Details read in this run.
        stopped: Why the rest was left, in a sentence; empty when nothing was.
    """

    known: tuple[StoredSubscription, ...]
    outdated: frozenset[str]
    unread: tuple[str, ...]
    read: int
    stopped: str = ""

    @property
    def left(self) -> int:
        """How many details are left for the next run."""
        return len(self.outdated) + len(self.unread)


async def read_fleet(
    account: str,
    caller: Caller,
    cache: SubscriptionCache,
    *,
    now: Callable[[], float],
    customers: Collection[str] | None = None,
    most_details: int | None = None,
    on_progress: Callable[[FleetProgress], None] | None = None,
) -> Fleet:
    """Return every live subscription with its details, from the cache where nothing has moved.

    What is read is kept as it comes, so that a run that ends early has not worked for nothing.

    Args:
        account: The account's fingerprint; nobody reads another account's cache.
        caller: Reads.
        cache: Keeps details.
        now: The present moment, seconds since 1970.
        customers: Only these customers; None for all that the caller may see.
        most_details: The most details to read in this run; None for all.
        on_progress: Told now and then.

    Raises:
        MarketplaceError: A list could not be read, or a detail for another reason than used-up calls.
    """
    rows = await _listed(caller, customers)
    live = [row for row in rows if status_of(row) not in ENDED]
    known = cache.all(account, customers)
    cache.forget(account, known.keys() - {text(row.get("id")) for row in live})
    moved = to_read(live, known, now())
    chosen = moved if most_details is None else moved[: max(0, most_details)]
    stopped = "" if len(chosen) == len(moved) else f"This run was to read {len(chosen):,} details at most."
    fresh: dict[str, StoredSubscription] = {}
    gone: set[str] = set()
    for start in range(0, len(chosen), TOGETHER):
        batch = await _batch(chosen[start : start + TOGETHER], caller, now)
        cache.put(account, batch.read)
        fresh |= {each.id: each for each in batch.read}
        gone |= batch.gone
        if on_progress is not None:
            on_progress(FleetProgress(len(fresh) + len(gone), len(chosen)))
        if batch.problem is not None:
            if not isinstance(batch.problem, STOPPING):
                raise batch.problem
            stopped = batch.problem.message
            break
    cache.forget(account, gone)
    waiting = [text(row.get("id")) for row in moved if text(row.get("id")) not in fresh.keys() | gone]
    current = {text(row.get("id")): row for row in live}
    return Fleet(
        known=tuple(
            each for key in current if (each := fresh.get(key) or known.get(key)) is not None and key not in gone
        ),
        outdated=frozenset(key for key in waiting if key in known),
        unread=tuple(key for key in waiting if key not in known),
        read=len(fresh),
        stopped=stopped if waiting else "",
    )


def to_read(rows: Iterable[Json], known: Mapping[str, StoredSubscription], now: float) -> list[Json]:
    """Return the list rows whose details have to be read, those that renew soonest first. Pure."""
    moved = [row for row in rows if not _believed(row, known.get(text(row.get("id"))), now)]
    return sorted(moved, key=lambda row: (text(row.get("renewalDate")) or "9999", text(row.get("id"))))


def _believed(row: Json, known: StoredSubscription | None, now: float) -> bool:
    if known is None or dict(known.list_row) != dict(row):
        return False
    changed = day(row.get("lastModifiedDate"))
    if changed is None:
        return now - known.read_at < UNDATED_SECONDS
    if "T" in text(row.get("lastModifiedDate")):
        return True
    return datetime.fromtimestamp(known.read_at, UTC).date() - changed >= SETTLED


@dataclass(frozen=True, slots=True)
class _Batch:
    read: tuple[StoredSubscription, ...]
    gone: frozenset[str]
    problem: MarketplaceError | None


async def _batch(rows: Sequence[Json], caller: Caller, now: Callable[[], float]) -> _Batch:
    """Read some details side by side; what came is kept although another of them failed."""
    read: list[StoredSubscription] = []
    gone: set[str] = set()
    problems: list[MarketplaceError] = []

    async def one(row: Json) -> None:
        key = text(row.get("id"))
        try:
            detail = members(await caller.one("get_subscription", {"id": key}))
        except NotFoundError:
            gone.add(key)
        except MarketplaceError as problem:
            problems.append(problem)
        else:
            customer = text(detail.get("customerId")) or text(row.get("customerId"))
            changed = text(row.get("lastModifiedDate")) or None
            read.append(StoredSubscription(key, customer, changed, dict(row), dict(detail), now()))

    async with anyio.create_task_group() as tasks:
        for row in rows:
            tasks.start_soon(one, row)
    # A failure that is no matter of limits is what has to be told.
    problems.sort(key=lambda each: isinstance(each, STOPPING))
    return _Batch(tuple(read), frozenset(gone), problems[0] if problems else None)


async def _listed(caller: Caller, customers: Collection[str] | None) -> list[Json]:
    """Return all list rows of the customers that were asked for."""
    if customers is not None and len(customers) <= FEW:
        return [row for key in sorted(customers) for row in await _pages(caller, {"customerId": key})]
    every = await _pages(caller, {})
    return [row for row in every if customers is None or text(row.get("customerId")) in customers]


async def _pages(caller: Caller, inputs: Json) -> list[Json]:
    pages = [page async for page in caller.rows("list_subscriptions", inputs)]
    return [row for page in pages for row in rows_of(list(page))]
