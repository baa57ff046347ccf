"""The customer guard: with an organization, only its own customers may be touched. Pure, and fails closed.

What is not proven to be the organization's is refused: before anything is sent where the inputs can tell, and
withheld where only the answer can.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Protocol

from ingram_micro_cloud.errors import GuardRefusedError, OrganizationNotMappedError, UsageError
from ingram_micro_cloud.manifest.models import ActionSpec, OwnerLookup, Scope
from ingram_micro_cloud.organizations.models import Suggestion
from ingram_micro_cloud.organizations.ports import Binding


class Mappings(Protocol):
    """What the guard asks of the mapping of one configuration."""

    def binding(self, organization_id: str) -> Binding:
        """Return what an organization is bound to."""

    def advice(self, organization_id: str) -> Suggestion | None:
        """Return the best that is known for an organization without a customer; sends nothing."""


@dataclass(frozen=True, slots=True)
class Own:
    """An organization and the customers that are its own, the primary one first."""

    organization: str
    name: str
    customers: tuple[str, ...]

    @property
    def primary(self) -> str:
        """The customer that fills inputs."""
        return self.customers[0]

    def __contains__(self, customer: object) -> bool:
        # Ids are texts; a number is the same id written otherwise, anything else is nobody's.
        known = isinstance(customer, str | int) and not isinstance(customer, bool)
        return known and str(customer) in self.customers


def admit(scope: Scope, *, organization: str | None, what: str, mappings: Mappings) -> Own | None:
    """Return whose customers a call may touch, or None where it need not be guarded.

    Raises:
        OrganizationNotMappedError: The organization has no customer to act for; the hint is the command that helps.
        GuardRefusedError: The action acts for the reseller, or nobody can tell whose the path is.
    """
    if organization is not None and not isinstance(organization, str):
        raise UsageError("An organization is named by its id, a text.")
    if organization is None or scope == "catalogue":
        return None
    if scope == "customer":
        binding = mappings.binding(organization)
        if binding.state == "mapped" and binding.customers:
            return Own(organization, binding.organization_name, binding.customers)
        raise not_mapped(binding, mappings)
    reason = (
        "acts for the whole reseller, not for one organization"
        if scope == "reseller"
        else "goes to a path whose owner cannot be verified"
    )
    raise GuardRefusedError(
        f"Nothing was sent. {what} {reason}.", hint="Run it without an organization to act for the reseller."
    )


def not_mapped(binding: Binding, mappings: Mappings) -> OrganizationNotMappedError:
    """Return the error for an organization without a usable customer: why, the best match, the next command."""
    key, name = binding.organization_id, binding.organization_name
    if not binding.known:
        return OrganizationNotMappedError(
            f"Nothing was sent. No organization {key!r} is known here.",
            code="organization_unknown",
            hint="Bring the organizations in first: im-cloud organizations import FILE",
        )
    match binding.state:
        case "excluded":
            return OrganizationNotMappedError(
                f"Nothing was sent. {name} is excluded from mapping: {binding.reason}",
                code="organization_excluded",
                hint=f"If that has changed: {_command('clear', key)}",
            )
        case "organization_gone":
            return OrganizationNotMappedError(
                f"Nothing was sent. {name} is no longer in the list of organizations it came from.",
                code="organization_gone",
                hint="If that is a mistake, import the list again: im-cloud organizations import FILE",
            )
        case "customer_gone":
            return OrganizationNotMappedError(
                f"Nothing was sent. The customer that {name} is mapped to is gone from the vendor's list.",
                code="customer_gone",
                hint=f"Look again: im-cloud mapping refresh. Then map it anew: {_command('set', key)} CUSTOMER",
            )
        case "unconfirmed":
            return OrganizationNotMappedError(
                f"Nothing was sent. {name} was mapped when this configuration stood for another account.",
                code="mapping_unconfirmed",
                hint="Check the pairs against this account (reads only): im-cloud mapping refresh",
            )
    return _unmapped(key, name, mappings.advice(key))


def _unmapped(key: str, name: str, advice: Suggestion | None) -> OrganizationNotMappedError:
    said = f"Nothing was sent. {name} has no Ingram customer yet."
    if advice is None or advice.customer_id is None:
        return OrganizationNotMappedError(
            said, hint=f"Read the customers: im-cloud mapping refresh. Then: {_command('set', key)} CUSTOMER"
        )
    conflict = advice.state == "conflict"
    return OrganizationNotMappedError(
        f"{said} Best match: {advice.customer_name} ({advice.customer_id}). {advice.reason}".strip(),
        code="organization_conflict" if conflict else None,
        hint=f"{'If it is that one' if conflict else 'Accept'}: {_command('set', key, advice.customer_id)}",
    )


def _command(*words: str) -> str:
    """Return a command that can be copied into a shell as it is, whatever the ids look like."""
    action, *ids = words
    guarded = ["--", *ids] if any(each.startswith("-") for each in ids) else ids
    return " ".join(["im-cloud mapping", action, *(quote(each) for each in guarded)])


def filled(spec: ActionSpec, own: Own | None) -> dict[str, object]:
    """Return the input that the organization's customer fills."""
    return {} if own is None or spec.mapped is None else {spec.mapped: own.primary}


def check_inputs(spec: ActionSpec, inputs: Mapping[str, object], own: Own) -> None:
    """Refuse a customer that is not the organization's; never says whose it is.

    Raises:
        GuardRefusedError: Nothing was sent.
    """
    if spec.mapped is not None and inputs.get(spec.mapped) not in own:
        raise foreign(own, spec.mapped)


def foreign(own: Own, place: str) -> GuardRefusedError:
    """Return the error for something that is not the organization's, or does not exist: both look the same."""
    return GuardRefusedError(
        f"Nothing was sent. What {place} names is not proven to belong to {own.name} ({own.organization}).",
        hint="Leave the customer out, it is filled in; take other ids from this organization's own lists.",
    )


def claimed_ids(spec: ActionSpec, inputs: Mapping[str, object]) -> Iterator[tuple[OwnerLookup, str]]:
    """Yield every id in the inputs whose owner has to be looked up, once each."""
    seen: set[tuple[str, str]] = set()
    for lookup in spec.owner.lookups:
        for value in values_of(inputs, lookup.input):
            if (lookup.action, value) not in seen:
                seen.add((lookup.action, value))
                yield lookup, value


def values_of(value: object, path: str) -> Iterator[str]:
    """Yield the ids at a dotted path, ``*`` standing for every entry; an id that is no text or number counts too."""
    head, _, rest = path.partition(".")
    members: Sequence[object] = ()
    if head == "*" and isinstance(value, list | tuple):
        members = value
    elif isinstance(value, Mapping) and head in value:
        members = (value[head],)
    for member in members:
        if rest:
            yield from values_of(member, rest)
        elif member is not None:
            yield str(member)


def kept_rows(rows: Sequence[object], member: str, own: Own) -> list[object]:
    """Return the rows that say they are the organization's; a row that does not say whose it is stays out."""
    return [row for row in rows if isinstance(row, Mapping) and row.get(member) in own]


def owner_in(answer: object, member: str | None) -> str | None:
    """Return the customer an answered object says it belongs to, or None when it does not say."""
    if member is None or not isinstance(answer, Mapping):
        return None
    found = answer.get(member)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None
