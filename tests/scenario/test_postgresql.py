"""The same state in PostgreSQL, shared by workers that start at once. Needs a server's programs on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from pydantic import SecretStr

from ingram_micro_cloud.errors import InputError, StateError, StateKeyError
from ingram_micro_cloud.store.configurations import Health
from ingram_micro_cloud.store.state import State
from support import postgres
from support.mapping_books import ELSEWHERE, HERE, Books, known

FOLDER = postgres.programs()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="no PostgreSQL programs on this machine")
KEY = "a-shared-key-of-many-letters"
WORKER = """
import json, sys
from ingram_micro_cloud.store.state import State
with State.open() as state:
    state.tokens.save(sys.argv[1], "t", 9e9)
    got = 0
    for turn in range(40):
        got += state.permits.lease("k", now=1_795_000_000.0 + turn / 100, wanted=3, hold_seconds=2.0, per_minute=100,
                                   per_day=9999)[0]
    print(json.dumps(got))
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    assert FOLDER is not None
    with postgres.running(FOLDER) as address:
        yield address


def environ(url: str, key: str = KEY) -> dict[str, str]:
    return {**os.environ, "IM_CLOUD_DATABASE_URL": url, "IM_CLOUD_SECRET_KEY": key}


def test_workers_that_start_at_once_share_tables_tokens_and_permits(url: str) -> None:
    command = [sys.executable, "-c", WORKER]
    workers = [
        subprocess.Popen([*command, f"f{n}"], stdout=subprocess.PIPE, text=True, env=environ(url)) for n in range(4)
    ]
    granted = [json.loads(worker.communicate()[0]) for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4
    assert sum(granted) == 100
    with State.open(environ=environ(url)) as state:
        assert all(state.tokens.load(f"f{n}") == ("t", 9e9) for n in range(4))


def test_workers_that_meet_an_empty_database_at_once_all_come_in(url: str) -> None:
    def opened(name: str, at_once: Barrier) -> str:
        at_once.wait()
        with State.open(environ=environ(url.replace("/postgres?", f"/{name}?"))) as state:
            return state.fingerprint("same")

    for name in ("first", "second", "third"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        at_once = Barrier(6)
        with ThreadPoolExecutor(6) as pool:
            assert len(set(pool.map(opened, [name] * 6, [at_once] * 6))) == 1


def test_everything_a_configuration_needs_works_there(url: str) -> None:
    with State.open(environ=environ(url)) as state:
        for name in ("one", "two"):
            state.configurations.save(name, 1, {"a": 1}, {"password": SecretStr("canary")}, is_default=name == "two")
        state.configurations.set_health("one", Health(True, None, 5, 1_795_000_000.0))
        assert [(each.name, each.is_default) for each in state.configurations.all()] == [("one", False), ("two", True)]
        found = state.configurations.get("one")
        assert found is not None
        assert found.secrets["password"].get_secret_value() == "canary"
        state.drafts.save("three", {"b": 2})
        assert state.drafts.get("three") == {"b": 2}
        state.permits.block("blocked", until=1_795_000_600.0, reason="vendor")
        assert state.permits.lease(
            "blocked", now=1_795_000_000.0, wanted=1, hold_seconds=2.0, per_minute=10, per_day=10
        ) == (0, 600.0, "vendor")


def test_a_long_day_of_permits_folds_there_as_well(url: str) -> None:
    with State.open(environ=environ(url)) as state:
        for turn in range(60):
            now = 1_795_000_000.0 + turn * 30
            assert state.permits.lease("day", now=now, wanted=1, hold_seconds=2.0, per_minute=9, per_day=60)[0] == 1
        granted, _, reason = state.permits.lease(
            "day", now=1_795_002_000.0, wanted=1, hold_seconds=2.0, per_minute=9, per_day=60
        )
        assert (granted, reason) == (0, "day")


def test_a_worker_with_another_key_is_told_and_changes_nothing(url: str) -> None:
    with State.open(environ=environ(url)):
        pass
    with pytest.raises(StateKeyError, match="Nothing was changed"):
        State.open(environ=environ(url, "another-key-of-many-letters"))


def test_a_database_that_does_not_exist_says_so(url: str) -> None:
    with pytest.raises(StateError) as caught:
        State.open(environ=environ(url.replace("/postgres?", "/nowhere?")))
    assert caught.value.specific_code == "state_unreachable"


def test_mapping_works_there_as_well(url: str) -> None:
    with State.open(environ=environ(url)) as state:
        books = Books(state)
        books.importer.import_rows(
            [{"id": "o9", "name": "=Ünïcode 株式会社", "external_ids": {"psa_id": "1"}}], "other"
        )
        books.organizations("Acme", "Brick", "Gone")
        books.organizations("Acme", "Brick")
        books.customers("Acme", "Brick", "Lost")
        books.customers("Acme", "Brick")
        books.customers("Elsewhere", account=ELSEWHERE)
        state.customers.add_details(HERE.fingerprint, "c1", {"tax_id": "1"}, at=books.clock.now())
        book = books.book()
        assert book.accept(book.suggest()) == 2
        book.exclude("o9", "a test tenant")
        book.set("o1", known(2, "Brick"), also=True)
        assert {row.organization_id: row.state for row in book.show()} == {
            "o1": "mapped", "o2": "mapped", "o3": "organization_gone", "o9": "excluded",
        }  # fmt: skip
        assert book.binding("o1").customers == ("c1", "c2")
        assert books.book(ELSEWHERE).binding("o1").state == "unconfirmed"
        assert [each.action for each in book.undo().changes] == ["set"]
        assert [each.batch for each in book.history()] == [4, 3, 2, 1, 1]
        assert book.report().percentage == 100.0
        state.ownership.put("a", "get_order", "1", "c1", at=5.0)
        state.ownership.put("a", "get_order", "1", "c2", at=6.0)
        assert state.ownership.get("a", "get_order", "1", newer_than=5.5) == "c2"


def test_workers_that_want_one_customer_at_once_are_told_apart(url: str) -> None:
    def wanted(place: int, at_once: Barrier) -> str:
        with State.open(environ=environ(url)) as own:
            book = Books(own).book(who=f"worker {place}")
            at_once.wait()
            try:
                return str(book.set(f"w{place}", known(77, "Wanted")).customers)
            except InputError as problem:
                return problem.fields[0].code

    with State.open(environ=environ(url)) as state:
        rows = [{"id": f"w{place}", "name": "Wants"} for place in range(5)]
        Books(state).importer.import_rows(rows, "workers")
    at_once = Barrier(5)
    with ThreadPoolExecutor(5) as pool:
        results = sorted(pool.map(wanted, range(5), [at_once] * 5))
    assert results == ["('c77',)", *["customer_taken"] * 4]
