"""Where organizations come from: files, and lists that a host or an extension hands in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.cells import Cells
from ingram_micro_cloud.organizations.columns import chosen_columns, unused_headings
from ingram_micro_cloud.organizations.files import RawRow, Table, decoded, json_table, read_bytes, table_of
from ingram_micro_cloud.organizations.models import Organization
from ingram_micro_cloud.organizations.rows import RowProblem, read_rows
from ingram_micro_cloud.organizations.texts import problem_in
from ingram_micro_cloud.store.organizations import StoredOrganization
from ingram_micro_cloud.store.state import State

FILE_SOURCE: Final = "file"
"""The source of imported files that nobody named."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: rows read, and how the source's organizations changed.

    Attributes:
        gone: Organizations the source gave before and no longer gives; their mappings stay.
        problems: Rows that were left out, each with the reason.
        warnings: Cells, or parts of them, that were left out of rows that came in.
        columns: Which heading was read as which field.
        unused: Headings that were read as nothing.
    """

    source: str
    total: int
    added: int
    changed: int
    unchanged: int
    gone: int
    problems: tuple[RowProblem, ...] = ()
    warnings: tuple[RowProblem, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return what `organizations import --json` prints."""
        return asdict(self)


class OrganizationBook:
    """Imports organizations. What a source gives replaces what the same source gave before."""

    def __init__(self, state: State, spec: MappingFile, now: Callable[[], float]) -> None:
        self._records = state.organizations
        self._spec = spec
        self._now = now

    def import_file(
        self, path: Path, source: str = FILE_SOURCE, columns: Mapping[str, str] | None = None
    ) -> ImportReport:
        """Import a CSV or JSON file.

        Args:
            path: The file; CSV with comma, semicolon or tab, or a JSON list.
            source: Under which name to keep them; a later import of the same source replaces this one.
            columns: Target to heading, for example ``{"id": "TenantId"}``, where headings are not known.

        Raises:
            UsageError: The file cannot be opened.
            InputError: It cannot be read, its columns do not fit, or no row is good. Nothing was changed.
        """
        name = path.name
        return self._import(table_of(decoded(read_bytes(path), name), name), source, columns or {}, name)

    def import_rows(
        self, rows: Sequence[object], source: str, columns: Mapping[str, str] | None = None
    ) -> ImportReport:
        """Import a list that a host hands in: objects with the fields of an organization, or organizations.

        Raises:
            InputError: No row is good. Nothing was changed.
        """
        plain = [asdict(row) if isinstance(row, Organization) else row for row in rows]
        return self._import(json_table(plain, f"The list of {source!r}"), source, columns or {}, "The list")

    def _import(self, table: Table, source: str, columns: Mapping[str, str], name: str) -> ImportReport:
        _check_source(source)
        if not table.rows:
            raise InputError(f"{name} holds no organizations. Nothing was changed.", hint="Give at least one row.")
        spec, ids = self._spec, self._spec.external_ids.tenant
        chosen = chosen_columns(table.headings, columns, spec.columns, ids=ids) if table.headings else {}
        spelt = known_spelling(each.id for each in self._records.all())
        read = read_rows(_by_name(table), chosen, Cells(spec.countries, spec.placeholders), spelt)
        stored = [_stored(organization, source) for _, organization in read.good]
        changes = self._records.replace(source, stored, spared=read.spared, at=self._now())
        problems = list(read.problems)
        for number, organization in read.good:
            if (other := changes.foreign.get(organization.id)) is not None:
                text = (
                    f"the source {other!r} gives an organization with this id already; ids are unique over all sources."
                )
                problems.append(RowProblem(number, "id", "known_from_another_source", text))
        problems.sort(key=lambda each: each.row)
        if len(changes.foreign) == len(read.good):
            raise InputError(
                f"No row of {name} is good. Nothing was changed.",
                hint="Correct the rows that are named, and import again.",
                fields=[problem.as_field() for problem in problems],
            )
        left_out = {each.row for each in problems}
        return ImportReport(
            source, len(table.rows), changes.added, changes.changed, changes.unchanged, changes.gone, tuple(problems),
            tuple(each for each in read.warnings if each.row not in left_out), chosen,
            unused_headings(table.headings, chosen),
        )  # fmt: skip


def organization_of(stored: StoredOrganization) -> Organization:
    """Return a stored organization as mapping sees it."""
    return Organization(stored.id, stored.name, stored.domains, dict(stored.external_ids), stored.country, stored.tags)


def known_spelling(ids: Iterable[str]) -> Callable[[str], str]:
    """Return what gives an id as it is written already: the platform makes no difference between capitals."""
    known = set(ids)
    spelt = {each.casefold(): each for each in sorted(known, reverse=True)}
    return lambda key: key if key in known else spelt.get(key.casefold(), key)


def _stored(organization: Organization, source: str) -> StoredOrganization:
    return StoredOrganization(
        organization.id, source, organization.name, organization.domains, dict(organization.external_ids),
        organization.country, organization.tags,
    )  # fmt: skip


def _by_name(table: Table) -> list[RawRow]:
    """Return rows whose cells go by the table's own spelling of a heading, whatever a row's spelling is."""
    spelt = {heading.casefold(): heading for heading in reversed(table.headings)}
    return [
        replace(row, cells={spelt[str(key).casefold()]: value for key, value in row.cells.items()})
        if isinstance(row.cells, Mapping)
        else row
        for row in table.rows
    ]


def _check_source(source: str) -> None:
    if not source.strip() or problem_in(source) is not None:
        problem = FieldProblem("/source", "bad_source", "The source needs a name of one line, at most 255 characters.")
        raise InputError("The source has no usable name. Nothing was changed.", fields=[problem])
