"""The fleet is read within the call limits: details only where something may have moved, and nothing read is lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from ingram_micro_cloud.errors import CallBudgetError, NotFoundError, ServerError
from ingram_micro_cloud.ordering.fleet.reading import Fleet, FleetProgress, read_fleet, to_read
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.fleet_tables import subscription_details
from ingram_micro_cloud.store.subscriptions import StoredSubscription, SubscriptionRecords
from support.clock import FakeClock
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio
DAY = 86_400.0
SIZE = 60


@dataclass
class Failing(ReadingCaller):
    """A caller whose details fail after so many reads."""

    good: int = 1_000_000
    problem: Exception = field(default_factory=lambda: CallBudgetError("The calls of today are used up."))

    async def one(self, action: str, inputs: Any) -> object:
        if action == "get_subscription" and self.calls["get_subscription"] >= self.good:
            raise self.problem
        return await super().one(action, inputs)


@pytest.fixture
def caller() -> Failing:
    clock = FakeClock()
    marketplace = Marketplace(seed=7, customers=25, subscriptions=SIZE, unlimited=True, now=clock.now)
    return Failing(marketplace, clock)


@pytest.fixture
def cache() -> Iterator[SubscriptionRecords]:
    database = Database.in_memory()
    with database.transaction() as connection:
        subscription_details.create(connection)
    yield SubscriptionRecords(database)
    database.close()


async def reading(caller: ReadingCaller, cache: SubscriptionRecords, **more: Any) -> Fleet:
    caller.calls.clear()
    return await read_fleet("account", caller, cache, now=caller.clock.now, **more)


def live(caller: ReadingCaller) -> int:
    rows = caller.marketplace.control.state("subscriptions")
    return sum(row["status"] != "terminated" for row in rows)


def changes(caller: ReadingCaller) -> dict[str, object]:
    """The day each subscription last changed, renewals of the marketplace's own included."""
    rows = caller.marketplace.control.state("subscriptions")
    return {str(row["id"]): row["lastModifiedDate"] for row in rows}


async def touch(caller: ReadingCaller, key: str) -> None:
    await caller.write("PATCH", f"/subscriptions/{key}", {"attributes": {"touched": "yes"}})


async def test_the_first_run_reads_every_live_subscription_and_the_second_none(
    caller: Failing, cache: SubscriptionRecords
) -> None:
    told: list[FleetProgress] = []
    first = await reading(caller, cache, on_progress=told.append)
    assert (first.read, len(first.known), first.left) == (live(caller), live(caller), 0)
    assert told[-1] == FleetProgress(first.read, first.read)
    second = await reading(caller, cache)
    assert (second.read, len(second.known)) == (0, len(first.known))
    assert dict(caller.calls) == {"list_subscriptions": 1}


async def test_only_what_moved_is_read_again(caller: Failing, cache: SubscriptionRecords) -> None:
    first = await reading(caller, cache)
    moved = {first.known[3].id, first.known[17].id}
    for key in moved:
        await touch(caller, key)
    second = await reading(caller, cache)
    assert second.read == 2
    changed = {each.id for each in second.known if each.detail.get("attributes")}
    assert changed == moved


async def test_a_change_on_the_day_of_the_reading_is_not_missed(caller: Failing, cache: SubscriptionRecords) -> None:
    key = (await reading(caller, cache)).known[0].id
    await touch(caller, key)
    assert (await reading(caller, cache)).read == 1
    await caller.write("PATCH", f"/subscriptions/{key}", {"attributes": {"touched": "again"}})
    again = await reading(caller, cache)
    assert again.read == 1
    assert [each.detail["attributes"] for each in again.known if each.id == key] == [{"touched": "again"}]
    before = changes(caller)
    caller.clock.advance(2 * DAY)
    renewed = {each for each, day in changes(caller).items() if before.get(each) != day}
    assert key not in renewed
    assert (await reading(caller, cache)).read == 1 + len(renewed), "once more after the day is surely over"
    assert (await reading(caller, cache)).read == len(renewed), "those renewed meanwhile, for the same reason"


def row(changed: str | None, **more: object) -> dict[str, object]:
    return {"id": "1", "customerId": "9", **({"lastModifiedDate": changed} if changed else {}), **more}


def stored(list_row: dict[str, object], read: str) -> dict[str, StoredSubscription]:
    moment = datetime.fromisoformat(read).replace(tzinfo=UTC).timestamp()
    return {"1": StoredSubscription("1", "9", None, list_row, {}, moment)}


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
BELIEF = [
    ("never read", row("2026-11-01"), {}, True),
    ("read long after", row("2026-11-01"), stored(row("2026-11-01"), "2026-11-10"), False),
    ("moved since", row("2026-11-12"), stored(row("2026-11-01"), "2026-11-10"), True),
    ("read the same day", row("2026-11-10"), stored(row("2026-11-10"), "2026-11-10"), True),
    ("read the next day, somewhere the same", row("2026-11-10"), stored(row("2026-11-10"), "2026-11-11"), True),
    ("read two days later", row("2026-11-10"), stored(row("2026-11-10"), "2026-11-12"), False),
    ("the row itself differs", row("2026-11-01", status="hold"), stored(row("2026-11-01"), "2026-11-10"), True),
    ("to the second", row("2026-11-10T10:00:00Z"), stored(row("2026-11-10T10:00:00Z"), "2026-11-10"), False),
    ("no day of change, read today", row(None), stored(row(None), "2026-11-20"), False),
    ("no day of change, read yesterday", row(None), stored(row(None), "2026-11-19T11:59"), True),
]


@pytest.mark.parametrize(("shown", "known", "again"), [each[1:] for each in BELIEF], ids=[each[0] for each in BELIEF])
def test_when_a_detail_is_read_again(shown: Any, known: Any, again: bool) -> None:
    assert bool(to_read([shown], known, NOW)) is again


def test_what_renews_soonest_is_read_first() -> None:
    rows: list[Any] = [{"id": "1", "renewalDate": "2027-02-01"}, {"id": "2"}, {"id": "3", "renewalDate": "2026-12-01"}]
    assert [each["id"] for each in to_read(rows, {}, NOW)] == ["3", "1", "2"]


async def test_a_budget_leaves_the_rest_for_the_next_run(caller: Failing, cache: SubscriptionRecords) -> None:
    first = await reading(caller, cache, most_details=20)
    assert (first.read, len(first.unread), len(first.known)) == (20, live(caller) - 20, 20)
    assert "20 details at most" in first.stopped
    second = await reading(caller, cache)
    assert (second.read, second.left) == (live(caller) - 20, 0)


async def test_calls_that_are_used_up_end_the_run_and_keep_what_was_read(
    caller: Failing, cache: SubscriptionRecords
) -> None:
    caller.good = 21
    first = await reading(caller, cache)
    assert (first.read, first.left) == (21, live(caller) - 21)
    assert first.stopped == "The calls of today are used up."
    caller.good = 1_000_000
    assert (await reading(caller, cache)).read == live(caller) - 21


async def test_another_failure_is_told_and_still_keeps_what_was_read(
    caller: Failing, cache: SubscriptionRecords
) -> None:
    caller.good, caller.problem = 12, ServerError("The vendor's side failed.", status_code=500)
    with pytest.raises(ServerError):
        await reading(caller, cache)
    assert len(cache.all("account")) == 12


async def test_outdated_details_are_shown_as_such(caller: Failing, cache: SubscriptionRecords) -> None:
    key = (await reading(caller, cache)).known[0].id
    await touch(caller, key)
    left = await reading(caller, cache, most_details=0)
    assert (set(left.outdated), left.unread, left.left) == ({key}, (), 1)
    assert len(left.known) == live(caller)


async def test_what_is_gone_at_the_vendor_is_forgotten(caller: Failing, cache: SubscriptionRecords) -> None:
    key = (await reading(caller, cache)).known[0].id
    caller.marketplace._world.subscriptions.need(key, "subscription")["status"] = "terminated"
    after = await reading(caller, cache)
    assert key not in {each.id for each in after.known}
    assert key not in cache.all("account")


async def test_one_that_goes_between_list_and_detail_is_no_failure(caller: Failing, cache: SubscriptionRecords) -> None:
    caller.good, caller.problem = live(caller) - 1, NotFoundError("Nothing there.")
    found = await reading(caller, cache)
    assert (len(found.known), found.left) == (live(caller) - 1, 0)


async def test_some_customers_cost_a_list_each_and_leave_others_alone(
    caller: Failing, cache: SubscriptionRecords
) -> None:
    await reading(caller, cache)
    everybody = cache.all("account")
    chosen = sorted({each.customer_id for each in everybody.values()})[:2]
    found = await reading(caller, cache, customers=chosen)
    assert {each.customer_id for each in found.known} == set(chosen)
    assert dict(caller.calls) == {"list_subscriptions": 2}
    assert cache.all("account").keys() == everybody.keys()


async def test_accounts_do_not_see_each_others_details(caller: Failing, cache: SubscriptionRecords) -> None:
    await reading(caller, cache)
    assert cache.all("other") == {}
    cache.forget("other", cache.all("account").keys())
    assert len(cache.all("account")) == live(caller)


def test_a_detail_kept_again_replaces_the_former(cache: SubscriptionRecords) -> None:
    many = [StoredSubscription(str(each), "9", None, {}, {"n": 1}, 1.0) for each in range(1_200)]
    cache.put("account", many)
    cache.put("account", [StoredSubscription("7", "9", "2026-11-01", {"id": "7"}, {"n": 2}, 2.0)])
    known = cache.all("account", ["9"])
    assert len(known) == 1_200
    assert (known["7"].detail, known["7"].last_modified, known["7"].read_at) == ({"n": 2}, "2026-11-01", 2.0)
    cache.forget("account", [str(each) for each in range(1_100)])
    assert len(cache.all("account")) == 100
