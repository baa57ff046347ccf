"""What a file's lines would make of the mapping, and every reason against it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingram_micro_cloud.organizations.commands import mapping_command
from ingram_micro_cloud.organizations.exchange.writing import Line
from ingram_micro_cloud.organizations.rows import RowProblem
from ingram_micro_cloud.organizations.sources import known_spelling
from ingram_micro_cloud.organizations.texts import same_name, shortened
from ingram_micro_cloud.store.mappings import NOTHING, Entry, Pair
from ingram_micro_cloud.store.organizations import StoredOrganization


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer a line may name."""

    id: str
    name: str
    gone: bool
    external_id: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is decided and known before the import."""

    account: str
    entries: Mapping[str, Entry]
    organizations: Mapping[str, StoredOrganization]
    customers: Mapping[str, Customer]


def checked(
    lines: Sequence[Line], known: Known, *, may_replace: bool = False
) -> tuple[dict[str, Entry], list[RowProblem]]:
    """Return what the named organizations would stand for, and what speaks against it.

    Args:
        lines: What a file says.
        known: What is decided and known.
        may_replace: Whether a customer that is mapped, or an exclusion, may make way for what the file says.
    """
    spelt = known_spelling({*known.organizations, *known.entries})
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        told = replace(line, organization_id=spelt(line.organization_id))
        grouped.setdefault(told.organization_id, []).append(told)
    problems: list[RowProblem] = []
    wanted: dict[str, Entry] = {}
    for key, those in grouped.items():
        ordered = sorted(those, key=_place)
        if _is_so_already(ordered, known.entries.get(key, NOTHING), known.account):
            continue
        found = [*_contradictions(those), *_unexplained(those), *_absent(key, those, known)]
        if not found:
            entry = _entry(ordered, known)
            found = [] if may_replace else list(_decided_otherwise(key, ordered[0], entry, known))
            wanted.update({} if found else {key: entry})
        problems += found
    problems += _taken(grouped, wanted, known)
    return wanted, problems


def _place(line: Line) -> tuple[bool, bool, int, int]:
    first = line.primary is True or line.position == 0
    return (not first, line.position is None, line.position or 0, line.row)


def _is_so_already(ordered: Sequence[Line], entry: Entry, account: str) -> bool:
    asked = tuple(line.customer_id for line in ordered if line.customer_id)
    reasons = [line.excluded for line in ordered if line.excluded]
    told = reasons[0] if len(reasons) == 1 else None
    whole = len(asked) + len(reasons) == len(ordered) and len(reasons) <= 1
    confirmed = all(pair.account == account for pair in entry.pairs)
    return whole and confirmed and entry != NOTHING and (asked, told) == (entry.customers, entry.excluded)


def _entry(ordered: Iterable[Line], known: Known) -> Entry:
    pairs = tuple(
        Pair(line.customer_id, known.customers[line.customer_id].name, known.account)
        for line in ordered
        if line.customer_id is not None
    )
    return Entry(pairs, next((line.excluded for line in ordered if line.excluded), None))


def _contradictions(those: Sequence[Line]) -> Iterator[RowProblem]:
    seen: dict[object, int] = {}
    for line in those:
        what: object = line.customer_id or "excluded"
        if what in seen:
            text = f"the same is in row {seen[what]} already."
            yield RowProblem(line.row, "customer_id", "duplicate_in_file", text)
        seen.setdefault(what, line.row)
    excluded = [line for line in those if line.excluded]
    if excluded and len(excluded) < len(those):
        text = "the organization is excluded here and has a customer in another row."
        yield RowProblem(excluded[0].row, "excluded", "contradiction", text)
    primary = [line for line in those if line.primary]
    for line in primary[1:]:
        text = f"row {primary[0].row} already has the organization's primary customer."
        yield RowProblem(line.row, "primary", "two_primary", text)
    if primary and any(line.position == 0 and not line.primary for line in those):
        line = next(line for line in those if line.position == 0 and not line.primary)
        yield RowProblem(line.row, "position", "contradiction", "position 0 is the primary customer's.")
    places = Counter(line.position for line in those if line.position is not None)
    for line in those:
        if line.position is not None and places[line.position] > 1:
            yield RowProblem(line.row, "position", "duplicate_position", "another row of the organization has it too.")


def makes_way(before: Entry, after: Entry) -> bool:
    """Return whether a customer would be taken away or lose its first place, or an exclusion be lifted."""
    if before.excluded is not None:
        return bool(after.pairs)
    kept = after.customers[:1] == before.customers[:1] and set(before.customers) <= set(after.customers)
    return bool(before.pairs) and not kept


def _unexplained(those: Sequence[Line]) -> Iterator[RowProblem]:
    """Yield rows that would make an organization several customers' without a word that this is meant."""
    bare = [
        line
        for line in those
        if line.customer_id and line.primary is None and line.position is None and not line.shared
    ]
    seen = {line.customer_id for line in bare[:1]}
    for line in bare[1:]:
        if line.customer_id in seen:
            continue  # the same pair once more, which is told already
        seen.add(line.customer_id)
        text = (
            f"the organization is in row {bare[0].row} already, with another customer; where both are right, "
            "say primary: yes in one row and no in the other."
        )
        yield RowProblem(line.row, "organization_id", "duplicate_in_file", text)


def _decided_otherwise(key: str, line: Line, after: Entry, known: Known) -> Iterator[RowProblem]:
    before, name = known.entries.get(key, NOTHING), known.organizations[key].name
    clear = f"clear that first ({mapping_command('clear', key)}), or import with --replace."
    if not makes_way(before, after):
        return
    if before.excluded is not None:
        text = f"{name} is excluded ({shortened(before.excluded)}); if that has changed, {clear}"
        yield RowProblem(line.row, "customer_id", "already_excluded", text)
    else:
        now = ", ".join(f"{pair.customer_name} ({pair.customer_id})" for pair in before.pairs)
        change = f"; change it by hand ({mapping_command('set', key, line.customer_id)})," if line.customer_id else ";"
        text = f"{name} is mapped to {now} now{change} {clear}"
        yield RowProblem(line.row, "customer_id" if line.customer_id else "excluded", "already_mapped", text)


def _absent(key: str, those: Sequence[Line], known: Known) -> Iterator[RowProblem]:
    organization = known.organizations.get(key)
    for line in those:
        if organization is None:
            text = f"no organization {shortened(key)!r} is known; import the organizations first."
            yield RowProblem(line.row, "organization_id", "unknown_organization", text)
        elif organization.gone and line.customer_id:
            text = f"{organization.name} is no longer in the list it came from."
            yield RowProblem(line.row, "organization_id", "organization_gone", text)
        if line.customer_id is not None:
            yield from _absent_customer(line, line.customer_id, known)


def _absent_customer(line: Line, customer_id: str, known: Known) -> Iterator[RowProblem]:
    customer = known.customers.get(customer_id)
    if customer is None:
        text = f"no customer {shortened(customer_id)!r} is known; read the list first: im-cloud mapping refresh"
        yield RowProblem(line.row, "customer_id", "unknown_customer", text)
    elif customer.gone:
        text = f"{customer.name} is no longer in the vendor's list."
        yield RowProblem(line.row, "customer_id", "customer_gone", text)
    elif line.customer_name and not same_name(line.customer_name, customer.name):
        text = (
            f"{customer_id} is called {customer.name}, and not {shortened(line.customer_name)}; "
            "correct the id, or write the name of today."
        )
        yield RowProblem(line.row, "customer_name", "customer_name_differs", text)


def _taken(grouped: Mapping[str, Sequence[Line]], wanted: Mapping[str, Entry], known: Known) -> Iterator[RowProblem]:
    after = {**known.entries, **wanted}
    holders: dict[str, list[str]] = {}
    for key, entry in sorted(after.items()):
        for customer_id in entry.customers:
            holders.setdefault(customer_id, []).append(key)
    for key in wanted:
        for line in grouped[key]:
            others = [each for each in holders.get(line.customer_id or "", ()) if each != key]
            said = line.shared or line.customer_id in known.entries.get(key, NOTHING).customers
            if others and not said:
                clear = mapping_command("clear", others[0])
                text = (
                    f"the customer is {shortened(others[0])}'s as well; where both share it, both rows must say "
                    f"shared: yes, else take it from there first ({clear})."
                )
                yield RowProblem(line.row, "customer_id", "customer_taken", text)
