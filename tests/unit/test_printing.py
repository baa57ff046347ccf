"""What a terminal is given: nothing that drives it, columns that fit, JSON for any terminal."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import pytest

from ingram_micro_cloud.errors import RejectedError
from ingram_micro_cloud.hosts.cli import printing

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
