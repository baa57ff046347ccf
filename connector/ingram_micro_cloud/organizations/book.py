"""The mapping of one configuration: what it is, what is suggested, and every decision about it with its history."""

import difflib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.organizations import decisions
from ingram_micro_cloud.organizations.decisions import Decision
from ingram_micro_cloud.organizations.evidence import known_customer
from ingram_micro_cloud.organizations.history import UndoReport, undo
from ingram_micro_cloud.organizations.matcher import MakeMatcher, Matching, own_matcher
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, Suggestion
from ingram_micro_cloud.organizations.ports import Account, Binding
from ingram_micro_cloud.organizations.report import MappingReport, report_on
from ingram_micro_cloud.organizations.sources import organization_of
from ingram_micro_cloud.organizations.standing import UNCONFIRMED, Snapshot
from ingram_micro_cloud.organizations.texts import problem_in, shortened, tidied
from ingram_micro_cloud.store.mappings import Batch, Change, Entry, Look
from ingram_micro_cloud.store.organizations import StoredOrganization
from ingram_micro_cloud.store.state import State

NEAREST: Final = 3


class MappingBook:
    """Reads and changes the mapping of one configuration, for the account it stands for now.

    Args:
        spec: What the bundle declares of mapping.
        words: Gives the words around company names; only asked when something is matched.
        state: Where everything is kept.
        account: Whose mapping it is.
        who: Who changes it; kept with every change.
        now: The clock, in seconds since 1970.
        make_matcher: Builds a matcher; this package's own by default.
    """

    def __init__(
        self,
        spec: MappingFile,
        words: Callable[[], CompanyWords],
        state: State,
        account: Account,
        *,
        who: str,
        now: Callable[[], float],
        make_matcher: MakeMatcher = own_matcher,
    ) -> None:
        self.spec, self.account, self.state, self.now = spec, account, state, now
        self.who = tidied(who) or "unknown"
        self.words, self._make_matcher = words, make_matcher

    def organizations(self, *, gone: bool = False) -> tuple[Organization, ...]:
        """Return every organization by id; with ``gone``, also those their source no longer gives."""
        return tuple(organization_of(each) for each in self.state.organizations.all() if gone or not each.gone)

    def organization(self, organization_id: str) -> Organization:
        """Return one organization.

        Raises:
            InputError: No source has given it; the hint names the nearest ones.
        """
        return organization_of(self._stored(organization_id))

    def customer(self, customer_id: str) -> KnownCustomer | None:
        """Return what was read of a customer, or None; asks nobody."""
        found = self.state.customers.get(self.account.fingerprint, customer_id) if _may_exist(customer_id) else None
        return None if found is None else known_customer(found, self.spec, self.now())

    def customers(self) -> tuple[KnownCustomer, ...]:
        """Return what was read of every customer by id, those that are gone too; asks nobody."""
        now = self.now()
        return tuple(
            known_customer(each, self.spec, now) for each in self.state.customers.all(self.account.fingerprint)
        )

    def binding(self, organization_id: str) -> Binding:
        """Return whether, and for which customers, calls may be made for an organization. Cheap; matches nothing."""
        if not _may_exist(organization_id):
            return Binding(organization_id, organization_id, "unmapped", known=False)
        look = self.state.mappings.look(self.account.configuration, self.account.fingerprint, organization_id)
        return _binding(organization_id, look, self.account.fingerprint)

    def advice(self, organization_id: str) -> Suggestion | None:
        """Return how an organization stands, with the customer that fits best; None when nobody knows it."""
        if not self.binding(organization_id).known:
            return None
        return self.snapshot().advice(organization_id)

    def show(self, ids: Iterable[str] | None = None) -> tuple[Suggestion, ...]:
        """Return how every organization stands, by id, or those asked for. Saves nothing.

        Raises:
            InputError: One of the ids is no organization's.
        """
        wanted = None if ids is None else [self._stored(each).id for each in ids]
        return self.snapshot().rows(wanted)

    def suggest(self, ids: Iterable[str] | None = None) -> tuple[Suggestion, ...]:
        """Return the same as ``show``: a suggestion is one of the ways an organization can stand."""
        return self.show(ids)

    def report(self) -> MappingReport:
        """Return how far the mapping is, and what needs a person's eyes."""
        read_at = self.state.customers.list_read_at(self.account.fingerprint)
        return report_on(self.snapshot(), self.spec, self.words(), read_at)

    def set(self, organization_id: str, customer: KnownCustomer, *, also: bool = False, why: str = "") -> Decision:
        """Let an organization stand for a customer.

        Args:
            organization_id: The organization.
            customer: As it was read just now, or by ``customer``.
            also: Beside the customers it has, and also when another organization has this one; otherwise
                it becomes the only customer.
            why: Kept with the change.

        Raises:
            InputError: The organization is unknown, either is gone, or the customer is another organization's.
        """
        organization = self._stored(organization_id)
        with self.batch() as batch:
            fresh = batch.organization(organization_id) or organization
            return decisions.bind(batch, fresh, customer, self.account.fingerprint, also=also, why=tidied(why))

    def exclude(self, organization_id: str, reason: str) -> Decision:
        """Take an organization out of mapping.

        Raises:
            InputError: It is unknown or mapped, or there is no reason.
        """
        organization = self._stored(organization_id)
        with self.batch() as batch:
            return decisions.exclude(batch, organization, reason)

    def clear(self, organization_id: str, *, why: str = "") -> Decision:
        """Forget what is decided about an organization: its customers, or why it is excluded.

        Raises:
            InputError: It is unknown.
        """
        binding = self.binding(organization_id)
        if not binding.known and binding.state == "unmapped":
            self._stored(organization_id)
        with self.batch() as batch:
            return decisions.clear(batch, organization_id, binding.organization_name, why=tidied(why))

    def accept(self, suggestions: Iterable[Suggestion], *, why: str = "suggestion of band certain") -> int:
        """Save the suggestions of band certain that still hold, in one batch; returns how many."""
        with self.batch() as batch:
            return decisions.accept(batch, suggestions, self.account.fingerprint, why=tidied(why))

    def undo(self) -> UndoReport:
        """Go back on the last command that is not undone yet; again goes further back."""
        with self.batch() as batch:
            return undo(batch)

    def entries(self) -> dict[str, Entry]:
        """Return what is decided, by organization."""
        return self.state.mappings.entries(self.account.configuration)

    def history(self, organization_id: str | None = None) -> tuple[Change, ...]:
        """Return the changes, the newest first."""
        return self.state.mappings.history(self.account.configuration, organization_id)

    def export(self, form: str, *, pack_config_id: str | None = None) -> str:
        """Return everything that is decided as text: ``csv``, ``json`` or ``platform``; see ``export_mapping``."""
        from ingram_micro_cloud.organizations.exchange.writing import export_mapping

        return export_mapping(self, form, pack_config_id=pack_config_id)

    def snapshot(self) -> Snapshot:
        """Return everything that is decided and known now, to be matched."""
        return Snapshot(
            account=self.account.fingerprint,
            bands=self.spec.bands,
            entries=self.entries(),
            organizations={each.id: each for each in self.state.organizations.all()},
            customers={each.id: each for each in self.customers()},
            make=self._make,
        )

    def _make(self, customers: tuple[KnownCustomer, ...], organizations: tuple[Organization, ...]) -> Matching:
        return self._make_matcher(self.spec, self.words(), customers, organizations)

    def batch(self) -> AbstractContextManager[Batch]:
        """Give the one place where this mapping changes; what happens in it is one batch, kept whole or not at all."""
        return self.state.mappings.batch(
            self.account.configuration, self.account.fingerprint, who=self.who, at=self.now()
        )

    def _stored(self, organization_id: str) -> StoredOrganization:
        found = self.state.organizations.get(organization_id) if _may_exist(organization_id) else None
        if found is None:
            raise self._unknown(organization_id)
        return found

    def _unknown(self, organization_id: str) -> InputError:
        known = {each.id: each.name for each in self.state.organizations.all()}
        wanted = organization_id.casefold()
        by_text = {text.casefold(): key for key, name in known.items() for text in (key, name)}
        near = dict.fromkeys(
            by_text[each] for each in difflib.get_close_matches(wanted, by_text, n=NEAREST, cutoff=0.6)
        )
        text = f"There is no organization {shortened(organization_id)!r}."
        hint = "Bring it in first: im-cloud organizations import FILE"
        if near:
            hint = f"Nearest: {', '.join(f'{key} ({known[key]})' for key in near)}. {hint}"
        return InputError(text, hint=hint, fields=[FieldProblem("/organization", "unknown_organization", text)])


def _may_exist(key: str) -> bool:
    """Return whether a text can be an id at all; some texts cannot even be asked for."""
    return bool(key) and problem_in(key) is None


def _binding(organization_id: str, look: Look, account: str) -> Binding:
    organization, entry = look.organization, look.entry
    name = organization.name if organization is not None else organization_id
    if organization is None:
        return Binding(organization_id, name, "organization_gone" if entry.pairs else "unmapped", known=False)
    if entry.excluded is not None:
        return Binding(organization_id, name, "excluded", known=True, reason=entry.excluded)
    if organization.gone:
        reason = f"{name} is no longer in the list it came from."
        return Binding(organization_id, name, "organization_gone", known=True, reason=reason)
    if not entry.pairs:
        return Binding(organization_id, name, "unmapped", known=True)
    # The primary customer fills inputs: when it does not count, no other quietly takes its place.
    primary = entry.pairs[0]
    if primary.account != account:
        return Binding(organization_id, name, "unconfirmed", known=True, reason=UNCONFIRMED)
    present = [
        pair.customer_id
        for pair in entry.pairs
        if pair.account == account and not ((known := look.customers.get(pair.customer_id)) and known.gone)
    ]
    if primary.customer_id not in present:
        reason = f"The vendor's list no longer has {primary.customer_name} ({primary.customer_id})."
        return Binding(organization_id, name, "customer_gone", known=True, reason=reason)
    return Binding(organization_id, name, "mapped", known=True, customers=tuple(present))
