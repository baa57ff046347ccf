"""One row of a source becomes an organization, or says what is wrong with it. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.organizations.columns import EXTERNAL
from ingram_micro_cloud.organizations.files import RawRow
from ingram_micro_cloud.organizations.models import Organization
from ingram_micro_cloud.organizations.texts import problem_in, shortened, trimmed

LIST_SEPARATOR: Final = ";"
_LABEL: Final = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row: its number as a person counts, the field, a stable code, a sentence."""

    row: int
    field: str
    code: str
    message: str

    def as_field(self) -> FieldProblem:
        """Return it as the problem of one input."""
        return FieldProblem(f"/{self.row}/{self.field}", self.code, f"Row {self.row}, {self.field}: {self.message}")


@dataclass(frozen=True, slots=True)
class ReadRows:
    """Organizations that are in order with their rows, what is wrong elsewhere, and ids of rows that are not."""

    good: tuple[tuple[int, Organization], ...]
    problems: tuple[RowProblem, ...]
    spared: frozenset[str]


class _BadValue(Exception):  # noqa: N818  # never leaves this module
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_rows(rows: Iterable[RawRow], columns: Mapping[str, str], countries: Mapping[str, str]) -> ReadRows:
    """Return what the rows hold. A bad row never stops the rest; the second of two with one id is refused.

    Args:
        rows: Cells by heading.
        columns: The heading of each target.
        countries: Other ways a country is written, to its code of two letters.
    """
    codes = {written.casefold(): code for written, code in countries.items()}
    good: dict[str, tuple[int, Organization]] = {}
    problems: list[RowProblem] = []
    spared: set[str] = set()
    for row in rows:
        organization, found = _read_row(row, columns, codes)
        if organization is not None and (first := good.get(organization.id)) is not None:
            text = (
                f"the id {shortened(organization.id)!r} is in row {first[0]} already; every organization needs its own."
            )
            found = [RowProblem(row.number, "id", "duplicate_in_file", text)]
        elif organization is not None:
            good[organization.id] = (row.number, organization)
        problems += found
        if found:
            spared.add(_text_or_empty(_value(row, columns, "id")))
    return ReadRows(tuple(good.values()), tuple(problems), frozenset(spared - {""}))


def _read_row(
    row: RawRow, columns: Mapping[str, str], countries: Mapping[str, str]
) -> tuple[Organization | None, list[RowProblem]]:
    if not isinstance(row.cells, Mapping):
        return None, [RowProblem(row.number, "", "not_an_object", "an object with id and name is expected.")]
    if row.surplus:
        text = f"there are more cells than headings ({shortened(row.surplus[0])!r}); put cells with a comma in quotes."
        return None, [RowProblem(row.number, "", "too_many_cells", text)]
    problems: list[RowProblem] = []

    def read(field: str, reader: Callable[[object], object]) -> object:
        try:
            return reader(_value(row, columns, field))
        except _BadValue as problem:
            problems.append(RowProblem(row.number, field, problem.code, str(problem)))
            return None

    values: dict[str, object] = {
        "id": read("id", _needed),
        "name": read("name", _needed),
        "domains": read("domains", _domains),
        "external_ids": read("external_ids", _external_ids),
        "country": read("country", lambda value: _country(value, countries)),
        "tags": read("tags", _list),
    }
    singles = [target for target in columns if target.startswith(EXTERNAL)]
    external = values["external_ids"] if isinstance(values["external_ids"], dict) else {}
    for target in singles:
        kind, single = target.removeprefix(EXTERNAL), read(target, _text)
        if single and external.setdefault(kind, single) != single:
            text = f"says {shortened(str(single))!r}, but external_ids of the same row says otherwise."
            problems.append(RowProblem(row.number, target, "contradiction", text))
    if problems:
        return None, problems
    return Organization(**{**values, "external_ids": external}), []  # type: ignore[arg-type]  # readers' own types


def _value(row: RawRow, columns: Mapping[str, str], field: str) -> object:
    heading = columns.get(field)
    return row.cells.get(heading) if heading is not None and isinstance(row.cells, Mapping) else None


def _text_or_empty(value: object) -> str:
    return trimmed(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise _BadValue("not_a_text", f"a text is expected, not {_kind(value)}.")
    text = trimmed(str(value))
    if (problem := problem_in(text)) is not None:
        raise _BadValue(problem[0], f"{problem[1]}.")
    return text


def _needed(value: object) -> str:
    text = _text(value)
    if not text:
        raise _BadValue("empty", "it is empty; every organization needs one.")
    return text


def _list(value: object) -> tuple[str, ...]:
    elements: Sequence[object] = (
        list(value) if isinstance(value, list | tuple) else _text_of_list(value).split(LIST_SEPARATOR)
    )
    return tuple(dict.fromkeys(text for each in elements if (text := _text(each))))


def _text_of_list(value: object) -> str:
    # A whole list may be longer than one element may be; the elements are looked at one by one.
    if value is None:
        return ""
    return value if isinstance(value, str) else _text(value)


def _domains(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_domain(each) for each in _list(value)))


def _domain(text: str) -> str:
    # Exports hold addresses of pages and mailboxes where a domain is asked for.
    bare = text.casefold().partition("://")[2] or text.casefold()
    bare = re.split(r"[/?#]", bare)[0].rpartition("@")[2].partition(":")[0].rstrip(".")
    labels = bare.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _BadValue("bad_domain", f"{shortened(text)!r} is not a domain; example.com is what one looks like.")
    return bare


def _external_ids(value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        pairs = [(_needed(kind), _text(each)) for kind, each in value.items()]
    else:
        pairs = [_kind_and_value(each) for each in _list(value)]
    found: dict[str, str] = {}
    for kind, each in pairs:
        if each and found.setdefault(kind, each) != each:
            raise _BadValue("bad_external_id", f"{shortened(kind)!r} is given twice with different values.")
    return found


def _kind_and_value(text: str) -> tuple[str, str]:
    kind, sign, value = (part.strip() for part in text.partition("="))
    if not (kind and sign and value):
        raise _BadValue(
            "bad_external_id", f"{shortened(text)!r} is not kind=value, for example microsoft_tenant_id=72f9…"
        )
    return kind, value


def _country(value: object, countries: Mapping[str, str]) -> str | None:
    text = _text(value)
    text = countries.get(text.casefold(), text)
    if text and not _COUNTRY.fullmatch(text):
        raise _BadValue("bad_country", f"{shortened(text)!r} is not a country code of two letters, for example DE.")
    return text.upper() or None


def _kind(value: object) -> str:
    names = {bool: "true or false", float: "a fraction", dict: "an object", list: "a list"}
    return names.get(type(value), type(value).__name__)
