"""Reads a file that a mapping was exported to, in any of its forms, into lines and what is wrong with them."""

from collections.abc import Iterable, Mapping
from typing import Final

from ingram_micro_cloud.errors import InputError
from ingram_micro_cloud.manifest.mapping import VariableSpec, heading_key
from ingram_micro_cloud.organizations.exchange.writing import COLUMNS, MAPPINGS, VARIABLES, Line, unescaped
from ingram_micro_cloud.organizations.files import (
    RawRow,
    Table,
    csv_table,
    decoded,
    json_table,
    looks_like_json,
    parsed_json,
)
from ingram_micro_cloud.organizations.rows import RowProblem
from ingram_micro_cloud.organizations.texts import problem_in, shortened, tidied, trimmed

YES: Final = frozenset({"yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0", ""})


def read_lines(data: bytes, name: str, variable: VariableSpec) -> tuple[list[Line], list[RowProblem]]:
    """Return the lines of a file and what is wrong with others; the form is told by the content.

    Raises:
        InputError: It is none of the forms, or in another encoding.
    """
    text = decoded(data, name)
    if not looks_like_json(text):
        return _rows(_with_own_headings(csv_table(text, name), name), unescape=True)
    read = parsed_json(text, name)
    if isinstance(read, dict) and VARIABLES in read:
        return _variables(json_table(read, name, (VARIABLES,)), name, variable)
    return _rows(json_table(read, name, (MAPPINGS,)), unescape=False)


def _with_own_headings(table: Table, name: str) -> Table:
    own = {heading_key(column): column for column in COLUMNS}
    told = {heading: own.get(heading_key(heading), heading) for heading in table.headings}
    if "organization_id" not in told.values() or not {"customer_id", "excluded"} & set(told.values()):
        raise InputError(
            f"{name} is no mapping. Nothing was changed.",
            hint=f"The headings organization_id and customer_id (or excluded) are expected; there are: "
            f"{', '.join(table.headings)}.",
        )
    rows = (
        RawRow(row.number, {told[key]: cell for key, cell in row.cells.items()}, row.surplus)
        for row in table.rows
        if isinstance(row.cells, Mapping)
    )
    return Table(tuple(told.values()), tuple(rows))


def _rows(table: Table, *, unescape: bool) -> tuple[list[Line], list[RowProblem]]:
    lines: list[Line] = []
    problems: list[RowProblem] = []
    for row in table.rows:
        line, found = _line(row, unescape=unescape)
        problems += found
        if line is not None and not found:
            lines.append(line)
    return lines, problems


def _line(row: RawRow, *, unescape: bool) -> tuple[Line | None, list[RowProblem]]:
    if not isinstance(row.cells, Mapping) or row.surplus:
        text = "a row with the headings' cells and no more is expected; put cells with a comma in quotes."
        return None, [RowProblem(row.number, "", "not_a_row", text)]
    problems: list[RowProblem] = []
    texts: dict[str, str] = {}
    for column in COLUMNS:
        value = row.cells.get(column)
        found = _text(value, unescape=unescape)
        if found is None:
            message = f"a text is expected, not {shortened(str(value))!r}."
            problems.append(RowProblem(row.number, column, "not_a_text", message))
        texts[column] = found or ""
    problems += _bad_ids(row.number, texts)
    flags = {column: _flag(texts[column]) for column in ("primary", "shared")}
    problems += [
        RowProblem(row.number, column, "not_yes_or_no", f"yes or no is expected, not {shortened(texts[column])!r}.")
        for column, flag in flags.items()
        if flag is None
    ]
    place = texts["position"]
    if place and not (place.isascii() and place.isdecimal() and len(place) < 6):
        message = f"a number from 0 is expected, not {shortened(place)!r}."
        problems.append(RowProblem(row.number, "position", "not_a_number", message))
    if problems:
        return None, problems
    return Line(
        row=row.number,
        organization_id=texts["organization_id"],
        organization_name=texts["organization_name"] or None,
        customer_id=texts["customer_id"] or None,
        customer_name=texts["customer_name"] or None,
        primary=flags["primary"] if texts["primary"] else None,
        position=int(place) if place else None,
        shared=bool(flags["shared"]),
        excluded=tidied(texts["excluded"]) or None,
    ), []


def _text(value: object, *, unescape: bool) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int):
        return None
    return trimmed(unescaped(str(value)) if unescape else str(value))


def _flag(text: str) -> bool | None:
    return True if text.casefold() in YES else False if text.casefold() in NO else None


def _bad_ids(row: int, texts: Mapping[str, str]) -> list[RowProblem]:
    problems = [
        RowProblem(row, column, bad[0], f"{bad[1]}.")
        for column in ("organization_id", "customer_id")
        if (bad := problem_in(texts[column])) is not None
    ]
    if not texts["organization_id"]:
        problems.append(RowProblem(row, "organization_id", "empty", "it is empty; which organization is meant?"))
    if bool(texts["customer_id"]) == bool(tidied(texts["excluded"])):
        text = "a row names a customer or says why the organization is excluded: one of them, and not both."
        problems.append(RowProblem(row, "customer_id", "customer_or_excluded", text))
    return problems


def _variables(table: Table, name: str, variable: VariableSpec) -> tuple[list[Line], list[RowProblem]]:
    values: dict[str, dict[str, tuple[int, str]]] = {}
    problems: list[RowProblem] = []
    ours = (variable.name, variable.further, variable.excluded)
    for row in table.rows:
        cells = row.cells if isinstance(row.cells, Mapping) else {}
        if cells.get("name") not in ours:
            continue  # the platform keeps other variables in the same list
        key, value = _text(cells.get("org_id"), unescape=False), _text(cells.get("value"), unescape=False)
        if not key or problem_in(key) is not None or not value:
            field = "value" if key else "org_id"
            problems.append(RowProblem(row.number, field, "empty", "a text is expected here."))
        elif str(cells["name"]) in values.setdefault(key, {}):
            text = f"{cells['name']} of {shortened(key)!r} is in row {values[key][str(cells['name'])][0]} already."
            problems.append(RowProblem(row.number, "name", "duplicate_in_file", text))
        else:
            values[key][str(cells["name"])] = (row.number, value)
    lines = [line for key, told in values.items() for line in _of_organization(key, told, variable)]
    if table.rows and not lines and not problems:
        raise InputError(
            f"{name} holds none of our variables. Nothing was changed.", hint=f"They are called: {', '.join(ours)}."
        )
    bad = [each for line in lines for each in _bad_value(line)]
    return [line for line in lines if not _bad_value(line)], [*problems, *bad]


def _of_organization(key: str, told: Mapping[str, tuple[int, str]], variable: VariableSpec) -> Iterable[Line]:
    row, primary = told.get(variable.name, (0, ""))
    further_row, further = told.get(variable.further, (row, ""))
    also = [each for part in further.split(",") if (each := trimmed(part))]
    if primary:
        yield Line(row, key, customer_id=primary, primary=True, position=0, shared=primary in also)
    for each in also:
        if each != primary:
            yield Line(further_row, key, customer_id=each, primary=False if primary else None, shared=True)
    if variable.excluded in told:
        yield Line(told[variable.excluded][0], key, excluded=tidied(told[variable.excluded][1]))


def _bad_value(line: Line) -> list[RowProblem]:
    bad = problem_in(line.customer_id or "")
    return [] if bad is None else [RowProblem(line.row, "value", bad[0], f"{bad[1]}.")]
