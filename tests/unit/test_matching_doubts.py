"""What looks like proof and is none: numbers of other systems, families on one domain, units, namesakes nobody read."""

from dataclasses import replace

import pytest

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization
from support.matching import CONTOSO, ON_DOMAIN, READ, TENANT, one, organization

SPRINGFIELD = KnownCustomer("1", "Springfield Dental", external_id="17")
NEVER_CERTAIN: dict[str, tuple[Organization, tuple[KnownCustomer, ...], str]] = {
    "a number of another system and the town": (
        Organization("17", "Springfield Law"), (SPRINGFIELD,), "possible",
    ),
    "a number of another system and the trade": (
        organization("Milford Dental Care Inc", psa_id="122"),
        (KnownCustomer("1", "Salem Dental Care LLC", external_id="122"),), "none possible",
    ),
    "a customer's number and the town": (
        organization("Springfield Law", ingram_customer_id="17"), (replace(SPRINGFIELD, id="17"),), "possible",
    ),
    "a number, part of the name and the family's domain": (
        organization("Contoso Trading", "contoso.com", psa_id="77"),
        (replace(READ, external_id="77", mail_domains=("contoso.com",)),), "likely",
    ),
    "a number and a typing error": (
        organization("Contosso", psa_id="77"), (replace(CONTOSO, external_id="77"),), "likely",
    ),
    "a number and the words in another order": (
        organization("Dover Oxford Dental", psa_id="77"),
        (KnownCustomer("1", "Oxford Dover Dental", external_id="77"),), "likely",
    ),
    "a number and the name, but other people's mail": (
        organization("Contoso", "contoso.example", psa_id="77"),
        (replace(READ, external_id="77", mail_domains=("contoso.com",)),), "likely",
    ),
    "a number and the name, and a namesake": (
        organization("Contoso", psa_id="77"),
        (replace(CONTOSO, external_id="77"), KnownCustomer("2", "Contoso Inc")), "likely possible",
    ),
    "a long id and a better name elsewhere": (
        organization("Contosso", psa_id="ACC-077"),
        (replace(CONTOSO, external_id="ACC-077"), KnownCustomer("2", "Contosso Inc")), "likely possible",
    ),
    "a long id and part of the name": (
        organization("Harbor Legal", psa_id="ACC-077"),
        (KnownCustomer("1", "Harbor Dental Group", external_id="ACC-077"),), "likely",
    ),
    "parent and child on one domain": (
        organization("Fabrikam Holding GmbH", "contoso.com"),
        (replace(ON_DOMAIN, name="Fabrikam Services GmbH"),), "likely",
    ),
    "north and south on one domain": (
        organization("Harbor Schools North", "contoso.com"),
        (replace(ON_DOMAIN, name="Harbor Schools South"),), "possible",
    ),
    "a sister on the domain while the right one is not read": (
        organization("Contoso Farm", "contoso.com"),
        (replace(ON_DOMAIN, name="Contoso Real Estate LLC"), KnownCustomer("2", "Contoso Farms LLC")), "likely",
    ),
    "a sister on the domain while the full name is not read": (
        organization("Contoso Farm", "contoso.com"),
        (replace(ON_DOMAIN, name="Contoso Real Estate LLC"), KnownCustomer("2", "Contoso Farm")), "possible",
    ),
    "one name says more on one domain": (
        organization("Harbor Dental", "contoso.com"),
        (replace(ON_DOMAIN, name="Harbor Dental Supplies"),), "likely",
    ),
    "a Microsoft domain while a namesake is not read": (
        organization("Contoso", "contoso.com"),
        (ON_DOMAIN, KnownCustomer("2", "Contoso Limited")), "likely",
    ),
    "a tenant while the company of that name is not read": (
        organization("Fabrikam", microsoft_tenant_id=TENANT),
        (replace(READ, tenant_ids=(TENANT,)), KnownCustomer("2", "Fabrikam")), "likely",
    ),
    "a tax id while a namesake is not read": (
        organization("Contoso", vat_id="123456789"),
        (replace(READ, tax_id="DE123456789"), KnownCustomer("2", "Contoso Limited")), "likely",
    ),
    "store A and store E": (
        organization("Grandway Store A", "contoso.com"),
        (replace(ON_DOMAIN, name="Grandway Store E"),), "possible",
    ),
    "fund and fund I": (
        organization("Rosewood Fund", "contoso.com"),
        (replace(READ, name="Rosewood Fund I", mail_domains=("contoso.com",)),), "likely",
    ),
    "plan A and plan": (
        organization("Plan A Consulting", "contoso.com"), (replace(ON_DOMAIN, name="Plan Consulting"),), "likely",
    ),
    "a trust and a company": (
        organization("Hill Family LLC", "contoso.com"), (replace(ON_DOMAIN, name="Hill Family Trust"),), "likely",
    ),
    "two legal forms with a tax id": (
        organization("Contoso GmbH", vat_id="123456789"),
        (replace(READ, name="Contoso AG", tax_id="DE123456789"),), "likely",
    ),
    "two countries and two legal forms": (
        Organization("100", "Contoso Inc", country="US"),
        (replace(READ, name="Contoso GmbH", external_id="100", country="DE"),), "possible",
    ),
    "two countries": (
        organization("Contoso", country="US", psa_id="ACC-077"),
        (replace(READ, external_id="ACC-077", country="DE"),), "possible",
    ),
    "two countries with a Microsoft domain": (
        organization("Contoso", "contoso.com", country="US"), (replace(ON_DOMAIN, country="DE"),), "possible",
    ),
    "a word twice": (
        organization("Wagga Wagga Dental", "contoso.com"), (replace(ON_DOMAIN, name="Wagga Dental"),), "likely",
    ),
    "the words of another name": (
        organization("West Bank", "contoso.com"), (replace(ON_DOMAIN, name="Bank of the West"),), "likely",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEVER_CERTAIN)
def test_what_only_looks_like_proof_is_never_certain(case: str) -> None:
    ours, customers, bands = NEVER_CERTAIN[case]
    found = one(customers, ours)
    assert found.band in bands.split(), found


MISLEADING: dict[str, tuple[str, str, str]] = {
    "a sister": ("Fabrikam Holding GmbH", "Fabrikam Services GmbH", "but each name has words that the other has not"),
    "two branches": (
        "Harbor Schools North",
        "Harbor Schools South",
        "but the names tell two branches or sisters apart",
    ),
    "a parent": ("Contoso Holding", "Contoso", "but one name says more, as a parent or a branch would"),
    "two units": ("Grandway Store A", "Grandway Store E", "but the numbers or letters in the names differ"),
    "two forms": ("Contoso GmbH", "Contoso AG", "but the legal forms differ"),
    "another order": ("West Bank", "Bank of the West", "but the words come in another order"),
}


@pytest.mark.parametrize("case", MISLEADING)
def test_what_speaks_against_a_name_is_said_with_what_speaks_for_it(case: str) -> None:
    ours, theirs, said = MISLEADING[case]
    found = one([replace(ON_DOMAIN, name=theirs)], organization(ours, "contoso.com"))
    assert found.reason.startswith("Same Microsoft domain (contoso.com), and ")
    assert said in found.reason


def test_who_has_to_be_read_first_is_said() -> None:
    found = one([ON_DOMAIN, KnownCustomer("2", "Contoso Limited")], organization("Contoso", "contoso.com"))
    assert "The name of Contoso Limited (2) fits as well, and what it carries is not read yet" in found.reason
