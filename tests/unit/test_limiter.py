"""Callers, processes and windows: never over the limit, and waiting that says so."""

from collections.abc import Iterator

import anyio
import pytest

from ingram_micro_cloud.api.limiter import HOLD_SECONDS, CallLimiter
from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import CallBudgetError
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.permits import PermitRecords
from ingram_micro_cloud.store.schema import prepare
from support.clock import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def records() -> Iterator[PermitRecords]:
    database = Database.in_memory()
    prepare(database)
    yield PermitRecords(database)
    database.close()


def limiter(
    records: PermitRecords, clock: FakeClock, *, per_minute: int = 100, per_day: int = 10_000, key: str = "k"
) -> CallLimiter:
    timing = Timing(now=clock.now, sleep=clock.sleep)
    return CallLimiter(key=key, per_minute=per_minute, per_day=per_day, store=records, timing=timing)


def most_in_a_window(moments: list[float], seconds: float) -> int:
    return max(sum(start <= moment < start + seconds for moment in moments) for start in moments)


@pytest.mark.parametrize("pace", [0.0, 0.05, 0.7])
async def test_two_processes_together_never_pass_the_minute(records: PermitRecords, pace: float) -> None:
    clock, used = FakeClock(), list[float]()
    both = [limiter(records, clock, per_minute=40), limiter(records, clock, per_minute=40)]
    for turn in range(200):
        await both[turn % 2].acquire(CallMeter())
        used.append(clock.now())
        clock.advance(pace)
    assert most_in_a_window(used, 60.0) <= 40


async def test_most_of_the_minute_is_used_under_load(records: PermitRecords) -> None:
    clock, used = FakeClock(), list[float]()
    both = [limiter(records, clock), limiter(records, clock)]
    for turn in range(6 * 95):
        await both[turn % 2].acquire(CallMeter())
        used.append(clock.now())
        clock.advance(0.02)
    # Six bursts of 95: what is kept for buying, and 2.5 seconds a minute, is all that stays unused.
    assert used[-1] - used[0] <= 5 * 62.5 + 6 * 2.5


async def test_the_day_is_kept_as_well(records: PermitRecords) -> None:
    clock, used = FakeClock(), list[float]()
    one = limiter(records, clock, per_minute=50, per_day=120)
    for _ in range(300):
        await one.acquire(CallMeter())
        used.append(clock.now())
    assert most_in_a_window(used, 86_400.0) <= 120


async def test_a_permit_in_hand_costs_no_lease(records: PermitRecords) -> None:
    clock = FakeClock()
    one = limiter(records, clock, per_minute=1000)
    leases = 0
    original = records.lease

    def counting(*args: object, **named: object) -> tuple[int, float, str]:
        nonlocal leases
        leases += 1
        return original(*args, **named)  # type: ignore[arg-type]

    one._store = Counting(counting)  # type: ignore[assignment]
    for _ in range(200):
        await one.acquire(CallMeter())
    assert leases <= 10


class Counting:
    """A store that is only asked for leases."""

    def __init__(self, lease: object) -> None:
        self.lease = lease


async def test_a_lease_that_was_not_used_in_time_is_not_used_later(records: PermitRecords) -> None:
    clock, used = FakeClock(), list[float]()
    one = limiter(records, clock, per_minute=40)
    for _ in range(15):
        await one.acquire(CallMeter())
        used.append(clock.now())
    clock.advance(HOLD_SECONDS + 60.0)
    for _ in range(60):
        await one.acquire(CallMeter())
        used.append(clock.now())
    assert most_in_a_window(used, 60.0) <= 40


async def test_part_of_the_minute_is_kept_for_buying(records: PermitRecords) -> None:
    clock = FakeClock()
    one = limiter(records, clock, per_minute=100)
    for _ in range(95):
        await one.acquire(CallMeter(deadline=clock.now() + 1))
    with pytest.raises(CallBudgetError):
        await one.acquire(CallMeter(deadline=clock.now() + 1))
    for _ in range(5):
        await one.acquire(CallMeter(deadline=clock.now() + 1), buying=True)
    with pytest.raises(CallBudgetError):
        await one.acquire(CallMeter(deadline=clock.now() + 1), buying=True)


async def test_waiting_is_told_and_then_goes_on(records: PermitRecords) -> None:
    clock, told = FakeClock(), list[tuple[float, str]]()
    one = limiter(records, clock, per_minute=3)
    meter = CallMeter(on_wait=lambda seconds, reason: told.append((seconds, reason)))
    for _ in range(3):
        await one.acquire(meter)
    assert told
    assert 0 < sum(seconds for seconds, _ in told) <= 65
    assert "minute" in told[0][1]


async def test_a_wait_beyond_the_deadline_says_when_to_come_back_and_then_works(records: PermitRecords) -> None:
    clock = FakeClock()
    one = limiter(records, clock, per_minute=1)
    await one.acquire(CallMeter())
    with pytest.raises(CallBudgetError, match="Nothing was sent") as caught:
        await one.acquire(CallMeter(deadline=clock.now() + 5))
    assert clock.slept == []
    assert caught.value.retry == "yes"
    clock.advance(caught.value.retry_after or 0)
    await one.acquire(CallMeter(deadline=clock.now() + 5))


async def test_a_block_is_for_that_key_only_and_for_every_process(records: PermitRecords) -> None:
    clock = FakeClock()
    mine, twin = limiter(records, clock), limiter(records, clock)
    other = limiter(records, clock, key="another")
    await mine.acquire(CallMeter())
    await mine.block(600.0, "vendor")
    for each in (mine, twin):
        with pytest.raises(CallBudgetError, match="quota"):
            await each.acquire(CallMeter(deadline=clock.now() + 5))
    await other.acquire(CallMeter(deadline=clock.now() + 5))
    clock.advance(601)
    await mine.acquire(CallMeter(deadline=clock.now() + 5))


async def test_a_caller_that_is_cancelled_while_waiting_leaves_the_others_in_order(records: PermitRecords) -> None:
    clock = FakeClock()

    async def stuck(_seconds: float) -> None:
        await anyio.sleep_forever()

    one = CallLimiter(key="k", per_minute=1, per_day=10, store=records, timing=Timing(now=clock.now, sleep=stuck))
    await one.acquire(CallMeter())
    with anyio.move_on_after(0.05):
        await one.acquire(CallMeter())
    clock.advance(70)
    await one.acquire(CallMeter())


@pytest.mark.parametrize("per_minute", [1, 2, 10, 10_000_000])
async def test_any_ceiling_a_person_may_type_lets_calls_through(records: PermitRecords, per_minute: int) -> None:
    clock = FakeClock()
    one = limiter(records, clock, per_minute=per_minute, per_day=per_minute * 100)
    for _ in range(3):
        await one.acquire(CallMeter())
