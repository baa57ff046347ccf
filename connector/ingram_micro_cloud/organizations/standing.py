"""How every organization stands: mapped, excluded, gone, suggested, in conflict or unmapped. Saves nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ingram_micro_cloud.manifest.mapping import BandsSpec
from ingram_micro_cloud.organizations.commands import mapping_command
from ingram_micro_cloud.organizations.matcher import Matching
from ingram_micro_cloud.organizations.models import Band, KnownCustomer, Organization, Signal, State, Suggestion
from ingram_micro_cloud.organizations.sources import organization_of
from ingram_micro_cloud.organizations.texts import ended, same_name
from ingram_micro_cloud.store.mappings import Entry, Pair
from ingram_micro_cloud.store.organizations import StoredOrganization

UNCONFIRMED = "Mapped for another account, and unconfirmed until this has checked it: im-cloud mapping refresh"


@dataclass(frozen=True)
class Snapshot:
    """What is decided and known at one moment, as one account sees it.

    Attributes:
        entries: What is decided, by organization.
        organizations: Every organization by id, those that are gone too.
        customers: Every customer of the account by id, those that are gone too.
        bands: The least scores of likely and possible; a pair a person decided on is never called certain.
        make: Builds the matcher over customers and the organizations that take part.
    """

    account: str
    bands: BandsSpec
    entries: Mapping[str, Entry]
    organizations: Mapping[str, StoredOrganization]
    customers: Mapping[str, KnownCustomer]
    make: Callable[[tuple[KnownCustomer, ...], tuple[Organization, ...]], Matching]

    @cached_property
    def taken(self) -> dict[str, str]:
        """Customers that are somebody's, and whose; of several who share one, the first."""
        found: dict[str, str] = {}
        for organization_id in sorted(self.entries):
            for customer_id in self.entries[organization_id].customers:
                found.setdefault(customer_id, organization_id)
        return found

    @cached_property
    def undecided(self) -> tuple[Organization, ...]:
        """Organizations that are there and about which nothing is decided."""
        return tuple(
            organization_of(stored)
            for key, stored in sorted(self.organizations.items())
            if not stored.gone and key not in self.entries
        )

    @cached_property
    def matcher(self) -> Matching:
        """A matcher over the customers that are there; excluded organizations take part in nothing."""
        mapped = [
            organization_of(self.organizations[key])
            for key, entry in sorted(self.entries.items())
            if entry.pairs and key in self.organizations and not self.organizations[key].gone
        ]
        present = tuple(each for each in self.customers.values() if not each.gone)
        return self.make(present, (*self.undecided, *mapped))

    def rows(self, only: Iterable[str] | None = None) -> tuple[Suggestion, ...]:
        """Return one row per organization, by id; with ``only``, those of these ids."""
        wanted = set(self.organizations) | set(self.entries) if only is None else set(only)
        rows = {key: self._decided(key) for key in wanted if self._is_decided(key)}
        if wanted - rows.keys():
            # All of them, even for one: who else wants a customer decides what is suggested.
            for each in self.matcher.suggestions(self.undecided, self.taken):
                if each.organization_id in wanted:
                    rows[each.organization_id] = each
        return tuple(rows[key] for key in sorted(rows))

    def advice(self, organization_id: str) -> Suggestion:
        """Return the row of one organization, without matching all the others."""
        if self._is_decided(organization_id):
            return self._decided(organization_id)
        return self.matcher.best(organization_of(self.organizations[organization_id]), self.taken)

    def confirmed(self, entry: Entry) -> bool:
        """Return whether the customer that fills inputs was mapped for, or checked against, this account."""
        return bool(entry.pairs) and entry.pairs[0].account == self.account

    def _is_decided(self, key: str) -> bool:
        stored = self.organizations.get(key)
        return key in self.entries or stored is None or stored.gone

    def _decided(self, key: str) -> Suggestion:
        stored, entry = self.organizations.get(key), self.entries.get(key, Entry())
        name = stored.name if stored is not None else key
        if entry.excluded is not None:
            return Suggestion(key, name, "excluded", reason=entry.excluded)
        primary = entry.pairs[0] if entry.pairs else None
        if stored is None or stored.gone:
            kept = " Its mapping is kept." if primary is not None else ""
            reason = f"The list it came from no longer has it.{kept}"
            return self._row(key, name, "organization_gone", primary, reason)
        if primary is None:
            raise KeyError(key)  # undecided: not asked for here
        customer = self.customers.get(primary.customer_id)
        if not self.confirmed(entry):
            return self._row(key, name, "suggested", primary, UNCONFIRMED, organization_of(stored))
        if customer is not None and customer.gone:
            said = ended(f"The vendor's list no longer has {primary.customer_name}")
            reason = f"{said} Map another: {mapping_command('set', key, 'CUSTOMER')}"
            return self._row(key, name, "customer_gone", primary, reason)
        return self._row(key, name, "mapped", primary, self._mapped(entry), organization_of(stored))

    def _mapped(self, entry: Entry) -> str:
        primary, customer = entry.pairs[0], self.customers.get(entry.pairs[0].customer_id)
        said = [f"Mapped to {primary.customer_name}"]
        if len(entry.pairs) > 1:
            said.append(f"and {', '.join(pair.customer_name for pair in entry.pairs[1:])}")
        if customer is not None and not same_name(customer.name, primary.customer_name):
            said.append(f"which is called {customer.name} now")
        return ended(" ".join(said))

    def _row(
        self, key: str, name: str, state: State, pair: Pair | None, reason: str, compared: Organization | None = None
    ) -> Suggestion:
        if pair is None:
            return Suggestion(key, name, state, reason=reason)
        customer = self.customers.get(pair.customer_id)
        score, signals = 0.0, tuple[Signal, ...]()
        if compared is not None and customer is not None and not customer.gone:
            score, signals = self.matcher.pair(compared, customer)
        band: Band = "likely" if score >= self.bands.likely else "possible" if score >= self.bands.possible else "none"
        shown = customer.name if customer is not None and state == "mapped" else pair.customer_name
        return Suggestion(
            key,
            name,
            state,
            pair.customer_id,
            shown,
            score=score,
            band=band,
            lead=score,
            signals=signals,
            reason=reason,
        )
