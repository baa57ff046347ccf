"""The tables of mapping: made beside what is there already, and safe from several processes at once."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pydantic import SecretStr

from ingram_micro_cloud.errors import InputError
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.store.customers import ListedCustomer
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.mappings import Entry, Pair
from ingram_micro_cloud.store.schema import prepare
from ingram_micro_cloud.store.state import State
from ingram_micro_cloud.store.tables import METADATA
from support.mapping_books import Books, known

NOW = 1_795_000_000.0


@pytest.fixture
def state() -> Iterator[State]:
    with State.in_memory() as made:
        yield made


def opened(home: Path) -> State:
    return State.open(home, environ={}, find_keyring=lambda _: None)


def test_a_state_of_the_version_before_keeps_what_it_has_and_takes_mappings(tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "state.db")
    config = Config()
    config.set_main_option("script_location", "ingram_micro_cloud.store:migrations")
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with database.transaction() as connection:
        assert not sa.inspect(connection).has_table("mappings")
        tokens = "insert into tokens (fingerprint, token_encrypted, expires_at) values ('f', 'sealed', 9e9)"
        connection.execute(sa.text(tokens))
    database.close()
    with opened(tmp_path) as state:
        with state._database.transaction() as connection:
            assert connection.execute(sa.text("select token_encrypted from tokens")).scalar() == "sealed"
        state.configurations.save("main", 1, {}, {"password": SecretStr("x")}, is_default=True)
        with state.mappings.batch("main", "a", who="ada", at=NOW) as batch:
            batch.put("o1", Entry((Pair("c1", "Acme", "a"),)), action="set")
    with opened(tmp_path) as state:
        assert state.mappings.entries("main")["o1"].customers == ("c1",)


def test_the_migrations_make_exactly_the_declared_tables() -> None:
    database = Database.in_memory()
    prepare(database)
    with database.transaction() as connection:
        inspector = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            made = {each["name"]: (str(each["type"]), each["nullable"]) for each in inspector.get_columns(table.name)}
            declared = {each.name: (each.type.compile(connection.dialect), each.nullable) for each in table.columns}
            assert made == declared, table.name
            assert inspector.get_pk_constraint(table.name)["constrained_columns"] == [
                each.name for each in table.primary_key
            ]
            assert {each["name"] for each in inspector.get_indexes(table.name)} == {each.name for each in table.indexes}


def test_customers_of_two_accounts_are_never_mixed(state: State) -> None:
    state.customers.see("one", [ListedCustomer("c1", "Acme")], at=NOW)
    state.customers.see("two", [ListedCustomer("c1", "Brick")], at=NOW)
    state.customers.add_details("one", "c1", {"tax_id": "1"}, at=NOW)
    state.customers.mark_gone("two", "c1")
    first, second = state.customers.get("one", "c1"), state.customers.get("two", "c1")
    assert first is not None
    assert second is not None
    assert (first.name, first.gone, first.evidence) == ("Acme", False, {"tax_id": "1"})
    assert (second.name, second.gone, second.evidence) == ("Brick", True, {})
    assert state.customers.list_read_at("one") is None


@pytest.mark.parametrize(
    ("changed", "read_still"),
    [
        (ListedCustomer("c1", "Acme", "e", "active"), True),
        (ListedCustomer("c1", "Acme Ltd", "e", "active"), False),
        (ListedCustomer("c1", "Acme", "other", "active"), False),
        (ListedCustomer("c1", "Acme", "e", "cancelled"), False),
    ],
)
def test_what_was_read_of_a_customer_counts_until_its_row_changes(
    state: State, changed: ListedCustomer, read_still: bool
) -> None:
    state.customers.see("one", [ListedCustomer("c1", "Acme", "e", "active")], at=NOW)
    state.customers.add_details("one", "c1", {"tax_id": "1"}, at=NOW)
    state.customers.add_holdings("one", "c1", {"tenant_ids": ["t"]}, at=NOW)
    seen = state.customers.see("one", [changed], at=NOW + 1)
    found = state.customers.get("one", "c1")
    assert found is not None
    assert (found.details_at is not None, found.holdings_at is not None) == (read_still, read_still)
    assert found.evidence == ({"tax_id": "1", "tenant_ids": ["t"]} if read_still else {})
    assert seen.renamed == (("c1",) if changed.name != "Acme" else ())


def test_who_is_missing_from_a_whole_list_is_gone_and_may_come_back(state: State) -> None:
    both = [ListedCustomer("c1", "Acme"), ListedCustomer("c2", "Brick")]
    assert state.customers.see("one", both, at=NOW).new == ("c1", "c2")
    assert state.customers.finish_list("one", ["c1"], began=NOW, at=NOW) == ("c2",)
    assert state.customers.see("one", both, at=NOW).returned == ("c2",)
    assert state.customers.finish_list("one", ["c1", "c2"], began=NOW, at=NOW) == ()


def test_a_customer_that_another_process_saw_meanwhile_stays(state: State) -> None:
    state.customers.see("one", [ListedCustomer("c1", "Acme")], at=NOW)
    state.customers.see("one", [ListedCustomer("c2", "Just made")], at=NOW + 5)
    assert state.customers.finish_list("one", ["c1"], began=NOW + 1, at=NOW + 9) == ()


def test_long_pages_are_no_problem(state: State) -> None:
    page = [ListedCustomer(f"c{number}", "Acme") for number in range(2_500)]
    state.customers.see("one", page, at=NOW)
    assert state.customers.see("one", page, at=NOW).new == ()


def test_an_owner_is_believed_for_a_while_and_only_for_its_account_and_kind(state: State) -> None:
    state.ownership.put("one", "get_order", "77", "c1", at=NOW)
    assert state.ownership.get("one", "get_order", "77", newer_than=NOW - 1) == "c1"
    assert state.ownership.get("one", "get_order", "77", newer_than=NOW) is None
    assert state.ownership.get("two", "get_order", "77", newer_than=0) is None
    assert state.ownership.get("one", "get_subscription", "77", newer_than=0) is None
    state.ownership.put("one", "get_order", "77", "c2", at=NOW + 1)
    assert state.ownership.get("one", "get_order", "77", newer_than=0) == "c2"


def test_an_error_inside_a_batch_leaves_nothing_of_it(state: State) -> None:
    def fail() -> None:
        with state.mappings.batch("main", "a", who="ada", at=NOW) as batch:
            batch.put("o1", Entry((Pair("c1", "Acme", "a"),)), action="set")
            raise InputError("no")

    with pytest.raises(InputError):
        fail()
    assert (state.mappings.entries("main"), state.mappings.history("main")) == ({}, ())


def at_once(home: Path, work: Callable[[MappingBook, int], object], number: int) -> list[object]:
    """Let threads with a state of their own each do something at the same moment; returns results and refusals."""
    barrier = threading.Barrier(number)
    results: list[object] = []

    def run(place: int) -> None:
        with opened(home) as own:
            book = Books(own).book(who=f"worker {place}")
            barrier.wait()
            try:
                results.append(work(book, place))
            except InputError as problem:
                results.append(problem)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(1, number + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_processes_that_set_one_customer_exactly_one_wins(tmp_path: Path) -> None:
    with opened(tmp_path) as state:
        books = Books(state)
        books.organizations("Acme", "Brick", "Cedar", "Dune")
        books.customers("Acme")
        results = at_once(tmp_path, lambda book, place: book.set(f"o{place}", known(1, "Acme")), 4)
        refused = [each for each in results if isinstance(each, InputError)]
        assert len(results) == 4
        assert [each.fields[0].code for each in refused] == ["customer_taken"] * 3
        (entry,) = state.mappings.entries("main").values()
        assert entry.customers == ("c1",)
        assert len(books.book().history()) == 1


def test_of_two_processes_that_accept_the_same_exactly_one_saves_it(tmp_path: Path) -> None:
    with opened(tmp_path) as state:
        books = Books(state)
        books.organizations("Acme", "Brick")
        books.customers("Acme", "Brick")
        suggestions = books.book().suggest()
        results = at_once(tmp_path, lambda book, _: book.accept(suggestions), 3)
        assert sorted(results, key=str) == [0, 0, 2]
        assert len({change.batch for change in books.book().history()}) == 1


def test_batches_of_two_processes_never_share_a_number(tmp_path: Path) -> None:
    with opened(tmp_path) as state:
        books = Books(state)
        books.organizations("Acme", "Brick", "Cedar")
        at_once(tmp_path, lambda book, place: book.exclude(f"o{place}", "not ours"), 3)
        assert sorted(change.batch for change in books.book().history()) == [1, 2, 3]
