"""Small worlds to match in: the declared mapping, customers and organizations with few words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.manifest.loader import Bundle, load_bundle
from ingram_micro_cloud.organizations.matching.suggestions import Matcher
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, Suggestion

TENANT, OTHER_TENANT = "7c1f9a52-0000-4000-8000-00000000000a", "7c1f9a52-0000-4000-8000-00000000000b"

CONTOSO = KnownCustomer("1", "Contoso Ltd")
READ = replace(CONTOSO, details_read=True, holdings_read=True)
ON_DOMAIN = replace(READ, microsoft_domains=("contoso.com",), mail_domains=("contoso.com",))


@cache
def declared() -> Bundle:
    """The real mapping/ of this repository."""
    return load_bundle(bundle_root())


def matcher(customers: Sequence[KnownCustomer], organizations: Sequence[Organization] = ()) -> Matcher:
    return Matcher(declared().mapping, declared().words, customers, organizations)


def suggest(
    customers: Sequence[KnownCustomer], *organizations: Organization, taken: Mapping[str, str] | None = None
) -> tuple[Suggestion, ...]:
    """Return what is suggested when these are all there are."""
    return matcher(customers, organizations).suggestions(organizations, taken or {})


def one(
    customers: Sequence[KnownCustomer], organization: Organization, taken: Mapping[str, str] | None = None
) -> Suggestion:
    """Return what is suggested for the only organization."""
    (found,) = suggest(customers, organization, taken=taken)
    return found


def organization(name: str = "Contoso", *domains: str, country: str | None = None, **ids: str) -> Organization:
    return Organization("org-1", name, domains, ids, country)
