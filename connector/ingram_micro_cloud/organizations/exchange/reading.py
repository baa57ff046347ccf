"""Reads a file that a mapping was exported to, in any of its forms, into lines and what is wrong with them."""

from collections.abc import Mapping
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.mapping import VariableSpec, heading_key
from ingram_micro_cloud.organizations.exchange.variables import variable_lines
from ingram_micro_cloud.organizations.exchange.writing import COLUMNS, MAPPINGS, VARIABLES, Line, cell_text
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
from ingram_micro_cloud.organizations.texts import problem_in_id, shortened, tidied

YES: Final = frozenset({"yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0", ""})


def read_lines(
    data: bytes, name: str, variable: VariableSpec, pack_config_id: str | None = None
) -> tuple[list[Line], list[RowProblem]]:
    """Return the lines of a file and what is wrong with others; the form is told by the content.

    Args:
        data: The file.
        name: What to call it in messages.
        variable: How the platform's variables are called.
        pack_config_id: Whose variables to take from the platform's payload; an empty text: those of nobody.

    Raises:
        InputError: It is none of the forms, in another encoding, or holds variables of several configurations, or of
            another one than was asked for.
    """
    text = decoded(data, name)
    read = parsed_json(text, name) if looks_like_json(text) else None
    if isinstance(read, dict) and VARIABLES in read:
        return variable_lines(json_table(read, name, (VARIABLES,)), name, variable, pack_config_id)
    if pack_config_id is not None:
        said = f"{name} is no payload of the platform, so nothing in it belongs to a pack_config_id."
        problem = FieldProblem("/pack_config_id", "no_payload", said)
        raise InputError(f"{said} Nothing was changed.", hint="Import it without --pack-config-id.", fields=[problem])
    if read is None:
        return _rows(_with_own_headings(csv_table(text, name), name), unescape=True)
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
        found = cell_text(value, unescape=unescape)
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


def _flag(text: str) -> bool | None:
    return True if text.casefold() in YES else False if text.casefold() in NO else None


def _bad_ids(row: int, texts: Mapping[str, str]) -> list[RowProblem]:
    problems = [
        RowProblem(row, column, bad[0], f"{bad[1]}.")
        for column in ("organization_id", "customer_id")
        if (bad := problem_in_id(texts[column])) is not None
    ]
    if not texts["organization_id"]:
        problems.append(RowProblem(row, "organization_id", "empty", "it is empty; which organization is meant?"))
    if bool(texts["customer_id"]) == bool(tidied(texts["excluded"])):
        text = "a row names a customer or says why the organization is excluded: one of them, and not both."
        problems.append(RowProblem(row, "customer_id", "customer_or_excluded", text))
    return problems
