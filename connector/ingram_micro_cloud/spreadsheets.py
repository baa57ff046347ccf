"""CSV that spreadsheets open without being steered by what stands in it. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would take for a formula, or that was kept from being one."""


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV with a header, lines ended as RFC 4180 has them; cells stand as they are given."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """Return a text, which may come from elsewhere, as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(cell: str) -> str:
    """Return the text that ``harmless`` made a cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
