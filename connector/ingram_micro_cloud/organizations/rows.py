"""One row of a source becomes an organization, or says what is wrong with it. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.organizations.cells import BadCellError, Cells, Flaw, Read, needed_id, needed_text
from ingram_micro_cloud.organizations.columns import EXTERNAL, REQUIRED
from ingram_micro_cloud.organizations.files import RawRow
from ingram_micro_cloud.organizations.models import Organization
from ingram_micro_cloud.organizations.texts import shortened, trimmed


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row: its number as a person counts, the field, a stable code, a sentence."""

    row: int
    field: str
    code: str
    message: str

    @property
    def sentence(self) -> str:
        """The same for a person: where, and what."""
        return f"Row {self.row}{f', {self.field}' if self.field else ''}: {self.message}"

    def as_field(self) -> FieldProblem:
        """Return it as the problem of one input."""
        return FieldProblem(f"/{self.row}/{self.field}", self.code, self.sentence)


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What the rows of a source hold.

    Attributes:
        good: Organizations with the row each came from.
        problems: What is wrong with rows that are left out.
        warnings: Cells, or parts of them, that are left out of good rows.
        spared: Ids of rows that are left out.
    """

    good: tuple[tuple[int, Organization], ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    spared: frozenset[str]


def read_rows(
    rows: Iterable[RawRow], columns: Mapping[str, str], cells: Cells, spelt: Callable[[str], str] = str
) -> ReadRows:
    """Return what the rows hold. A bad row never stops the rest, and a bad cell that is not needed never its row.

    The second of two rows with one id is refused; capitals make no difference, as on the platform.

    Args:
        rows: Cells by heading.
        columns: The heading of each target.
        cells: Reads them.
        spelt: Gives the way an id is written that is known already.
    """
    good: dict[str, tuple[int, Organization]] = {}
    problems: list[RowProblem] = []
    warnings: list[RowProblem] = []
    spared: set[str] = set()
    for row in rows:
        organization, wrong, left_out = _read_row(row, columns, cells, spelt)
        if organization is not None and (first := good.get(organization.id.casefold())) is not None:
            text = (
                f"the id {shortened(organization.id)!r} is in row {first[0]} already; every organization needs its own."
            )
            wrong = [RowProblem(row.number, "id", "duplicate_in_file", text)]
        elif organization is not None:
            good[organization.id.casefold()] = (row.number, organization)
        problems += wrong
        if wrong:
            spared.add(spelt(_text_or_empty(_value(row, columns, "id"))))
        else:
            warnings += left_out
    return ReadRows(tuple(good.values()), tuple(problems), tuple(warnings), frozenset(spared - {""}))


def _read_row(
    row: RawRow, columns: Mapping[str, str], cells: Cells, spelt: Callable[[str], str]
) -> tuple[Organization | None, list[RowProblem], list[RowProblem]]:
    """Return the organization, what is wrong with what it needs, and what is left out of the rest."""
    if not isinstance(row.cells, Mapping):
        return None, [RowProblem(row.number, "", "not_an_object", "an object with id and name is expected.")], []
    if row.surplus:
        text = f"there are more cells than headings ({shortened(row.surplus[0])!r}); put cells with a comma in quotes."
        return None, [RowProblem(row.number, "", "too_many_cells", text)], []
    problems: list[RowProblem] = []
    warnings: list[RowProblem] = []

    def read(field: str, reader: Callable[[object], Read[Any]], otherwise: object) -> Any:  # noqa: ANN401
        try:
            value, flaws = reader(_value(row, columns, field))
        except BadCellError as problem:
            value, flaws = otherwise, (problem.flaw,)
        found = problems if field in REQUIRED else warnings
        found += [RowProblem(row.number, field, flaw.code, flaw.message) for flaw in flaws]
        return value

    key, name = read("id", needed_id, ""), read("name", needed_text, "")
    external = read("external_ids", cells.external_ids, {})
    for target in (each for each in columns if each.startswith(EXTERNAL)):
        single = read(target, cells.external_id, "")
        flaw = _merged(external, target.removeprefix(EXTERNAL), single)
        warnings += [RowProblem(row.number, target, *flaw)] if flaw is not None else []
    domains = read("domains", cells.domains, ())
    country, tags = read("country", cells.country, None), read("tags", cells.tags, ())
    if problems:
        return None, problems, warnings
    return Organization(spelt(key), name, domains, external, country, tags), [], warnings


def _merged(external: dict[str, str], kind: str, single: str) -> Flaw | None:
    """Add a value to the others; of two that contradict each other none is kept."""
    if not single or external.setdefault(kind, single) == single:
        return None
    del external[kind]
    return Flaw("contradiction", f"says {shortened(single)!r}, but external_ids of the same row says otherwise.")


def _value(row: RawRow, columns: Mapping[str, str], field: str) -> object:
    heading = columns.get(field)
    return row.cells.get(heading) if heading is not None and isinstance(row.cells, Mapping) else None


def _text_or_empty(value: object) -> str:
    return trimmed(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""
