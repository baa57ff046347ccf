"""A mapping as a file: nothing is lost on the way, and nothing wrong comes in."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingram_micro_cloud.errors import InputError, UsageError
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.exchange.importing import import_file, import_mapping
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.spreadsheets import as_written, harmless
from ingram_micro_cloud.store.mappings import Entry
from ingram_micro_cloud.store.state import State
from support.examples import examples
from support.mapping_books import ELSEWHERE, Books, bundle, known

FORMS = ("csv", "json", "platform")
pytestmark = pytest.mark.anyio
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).map(
    lambda text: " ".join(f"{text}x".split())
) | st.sampled_from(["=1+1", "+49", "-dash", "@home", "'=x", "'quoted'", 'a "b", c', "a;b", "0012", "Ünïcode 株式会社"])


@pytest.fixture
def books() -> Iterator[Books]:
    with State.in_memory() as state:
        made = Books(state)
        made.organizations("Acme", "Brick", "Cedar", "Dune")
        made.customers("Acme", "Brick", "Elm", "Fir")
        yield made


@pytest.fixture
def book(books: Books) -> MappingBook:
    return books.book()


def filled(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    book.set("o1", known(3, "Elm"), also=True)
    book.set("o2", known(2, "Brick"))
    book.set("o3", known(2, "Brick"), also=True)
    book.exclude("o4", 'closed, "for good"')


def entries(book: MappingBook) -> dict[str, Entry]:
    return book.entries()


async def problems(book: MappingBook, data: str | bytes) -> list[tuple[str, str]]:
    before = (entries(book), len(book.history()))
    with pytest.raises(InputError) as caught:
        await import_mapping(book, data.encode() if isinstance(data, str) else data)
    assert (entries(book), len(book.history())) == before, "all or nothing"
    return [(each.pointer, each.code) for each in caught.value.fields]


@pytest.mark.parametrize("form", FORMS)
async def test_a_round_trip_loses_nothing(book: MappingBook, books: Books, form: str) -> None:
    filled(book)
    text = book.export(form, pack_config_id="pack-1")
    before = entries(book)
    same = await import_mapping(book, text.encode())
    assert (same.changed, same.unchanged) == (0, 4)
    while book.undo().changes:
        pass
    assert entries(book) == {}
    report = await import_mapping(book, text.encode("utf-8-sig"))
    assert (report.changed, report.mapped, report.excluded) == (4, 3, 1)
    assert entries(book) == before
    assert book.export(form, pack_config_id="pack-1") == text
    book.undo()
    assert entries(book) == {}, "one batch"


async def test_csv_and_json_say_everything_in_words(book: MappingBook) -> None:
    filled(book)
    rows = list(csv.DictReader(io.StringIO(book.export("csv"), newline="")))
    assert rows[1] == {
        "organization_id": "o1", "organization_name": "Acme", "customer_id": "c3", "customer_name": "Elm",
        "primary": "no", "position": "1", "shared": "no", "excluded": "",
    }  # fmt: skip
    read = json.loads(book.export("json"))
    assert read["configuration"] == "main"
    assert read["mappings"][3] == {
        "organization_id": "o3", "organization_name": "Cedar", "customer_id": "c2", "customer_name": "Brick",
        "primary": True, "position": 0, "shared": True, "excluded": None,
    }  # fmt: skip
    assert read["mappings"][4]["excluded"] == 'closed, "for good"'


async def test_the_platforms_payload_has_its_variables_and_ours_only_where_needed(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    (variable,) = json.loads(book.export("platform", pack_config_id="pack-1"))["org_vars"]
    assert variable == {
        "name": "imCloud_CustomerId", "value": "c1", "org_id": "o1", "cascade": False, "category": "system",
        "pack_config_id": "pack-1",
    }  # fmt: skip
    filled(book)
    found = json.loads(book.export("platform"))["org_vars"]
    assert [(each["org_id"], each["name"], each["value"], each["pack_config_id"]) for each in found] == [
        ("o1", "imCloud_CustomerId", "c1", None),
        ("o1", "imCloud_FurtherCustomerIds", "c3", None),
        ("o2", "imCloud_CustomerId", "c2", None),
        ("o2", "imCloud_FurtherCustomerIds", "c2", None),
        ("o3", "imCloud_CustomerId", "c2", None),
        ("o3", "imCloud_FurtherCustomerIds", "c2", None),
        ("o4", "imCloud_ExcludedReason", 'closed, "for good"', None),
    ]


def test_there_are_three_forms(book: MappingBook) -> None:
    with pytest.raises(InputError, match="csv, json, platform"):
        book.export("xml")


async def test_a_file_of_two_columns_is_enough(book: MappingBook) -> None:
    report = await import_mapping(book, b"sep=;\nOrganization ID;Customer Id\no1;c3\nO2;c1\n")
    assert (report.mapped, report.replaced) == (2, ())
    assert {key: each.customers for key, each in entries(book).items()} == {"o1": ("c3",), "o2": ("c1",)}
    assert book.binding("o2").state == "mapped", "the platform knows no capitals in ids"


@pytest.mark.parametrize(
    "rows", ["o1,c3,no,,\no1,c1,yes,,\n", "o1,c3,,1,\no1,c1,,0,\n", "o1,c1,,,\no1,c3,,,yes\n", "o1,c1,,,\nO1,c3,,1,\n"]
)
async def test_two_rows_of_one_organization_say_that_they_are_meant(book: MappingBook, rows: str) -> None:
    await import_mapping(book, f"organization_id,customer_id,primary,position,shared\n{rows}".encode())
    assert set(entries(book)["o1"].customers) == {"c1", "c3"}


async def test_organizations_that_are_not_in_the_file_stay(book: MappingBook) -> None:
    filled(book)
    await import_mapping(book, b"organization_id,customer_id\no1,c4\n", replace=True)
    assert entries(book)["o1"].customers == ("c4",)
    assert set(entries(book)) == {"o1", "o2", "o3", "o4"}


HEAD = "organization_id,customer_id,primary,position,shared,excluded\n"


@pytest.mark.parametrize(
    ("rows", "row", "field", "code", "said"),
    [
        ("o1,c4,,,,\n", 2, "customer_id", "already_mapped", "im-cloud mapping set o1 c4"),
        ("o1,c1,,,,\n", 2, "customer_id", "already_mapped", "Elm (c3)"),
        ("o1,c3,yes,,,\no1,c1,no,,,\n", 2, "customer_id", "already_mapped", "Acme (c1)"),
        ("o1,c4,no,,,\no1,c1,yes,,,\n", 3, "customer_id", "already_mapped", "Elm (c3)"),
        ("o1,,,,,closed\n", 2, "excluded", "already_mapped", "im-cloud mapping clear o1"),
        ("o4,c4,,,,\n", 2, "customer_id", "already_excluded", "for good"),
    ],
)
async def test_what_is_decided_makes_way_only_when_that_is_asked_for(
    book: MappingBook, rows: str, row: int, field: str, code: str, said: str
) -> None:
    filled(book)
    before = entries(book)
    assert await problems(book, HEAD + rows) == [(f"/{row}/{field}", code)]
    with pytest.raises(InputError) as caught:
        await import_mapping(book, (HEAD + rows).encode())
    assert said in caught.value.fields[0].message
    assert "--replace" in caught.value.fields[0].message
    report = await import_mapping(book, (HEAD + rows).encode(), replace=True)
    (replaced,) = report.replaced
    key = replaced.organization_id
    assert (replaced.before, replaced.after) == (before[key], entries(book)[key])
    assert report.as_json()["replaced"] == [replaced.as_json()]
    assert replaced.as_json().keys() == {"organization_id", "organization_name", "before", "after"}
    book.undo()
    assert entries(book) == before


@pytest.mark.parametrize(
    "rows", ["o1,c1,yes,,,\no1,c3,no,,,\no1,c4,no,,,\n", "o4,,,,,moved away\n", "o3,c4,no,1,,\no3,c2,yes,0,,\n"]
)
async def test_what_takes_nothing_away_needs_no_asking(book: MappingBook, rows: str) -> None:
    filled(book)
    report = await import_mapping(book, (HEAD + rows).encode())
    assert (report.changed, report.replaced) == (1, ())


async def test_two_organizations_may_change_customers_when_that_is_asked_for(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    book.set("o2", known(2, "Brick"))
    data = "organization_id,customer_id\no1,c2\no2,c1\n"
    assert {code for _, code in await problems(book, data)} == {"already_mapped"}
    report = await import_mapping(book, data.encode(), replace=True)
    assert [each.organization_id for each in report.replaced] == ["o1", "o2"]
    assert [entries(book)[key].customers for key in ("o1", "o2")] == [("c2",), ("c1",)]


async def test_a_customer_is_never_taken_from_an_organization_that_is_not_in_the_file(book: MappingBook) -> None:
    book.set("o1", known(1, "Acme"))
    with pytest.raises(InputError) as caught:
        await import_mapping(book, b"organization_id,customer_id\no2,c1\n", replace=True)
    assert caught.value.fields[0].code == "customer_taken"
    assert "im-cloud mapping clear o1" in caught.value.fields[0].message


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("o77,c1,,,,\n", [("/2/organization_id", "unknown_organization")]),
        ("o1,c77,,,,\n", [("/2/customer_id", "unknown_customer")]),
        ("o1,c2,,,,\n", [("/2/customer_id", "customer_gone")]),
        ("o4,c1,,,,\n", [("/2/organization_id", "organization_gone")]),
        ("o1,c1,,,,\no2,c1,,,,\n", [("/2/customer_id", "customer_taken"), ("/3/customer_id", "customer_taken")]),
        ("o1,c1,,,yes,\no2,c1,,,,\n", [("/3/customer_id", "customer_taken")]),
        ("o1,c4,,,,\n", [("/2/customer_id", "customer_taken")]),
        ("o1,c1,,,,\no1,c1,,,,\n", [("/3/customer_id", "duplicate_in_file")]),
        ("o1,c1,,,,\no1,c3,,,,\n", [("/3/organization_id", "duplicate_in_file")]),
        ("o1,c1,,,,\nO1,c3,,,,\n", [("/3/organization_id", "duplicate_in_file")]),
        (f"o1,c1{'0' * 200_000},,,,\n", [("/2/customer_id", "too_long")]),
        ("o1,c1\0,,,,\n", [("/2/customer_id", "control_character")]),
        ("o1,c\u200b1,,,,\n", [("/2/customer_id", "invisible_character")]),
        ("o1,c1,yes,,,\no1,c3,yes,,,\n", [("/3/primary", "two_primary")]),
        ("o1,c1,,1,,\no1,c3,,1,,\n", [("/2/position", "duplicate_position"), ("/3/position", "duplicate_position")]),
        ("o1,c1,yes,1,,\no1,c3,no,0,,\n", [("/3/position", "contradiction")]),
        ("o1,c1,,,,\no1,,,,,closed\n", [("/3/excluded", "contradiction")]),
        ("o1,,,,,\n", [("/2/customer_id", "customer_or_excluded")]),
        ("o1,c1,,,,closed\n", [("/2/customer_id", "customer_or_excluded")]),
        (",c1,,,,\n", [("/2/organization_id", "empty")]),
        ("o1,c1,maybe,,,\n", [("/2/primary", "not_yes_or_no")]),
        ("o1,c1,,first,,\n", [("/2/position", "not_a_number")]),
        ("o1,c1,,,,,surplus\n", [("/2/", "not_a_row")]),
        ('o1,"c\n1",,,,\n', [("/2/customer_id", "control_character")]),
        ("o1,c1,,,,\n\no77,c1,,,,\n", [("/4/organization_id", "unknown_organization")]),
    ],
)  # fmt: skip
async def test_whatever_is_wrong_is_named_by_row_and_nothing_comes_in(
    book: MappingBook, books: Books, rows: str, expected: list[tuple[str, str]]
) -> None:
    book.set("o3", known(4, "Fir"))
    books.customers("Acme", "", "Elm", "Fir")
    books.organizations("Acme", "Brick", "Cedar")
    head = "organization_id,customer_id,primary,position,shared,excluded\n"
    assert await problems(book, head + rows) == expected


async def test_an_id_that_means_somebody_else_now_is_refused(book: MappingBook, books: Books) -> None:
    filled(book)
    text = book.export("csv")
    books.customers("Acme", "Brick", "ELM ", "Fir")
    assert (await import_mapping(book, text.encode())).changed == 0
    book.clear("o1")
    books.customers("Zebra", "Brick", "ELM", "Fir")
    assert await problems(book, text) == [("/2/customer_name", "customer_name_differs")]


async def test_pairs_that_are_gone_are_no_problem_where_they_are_so_already(book: MappingBook, books: Books) -> None:
    filled(book)
    books.customers("Acme", "", "Elm", "Fir")
    assert (await import_mapping(book, book.export("json").encode())).unchanged == 4


async def test_importing_confirms_pairs_of_another_account(book: MappingBook, books: Books) -> None:
    books.book(ELSEWHERE).set("o1", known(1, "Acme"))
    assert book.binding("o1").state == "unconfirmed"
    assert (await import_mapping(book, book.export("csv").encode())).changed == 1
    assert book.binding("o1").state == "mapped"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("organization_id,customer_id\no1,Bäcker\n".encode("latin-1"), "line 2"),
        (b"a,b\n1,2\n", "is no mapping"),
        (b"", "is empty"),
        (b'{"org_vars": 3}', "holds no list"),
        (b'{"org_vars": [{"name": "other", "value": "1", "org_id": "o1"}]}', "none of our variables"),
        (b'{"mappings": {}}', "holds no list"),
        (b"[1", "not valid JSON"),
    ],
)
async def test_a_file_that_is_no_mapping_says_so(book: MappingBook, data: bytes, said: str) -> None:
    with pytest.raises(InputError, match="Nothing was changed") as caught:
        await import_mapping(book, data)
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ({"name": "imCloud_CustomerId", "value": "c9", "org_id": "o1"}, [("/1/customer_id", "unknown_customer")]),
        ({"name": "imCloud_CustomerId", "value": None, "org_id": "o1"}, [("/1/value", "empty")]),
        ({"name": "imCloud_CustomerId", "value": "c1"}, [("/1/org_id", "empty")]),
        ({"name": "imCloud_CustomerId", "value": "c\n1", "org_id": "o1"}, [("/1/value", "control_character")]),
    ],
)
async def test_variables_that_are_wrong_are_named(
    book: MappingBook, variable: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert await problems(book, json.dumps({"org_vars": [variable]})) == expected


def variables(*told: tuple[str, str, str | None]) -> bytes:
    listed = [
        {"name": "imCloud_CustomerId", "org_id": key, "value": value, "pack_config_id": owner}
        for key, value, owner in told
    ]
    return json.dumps({"org_vars": listed}).encode()


@pytest.mark.parametrize(
    ("wanted", "expected"), [("pc-1", {"o1": ("c1",)}), ("pc-2", {"o1": ("c3",)}), ("", {"o2": ("c4",)})]
)
async def test_of_several_configurations_variables_only_those_asked_for_come_in(
    book: MappingBook, wanted: str, expected: dict[str, tuple[str, ...]]
) -> None:
    data = variables(("o1", "c1", "pc-1"), ("o1", "c3", "pc-2"), ("o2", "c4", None))
    assert await problems(book, data) == [("/pack_config_id", "several_pack_configs")]
    with pytest.raises(InputError, match=r"none \(1\), pc-1 \(1\), pc-2 \(1\)"):
        await import_mapping(book, data)
    await import_mapping(book, data, pack_config_id=wanted)
    assert {key: each.customers for key, each in entries(book).items()} == expected


async def test_the_variables_of_one_configuration_come_in_unasked_and_never_as_anothers(book: MappingBook) -> None:
    data = variables(("o1", "c1", "pc-1"), ("o2", "c3", "pc-1"))
    with pytest.raises(InputError) as caught:
        await import_mapping(book, data, pack_config_id="pc-2")
    assert (caught.value.fields[0].code, entries(book)) == ("unknown_pack_config", {})
    with pytest.raises(InputError) as caught:
        await import_mapping(book, b"organization_id,customer_id\no1,c1\n", pack_config_id="pc-1")
    assert (caught.value.fields[0].code, entries(book)) == ("no_payload", {})
    assert (await import_mapping(book, data)).mapped == 2


async def test_suggested_commands_can_be_pasted(books: Books, book: MappingBook) -> None:
    books.importer.import_rows([{"id": "-o 7", "name": "Acme"}], "other")
    book.set("-o 7", known(1, "Acme"))
    with pytest.raises(InputError) as caught:
        await import_mapping(book, b"organization_id,customer_id\n'-o 7,c3\n")
    assert "im-cloud mapping set -- '-o 7' c3" in caught.value.fields[0].message


async def test_one_value_on_two_organizations_of_the_platform_is_refused_unless_sharing_is_said(
    book: MappingBook,
) -> None:
    shared = [{"name": "imCloud_CustomerId", "value": "c1", "org_id": key} for key in ("o1", "o2")]
    assert len(await problems(book, json.dumps({"org_vars": shared}))) == 2
    said = [{"name": "imCloud_FurtherCustomerIds", "value": "c1", "org_id": key} for key in ("o1", "o2")]
    assert (await import_mapping(book, json.dumps({"org_vars": shared + said}).encode())).mapped == 2


async def test_customers_that_were_never_read_are_looked_up_once(book: MappingBook) -> None:
    asked: list[str] = []

    async def look_up(key: str) -> KnownCustomer | None:
        asked.append(key)
        if key == "c8":
            raise InputError("The vendor has no such customer.")
        return {"c7": KnownCustomer("c7", "Fresh"), "c6": KnownCustomer("c66", "Another")}.get(key)

    data = "organization_id,customer_id,shared\no1,c7,yes\no2,c7,yes\no3,c1,\n"
    report = await import_mapping(book, data.encode(), look_up)
    assert (report.mapped, asked) == (3, ["c7"])
    assert book.customer("c7") == KnownCustomer("c7", "Fresh")
    assert book.binding("o1").customers == ("c7",)
    with pytest.raises(InputError) as caught:
        await import_mapping(book, b"organization_id,customer_id\no1,c6\no2,c8\no4,c9\n", look_up)
    assert [each.code for each in caught.value.fields] == ["unknown_customer"] * 3


async def test_a_file_is_named_in_what_is_said_and_kept(book: MappingBook, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("organization_id,customer_id\no1,c1\n")
    await import_file(book, path)
    assert (book.history()[0].action, book.history()[0].why) == ("import", "import of pairs.csv")
    path.write_text("organization_id,customer_id\no1,c99\n")
    with pytest.raises(InputError, match=r"pairs\.csv has 1 problem"):
        await import_file(book, path)
    with pytest.raises(UsageError, match="cannot be read"):
        await import_file(book, tmp_path / "missing.csv")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "'=1", "''@x", "'", "plain", "", "a=b", "'quoted'"])
def test_no_cell_is_a_formula_and_every_cell_comes_back(cell: str) -> None:
    assert harmless(cell)[:1] not in ("=", "+", "-", "@")
    assert as_written(harmless(cell)) == cell


@st.composite
def decisions(draw: st.DrawFn) -> tuple[list[str], list[str], list[tuple[str, list[int], str]]]:
    """Draw organizations' ids, customers' names, and for each organization its customers or why it is excluded."""
    ids = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    names = draw(st.lists(NAMES, min_size=1, max_size=4))
    places = st.lists(st.integers(1, len(names)), max_size=3, unique=True)
    return ids, names, [(key, draw(places), draw(NAMES)) for key in ids]


@settings(max_examples=examples(60), deadline=None)
@given(decided=decisions(), form=st.sampled_from(FORMS))
def test_whatever_is_decided_comes_back_from_a_file(
    decided: tuple[list[str], list[str], list[tuple[str, list[int], str]]], form: str
) -> None:
    ids, names, choices = decided
    with State.in_memory() as state:
        books = Books(state)
        books.importer.import_rows([{"id": key, "name": f"={key}"} for key in ids], "test")
        books.customers(*names)
        book = books.book()
        for key, places, reason in choices:
            for place in places:
                found = book.customer(f"c{place}")
                assert found is not None
                book.set(key, found, also=True)
            if not places:
                book.exclude(key, reason)
        before, text = entries(book), book.export(form)
        while book.undo().changes:
            pass
        anyio.run(import_mapping, book, text.encode())
        assert entries(book) == before


def test_the_variables_names_are_declared() -> None:
    declared = bundle().mapping.variable
    assert declared.name == "imCloud_CustomerId", "the name the platform already uses"
    assert len({declared.name, declared.further, declared.excluded}) == 3
