"""Imports a mapping from a file: everything is checked first, then all of it is one batch, or nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ingram_micro_cloud.errors import InputError
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.exchange.checks import Customer, Known, checked, makes_way
from ingram_micro_cloud.organizations.exchange.reading import read_lines
from ingram_micro_cloud.organizations.exchange.writing import Line
from ingram_micro_cloud.organizations.files import read_bytes
from ingram_micro_cloud.organizations.history import entry_as_json
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.organizations.rows import RowProblem
from ingram_micro_cloud.organizations.texts import tidied
from ingram_micro_cloud.store.customers import ListedCustomer
from ingram_micro_cloud.store.mappings import Entry

LookUp = Callable[[str], Awaitable[KnownCustomer | None]]
"""Asks the vendor for a customer that no list has shown yet, or that was gone. None or InputError: there is none."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A decision about an organization that made way for what the file says."""

    organization_id: str
    organization_name: str
    before: Entry
    after: Entry

    def as_json(self) -> dict[str, object]:
        """Return it as one of the ``replaced`` of `mapping import --json`."""
        return {
            "organization_id": self.organization_id,
            "organization_name": self.organization_name,
            "before": entry_as_json(self.before),
            "after": entry_as_json(self.after),
        }


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    """What an import of a mapping did: rows of the file, and organizations by what became of them.

    Attributes:
        mapped: Organizations that were changed and have customers now.
        excluded: Organizations that were changed and are excluded now.
        replaced: Customers and exclusions that made way; nothing does unless that was asked for.
    """

    total: int
    changed: int
    unchanged: int
    mapped: int
    excluded: int
    replaced: tuple[Replacement, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return what `mapping import --json` prints."""
        return {**asdict(self), "replaced": [each.as_json() for each in self.replaced]}


async def import_file(
    book: MappingBook,
    path: Path,
    look_up: LookUp | None = None,
    *,
    why: str = "",
    replace: bool = False,
    pack_config_id: str | None = None,
) -> ExchangeReport:
    """Import a file; see ``import_mapping``.

    Raises:
        UsageError: It cannot be opened.
        InputError: Something in it is wrong. Nothing was changed.
    """
    return await import_mapping(
        book, read_bytes(path), look_up, name=path.name, why=why, replace=replace, pack_config_id=pack_config_id
    )


async def import_mapping(
    book: MappingBook,
    data: bytes,
    look_up: LookUp | None = None,
    *,
    name: str = "The file",
    why: str = "",
    replace: bool = False,
    pack_config_id: str | None = None,
) -> ExchangeReport:
    """Let the organizations of a file stand for what it says; organizations that are not in it stay as they are.

    Args:
        book: Whose mapping.
        data: CSV, JSON or the platform's payload, as exported; which one is told by the content.
        look_up: Asks for customers that are not known yet; without it they count as unknown.
        name: What to call it in messages.
        why: Kept with the changes.
        replace: Let customers that are mapped, and exclusions, make way for what the file says; otherwise a row that
            would do so is refused.
        pack_config_id: Which configuration's variables to take from the platform's payload; an empty text stands for
            those of none. Only needed where there are several.

    Raises:
        InputError: Something is wrong; every problem is named with row, field and reason. Nothing was changed.
    """
    lines, problems = read_lines(data, name, book.spec.variable, pack_config_id)
    found = await _looked_up(book, lines, look_up)
    with book.batch() as batch:
        customers: dict[str, Customer] = {
            **{each.id: Customer(each.id, each.name, each.gone) for each in batch.customers().values()},
            **found,
        }
        known = Known(book.account.fingerprint, batch.entries, batch.organizations(), customers)
        entries, wrong = checked(lines, known, may_replace=replace)
        problems += wrong
        if problems:
            raise _refused(name, problems)
        changed: list[Entry] = []
        replaced: list[Replacement] = []
        for key, entry in sorted(entries.items()):
            before = batch.entry(key)
            for pair in entry.pairs:
                if (new := found.get(pair.customer_id)) is not None:
                    batch.add_customer(ListedCustomer(new.id, new.name, new.external_id, new.status))
            if batch.put(key, entry, action="import", why=tidied(why) or f"import of {name}"):
                changed.append(entry)
                if makes_way(before, entry):
                    replaced.append(Replacement(key, known.organizations[key].name, before, entry))
    return ExchangeReport(
        total=len(lines),
        changed=len(changed),
        unchanged=len({line.organization_id.casefold() for line in lines}) - len(changed),
        mapped=sum(bool(entry.pairs) for entry in changed),
        excluded=sum(entry.excluded is not None for entry in changed),
        replaced=tuple(replaced),
    )


async def _looked_up(book: MappingBook, lines: Sequence[Line], look_up: LookUp | None) -> Mapping[str, Customer]:
    if look_up is None:
        return {}
    known = {each.id for each in book.customers() if not each.gone}
    wanted = dict.fromkeys(line.customer_id for line in lines if line.customer_id and line.customer_id not in known)
    found: dict[str, Customer] = {}
    for each in wanted:
        try:
            customer = await look_up(each)
        except InputError:
            continue  # there is none; its row says so
        # What was asked for and what came back must be the same, or the pair would name somebody else.
        if customer is not None and customer.id == each:
            name = tidied(customer.name) or each
            found[each] = Customer(each, name, customer.gone, customer.external_id, customer.status)
    return found


def _refused(name: str, problems: Sequence[RowProblem]) -> InputError:
    ordered = sorted(problems, key=lambda each: (each.row, each.field))
    number = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    return InputError(
        f"{name} has {number}, so nothing of it was imported.",
        hint="Correct the rows that are named, and import it again.",
        fields=[each.as_field() for each in ordered],
    )
