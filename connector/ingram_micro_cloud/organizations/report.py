"""How far a mapping is, and what needs a person's eyes: the unmapped, duplicates, stale pairs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, State, Suggestion
from ingram_micro_cloud.organizations.sources import organization_of
from ingram_micro_cloud.organizations.standing import Snapshot
from ingram_micro_cloud.organizations.texts import ended, same_name
from ingram_micro_cloud.store.mappings import Pair
from ingram_micro_cloud.store.organizations import StoredOrganization

if TYPE_CHECKING:
    from ingram_micro_cloud.organizations.matching.facts import Facts

SHARED_IDS: Final = ("microsoft_tenant_id", "tax_id", "external_id")
"""Signals whose value belongs to one company: two that carry the same are probably one."""
Staleness = Literal["customer_gone", "organization_gone", "customer_renamed", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class Named:
    """An organization or customer by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Organizations, or customers, that share what only one company should have.

    Attributes:
        kind: Which of the two.
        by: ``name`` or the name of the signal.
        value: What they share.
    """

    kind: Literal["organizations", "customers"]
    by: str
    value: str
    those: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class StalePair:
    """A pair that something has happened to since it was mapped."""

    organization_id: str
    organization_name: str
    customer_id: str
    customer_name: str
    problem: Staleness
    detail: str


@dataclass(frozen=True, slots=True)
class MappingReport:
    """Everything `mapping report` says.

    Attributes:
        percentage: Of the organizations that are neither excluded nor gone, how many are mapped; 0 to 100, one place.
        states: How many organizations are in each state.
        list_read_at: When the customers' list was last read to its end, in seconds since 1970, or None.
    """

    percentage: float
    organizations: int
    states: Mapping[State, int]
    unmapped_organizations: tuple[Named, ...]
    unmapped_customers: tuple[Named, ...]
    duplicates: tuple[Duplicate, ...]
    stale: tuple[StalePair, ...]
    list_read_at: float | None

    def as_json(self) -> dict[str, object]:
        """Return what `mapping report --json` prints."""
        return asdict(self)


def report_on(snapshot: Snapshot, spec: MappingFile, words: CompanyWords, list_read_at: float | None) -> MappingReport:
    """Return the report on a mapping as it is now."""
    rows = snapshot.rows()
    counted = Counter(row.state for row in rows)
    counting = sum(number for state, number in counted.items() if state not in ("excluded", "organization_gone"))
    return MappingReport(
        percentage=round(100 * counted["mapped"] / counting, 1) if counting else 0.0,
        organizations=len(rows),
        states={state: counted[state] for state in get_args(State)},
        unmapped_organizations=_unmapped(rows, snapshot),
        unmapped_customers=_nobodys(snapshot, spec),
        duplicates=_duplicates(snapshot, spec, words),
        stale=tuple(_stale(snapshot)),
        list_read_at=list_read_at,
    )


def _unmapped(rows: Iterable[Suggestion], snapshot: Snapshot) -> tuple[Named, ...]:
    wanted = {each.id for each in snapshot.undecided}
    return tuple(Named(row.organization_id, row.organization_name) for row in rows if row.organization_id in wanted)


def _nobodys(snapshot: Snapshot, spec: MappingFile) -> tuple[Named, ...]:
    over = {each.casefold() for each in spec.source.cancelled}
    return tuple(
        Named(each.id, each.name)
        for each in _present(snapshot)
        if each.id not in snapshot.taken and (each.status or "").casefold() not in over
    )


def _present(snapshot: Snapshot) -> list[KnownCustomer]:
    return [each for _, each in sorted(snapshot.customers.items()) if not each.gone]


def _taking_part(snapshot: Snapshot) -> list[Organization]:
    return [
        organization_of(stored)
        for key, stored in sorted(snapshot.organizations.items())
        if not stored.gone and (key not in snapshot.entries or snapshot.entries[key].excluded is None)
    ]


def _duplicates(snapshot: Snapshot, spec: MappingFile, words: CompanyWords) -> tuple[Duplicate, ...]:
    # These bring libraries that most runs do not need.
    from ingram_micro_cloud.organizations.matching.facts import Gathering
    from ingram_micro_cloud.organizations.matching.words import vocabulary_of

    vocabulary = vocabulary_of(words)
    gathering = Gathering(spec, vocabulary)
    customers = [gathering.customer(each) for each in _present(snapshot)]
    organizations = [gathering.organization(each) for each in _taking_part(snapshot)]
    vague = vocabulary.vague
    return (*_shared("organizations", organizations, vague), *_shared("customers", customers, vague))


def _shared(
    kind: Literal["organizations", "customers"], facts: Iterable["Facts"], vague: frozenset[str]
) -> Iterable[Duplicate]:
    groups: dict[tuple[str, str], list[Facts]] = {}
    for each in facts:
        for signal in SHARED_IDS:
            for value in each.carried(signal):
                groups.setdefault((signal, value), []).append(each)
        groups.setdefault(("name", each.name.compact or each.name.bare), []).append(each)
    return [
        Duplicate(kind, by, value, tuple(Named(each.id, each.label) for each in alike))
        for (by, value), those in sorted(groups.items())
        for alike in (_by_form(those, vague) if by == "name" else [those])
        if len(alike) > 1
    ]


def _by_form(those: Sequence["Facts"], vague: frozenset[str]) -> list[list["Facts"]]:
    """Part namesakes by legal form: with two different ones they are two companies, without one they may be any."""
    forms = {each.id: each.name.forms - vague for each in those}
    different = sorted({form for form in forms.values() if form}, key=sorted)
    if len(different) < 2:
        return [list(those)]
    return [[each for each in those if forms[each.id] in (form, frozenset())] for form in different]


def _stale(snapshot: Snapshot) -> Iterator[StalePair]:
    for key, entry in sorted(snapshot.entries.items()):
        stored = snapshot.organizations.get(key)
        name = stored.name if stored is not None else key
        for pair in entry.pairs:
            for problem, detail in _staleness(stored, name, pair, snapshot):
                yield StalePair(key, name, pair.customer_id, pair.customer_name, problem, detail)


def _staleness(
    stored: StoredOrganization | None, name: str, pair: Pair, snapshot: Snapshot
) -> Iterator[tuple[Staleness, str]]:
    customer = snapshot.customers.get(pair.customer_id)
    if stored is None or stored.gone:
        yield "organization_gone", f"{name} is no longer in the list it came from."
    if pair.account != snapshot.account:
        yield "unconfirmed", "It was mapped for another account; this checks it: im-cloud mapping refresh"
    elif customer is not None and customer.gone:
        yield "customer_gone", ended(f"The vendor's list no longer has {pair.customer_name}")
    elif customer is not None and not same_name(customer.name, pair.customer_name):
        yield "customer_renamed", f"{pair.customer_name} is called {customer.name} now."
