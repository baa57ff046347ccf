"""Reads a file of organizations or mappings into rows: encoding, kind and delimiter are found out."""

import codecs
import csv
import io
import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingram_micro_cloud.errors import InputError, UsageError
from ingram_micro_cloud.organizations.texts import trimmed

LIST_MEMBERS: Final = ("organizations", "items", "data", "value")
"""Where an object holds its list: ours, and the usual ones of other systems' exports."""
DELIMITERS: Final = (",", ";", "\t")
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_END: Final = "\x1cend"
_SEPARATOR: Final = re.compile(r'"?sep=([^\w"\r\n])"?[ ]*(?:\r\n|\r|\n)', re.IGNORECASE)
"""A first line that tells a spreadsheet the delimiter."""
_LONGEST_CELL: Final = 2**31 - 1
_LIMIT: Final = threading.Lock()
"""Held while the csv module's limit, which is one for the whole process, is another."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its number as a person counts, and its cells by heading.

    Attributes:
        number: The line in a CSV file (the heading is line 1), the position from 1 in JSON.
        surplus: Cells beyond the headings, which no row of a sound table has.
    """

    number: int
    cells: object
    surplus: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file and the headings there are, in order."""

    headings: tuple[str, ...]
    rows: tuple[RawRow, ...]


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        UsageError: It cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UsageError(
            f"{path} cannot be read: {problem.strerror or problem}.", hint="Check the path and who may read it."
        ) from problem


def decoded(data: bytes, name: str) -> str:
    """Return text from UTF-8 (with or without a mark) or UTF-16 with a mark.

    Raises:
        InputError: It is in another encoding; the message names the line, what was expected and what to do.
    """
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    body = data[len(mark) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as problem:
        before = body[: problem.start].decode(encoding, "replace")
        raise _undecodable(name, before.count("\n") + 1) from problem
    # UTF-16 without a mark has nothing but ASCII in it for UTF-8, every other character of it zero. A single zero
    # somewhere is one bad cell.
    if "\0" in text[:2]:
        raise _undecodable(name, 1)
    return text


def table_of(text: str, name: str) -> Table:
    """Return the rows of a CSV or JSON text; JSON is what begins with a bracket.

    Raises:
        InputError: It is neither, or has no list of rows.
    """
    return json_table(parsed_json(text, name), name) if looks_like_json(text) else csv_table(text, name)


def looks_like_json(text: str) -> bool:
    """Return whether a text can only be JSON."""
    return text.lstrip()[:1] in ("{", "[")


def parsed_json(text: str, name: str) -> object:
    """Return what a JSON text holds.

    Raises:
        InputError: It is not JSON; the message names the line.
    """
    try:
        read: object = json.loads(text)
    except json.JSONDecodeError as problem:
        raise InputError(
            f"{name} is not valid JSON: line {problem.lineno}, column {problem.colno}. Nothing was changed.",
            hint="Correct the file there, or export it again.",
        ) from problem
    except (RecursionError, ValueError) as problem:
        # Nested a thousand deep, or a number of thousands of digits: JSON by the letter, and no list of rows.
        raise InputError(f"{name} holds no list of rows. Nothing was changed.", hint="Export it again.") from problem
    return read


def json_table(read: object, name: str, members: Sequence[str] = LIST_MEMBERS) -> Table:
    """Return the rows of a list, or of the list an object holds under one of the members.

    Raises:
        InputError: There is no list.
    """
    if isinstance(read, dict):
        read = next((read[member] for member in members if isinstance(read.get(member), list)), None)
    if not isinstance(read, list):
        raise InputError(
            f"{name} holds no list of rows. Nothing was changed.",
            hint=f"A JSON list is expected, or an object with a list under {', '.join(members)}.",
        )
    # The first spelling of a name stands for all, as rows of one list may differ in capitals.
    headings: dict[str, str] = {}
    for row in read:
        for key in row if isinstance(row, dict) else ():
            headings.setdefault(str(key).casefold(), str(key))
    return Table(tuple(headings.values()), tuple(RawRow(place, row) for place, row in enumerate(read, start=1)))


def csv_table(text: str, name: str) -> Table:
    """Return the rows of a CSV text; the delimiter is the one its heading uses, or its first line names (`sep=;`).

    Raises:
        InputError: It is empty, its headings cannot be read, or a quotation mark is never closed.
    """
    with _cells_of_any_length():
        read = list(_csv_lines(text, name))
    if not read:
        raise InputError(f"{name} is empty. Nothing was changed.", hint="The first line must hold the headings.")
    (line, headings), *read = read
    if any("\0" in heading for heading in headings):
        raise _undecodable(name, line)
    names = [trimmed(heading.strip()) for heading in headings]
    # Some exports end every row with a delimiter. Where only some rows are longer, a delimiter stands inside a text.
    longest = len(names) + min((max(0, len(cells) - len(names)) for _, cells in read), default=0)
    rows = [
        RawRow(
            number,
            dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False)),
            surplus=cells[len(names) :] if len(cells) > longest or any(map(str.strip, cells[len(names) :])) else (),
        )
        for number, cells in read
    ]
    return Table(tuple(names), tuple(rows))


def _csv_lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line a row begins at and its cells; blank lines are left out."""
    told = _SEPARATOR.match(text)
    if told is not None:
        delimiter, text, skipped = told.group(1), text[told.end() :], 1
    else:
        first = next((line for line in text.splitlines() if line.strip()), "")
        delimiter, skipped = max(DELIMITERS, key=first.count), 0
    # A last line of our own comes back as itself, unless an open quotation mark has swallowed it.
    source = io.StringIO(text + ("" if text.endswith(("\n", "\r")) else "\n") + _END, newline="")
    reader = csv.reader(source, delimiter=delimiter)
    begins = 1 + skipped
    try:
        for cells in reader:
            if cells == [_END]:
                return
            if any(cell.endswith(_END) for cell in cells):
                raise _never_closed(name, begins)
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1 + skipped
    except csv.Error as problem:
        raise _never_closed(name, begins) from problem


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Let a cell be as long as it is: what is too long for its field is said of its row, and not of the file."""
    with _LIMIT:
        before = csv.field_size_limit(_LONGEST_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _never_closed(name: str, line: int) -> InputError:
    return InputError(
        f"{name}, line {line}: a quotation mark is opened and never closed. Nothing was changed.",
        hint='Close it, or write it twice ("") where it belongs to the text.',
    )


def _undecodable(name: str, line: int) -> InputError:
    return InputError(
        f"{name}, line {line}: the text is not in an encoding that can be told. Nothing was changed.",
        hint="UTF-8 is expected (or UTF-16 with its mark); save it again as 'CSV UTF-8' or with the encoding UTF-8.",
    )
