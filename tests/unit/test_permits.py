"""The count of permits: both windows, folding, blocks, clocks that jump, two processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.permits import PermitRecords
from ingram_micro_cloud.store.schema import prepare
from ingram_micro_cloud.store.tables import permits

NOW = 1_795_000_000.0
Leased = tuple[int, float, str]


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database.in_memory()
    prepare(made)
    yield made
    made.close()


@pytest.fixture
def records(database: Database) -> PermitRecords:
    return PermitRecords(database)


def lease(records: PermitRecords, now: float, wanted: int = 1, per_minute: int = 10, per_day: int = 100) -> Leased:
    return records.lease("k", now=now, wanted=wanted, hold_seconds=2.0, per_minute=per_minute, per_day=per_day)


def test_a_lease_is_cut_to_what_is_left(records: PermitRecords) -> None:
    assert lease(records, NOW, wanted=7) == (7, 0.0, "")
    assert lease(records, NOW, wanted=7) == (3, 0.0, "")
    granted, wait, reason = lease(records, NOW, wanted=7)
    assert (granted, reason) == (0, "minute")
    assert 60 < wait <= 63


def test_a_permit_counts_for_its_hold_and_the_whole_window(records: PermitRecords) -> None:
    lease(records, NOW, wanted=10)
    assert lease(records, NOW + 62.0)[0] == 0
    assert lease(records, NOW + 62.6)[0] == 1


def test_the_day_outlasts_the_minute_and_frees_what_is_old(records: PermitRecords) -> None:
    for minute in range(10):
        assert lease(records, NOW + minute * 70, wanted=10)[0] == 10
    granted, wait, reason = lease(records, NOW + 700)
    assert (granted, reason) == (0, "day")
    assert wait == pytest.approx(86_400 - 700, abs=130)
    assert lease(records, NOW + 700 + wait)[0] >= 1


def test_folding_keeps_few_rows_and_never_frees_early(records: PermitRecords, database: Database) -> None:
    moments = [NOW + n * 7.0 for n in range(2_000)]
    for moment in moments:
        assert lease(records, moment, per_minute=1_000, per_day=5_000)[0] == 1
    with database.transaction() as connection:
        rows = connection.execute(sa.select(sa.func.count(), sa.func.sum(permits.c.permits))).one()
    assert rows[1] == 2_000
    assert rows[0] <= 2_000 * 7 / 60 + 40
    granted, _, reason = lease(records, moments[-1] + 1, wanted=9_999, per_minute=100_000, per_day=2_000)
    assert (granted, reason) == (0, "day")
    # Just before the first day window ends nothing of it has been forgotten.
    assert lease(records, NOW + 86_399, wanted=9_999, per_minute=100_000, per_day=2_000)[0] == 0


def test_a_clock_that_jumps_back_grants_nothing_extra(records: PermitRecords) -> None:
    assert lease(records, NOW, wanted=10)[0] == 10
    granted, wait, _ = lease(records, NOW - 3600)
    assert granted == 0
    assert wait > 3600, "what was granted in the future is still counted"


def test_a_longer_block_outlasts_a_shorter_one(records: PermitRecords) -> None:
    records.block("k", until=NOW + 600, reason="vendor")
    records.block("k", until=NOW + 60, reason="vendor")
    assert lease(records, NOW) == (0, 600.0, "vendor")
    records.block("k", until=NOW + 900, reason="vendor")
    assert lease(records, NOW) == (0, 900.0, "vendor")
    assert lease(records, NOW + 900)[0] == 1


def test_keys_do_not_count_against_each_other(records: PermitRecords) -> None:
    lease(records, NOW, wanted=10)
    assert records.lease("other", now=NOW, wanted=10, hold_seconds=2.0, per_minute=10, per_day=100)[0] == 10


WORKER = """
import sys
from pathlib import Path
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.permits import PermitRecords
from ingram_micro_cloud.store.schema import prepare

database = Database.in_file(Path(sys.argv[1]))
prepare(database)
records = PermitRecords(database)
got = 0
for turn in range(120):
    got += records.lease("k", now=1_795_000_000.0 + turn / 100, wanted=3, hold_seconds=2.0, per_minute=100,
                         per_day=9999)[0]
print(got)
"""


def test_processes_that_lease_at_once_share_one_count(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, str(tmp_path / "state.db")]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    granted = [int(worker.communicate()[0]) for worker in workers]
    assert sum(granted) == 100
