"""Reads the platform's organization variables into lines; those of other configurations are told apart."""

from collections.abc import Iterable, Mapping

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.mapping import VariableSpec
from ingram_micro_cloud.organizations.exchange.writing import Line, cell_text
from ingram_micro_cloud.organizations.files import RawRow, Table
from ingram_micro_cloud.organizations.rows import RowProblem
from ingram_micro_cloud.organizations.texts import problem_in_id, shortened, tidied, trimmed


def variable_lines(
    table: Table, name: str, variable: VariableSpec, pack_config_id: str | None
) -> tuple[list[Line], list[RowProblem]]:
    """Return what the variables of one configuration say, and what is wrong with some of them.

    Args:
        table: The payload's variables.
        name: What to call the file in messages.
        variable: How ours are called; the platform keeps others in the same list.
        pack_config_id: Whose to take; an empty text: those of nobody. None: there is only one.

    Raises:
        InputError: None is ours, or they are several configurations' and nobody said whose to take.
    """
    ours = (variable.name, variable.further, variable.excluded)
    rows = [row for row in table.rows if isinstance(row.cells, Mapping) and row.cells.get("name") in ours]
    if table.rows and not rows:
        raise InputError(
            f"{name} holds none of our variables. Nothing was changed.", hint=f"They are called: {', '.join(ours)}."
        )
    values: dict[str, dict[str, tuple[int, str]]] = {}
    problems: list[RowProblem] = []
    for row in _of_one_configuration(rows, name, pack_config_id):
        cells = row.cells if isinstance(row.cells, Mapping) else {}
        key, value = cell_text(cells.get("org_id"), unescape=False), cell_text(cells.get("value"), unescape=False)
        if not key or problem_in_id(key) is not None or not value:
            field = "value" if key else "org_id"
            problems.append(RowProblem(row.number, field, "empty", "a text is expected here."))
        elif str(cells["name"]) in values.setdefault(key, {}):
            text = f"{cells['name']} of {shortened(key)!r} is in row {values[key][str(cells['name'])][0]} already."
            problems.append(RowProblem(row.number, "name", "duplicate_in_file", text))
        else:
            values[key][str(cells["name"])] = (row.number, value)
    lines = [line for key, told in values.items() for line in _of_organization(key, told, variable)]
    bad = [each for line in lines for each in _bad_value(line)]
    return [line for line in lines if not _bad_value(line)], [*problems, *bad]


def _of_one_configuration(rows: list[RawRow], name: str, wanted: str | None) -> list[RawRow]:
    by_configuration: dict[str, list[RawRow]] = {}
    for row in rows:
        told = row.cells.get("pack_config_id") if isinstance(row.cells, Mapping) else None
        by_configuration.setdefault("" if told is None else trimmed(str(told)), []).append(row)
    if wanted is None and len(by_configuration) < 2:
        return rows
    if wanted is not None and wanted in by_configuration:
        return by_configuration[wanted]
    there = ", ".join(
        f"{shortened(each) or 'none'} ({len(by_configuration[each])})" for each in sorted(by_configuration)
    )
    if wanted is None:
        code, said = "several_pack_configs", f"{name} holds variables of several configurations, by pack_config_id"
    else:
        code, said = "unknown_pack_config", f"{name} holds no variables of the pack_config_id {shortened(wanted)!r}"
    raise InputError(
        f"{said}: there are {there}. Nothing was changed.",
        hint="Say whose with --pack-config-id ID; an empty one stands for none.",
        fields=[FieldProblem("/pack_config_id", code, f"There are {there}.")],
    )


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
    bad = problem_in_id(line.customer_id or "")
    return [] if bad is None else [RowProblem(line.row, "value", bad[0], f"{bad[1]}.")]
