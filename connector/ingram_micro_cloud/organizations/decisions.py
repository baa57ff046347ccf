"""What may be decided about an organization, checked under the lock and recorded: bind, exclude, clear, accept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.organizations.commands import mapping_command
from ingram_micro_cloud.organizations.models import KnownCustomer, Suggestion
from ingram_micro_cloud.organizations.texts import ended, problem_in, same_name, tidied
from ingram_micro_cloud.store.customers import ListedCustomer
from ingram_micro_cloud.store.mappings import NOTHING, Batch, Entry, Pair
from ingram_micro_cloud.store.organizations import StoredOrganization


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one organization.

    Attributes:
        action: ``set``, ``exclude`` or ``clear``.
        changed: False when it was so already.
        customers: Its customers' ids now, the primary one first.
        replaced: Customers it stood for before and no longer does.
        excluded: Why it is excluded, or None.
        message: One sentence for a person.
    """

    organization_id: str
    organization_name: str
    action: str
    changed: bool
    customers: tuple[str, ...]
    replaced: tuple[Pair, ...]
    excluded: str | None
    message: str

    def as_json(self) -> dict[str, object]:
        """Return what `mapping set --json` and its like print."""
        return {
            "organization_id": self.organization_id,
            "organization_name": self.organization_name,
            "action": self.action,
            "changed": self.changed,
            "customers": list(self.customers),
            "replaced": [
                {"customer_id": each.customer_id, "customer_name": each.customer_name} for each in self.replaced
            ],
            "excluded": self.excluded,
            "message": self.message,
        }


def bind(
    batch: Batch, organization: StoredOrganization, customer: KnownCustomer, account: str, *, also: bool, why: str
) -> Decision:
    """Let an organization stand for a customer; with ``also`` beside those it has, or beside another organization.

    Raises:
        InputError: Either is gone, or the customer is another organization's and ``also`` does not say it is shared.
    """
    _check_present(organization, customer)
    others = [each for each in batch.holders().get(customer.id, ()) if each != organization.id]
    before = batch.entry(organization.id)
    if others and not also and customer.id not in before.customers:
        raise _taken(batch, customer, others[0])
    pair = Pair(customer.id, tidied(customer.name) or customer.id, account)
    pairs = _added(before.pairs, pair) if also else (pair,)
    batch.add_customer(ListedCustomer(customer.id, pair.customer_name, customer.external_id, customer.status))
    changed = batch.put(organization.id, Entry(pairs), action="set", why=why)
    replaced = tuple(each for each in before.pairs if each.customer_id not in {kept.customer_id for kept in pairs})
    return Decision(
        organization.id, organization.name, "set", changed, batch.entry(organization.id).customers, replaced, None,
        _said_of_set(organization, pair, pairs, changed=changed, replaced=replaced, lifted=before.excluded),
    )  # fmt: skip


def exclude(batch: Batch, organization: StoredOrganization, reason: str) -> Decision:
    """Take an organization out of mapping, for a reason.

    Raises:
        InputError: There is no reason, or the organization is mapped.
    """
    said = tidied(reason)
    if not said:
        problem = FieldProblem("/reason", "required", "Say in a few words why nothing is to be done for it.")
        raise InputError("Excluding an organization needs a reason. Nothing was changed.", fields=[problem])
    before = batch.entry(organization.id)
    if before.pairs:
        text = f"{organization.name} is mapped to {before.pairs[0].customer_name}; clear that first."
        raise InputError(
            f"{text} Nothing was changed.",
            hint=mapping_command("clear", organization.id),
            fields=[FieldProblem("/organization", "mapped", text)],
        )
    changed = batch.put(organization.id, Entry(excluded=said), action="exclude", why=said)
    message = f"{organization.name} is excluded: {said}" if changed else f"{organization.name} was excluded so already."
    return Decision(organization.id, organization.name, "exclude", changed, (), (), said, message)


def clear(batch: Batch, organization_id: str, name: str, *, why: str) -> Decision:
    """Forget what is decided about an organization."""
    before = batch.entry(organization_id)
    changed = batch.put(organization_id, NOTHING, action="clear", why=why)
    message = f"{name} is unmapped now." if changed else f"{name} was neither mapped nor excluded; nothing changed."
    return Decision(organization_id, name, "clear", changed, (), before.pairs, None, message)


def accept(batch: Batch, suggestions: Iterable[Suggestion], account: str, *, why: str) -> int:
    """Save suggestions of band certain that still hold: unmapped, the customer nobody's, neither of them gone."""
    holders, organizations, customers = batch.holders(), batch.organizations(), batch.customers()
    accepted = 0
    for each in suggestions:
        if each.state != "suggested" or each.band != "certain" or each.customer_id is None:
            continue
        organization, customer = organizations.get(each.organization_id), customers.get(each.customer_id)
        free = batch.entry(each.organization_id) == NOTHING and each.customer_id not in holders
        if not free or organization is None or organization.gone or customer is None or customer.gone:
            continue
        if not same_name(customer.name, each.customer_name or ""):
            continue  # renamed since it was suggested: the reasons no longer hold
        batch.put(organization.id, Entry((Pair(customer.id, customer.name, account),)), action="accept", why=why)
        holders[customer.id] = [organization.id]
        accepted += 1
    return accepted


def confirm(batch: Batch, account: str, still: Callable[[Pair], bool], *, why: str) -> int:
    """Take over pairs of another account that ``still`` hold in this one; the others stay unconfirmed."""
    confirmed = 0
    for organization_id, entry in sorted(batch.entries.items()):
        pairs = tuple(
            replace(pair, account=account) if pair.account != account and still(pair) else pair for pair in entry.pairs
        )
        confirmed += sum(before != after for before, after in zip(entry.pairs, pairs, strict=True))
        batch.put(organization_id, replace(entry, pairs=pairs), action="confirm", why=why)
    return confirmed


def _check_present(organization: StoredOrganization, customer: KnownCustomer) -> None:
    problems = []
    if organization.gone:
        text = f"{organization.name} is no longer in the list it came from; import the list again if that is a mistake."
        problems.append(FieldProblem("/organization", "organization_gone", text))
    if customer.gone:
        text = f"{tidied(customer.name)} is no longer in the vendor's list; look again: im-cloud mapping refresh"
        problems.append(FieldProblem("/customer", "customer_gone", text))
    if not customer.id or problem_in(customer.id) is not None:
        problems.append(FieldProblem("/customer", "bad_id", "This is not a customer's id."))
    if problems:
        raise InputError(f"{problems[0].message.rstrip('.')}. Nothing was changed.", fields=problems)


def _taken(batch: Batch, customer: KnownCustomer, other: str) -> InputError:
    organization = batch.organization(other)
    named = f"{organization.name} ({other})" if organization is not None else other
    text = f"{tidied(customer.name)} ({customer.id}) is mapped to {named} already."
    return InputError(
        f"{text} Nothing was changed.",
        hint=f"If both really share it, say so with --also. Else clear that first: {mapping_command('clear', other)}",
        fields=[FieldProblem("/customer", "customer_taken", text)],
    )


def _added(pairs: tuple[Pair, ...], pair: Pair) -> tuple[Pair, ...]:
    if any(each.customer_id == pair.customer_id for each in pairs):
        return tuple(pair if each.customer_id == pair.customer_id else each for each in pairs)
    return (*pairs, pair)


def _said_of_set(
    organization: StoredOrganization,
    pair: Pair,
    pairs: tuple[Pair, ...],
    *,
    changed: bool,
    replaced: tuple[Pair, ...],
    lifted: str | None,
) -> str:
    if not changed:
        return f"{organization.name} was mapped to {pair.customer_name} already; nothing changed."
    if pairs[0] != pair:
        return f"{organization.name} is mapped to {pair.customer_name} as well; {pairs[0].customer_name} stays primary."
    instead = f" instead of {', '.join(each.customer_name for each in replaced)}" if replaced else ""
    said = ended(f"{organization.name} is mapped to {pair.customer_name}{instead}")
    return said if lifted is None else ended(f"{said} It is no longer excluded; it was, because: {lifted}")
