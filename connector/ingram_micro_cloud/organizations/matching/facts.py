"""What organizations and customers are compared by: identifiers and domains in one spelling, names taken apart."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingram_micro_cloud.manifest.mapping import MappingFile
from ingram_micro_cloud.organizations.matching.company_name import CompanyName, company_name
from ingram_micro_cloud.organizations.matching.domains import registered_domains
from ingram_micro_cloud.organizations.matching.words import Vocabulary
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization

IDENTIFYING = (
    "microsoft_tenant_id",
    "ingram_customer_id",
    "tax_id",
    "microsoft_domain",
    "external_id",
    "contact_domain",
)
DETAILS = ("tax_id", "contact_domain")
HOLDINGS = ("microsoft_tenant_id", "microsoft_domain")
"""What each of the two reads can confirm. The other ids are in the customers' list already."""
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")

Values = frozenset[str]
NOTHING: Values = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """One side of a comparison.

    Attributes:
        values: Per signal of `IDENTIFYING`, in that order, what this side carries; empty where nothing is known.
        unread: Signals of which nothing was read yet; that nothing is known of them says nothing.
    """

    id: str
    label: str
    name: CompanyName
    values: tuple[Values, ...]
    country: str | None
    cancelled: bool = False
    gone: bool = False
    unread: tuple[str, ...] = ()

    def carried(self, signal: str) -> Values:
        """Return the values of one identifying signal."""
        return self.values[IDENTIFYING.index(signal)]

    @property
    def is_alive(self) -> bool:
        """Whether a customer is neither gone nor cancelled."""
        return not (self.gone or self.cancelled)


def carried(rows: Iterable[Facts]) -> Counter[tuple[str, str]]:
    """Return how many rows carry each value, by signal and value."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for signal, values in zip(IDENTIFYING, row.values, strict=True):
            counted.update((signal, value) for value in values)
    return counted


class Gathering:
    """Turns organizations and customers into facts, by the declared kinds and placeholders."""

    def __init__(self, spec: MappingFile, vocabulary: Vocabulary) -> None:
        self._spec = spec
        self._vocabulary = vocabulary
        self._placeholders = {_key(each) for each in spec.placeholders}
        before, behind = ("|".join(map(re.escape, each)) for each in (spec.tax.prefixes, spec.tax.suffixes))
        self._tax = re.compile(rf"^(?:{before})?(.*?)(?:{behind})?$")
        self._cancelled = {each.casefold() for each in spec.source.cancelled}
        self._countries = {written.casefold(): code for written, code in spec.countries.items()}

    def organization(self, organization: Organization) -> Facts:
        """Return what an organization is compared by."""
        kinds, special = self._spec.external_ids, self._special_kinds
        ids = organization.external_ids

        def of(names: tuple[str, ...]) -> list[str]:
            return [ids[name] for name in names if name in ids]

        domains = frozenset(registered_domains([*organization.domains, *of(kinds.microsoft_domain)], self._spec))
        values = (
            self._known(of(kinds.tenant)),
            self._known(of(kinds.customer)),
            self._tax_ids(of(kinds.tax)),
            domains,
            self._known([organization.id, *(value for kind, value in ids.items() if kind not in special)]),
            domains,
        )
        name = company_name(organization.name, self._vocabulary)
        return Facts(organization.id, organization.name, name, values, self._country(organization.country))

    def customer(self, customer: KnownCustomer) -> Facts:
        """Return what a customer is compared by."""
        values = (
            self._known(customer.tenant_ids),
            self._known([customer.id]),
            self._tax_ids([customer.tax_id] if customer.tax_id else []),
            frozenset(registered_domains(customer.microsoft_domains, self._spec)),
            self._known([customer.external_id] if customer.external_id else []),
            frozenset(registered_domains(customer.mail_domains, self._spec)),
        )
        return Facts(
            customer.id,
            customer.name,
            company_name(customer.name, self._vocabulary),
            values,
            self._country(customer.country),
            cancelled=(customer.status or "").casefold() in self._cancelled,
            gone=customer.gone,
            unread=(*(() if customer.details_read else DETAILS), *(() if customer.holdings_read else HOLDINGS)),
        )

    @property
    def _special_kinds(self) -> set[str]:
        kinds = self._spec.external_ids
        return {*kinds.tenant, *kinds.microsoft_domain, *kinds.customer, *kinds.tax}

    def _known(self, values: Iterable[str]) -> Values:
        return frozenset(key for value in values if (key := _key(value)) and key not in self._placeholders)

    def _tax_ids(self, values: Iterable[str]) -> Values:
        found = set()
        for value in values:
            whole = _NOT_ALPHANUMERIC.sub("", value).upper()
            match = self._tax.match(whole)
            bare = match.group(1) if match else whole
            if any(letter.isdigit() for letter in bare) and set(bare) != {"0"}:
                found.add(bare)
        return frozenset(found)

    def _country(self, country: str | None) -> str | None:
        told = (country or "").strip()
        return self._countries.get(told.casefold(), told.upper()) or None


def _key(value: str) -> str:
    return value.strip().strip("{}").casefold()
