"""Files and lists of organizations: what loads as it is, and what every bad row is told."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ingram_micro_cloud.errors import InputError, UsageError
from ingram_micro_cloud.organizations.cells import Cells
from ingram_micro_cloud.organizations.models import Organization
from ingram_micro_cloud.organizations.sources import ImportReport
from ingram_micro_cloud.store.organizations import StoredOrganization
from ingram_micro_cloud.store.state import State
from support.mapping_books import Books, bundle

FULL = "id,name,domains,external_ids,country,tags\n"


@pytest.fixture
def books() -> Iterator[Books]:
    with State.in_memory() as state:
        yield Books(state)


def load(books: Books, tmp_path: Path, content: str | bytes, columns: Mapping[str, str] | None = None) -> ImportReport:
    path = tmp_path / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return books.importer.import_file(path, columns=columns)


def stored(books: Books) -> dict[str, StoredOrganization]:
    return {each.id: each for each in books.state.organizations.all()}


def codes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(each.row, each.field, each.code) for each in report.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_usual_delimiters_and_encodings_load(books: Books, tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = delimiter.join(["id", "name", "country"]) + "\r\n" + delimiter.join(["7", "Bäckerei Groß", "de"]) + "\r\n"
    report = load(books, tmp_path, text.encode(encoding))
    assert (report.total, report.added, report.problems) == (1, 1, ())
    assert (stored(books)["7"].name, stored(books)["7"].country) == ("Bäckerei Groß", "DE")


def test_every_column_is_read(books: Books, tmp_path: Path) -> None:
    domains = "Acme.COM; https://www.acme.de/about ;info@acme.fr"
    row = f'7,"Acme, Inc.",{domains},microsoft_tenant_id=T-1; psa_id=9,us,gold;vip\n'
    assert load(books, tmp_path, FULL + row).problems == ()
    found = stored(books)["7"]
    assert found.name == "Acme, Inc."
    assert found.domains == ("acme.com", "acme.de", "acme.fr")
    assert found.external_ids == {"microsoft_tenant_id": "T-1", "psa_id": "9"}
    assert (found.country, found.tags) == ("US", ("gold", "vip"))


@pytest.mark.parametrize("wrapper", ["{}", '{{"organizations": {}}}', '{{"@odata.context": "x", "value": {}}}'])
def test_json_lists_load_wrapped_or_not(books: Books, tmp_path: Path, wrapper: str) -> None:
    rows = [
        {"id": 7, "name": "Acme", "domains": ["acme.com"], "external_ids": {"psa_id": "9"}, "tags": None},
        {"ID": "8", "name": "Brick", "domains": "brick.com;brick.de", "external_ids": "psa_id=10"},
    ]
    report = load(books, tmp_path, wrapper.format(json.dumps(rows)))
    assert (report.added, report.problems) == (2, ())
    assert stored(books)["7"].external_ids == {"psa_id": "9"}
    assert stored(books)["8"].domains == ("brick.com", "brick.de")


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("Tenant ID,Display Name,Default domain name,Organization Id", "T-1,Acme,acme.com,7"),
        ("Company ID;Company Name;Web Address;Tenant Id", "7;Acme;acme.com;T-1"),
    ],
)
def test_exports_of_other_systems_load_as_they_are(books: Books, tmp_path: Path, heading: str, row: str) -> None:
    assert load(books, tmp_path, f"{heading}\n{row}\n").problems == ()
    found = stored(books)["7"]
    assert (found.name, found.domains) == ("Acme", ("acme.com",))
    assert found.external_ids["microsoft_tenant_id"] == "T-1"


@pytest.mark.parametrize("columns", [{}, {"id": "Our number"}])
def test_recognised_headings_are_used_and_told_whatever_else_is_named(
    books: Books, tmp_path: Path, columns: dict[str, str]
) -> None:
    text = "Our number,Org ID,Tenant Id,Company Name,Website,Colour,\n9,7,T-1,Acme,acme.com,red,\n"
    report = load(books, tmp_path, text, columns)
    key = columns.get("id", "Org ID")
    assert report.columns == {
        "id": key, "name": "Company Name", "domains": "Website", "external_ids.microsoft_tenant_id": "Tenant Id",
    }  # fmt: skip
    assert report.unused == (*(each for each in ("Our number", "Org ID") if each != key), "Colour")
    found = stored(books)["9" if columns else "7"]
    assert (found.domains, found.external_ids) == (("acme.com",), {"microsoft_tenant_id": "T-1"})


def test_a_list_of_tenants_goes_by_the_tenants_where_it_has_no_other_id(books: Books, tmp_path: Path) -> None:
    report = load(books, tmp_path, "Display Name,Tenant Id\nAcme,T-1\n")
    assert report.columns["id"] == "Tenant Id"
    assert stored(books)["T-1"].external_ids == {"microsoft_tenant_id": "T-1"}


def test_two_columns_of_a_field_that_is_not_needed_are_left_and_told(books: Books, tmp_path: Path) -> None:
    report = load(books, tmp_path, "id,name,Website,Website\n7,Acme,acme.com,acme.de\n")
    assert ("domains" in report.columns, report.unused) == (False, ("Website",))


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;  "])
def test_a_first_line_for_spreadsheets_names_the_delimiter(books: Books, tmp_path: Path, first: str) -> None:
    report = load(books, tmp_path, f"{first}\r\nid;name\r\n1;Acme, Inc.\r\n;Nobody\r\n")
    assert stored(books)["1"].name == "Acme, Inc."
    assert [each.row for each in report.problems] == [4]


def test_a_long_text_in_a_column_that_is_not_used_is_nobodys_problem(books: Books, tmp_path: Path) -> None:
    before = csv.field_size_limit()
    report = load(books, tmp_path, f"id,name,notes\n1,Acme,{'x' * 300_000}\n2,Brick,nul\0\n")
    assert (report.added, report.problems, report.warnings) == (2, (), ())
    assert csv.field_size_limit() == before, "others in this process keep theirs"


def test_columns_can_be_named_whatever_their_capitals(books: Books, tmp_path: Path) -> None:
    text = "TenantId,Customer,Our number\nT-1,Acme,9\n"
    load(books, tmp_path, text, {"id": "tenantid", "name": "CUSTOMER", "external_ids.psa_id": "our NUMBER"})
    assert stored(books)["T-1"].external_ids["psa_id"] == "9"


@pytest.mark.parametrize(
    ("columns", "pointer", "code", "said"),
    [
        ({"id": "Nowhere"}, "/columns/id", "unknown_heading", "Key, Title"),
        ({"colour": "Key"}, "/columns/colour", "unknown_target", "external_ids"),
        ({"name": "Title"}, "/columns/id", "no_heading", "Key, Title"),
    ],
)
def test_columns_that_do_not_fit_name_what_there_is(
    books: Books, tmp_path: Path, columns: dict[str, str], pointer: str, code: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(books, tmp_path, "Key,Title\n1,Acme\n", columns)
    (problem,) = [each for each in caught.value.fields if each.pointer == pointer]
    assert problem.code == code
    assert said in problem.message
    assert stored(books) == {}


def test_a_heading_that_is_there_twice_is_not_guessed_at(books: Books, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(books, tmp_path, "id,name,name\n1,Acme,Other\n")
    assert caught.value.fields[0].code == "heading_twice"


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (",Acme,,,,", "id", "empty"),
        ("7,  ,,,,", "name", "empty"),
        (f"7,{'x' * 256},,,,", "name", "too_long"),
        (f"7,{'x' * 200_000},,,,", "name", "too_long"),
        (f"{'7' * 256},Acme,,,,", "id", "too_long"),
        ('7,"Ac\nme",,,,', "name", "control_character"),
        ("7,Ac\u202eme,,,,", "name", "control_character"),
        ("7,nul\0,,,,", "name", "control_character"),
        ("7\u200b7,Acme,,,,", "id", "invisible_character"),
        ("good,Twice,,,,", "id", "duplicate_in_file"),
        ("GOOD,Capitals,,,,", "id", "duplicate_in_file"),
        ("7,Acme, Inc.,,,,", "", "too_many_cells"),
    ],
)
def test_a_bad_row_is_named_and_never_stops_the_rest(
    books: Books, tmp_path: Path, row: str, field: str, code: str
) -> None:
    report = load(books, tmp_path, f"{FULL}\ngood,Good,,,,\n{row}\nlast,Last,,,,\n")
    assert codes(report) == [(4, field, code)], "the heading is line 1, an empty line counts"
    assert report.problems[0].message.endswith((".", "…"))
    assert set(stored(books)) == {"good", "last"}
    assert (report.total, report.added) == (3, 2)


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("text", "", "not_an_object"),
        ({"id": True, "name": "x"}, "id", "not_a_text"),
        ({"id": 1.5, "name": "x"}, "id", "not_a_text"),
        ({"id": "7", "name": ["x"]}, "name", "not_a_text"),
        ({"id": "7", "name": "\ud800"}, "name", "control_character"),
        ({"id": "7", "name": "nul\u0000"}, "name", "control_character"),
        ({"name": "x"}, "id", "empty"),
    ],
)
def test_a_bad_row_of_a_list_is_counted_from_one(books: Books, row: object, field: str, code: str) -> None:
    report = books.importer.import_rows([{"id": "good", "name": "Good"}, row], "host")
    assert codes(report) == [(2, field, code)]
    assert set(stored(books)) == {"good"}


def test_several_things_wrong_with_one_row_are_all_said(books: Books, tmp_path: Path) -> None:
    report = load(books, tmp_path, FULL + "1,Good,,,,\n,,nope,nope,nope,\n2,Kept,nope,nope,nope,\n")
    assert codes(report) == [(3, "id", "empty"), (3, "name", "empty")], "of a row that is left out nothing else counts"
    assert {(each.row, each.field) for each in report.warnings} == {
        (4, "domains"), (4, "external_ids"), (4, "country"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        (",no sign,,", "external_ids", "bad_external_id"),
        (",psa_id=N/A,,", "external_ids", "says_nothing"),
        (",a=1;a=2,,", "external_ids", "bad_external_id"),
        (",a=b\u200bc,,", "external_ids", "invisible_character"),
        ("localhost,,,", "domains", "bad_domain"),
        ("N/A,,,", "domains", "bad_domain"),
        ("none,,,", "domains", "bad_domain"),
        ("-,,,", "domains", "bad_domain"),
        ("192.168.0.1,,,", "domains", "bad_domain"),
        ("https://,,,", "domains", "bad_domain"),
        (f"{'x' * 300}.com,,,", "domains", "too_long"),
        ("nul\0.com,,,", "domains", "control_character"),
        (",,Atlantis,", "country", "bad_country"),
        (",,D1,", "country", "bad_country"),
        (",,N/A,", "country", "says_nothing"),
        (f",,{'x' * 300},", "country", "too_long"),
        (f",,,{'x' * 300}", "tags", "too_long"),
    ],
)
def test_a_cell_that_is_not_needed_never_costs_its_row(
    books: Books, tmp_path: Path, cells: str, field: str, code: str
) -> None:
    report = load(books, tmp_path, f"{FULL}\n7,Acme,{cells}\n")
    assert (report.added, report.problems) == (1, ())
    assert [(each.row, each.field, each.code) for each in report.warnings] == [(3, field, code)]
    assert report.warnings[0].message.endswith((".", "…"))
    found = stored(books)["7"]
    assert (found.name, found.domains, found.external_ids, found.country, found.tags) == ("Acme", (), {}, None, ())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("acme.com;acme.de, acme.fr acme.it", ("acme.com", "acme.de", "acme.fr", "acme.it")),
        ("https://www.contoso.com/about", ("contoso.com",)),
        ("HTTP://shop.Contoso.com:8080?x=1", ("shop.contoso.com",)),
        ("http:\\\\www.contoso.com\\x", ("contoso.com",)),
        ("www.contoso.com", ("contoso.com",)),
        ("www.com", ("www.com",)),
        ("mailto:info@contoso.com", ("contoso.com",)),
        ("contoso.com (default), nonsense", ("contoso.com",)),
        ("\u200bcontoso.com\u00a0", ("contoso.com",)),
        ("contoso.com\n www.contoso.com", ("contoso.com",)),
    ],
)
def test_domains_are_read_as_exports_write_them(
    books: Books, tmp_path: Path, cell: str, expected: tuple[str, ...]
) -> None:
    load(books, tmp_path, f'id,name,website\n7,Acme,"{cell}"\n')
    assert stored(books)["7"].domains == expected


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"domains": [3, "acme.com"]}, "domains", "bad_domain"),
        ({"domains": [[], "acme.com"]}, "domains", "not_a_text"),
        ({"domains": ["acme.com"], "external_ids": {"a": {}}}, "external_ids", "not_a_text"),
        ({"domains": ["acme.com"], "tags": [1.5]}, "tags", "not_a_text"),
        ({"domains": ["acme.com"], "country": ["DE"]}, "country", "not_a_text"),
    ],
)
def test_what_is_good_in_a_list_is_kept(books: Books, row: dict[str, object], field: str, code: str) -> None:
    report = books.importer.import_rows([{"id": "7", "name": "Acme", **row}], "host")
    assert [(each.field, each.code) for each in report.warnings] == [(field, code)]
    assert stored(books)["7"].domains == ("acme.com",)


def test_an_identifier_that_contradicts_itself_is_not_kept(books: Books, tmp_path: Path) -> None:
    text = "id,name,external_ids,tenant id\n7,Acme,microsoft_tenant_id=T-1;psa_id=9,T-2\n8,Brick,,unknown\n"
    report = load(books, tmp_path, text)
    assert [(each.row, each.field, each.code) for each in report.warnings] == [
        (2, "external_ids.microsoft_tenant_id", "contradiction"),
        (3, "external_ids.microsoft_tenant_id", "says_nothing"),
    ]  # fmt: skip
    assert [stored(books)[key].external_ids for key in ("7", "8")] == [{"psa_id": "9"}, {}]


def test_ids_that_differ_only_in_capitals_are_one_organization(books: Books) -> None:
    books.importer.import_rows([{"id": "Org-A", "name": "Acme"}], "psa")
    report = books.importer.import_rows([{"id": "org-a", "name": "Acme Ltd"}], "psa")
    assert (report.added, report.changed, report.gone) == (0, 1, 0)
    assert stored(books)["Org-A"].name == "Acme Ltd"
    books.importer.import_rows([{"id": "ORG-A", "name": ""}, {"id": "b", "name": "Brick"}], "psa")
    assert not stored(books)["Org-A"].gone
    other = books.importer.import_rows([{"id": "oRG-a", "name": "Acme"}, {"id": "c", "name": "Cedar"}], "host")
    assert codes(other) == [(1, "id", "known_from_another_source")]


@pytest.mark.parametrize("around", ["\u200b", "\ufeff", "\u00ad", "\u200e \u200b"])
def test_what_copying_leaves_around_an_id_goes(books: Books, around: str) -> None:
    books.importer.import_rows([{"id": f"{around}7{around}", "name": f"{around}Acme"}], "host")
    assert (set(stored(books)), stored(books)["7"].name) == ({"7"}, "Acme")


def test_a_second_row_of_one_id_names_the_first(books: Books, tmp_path: Path) -> None:
    report = load(books, tmp_path, "id,name\n1,First\n1,Second\n1,Third\n")
    assert [each.row for each in report.problems] == [3, 4]
    assert "row 2" in report.problems[1].message
    assert stored(books)["1"].name == "First"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,name\n1,Good\n2,Bäd\n".encode("latin-1"), "line 3"),
        ("id,name\n1,Good\n".encode("utf-16-le"), "line 1"),
        ("имя,id,name\n".encode("utf-16-le"), "line 1"),
        (b"\xff\xfei\x00d\x00,", "line 1"),
        (b'id,name\n1,"Good\n2,Other\n', "line 2: a quotation mark"),
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,name\n", "holds no organizations"),
        (b'{"id": 1', "not valid JSON: line 1"),
        (b'{"customers": []}', "holds no list"),
        (b"[" * 100_000, "holds no list"),
        (b"[]", "holds no organizations"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error_and_changes_nothing(
    books: Books, tmp_path: Path, content: bytes, said: str
) -> None:
    load(books, tmp_path, "id,name\n1,Before\n")
    with pytest.raises(InputError, match="Nothing was changed") as caught:
        load(books, tmp_path, content)
    assert said in caught.value.message
    assert caught.value.hint
    assert {key: (each.name, each.gone) for key, each in stored(books).items()} == {"1": ("Before", False)}


def test_a_file_that_is_not_there_says_so(books: Books, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        books.importer.import_file(tmp_path / "missing.csv")


def test_without_one_good_row_nothing_is_written_and_every_problem_is_named(books: Books, tmp_path: Path) -> None:
    load(books, tmp_path, "id,name\n1,Before\n")
    with pytest.raises(InputError) as caught:
        load(books, tmp_path, "id,name\n,A\n2,\n")
    assert [each.pointer for each in caught.value.fields] == ["/2/id", "/3/name"]
    assert not stored(books)["1"].gone


def test_an_import_replaces_what_the_same_source_gave_before(books: Books, tmp_path: Path) -> None:
    load(books, tmp_path, "id,name\n1,Stays\n2,Changes\n3,Goes\n")
    report = load(books, tmp_path, "id,name\n1,Stays\n2,Changed\n4,New\n")
    assert (report.added, report.changed, report.unchanged, report.gone) == (1, 1, 1, 1)
    assert {key: each.gone for key, each in stored(books).items()} == {"1": False, "2": False, "3": True, "4": False}
    back = load(books, tmp_path, "id,name\n1,Stays\n2,Changed\n3,Goes\n4,New\n")
    assert (back.changed, back.unchanged, back.gone) == (1, 3, 0)
    assert not stored(books)["3"].gone


def test_a_bad_row_of_a_known_organization_keeps_what_was_known(books: Books, tmp_path: Path) -> None:
    load(books, tmp_path, FULL + "1,One,one.com,,,\n2,Two,,,,\n")
    report = load(books, tmp_path, FULL + "1,,other.com,,,\n2,Two,,,,\n")
    assert (report.gone, len(report.problems)) == (0, 1)
    assert stored(books)["1"].domains == ("one.com",)
    assert not stored(books)["1"].gone


def test_ids_are_unique_over_all_sources(books: Books) -> None:
    books.importer.import_rows([{"id": "1", "name": "From PSA"}, {"id": "2", "name": "Too"}], "psa")
    report = books.importer.import_rows([{"id": "1", "name": "From host"}, {"id": "3", "name": "Own"}], "host")
    assert codes(report) == [(1, "id", "known_from_another_source")]
    assert "'psa'" in report.problems[0].message
    assert stored(books)["1"].name == "From PSA"
    with pytest.raises(InputError):
        books.importer.import_rows([{"id": "1", "name": "From host"}], "third")
    books.importer.import_rows([{"id": "2", "name": "Too"}], "psa")
    moved = books.importer.import_rows([{"id": "1", "name": "From host"}, {"id": "3", "name": "Own"}], "host")
    assert (moved.problems, stored(books)["1"].source) == ((), "host"), "gone in its source, it may come from another"


def test_a_host_may_hand_in_organizations_themselves(books: Books) -> None:
    report = books.importer.import_rows(
        [Organization("1", "Acme", ("acme.com",), {"psa_id": "9"}, "DE", ("a",))], "host"
    )
    assert report.as_json() == {
        "source": "host", "total": 1, "added": 1, "changed": 0, "unchanged": 0, "gone": 0, "problems": (),
        "warnings": (), "columns": {name: name for name in FULL.strip().split(",")}, "unused": (),
    }  # fmt: skip
    assert stored(books)["1"].external_ids == {"psa_id": "9"}


@pytest.mark.parametrize(
    ("written", "code"),
    [("uk", "GB"), ("NA", "NA"), ("UNITED  states", "US"), ("Côte d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI")],
)
def test_other_ways_to_write_a_country_are_declared(written: str, code: str) -> None:
    cells = Cells({"UK": "GB", "United States": "US", "côte d'ivoire": "CI"}, ["na", "n/a"])
    assert cells.country(written) == (code, ())


def test_the_declared_countries_are_those_that_are_read(books: Books) -> None:
    declared = bundle().mapping.countries
    rows = [{"id": written, "name": "x", "country": written.swapcase()} for written in declared]
    assert books.importer.import_rows(rows, "host").warnings == ()
    assert {key: each.country for key, each in stored(books).items()} == dict(declared)


@pytest.mark.parametrize(("rows", "bad"), [("1,Acme,\n2,Brick,\n", []), ("1,Acme,\n2,Brick\n", [2])])
def test_a_delimiter_at_the_end_is_fine_where_every_row_has_it(
    books: Books, tmp_path: Path, rows: str, bad: list[int]
) -> None:
    report = load(books, tmp_path, f"id,name\n{rows}")
    assert [each.row for each in report.problems] == bad


def test_a_source_needs_a_name(books: Books) -> None:
    with pytest.raises(InputError):
        books.importer.import_rows([{"id": "1", "name": "Acme"}], " ")
    assert stored(books) == {}
