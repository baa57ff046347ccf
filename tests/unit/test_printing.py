"""What a terminal is given: nothing that drives it, columns that fit, JSON for any terminal."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import pytest

from ingram_micro_cloud.errors import FieldProblem, IngramMicroCloudError, InputError, RejectedError
from ingram_micro_cloud.hosts.cli import mapping_tables, printing
from ingram_micro_cloud.organizations.exchange.importing import ExchangeReport
from ingram_micro_cloud.organizations.models import Suggestion

ESCAPES = "\x1b[31mred\x1b]0;title\x07 \x9b31m ‮back \ud800"


def test_a_name_cannot_drive_the_terminal() -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        printing.print_rows([{"id": "1", "name": ESCAPES}], total=1, title=ESCAPES)
        printing.print_object({"name": ESCAPES, "inner": {"x": ESCAPES}}, title="x")
        printing.print_error(RejectedError(ESCAPES, hint=ESCAPES, vendor_message=ESCAPES), as_json=False)
        printing.print_warnings([ESCAPES])
    told = out.getvalue() + err.getvalue()
    assert "red" in told
    assert not set(told) & {"\x1b", "\x07", "\x9b", "‮", "\ud800"}


def test_json_is_told_in_escapes_where_the_terminal_knows_too_little() -> None:
    raw = io.BytesIO()
    terminal = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    with redirect_stdout(terminal):
        printing.print_json({"name": "Müller \ud800"})
    assert json.loads(raw.getvalue()) == {"name": "Müller \ud800"}


@pytest.mark.parametrize(
    ("width", "expected"), [(200, ["id", "name", "status", "day"]), (40, ["id", "name"]), (10, ["id", "name"])]
)
def test_columns_that_do_not_fit_are_left_out(width: int, expected: list[str]) -> None:
    rows = [{"id": "2040001", "name": "Alder & Finch Dental LLC", "status": "active", "day": "2026-11-25"}]
    assert printing.fitting_columns(["id", "name", "status", "day"], rows, width) == expected


def told_of(problem: IngramMicroCloudError) -> str:
    err = io.StringIO()
    with redirect_stderr(err):
        printing.print_error(problem, as_json=False)
    return err.getvalue()


def test_one_problem_is_told_with_its_place_and_reason() -> None:
    fields = [FieldProblem("/3/customer_id", "unknown_customer", "Row 3, customer_id: no customer 'c9' is known.")]
    told = told_of(InputError("pairs.csv has 1 problem.", fields=fields))
    assert "/3/customer_id  Row 3, customer_id: no customer 'c9' is known." in told


def test_what_the_main_sentence_says_is_not_said_twice_but_its_place_is() -> None:
    text = "There is no organization 'o9'."
    told = told_of(InputError(f"{text} Nothing was changed.", fields=[FieldProblem("/organization", "unknown", text)]))
    assert told.count("There is no organization") == 1
    assert "/organization" in told


def test_of_thousands_of_problems_twenty_are_told_and_how_many_more_there_are() -> None:
    fields = [FieldProblem(f"/{row}/id", "empty", f"Row {row}, id: it is empty.") for row in range(2, 1027)]
    told = told_of(InputError("Nothing was imported.", fields=fields))
    assert told.count("it is empty") == 20
    assert "1,005 more" in told
    err = io.StringIO()
    with redirect_stderr(err):
        printing.print_first_warnings("Left out:", [field.message for field in fields])
        printing.print_first_warnings("Nothing:", [])
    assert (err.getvalue().count("it is empty"), "1,005 more" in err.getvalue()) == (20, True)
    assert "Nothing:" not in err.getvalue()


def test_every_pair_that_is_about_to_be_saved_is_shown() -> None:
    chosen = [
        Suggestion(f"o{place}", "Acme", "suggested", f"c{place}", "Acme", 0.9, "certain", reason="because")
        for place in range(201)
    ]
    out = io.StringIO()
    with redirect_stdout(out):
        mapping_tables.print_chosen(chosen, of=300)
        mapping_tables.print_accepted(200, of=201)
    told = out.getvalue()
    assert told.count("(c") == 201
    assert told.index("201 of 300 are certain.") < told.index("Saved 200. 1 no longer hold.")
    assert "Nothing was saved" not in told
    assert "im-cloud mapping undo" in told


def test_nothing_is_to_be_taken_back_where_nothing_was_saved() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        mapping_tables.print_chosen([], of=3)
        mapping_tables.print_accepted(0, of=0)
        mapping_tables.print_import(ExchangeReport(total=4, changed=0, unchanged=4, mapped=0, excluded=0))
    assert "undo" not in out.getvalue()
    assert "Nothing was saved." in out.getvalue()
