"""Locks across processes: all or none, waited for, given back, taken over only from who is gone or too late."""

import subprocess
import sys
from collections.abc import Collection, Iterator
from threading import Barrier, Thread

import pytest

from ingram_micro_cloud.store.journal_tables import locks
from ingram_micro_cloud.store.locks import LockRecords
from ingram_micro_cloud.store.processes import Process, certainly_gone, this_process
from ingram_micro_cloud.store.state import State
from support.journals import environment, opened

NOW = 1_795_000_000.0


@pytest.fixture
def state(state_place: str) -> Iterator[State]:
    with opened(state_place) as made:
        yield made


class Everybody(tuple[str, ...]):
    """Holders of this process, all of them at work."""

    def __contains__(self, _: object) -> bool:
        return True


def take(
    records: LockRecords,
    holder: str,
    *names: str,
    now: float = NOW,
    until: float = NOW + 60,
    at_work: Collection[str] = Everybody(),
) -> str | None:
    other = records.take(names, holder, now=now, until=until, at_work=at_work)
    return None if other is None else other.name


def test_a_lock_has_one_holder(state: State) -> None:
    assert take(state.locks, "a", "x") is None
    assert take(state.locks, "b", "x") == "x"
    assert take(state.locks, "b", "y") is None
    state.locks.give_back("a")
    assert take(state.locks, "b", "x") is None


def test_several_are_taken_all_or_none(state: State) -> None:
    assert take(state.locks, "a", "y") is None
    assert take(state.locks, "b", "x", "y") == "y"
    assert take(state.locks, "c", "x") is None, "nothing was kept of what was taken half"


def test_the_holder_may_take_them_again_and_keep_them_longer(state: State) -> None:
    assert take(state.locks, "a", "x") is None
    assert take(state.locks, "a", "x", "y") is None
    state.locks.prolong("a", until=NOW + 600)
    assert take(state.locks, "b", "x", now=NOW + 599) == "x"
    assert state.locks.still_held("a", now=NOW + 599)
    assert not state.locks.still_held("a", now=NOW + 600)
    assert not state.locks.still_held("b", now=NOW)


def test_a_lock_whose_time_is_up_is_taken_over_and_not_given_back_by_the_former_holder(state: State) -> None:
    take(state.locks, "a", "x", until=NOW + 60)
    assert take(state.locks, "b", "x", now=NOW + 59.9) == "x"
    assert take(state.locks, "b", "x", now=NOW + 60, until=NOW + 120) is None
    state.locks.give_back("a")
    assert take(state.locks, "c", "x", now=NOW + 61) == "x"


def test_a_lock_that_this_process_could_not_give_back_is_taken_over_at_once(state: State) -> None:
    take(state.locks, "a", "x")
    assert take(state.locks, "b", "x", at_work=("a", "b")) == "x"
    assert take(state.locks, "b", "x", at_work=("b",)) is None


HOLDER = """
import sys
from pathlib import Path
from ingram_micro_cloud.store.state import State
with State.open(Path(sys.argv[1])) as state:
    print(state.locks.take(["x"], "child", now=1_795_000_000.0, until=1_795_009_999.0, at_work=()), flush=True)
    input()
"""


def test_a_lock_of_a_process_that_was_killed_is_taken_over_at_once(state: State, state_place: str) -> None:
    env = {**environment(state_place), "PATH": ""}
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, state_place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "None\n"
    assert take(state.locks, "b", "x") == "x"
    child.kill()
    child.wait()
    assert take(state.locks, "b", "x") is None
    child.communicate()


def test_a_process_elsewhere_is_never_known_to_be_gone(state: State) -> None:
    with state._database.transaction() as connection:
        connection.execute(
            locks.insert().values(name="x", holder="far", host="elsewhere", pid=1, started="1", until=NOW + 60)
        )
    assert take(state.locks, "b", "x") == "x"
    assert take(state.locks, "b", "x", now=NOW + 60) is None


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    mine = this_process()
    assert mine.started, "this test needs a system that tells when a process started"
    assert not certainly_gone(mine)
    assert certainly_gone(Process(mine.host, mine.pid, "1"))
    assert not certainly_gone(Process(mine.host, mine.pid, "")), "without a start time a number that is there may be it"
    assert not certainly_gone(Process("elsewhere", mine.pid, "1"))


def test_a_zombie_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    known = Process(this_process().host, child.pid, "")
    assert not certainly_gone(known)
    child.kill()
    while not certainly_gone(known):
        assert child.returncode is None, "it has not been waited for"
    child.communicate()
    assert certainly_gone(known)


def test_of_many_that_come_at_once_one_gets_it(state: State) -> None:
    at_once = Barrier(8)
    got: list[str] = []

    def run(holder: str) -> None:
        at_once.wait()
        got.extend(holder for _ in range(5) if take(state.locks, holder, "x", "y") is None)

    threads = [Thread(target=run, args=(f"h{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
