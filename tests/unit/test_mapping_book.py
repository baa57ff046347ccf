"""The mapping book: what binds, what is refused, who did it, and the way back."""

from collections.abc import Callable, Iterator

import pytest

from ingram_micro_cloud.errors import InputError
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.history import change_as_json
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.store.state import State
from support.mapping_books import ELSEWHERE, HERE, Books, known


@pytest.fixture
def books() -> Iterator[Books]:
    with State.in_memory() as state:
        made = Books(state)
        made.organizations("Acme", "Brick", "Cedar")
        made.customers("Acme", "Brick", "Dune")
        yield made


@pytest.fixture
def book(books: Books) -> MappingBook:
    return books.book()


def states(book: MappingBook) -> dict[str, str]:
    return {row.organization_id: row.state for row in book.show()}


def refusal(action: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        action()
    assert caught.value.message.count("\n") == 0
    return caught.value.fields[0].pointer, caught.value.fields[0].code


def test_only_a_mapped_organization_has_customers(book: MappingBook, books: Books) -> None:
    book.set("o1", known(1, "Acme"))
    book.exclude("o2", "closed")
    found = {key: book.binding(key) for key in ("o1", "o2", "o3", "o9")}
    assert {key: (each.state, each.known, each.customers) for key, each in found.items()} == {
        "o1": ("mapped", True, ("c1",)),
        "o2": ("excluded", True, ()),
        "o3": ("unmapped", True, ()),
        "o9": ("unmapped", False, ()),
    }
    assert (found["o2"].reason, found["o1"].organization_name) == ("closed", "Acme")


@pytest.mark.parametrize("key", ["", "nul\0", "\ud800", "x" * 300])
def test_texts_that_can_be_no_id_are_nobodys(book: MappingBook, key: str) -> None:
    assert not book.binding(key).known
    assert book.customer(key) is None
    assert refusal(lambda: book.organization(key)) == ("/organization", "unknown_organization")


def test_an_organization_that_is_gone_keeps_its_customer_and_lets_nothing_through(
    book: MappingBook, books: Books
) -> None:
    book.set("o3", known(1, "Acme"))
    books.organizations("Acme", "Brick")
    assert book.binding("o3").state == "organization_gone"
    assert book.binding("o3").customers == ()
    assert states(book)["o3"] == "organization_gone"
    assert book.organization("o3").name == "Cedar"
    assert [each.id for each in book.organizations()] == ["o1", "o2"]
    assert refusal(lambda: book.set("o3", known(2, "Brick"))) == ("/organization", "organization_gone")
    books.organizations("Acme", "Brick", "Cedar")
    assert book.binding("o3").customers == ("c1",)


@pytest.mark.parametrize(
    ("gone", "state", "customers"),
    [
        ((), "mapped", ("c1", "c2")),
        (("c2",), "mapped", ("c1",)),
        (("c1",), "customer_gone", ()),
        (("c1", "c2"), "customer_gone", ()),
    ],
)
def test_a_gone_customer_is_left_out_and_never_quietly_replaced(
    book: MappingBook, books: Books, gone: tuple[str, ...], state: str, customers: tuple[str, ...]
) -> None:
    book.set("o1", known(1, "Acme"))
    book.set("o1", known(2, "Brick"), also=True)
    for each in gone:
        books.state.customers.mark_gone(HERE.fingerprint, each)
    assert (book.binding("o1").state, book.binding("o1").customers) == (state, customers)
    assert states(book)["o1"] == state


def test_a_pair_of_another_account_is_unconfirmed(book: MappingBook, books: Books) -> None:
    books.book(ELSEWHERE).set("o1", known(1, "Acme"))
    assert (book.binding("o1").state, book.binding("o1").customers) == ("unconfirmed", ())
    assert "refresh" in book.binding("o1").reason
    row = book.show(["o1"])[0]
    assert (row.state, row.customer_id, row.band) == ("suggested", "c1", "likely")
    assert "unconfirmed" in row.reason
    assert book.accept(book.show()) == 1, "only Brick; what is unconfirmed is not accepted"
    assert book.binding("o1").state == "unconfirmed"
    assert book.set("o1", known(1, "Acme")).changed
    assert book.binding("o1").state == "mapped"


def test_a_further_customer_of_another_account_is_left_out(book: MappingBook, books: Books) -> None:
    books.book(ELSEWHERE).set("o1", known(3, "Dune"))
    books.book(ELSEWHERE).set("o1", known(2, "Brick"), also=True)
    book.set("o1", known(3, "Dune"), also=True)
    assert book.binding("o1").customers == ("c3",)


def test_no_other_accounts_customers_are_ever_read(books: Books) -> None:
    elsewhere = books.book(ELSEWHERE)
    assert elsewhere.customers() == ()
    assert elsewhere.customer("c1") is None
    assert books.book().customer("c1") == KnownCustomer("c1", "Acme")


def test_every_state_is_shown_with_its_reason(book: MappingBook, books: Books) -> None:
    books.organizations("Acme", "Brick", "Brick", "Nobody", "Dune", "Old")
    book.set("o1", known(1, "Acme"))
    book.exclude("o5", "a test tenant")
    books.organizations("Acme", "Brick", "Brick", "Nobody", "Dune")
    rows = {row.organization_id: row for row in book.show()}
    assert {key: row.state for key, row in rows.items()} == {
        "o1": "mapped", "o2": "conflict", "o3": "conflict", "o4": "unmapped", "o5": "excluded",
        "o6": "organization_gone",
    }  # fmt: skip
    assert list(rows) == sorted(rows)
    assert rows["o1"].signals
    assert rows["o1"].score == 0.9
    assert rows["o1"].reason == "Mapped to Acme."
    assert rows["o5"].reason == "a test tenant"
    assert [row.organization_id for row in book.show(["o4", "o2"])] == ["o2", "o4"]
    assert book.show(["o2"])[0].state == "conflict", "who else wants a customer counts even when one is asked for"
    assert refusal(lambda: book.show(["o1", "o77"])) == ("/organization", "unknown_organization")
    assert len(book.history()) == 2, "showing saved nothing"


def test_mapped_customers_are_not_suggested_again(book: MappingBook, books: Books) -> None:
    books.organizations("Acme", "Acme")
    book.set("o1", known(1, "Acme"))
    assert book.show(["o2"])[0].state == "unmapped"
    advice = book.advice("o2")
    assert advice is not None
    assert advice.customer_id is None
    assert book.advice("o77") is None


def test_an_unknown_organization_names_the_nearest(book: MappingBook, books: Books) -> None:
    books.importer.import_rows([{"id": "org-17", "name": "Alder & Finch"}], "other")
    with pytest.raises(InputError) as caught:
        book.organization("org-71")
    assert "org-17 (Alder & Finch)" in str(caught.value.hint)
    with pytest.raises(InputError) as caught:
        book.organization("alder finch")
    assert "org-17" in str(caught.value.hint)
    assert "im-cloud organizations import" in str(caught.value.hint)


def test_a_customer_of_another_organization_is_refused_unless_sharing_is_said(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    with pytest.raises(InputError) as caught:
        book.set("o2", known(1, "Acme"))
    assert (caught.value.fields[0].pointer, caught.value.fields[0].code) == ("/customer", "customer_taken")
    assert "Acme (o1)" in caught.value.message
    assert book.binding("o2").state == "unmapped"
    assert book.set("o2", known(1, "Acme"), also=True).customers == ("c1",)
    assert not book.set("o2", known(1, "Acme")).changed, "what was said once needs not be said again"


def test_an_unconfirmed_pair_holds_its_customer_too(book: MappingBook, books: Books) -> None:
    books.book(ELSEWHERE).set("o1", known(1, "Acme"))
    assert refusal(lambda: book.set("o2", known(1, "Acme"))) == ("/customer", "customer_taken")


def test_set_replaces_and_also_adds(book: MappingBook) -> None:
    assert book.set("o1", known(1, "Acme")).message == "Acme is mapped to Acme."
    assert book.set("o1", known(2, "Brick"), also=True).customers == ("c1", "c2")
    assert not book.set("o1", known(2, "Brick"), also=True).changed
    decision = book.set("o1", known(3, "Dune"))
    assert decision.customers == ("c3",)
    assert [each.customer_id for each in decision.replaced] == ["c1", "c2"]
    assert "instead of Acme, Brick" in decision.message
    assert book.binding("o1").customers == ("c3",)
    assert decision.as_json()["replaced"] == [
        {"customer_id": "c1", "customer_name": "Acme"}, {"customer_id": "c2", "customer_name": "Brick"},
    ]  # fmt: skip


def test_setting_lifts_an_exclusion_and_says_so(book: MappingBook) -> None:
    book.exclude("o1", "closed")
    said = book.set("o1", known(1, "Acme")).message
    assert said == "Acme is mapped to Acme. It is no longer excluded; it was, because: closed."
    assert "excluded" not in book.set("o1", known(2, "Brick")).message
    assert book.binding("o1").state == "mapped"


def test_a_gone_customer_is_refused_and_one_that_was_just_read_is_back(book: MappingBook, books: Books) -> None:
    books.state.customers.mark_gone(HERE.fingerprint, "c1")
    cached = book.customer("c1")
    assert cached is not None
    assert refusal(lambda: book.set("o1", cached)) == ("/customer", "customer_gone")
    book.set("o1", known(1, "Acme"))
    assert book.binding("o1").state == "mapped"


def test_a_customer_that_no_list_has_shown_yet_is_kept(book: MappingBook, books: Books) -> None:
    book.set("o1", KnownCustomer("c77", "Fresh\nName", status="active"))
    assert book.customer("c77") == KnownCustomer("c77", "Fresh Name", status="active")
    books.clock.advance(1)
    books.customers("Acme")
    assert book.binding("o1").state == "customer_gone"


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_excluding_needs_a_reason(book: MappingBook, reason: str) -> None:
    assert refusal(lambda: book.exclude("o1", reason)) == ("/reason", "required")
    assert book.history() == ()


def test_a_mapped_organization_is_cleared_before_it_is_excluded(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    assert refusal(lambda: book.exclude("o1", "closed")) == ("/organization", "mapped")
    cleared = book.clear("o1")
    assert (cleared.changed, [each.customer_id for each in cleared.replaced]) == (True, ["c1"])
    assert book.exclude("o1", "closed").changed
    assert not book.exclude("o1", "closed").changed
    assert book.exclude("o1", "closed\nfor good").excluded == "closed for good"
    assert book.clear("o1").changed
    again = book.clear("o1")
    assert not again.changed
    assert "nothing changed" in again.message
    assert refusal(lambda: book.clear("o77")) == ("/organization", "unknown_organization")


def test_only_what_is_certain_and_still_holds_is_accepted(book: MappingBook, books: Books) -> None:
    books.organizations("Acme", "Brick", "Dune", "Elm", "Elm")
    books.customers("Acme", "Brick", "Dune", "Elm")
    suggestions = book.suggest()
    assert [row.state for row in suggestions] == ["suggested", "suggested", "suggested", "conflict", "conflict"]
    book.set("o4", known(1, "Acme"))
    book.exclude("o2", "meanwhile")
    books.customers("Acme", "Brick", "Dune Holding", "Elm")
    assert book.accept(suggestions) == 0, "taken, excluded, renamed, in conflict"
    book.clear("o2")
    assert book.accept(suggestions) == 1
    assert states(book) == {"o1": "unmapped", "o2": "mapped", "o3": "unmapped", "o4": "mapped", "o5": "suggested"}


@pytest.mark.parametrize("what", ["customer", "organization"])
def test_what_is_gone_meanwhile_is_not_accepted(book: MappingBook, books: Books, what: str) -> None:
    suggestions = book.suggest()
    if what == "customer":
        books.customers("", "Brick")
    else:
        books.importer.import_rows([{"id": "o2", "name": "Brick"}], "test")
    assert book.accept(suggestions) == 1
    assert book.binding("o2").state == "mapped"


def test_two_suggestions_never_give_one_customer_away_twice(book: MappingBook, books: Books) -> None:
    first = book.suggest(["o1"])[0]
    books.organizations("Acme", "Acme")
    second = book.advice("o2")
    assert second is not None
    assert second.band == "certain"
    assert book.accept([first, second]) == 1


def test_what_is_accepted_is_one_batch_and_undone_as_one(book: MappingBook) -> None:
    assert book.accept(book.suggest()) == 2
    report = book.undo()
    assert [each.organization_id for each in report.changes] == ["o1", "o2"]
    assert "2 organizations" in report.message
    assert book.binding("o1").state == "unmapped"


def test_undo_goes_further_back_each_time_and_is_recorded(book: MappingBook, books: Books) -> None:
    book.set("o1", known(1, "Acme"), why="sure")
    book.set("o1", known(2, "Brick"), also=True)
    book.set("o1", known(3, "Dune"))
    book.exclude("o2", "closed")
    expected = [("c3",), ("c1", "c2"), ("c1",), ()]
    for customers in expected:
        assert book.undo().changes
        assert book.state.mappings.entries("main").get("o1") is None or book.binding("o1").customers == customers
    assert book.binding("o1").state == "unmapped"
    assert book.binding("o2").state == "unmapped"
    nothing = book.undo()
    assert (nothing.changes, nothing.message) == ((), "There is nothing to undo.")
    assert nothing.as_json()["undone"] == 0
    kinds = [(each.action, each.undone) for each in book.history()]
    assert kinds == [("undo", False)] * 4 + [("exclude", True)] + [("set", True)] * 3


def test_undo_after_an_undo_skips_what_is_undone(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    book.set("o1", known(2, "Brick"))
    book.undo()
    book.set("o1", known(3, "Dune"))
    book.undo()
    assert book.binding("o1").customers == ("c1",)
    book.undo()
    assert book.binding("o1").state == "unmapped"


def test_every_change_says_who_when_and_why(books: Books) -> None:
    books.book(who="ada").set("o1", known(1, "Acme"), why="seen the\ncontract")
    books.clock.advance(60)
    books.book(who="").clear("o1")
    newest, oldest = books.book().history("o1")
    assert (oldest.who, oldest.at, oldest.why, oldest.batch) == ("ada", 1_795_000_000.0, "seen the contract", 1)
    assert (newest.who, newest.at, newest.action) == ("unknown", 1_795_000_060.0, "clear")
    assert change_as_json(oldest)["after"] == {
        "customers": [{"customer_id": "c1", "customer_name": "Acme"}], "excluded": None,
    }  # fmt: skip
    assert books.book().history("o2") == ()


def test_mappings_are_kept_under_the_configurations_name(books: Books) -> None:
    from ingram_micro_cloud.organizations.ports import Account

    books.book().set("o1", known(1, "Acme"))
    other = books.book(Account("second", HERE.fingerprint))
    assert other.binding("o1").state == "unmapped"
    other.set("o2", known(1, "Acme"))
    assert other.undo().changes[0].organization_id == "o2"
    assert books.book().binding("o1").state == "mapped"


def test_the_report_counts_what_counts(book: MappingBook, books: Books) -> None:
    books.organizations("Acme", "Brick", "Nobody", "Test", "Old")
    book.set("o5", known(3, "Dune"))
    books.organizations("Acme", "Brick", "Nobody", "Test")
    book.set("o1", known(1, "Acme"))
    book.exclude("o4", "a test")
    report = book.report()
    assert report.percentage == 33.3
    assert report.organizations == 5
    assert {state: number for state, number in report.states.items() if number} == {
        "mapped": 1, "suggested": 1, "unmapped": 1, "excluded": 1, "organization_gone": 1,
    }  # fmt: skip
    assert [each.id for each in report.unmapped_organizations] == ["o2", "o3"]
    assert [each.id for each in report.unmapped_customers] == ["c2"]
    assert report.list_read_at == 1_795_000_000.0
    assert [(each.organization_id, each.problem) for each in report.stale] == [("o5", "organization_gone")]
    assert report.as_json()["percentage"] == 33.3


def test_the_report_finds_stale_pairs(book: MappingBook, books: Books) -> None:
    for number, name in enumerate(("Acme", "Brick", "Dune"), start=1):
        book.set(f"o{number}", known(number, name))
    books.customers("ACME ", "", "Dune Holding")
    found = {(each.organization_id, each.problem) for each in book.report().stale}
    assert found == {("o2", "customer_gone"), ("o3", "customer_renamed")}
    assert "which is called Dune Holding now" in book.show(["o3"])[0].reason
    book.set("o3", known(3, "Dune Holding"))
    assert {each.problem for each in book.report().stale} == {"customer_gone"}
    elsewhere = {each.problem for each in books.book(ELSEWHERE).report().stale}
    assert elsewhere == {"unconfirmed"}


def test_customers_that_are_cancelled_are_not_waited_for(book: MappingBook, books: Books) -> None:
    from ingram_micro_cloud.store.customers import ListedCustomer

    books.state.customers.see(HERE.fingerprint, [ListedCustomer("c9", "Over", None, "Cancelled")], at=books.clock.now())
    assert "c9" not in {each.id for each in book.report().unmapped_customers}


def test_the_report_finds_duplicates(book: MappingBook, books: Books) -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "name": "Alder Ltd", "external_ids": {"microsoft_tenant_id": "t-1"}},
        {"id": "b", "name": "Birch", "external_ids": {"microsoft_tenant_id": "T-1"}},
        {"id": "c", "name": "ALDER limited"},
    ]
    books.importer.import_rows(rows, "other")
    books.customers("Acme", "Brick", "Dune", "Brick")
    records, now = books.state.customers, books.clock.now()
    records.add_details(HERE.fingerprint, "c1", {"tax_id": "US-1234"}, at=now)
    records.add_details(HERE.fingerprint, "c3", {"tax_id": "US 1234"}, at=now)
    found = {(each.kind, each.by, tuple(one.id for one in each.those)) for each in book.report().duplicates}
    assert found == {
        ("organizations", "microsoft_tenant_id", ("a", "b")),
        ("organizations", "name", ("a", "c")),
        ("customers", "tax_id", ("c1", "c3")),
        ("customers", "name", ("c2", "c4")),
    }


def test_namesakes_of_different_legal_forms_are_no_duplicates(books: Books, book: MappingBook) -> None:
    books.organizations("Alder GmbH", "Alder GmbH & Co. KG", "Birch Inc", "Birch")
    books.customers("Cedar GmbH", "Cedar AG", "CEDAR", "Dune Co.", "Dune Ltd")
    assert {tuple(one.name for one in each.those) for each in book.report().duplicates} == {
        ("Birch Inc", "Birch"), ("Cedar AG", "CEDAR"), ("Cedar GmbH", "CEDAR"), ("Dune Co.", "Dune Ltd"),
    }  # fmt: skip


def test_names_that_end_with_a_full_stop_get_no_second_one(books: Books, book: MappingBook) -> None:
    books.customers("Acme Co.", "Brick")
    said = [book.set("o1", known(1, "Acme Co.")).message, book.show(["o1"])[0].reason]
    books.clock.advance(1)
    books.customers("", "Brick")
    said += [book.show(["o1"])[0].reason, book.report().stale[0].detail]
    said += [book.set("o1", known(2, "Brick")).message, books.book(who="J.").clear("o1").message, book.undo().message]
    assert all("Acme Co." in each for each in said[:5])
    assert not [each for each in said if ".." in each]


@pytest.mark.parametrize(
    ("key", "shown"), [("o 1", "'o 1'"), ("-o1", "-- -o1"), ("o;rm", "'o;rm'"), ("o'1", "'o'\"'\"'1'")]
)
def test_suggested_commands_can_be_pasted(books: Books, book: MappingBook, key: str, shown: str) -> None:
    books.importer.import_rows([{"id": key, "name": "Acme"}], "other")
    book.set(key, known(1, "Acme"))
    hints = []
    refused: list[Callable[[], object]] = [
        lambda: book.exclude(key, "closed"),
        lambda: book.set("o2", known(1, "Acme")),
    ]
    for action in refused:
        with pytest.raises(InputError) as caught:
            action()
        hints.append(str(caught.value.hint))
    assert all(hint.endswith(f"im-cloud mapping clear {shown}") for hint in hints)
    books.state.customers.mark_gone(HERE.fingerprint, "c1")
    assert book.show([key])[0].reason.endswith(f"im-cloud mapping set {shown} CUSTOMER")


def test_an_empty_book_reports_nothing_and_divides_by_nothing() -> None:
    with State.in_memory() as state:
        report = Books(state).book().report()
    assert (report.percentage, report.organizations, report.duplicates, report.list_read_at) == (0.0, 0, (), None)


def test_without_anything_to_match_no_matcher_is_made(books: Books) -> None:
    def forbidden(*_: object) -> object:
        raise AssertionError("a matcher was made")

    book = books.book()
    book._make_matcher = forbidden  # type: ignore[assignment]
    book.exclude("o1", "x")
    book.binding("o2")
    book.history()
    assert book.show(["o1"])[0].state == "excluded"
