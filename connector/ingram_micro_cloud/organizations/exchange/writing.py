"""Writes a mapping as text: CSV and JSON for people and scripts, and the platform's organization variables."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.mapping import VariableSpec
from ingram_micro_cloud.organizations.texts import trimmed
from ingram_micro_cloud.spreadsheets import as_written, csv_text, harmless

if TYPE_CHECKING:
    from ingram_micro_cloud.organizations.book import MappingBook

Format = Literal["csv", "json", "platform"]
COLUMNS: Final = (
    "organization_id", "organization_name", "customer_id", "customer_name", "primary", "position", "shared", "excluded",
)  # fmt: skip
VARIABLES: Final = "org_vars"
"""The member of the platform's payload that holds the variables."""
MAPPINGS: Final = "mappings"


@dataclass(frozen=True, slots=True)
class Line:
    """One pair or exclusion in a file.

    Attributes:
        row: Where it stands, as a person counts.
        customer_id: None for an exclusion.
        customer_name: None where the file does not say.
        primary: Whether this customer fills inputs; None where the file does not say.
        position: 0 for the primary one; None where the file does not say.
        shared: Whether it is said that other organizations may have the customer too.
        excluded: Why the organization is excluded, or None.
    """

    row: int
    organization_id: str
    organization_name: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    primary: bool | None = None
    position: int | None = None
    shared: bool = False
    excluded: str | None = None


def export_mapping(book: "MappingBook", form: str, *, pack_config_id: str | None = None) -> str:
    """Return everything that is decided, as text; importing it again changes nothing.

    Args:
        book: Whose mapping.
        form: ``csv``, ``json``, or ``platform`` for its Bulk Upsert Organization Variables action.
        pack_config_id: The platform's id of this configuration, for its payload.

    Raises:
        InputError: There is no such form.
    """
    lines = lines_of(book)
    if form == "csv":
        return _csv(lines)
    if form == "json":
        return _json({"configuration": book.account.configuration, MAPPINGS: [_row(each) for each in lines]})
    if form == "platform":
        return _json({VARIABLES: _variables(lines, book.spec.variable, pack_config_id)})
    text = f"There is no form {form!r}; there are: {', '.join(get_args(Format))}."
    raise InputError(text, fields=[FieldProblem("/format", "unknown_format", text)])


def lines_of(book: "MappingBook") -> list[Line]:
    """Return everything that is decided, by organization and position."""
    names = {each.id: each.name for each in book.organizations(gone=True)}
    customers = {each.id: each for each in book.customers()}
    entries = book.entries()
    held: dict[str, int] = {}
    for entry in entries.values():
        for customer_id in entry.customers:
            held[customer_id] = held.get(customer_id, 0) + 1
    lines: list[Line] = []
    for key, entry in sorted(entries.items()):
        name = names.get(key, key)
        if entry.excluded is not None:
            lines.append(Line(len(lines) + 1, key, name, excluded=entry.excluded))
        for position, pair in enumerate(entry.pairs):
            # The name of today, so that an import notices when an id has come to mean somebody else.
            known = customers.get(pair.customer_id) if pair.account == book.account.fingerprint else None
            shown = known.name if known is not None else pair.customer_name
            shared = held[pair.customer_id] > 1
            line = Line(len(lines) + 1, key, name, pair.customer_id, shown, position == 0, position, shared)
            lines.append(line)
    return lines


def cell_text(value: object, *, unescape: bool) -> str | None:
    """Return a cell as text, or None for what cannot be one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int):
        return None
    return trimmed(as_written(str(value)) if unescape else str(value))


def _row(line: Line) -> dict[str, object]:
    return {column: getattr(line, column) for column in COLUMNS}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _csv(lines: Iterable[Line]) -> str:
    return csv_text(COLUMNS, ([harmless(_cell(value)) for value in _row(line).values()] for line in lines))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _variables(lines: Iterable[Line], names: VariableSpec, pack_config_id: str | None) -> list[dict[str, object]]:
    """Return the payload's variables.

    A customer that is named among the further ones may be several organizations'; so a primary one that is
    shared is named there as well.
    """
    by_organization: dict[str, list[Line]] = {}
    for line in lines:
        by_organization.setdefault(line.organization_id, []).append(line)
    variables: list[dict[str, object]] = []
    for key, those in by_organization.items():
        values = {
            names.name: next((each.customer_id for each in those if each.primary), None),
            names.further: ",".join(each.customer_id or "" for each in those if each.customer_id and _is_further(each)),
            names.excluded: next((each.excluded for each in those if each.excluded), None),
        }
        variables += [
            {
                "name": name,
                "value": value,
                "org_id": key,
                "cascade": False,
                "category": names.category,
                "pack_config_id": pack_config_id,
            }
            for name, value in values.items()
            if value
        ]
    return variables


def _is_further(line: Line) -> bool:
    return not line.primary or line.shared
