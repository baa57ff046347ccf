"""State and band of a suggestion, by what joins an organization and a customer."""

from dataclasses import replace

import pytest

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization
from support.matching import CONTOSO, OTHER_TENANT, READ, TENANT, one, organization

BANDS: dict[str, tuple[Organization, tuple[KnownCustomer, ...], str, str]] = {
    "a name alone is never certain": (organization(), (CONTOSO,), "suggested", "likely"),
    "the very same name alone is not either": (organization("Contoso Ltd"), (CONTOSO,), "suggested", "likely"),
    "a tenant stands alone": (
        organization("Fabrikam", microsoft_tenant_id=TENANT),
        (replace(READ, tenant_ids=(TENANT,)),), "suggested", "certain",
    ),
    "a tenant of two customers does not": (
        organization("Fabrikam", microsoft_tenant_id=TENANT),
        (replace(READ, tenant_ids=(TENANT,)), KnownCustomer("2", "Woodgrove", tenant_ids=(TENANT,))),
        "conflict", "possible",
    ),
    "a tenant with another tax id does not": (
        organization("Contoso", microsoft_tenant_id=TENANT, tax_id="DE123456789"),
        (replace(READ, tenant_ids=(TENANT,), tax_id="DE111111111"),), "suggested", "possible",
    ),
    "an external id needs a name": (
        organization("Fabrikam", psa_id="ACC-077"),
        (replace(CONTOSO, external_id="ACC-077"),), "suggested", "possible",
    ),
    "an external id with the name": (
        organization(psa_id="ACC-077"), (replace(CONTOSO, external_id="ACC-077"),), "suggested", "certain",
    ),
    "an external id with a typing error in the name": (
        organization("Contosso", psa_id="ACC-077"), (replace(CONTOSO, external_id="ACC-077"),), "suggested", "certain",
    ),
    "an external id with part of the name": (
        organization("Contoso Trading", psa_id="ACC-077"),
        (replace(CONTOSO, external_id="ACC-077"),), "suggested", "likely",
    ),
    "an external id with part of the name and a domain": (
        organization("Contoso Trading", "contoso.com", psa_id="ACC-077"),
        (replace(READ, external_id="ACC-077", mail_domains=("contoso.com",)),), "suggested", "certain",
    ),
    "an external id with a domain and another name": (
        organization("Fabrikam", "contoso.com", psa_id="ACC-077"),
        (replace(READ, external_id="ACC-077", mail_domains=("contoso.com",)),), "suggested", "likely",
    ),
    "an external id with another number in the name": (
        organization("Contoso Store 12", psa_id="ACC-077"),
        (KnownCustomer("1", "Contoso Store 21", external_id="ACC-077"),), "suggested", "possible",
    ),
    "an id that points elsewhere than the name": (
        organization("Contoso", psa_id="ACC-077"),
        (CONTOSO, KnownCustomer("2", "Contoso Freight", external_id="ACC-077")), "conflict", "possible",
    ),
    "a tax id with the name": (
        organization("Contoso", vat_id="123456789"), (replace(READ, tax_id="DE123456789"),), "suggested", "certain",
    ),
    "a tax id alone": (
        organization("Fabrikam", vat_id="123456789"), (replace(READ, tax_id="DE123456789"),), "suggested", "likely",
    ),
    "a customer id with the name": (
        organization("Contoso", ingram_customer_id="1"), (CONTOSO,), "suggested", "certain",
    ),
    "a customer id alone": (
        organization("Fabrikam", ingram_customer_id="1000275"),
        (replace(CONTOSO, id="1000275"),), "suggested", "likely",
    ),
    "a Microsoft domain with the name": (
        organization("Contoso", "contoso.onmicrosoft.com"),
        (replace(READ, microsoft_domains=("contoso.onmicrosoft.com",)),), "suggested", "certain",
    ),
    "one domain seen twice is one sign": (
        organization("Fabrikam", "contoso.com"),
        (replace(READ, microsoft_domains=("contoso.com",), mail_domains=("contoso.com",)),), "suggested", "likely",
    ),
    "full name and contact domain": (
        organization("Contoso", "contoso.com"),
        (replace(READ, mail_domains=("contoso.com",)),), "suggested", "certain",
    ),
    "full name and contact domain, and a twin near": (
        organization("Contoso", "contoso.com"),
        (replace(READ, mail_domains=("contoso.com",)), KnownCustomer("2", "Contoso Ltd")), "suggested", "likely",
    ),
    "full name and contact domain in another country": (
        organization("Contoso", "contoso.com", country="US"),
        (replace(READ, mail_domains=("contoso.com",), country="DE"),), "suggested", "possible",
    ),
    "part of the name and contact domain": (
        organization("Contoso Trading", "contoso.com"),
        (replace(READ, mail_domains=("contoso.com",)),), "suggested", "likely",
    ),
    "a contact domain alone": (
        organization("Fabrikam", "contoso.com"),
        (replace(READ, mail_domains=("contoso.com",)),), "suggested", "possible",
    ),
    "another tenant under the same name": (
        organization("Contoso", microsoft_tenant_id=TENANT),
        (replace(READ, tenant_ids=(OTHER_TENANT,)),), "suggested", "possible",
    ),
    "two of one name": (organization(), (CONTOSO, replace(CONTOSO, id="2")), "conflict", "possible"),
    "near twins, told apart by legal form": (
        organization("Contoso GmbH"),
        (KnownCustomer("1", "Contoso GmbH"), KnownCustomer("2", "Contoso GmbH & Co. KG")), "suggested", "likely",
    ),
    "near twins, not told apart": (
        organization("Contoso"),
        (KnownCustomer("1", "Contoso GmbH"), KnownCustomer("2", "Contoso GmbH & Co. KG")), "conflict", "possible",
    ),
    "a franchise's other shop": (
        organization("Contoso Store 12"), (KnownCustomer("1", "Contoso Store 21"),), "unmapped", "none",
    ),
    "only the trade in common": (
        organization("Woodgrove Dental"), (KnownCustomer("1", "Contoso Dental"),), "unmapped", "none",
    ),
    "nobody there": (organization(), (), "unmapped", "none"),
    "cancelled": (organization(), (replace(CONTOSO, status="cancelled"),), "suggested", "possible"),
    "cancelled with the tenant": (
        organization(microsoft_tenant_id=TENANT),
        (replace(READ, status="cancelled", tenant_ids=(TENANT,)),), "suggested", "possible",
    ),
    "gone": (organization(), (replace(CONTOSO, gone=True),), "unmapped", "none"),
}  # fmt: skip


@pytest.mark.parametrize("case", BANDS)
def test_state_and_band(case: str) -> None:
    ours, customers, state, band = BANDS[case]
    found = one(customers, ours)
    assert (found.state, found.band) == (state, band), found
    if state == "suggested":
        assert found.customer_id in ("1", "1000275")
