"""What each signal says of a pair, and what the signals amount to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, Signal
from support.matching import OTHER_TENANT, TENANT, declared, matcher, one

ORGANIZATION = Organization("o", "Contoso")
CUSTOMER = KnownCustomer("9", "Contoso Ltd")


def signals(organization: Organization, customer: KnownCustomer) -> dict[str, Signal]:
    _, found = matcher([customer], [organization]).pair(organization, customer)
    return {each.name: each for each in found}


PAIRS: dict[str, tuple[dict[str, object], dict[str, object], str, float | None, str]] = {
    "tenant": (
        {"external_ids": {"microsoft_tenant_id": TENANT.upper()}},
        {"tenant_ids": (TENANT,)},
        "microsoft_tenant_id", 1.0, "same Microsoft tenant",
    ),
    "another tenant": (
        {"external_ids": {"microsoft_tenant_id": TENANT}},
        {"tenant_ids": (OTHER_TENANT,)},
        "microsoft_tenant_id", 0.0, "the Microsoft tenants differ",
    ),
    "one of two tenants": (
        {"external_ids": {"microsoft_tenant_id": TENANT}},
        {"tenant_ids": (OTHER_TENANT, TENANT)},
        "microsoft_tenant_id", 1.0, "same Microsoft tenant",
    ),
    "a placeholder is no tenant": (
        {"external_ids": {"microsoft_tenant_id": "00000000-0000-0000-0000-000000000000"}},
        {"tenant_ids": ("00000000-0000-0000-0000-000000000000",)},
        "microsoft_tenant_id", None, "",
    ),
    "tenant known on one side": (
        {"external_ids": {"microsoft_tenant_id": TENANT}}, {}, "microsoft_tenant_id", None, "",
    ),
    "Microsoft domain": (
        {"domains": ("contoso.onmicrosoft.com",)},
        {"microsoft_domains": ("Contoso.onmicrosoft.com",)},
        "microsoft_domain", 1.0, "same Microsoft domain (contoso.onmicrosoft.com)",
    ),
    "two tenants of one hoster": (
        {"domains": ("contoso.onmicrosoft.com",)},
        {"microsoft_domains": ("fabrikam.onmicrosoft.com",)},
        "microsoft_domain", 0.0, "no Microsoft domain in common",
    ),
    "external id": (
        {"external_ids": {"psa_id": "PSA-7"}}, {"external_id": "psa-7"}, "external_id", 1.0, "same external id (psa-7)",
    ),
    "the organization's own id": ({}, {"external_id": "O"}, "external_id", 1.0, "same external id (o)"),
    "a short external id under another name": (
        {"name": "Fabrikam", "external_ids": {"psa_id": "C17"}}, {"external_id": "c17"},
        "external_id", 0.3, "same external id (c17), so short that it may be another system's",
    ),
    "a long external id under another name": (
        {"name": "Fabrikam", "external_ids": {"psa_id": "ACC-017"}}, {"external_id": "acc-017"},
        "external_id", 1.0, "same external id (acc-017)",
    ),
    "a short customer id under another name": (
        {"name": "Fabrikam", "external_ids": {"ingram_customer_id": "9"}}, {},
        "ingram_customer_id", 0.3,
        "the organization carries this customer's id (9), so short that it may be another system's",
    ),
    "a tenant id is no external id": (
        {"external_ids": {"microsoft_tenant_id": TENANT}}, {"external_id": TENANT}, "external_id", None, "",
    ),
    "ids of two systems say nothing": (
        {"external_ids": {"psa_id": "7"}}, {"external_id": "8"}, "external_id", None, "",
    ),
    "customer id": (
        {"external_ids": {"ingram_customer_id": "9"}}, {},
        "ingram_customer_id", 1.0, "the organization carries this customer's id",
    ),
    "another customer's id": (
        {"external_ids": {"ingram_customer_id": "10"}}, {},
        "ingram_customer_id", 0.0, "the organization carries another customer's id",
    ),
    "tax id": (
        {"external_ids": {"vat_id": "DE 123.456.789"}}, {"tax_id": "123456789"}, "tax_id", 1.0, "same tax id",
    ),
    "Swiss tax id": (
        {"external_ids": {"vat_id": "CHE-123.456.789 MWST"}}, {"tax_id": "CHE123456789"}, "tax_id", 1.0, "same tax id",
    ),
    "another tax id": (
        {"external_ids": {"tax_id": "DE123456789"}}, {"tax_id": "DE987654321"}, "tax_id", 0.0, "tax ids differ",
    ),
    "no tax id": ({"external_ids": {"tax_id": "n/a"}}, {"tax_id": "n/a"}, "tax_id", None, ""),
    "contacts": (
        {"domains": ("www.contoso.com",)}, {"mail_domains": ("contoso.com",)},
        "contact_domain", 1.0, "contacts write from contoso.com",
    ),
    "other contacts": (
        {"domains": ("contoso.com",)}, {"mail_domains": ("fabrikam.com",)},
        "contact_domain", 0.0, "contacts write from other domains",
    ),
    "free mail": ({"domains": ("gmail.com",)}, {"mail_domains": ("gmail.com",)}, "contact_domain", None, ""),
    "country": ({"country": "UK"}, {"country": "GB"}, "country", 1.0, "same country"),
    "a country in full": ({"country": "united kingdom"}, {"country": "GB"}, "country", 1.0, "same country"),
    "a country in its own language": ({"country": "Deutschland"}, {"country": "DE"}, "country", 1.0, "same country"),
    "another country": ({"country": "US"}, {"country": "CA"}, "country", 0.0, "the countries differ"),
    "country known on one side": ({"country": "US"}, {}, "country", None, ""),
    "cancelled": ({}, {"status": "Cancelled"}, "status", 0.0, "the customer is cancelled"),
    "active": ({}, {"status": "active"}, "status", None, ""),
    "name": ({}, {}, "name", 1.0, "the names agree without legal form"),
    "no name": ({"name": "***"}, {}, "name", None, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", PAIRS)
def test_a_signal_says_what_both_sides_know(case: str) -> None:
    ours, theirs, name, score, detail = PAIRS[case]
    found = signals(replace(ORGANIZATION, **ours), replace(CUSTOMER, **theirs)).get(name)  # type: ignore[arg-type]
    assert (found.score if found else None) == score
    assert (found.detail if found else "") == detail


def test_a_country_says_nothing_against_the_same_tenant() -> None:
    ours = Organization("o", "Fabrikam", (), {"microsoft_tenant_id": TENANT}, "US")
    customer = KnownCustomer("9", "Contoso", tenant_ids=(TENANT,), country="DE")
    score, found = matcher([customer], [ours]).pair(ours, customer)
    assert score == pytest.approx(0.97)
    assert "the countries differ" in {each.detail for each in found}


def test_weights_and_words_come_from_the_file() -> None:
    for name, found in signals(ORGANIZATION, CUSTOMER).items():
        spec = declared().mapping.signals[name]  # type: ignore[index]
        assert found.weight == spec.weight
        assert found.detail in spec.says.values()


def test_a_value_several_customers_have_counts_less_and_says_so() -> None:
    organization = replace(ORGANIZATION, domains=("contoso.com",))
    twins = [KnownCustomer(key, "Contoso Ltd", mail_domains=("contoso.com",)) for key in ("1", "2")]
    _, found = matcher(twins, [organization]).pair(organization, twins[0])
    (domain,) = [each for each in found if each.name == "contact_domain"]
    assert domain.score == 0.5
    assert domain.detail == "contacts write from contoso.com, which 2 customers have"


def test_a_domain_on_more_customers_than_declared_says_nothing() -> None:
    many = [KnownCustomer(str(key), f"Company {key}a", mail_domains=("msp.example",)) for key in range(4)]
    assert "contact_domain" not in {each.name for each in one(many, Organization("o", "1a", ("msp.example",))).signals}
    _, found = matcher(many).pair(Organization("o", "Company", ("msp.example",)), many[0])
    assert "contact_domain" not in {each.name for each in found}


def test_a_domain_of_more_organizations_than_declared_says_nothing() -> None:
    customer = KnownCustomer("1", "Contoso", mail_domains=("msp.example",))
    many = [Organization(f"o{key}", f"Firm {key}b", ("msp.example",)) for key in range(4)]
    _, found = matcher([customer], many).pair(many[0], customer)
    assert "contact_domain" not in {each.name for each in found}


def test_signals_come_strongest_first() -> None:
    organization = Organization("o", "Contoso", ("contoso.com",), {"microsoft_tenant_id": TENANT}, "US")
    customer = KnownCustomer("1", "Contoso", tenant_ids=(TENANT,), mail_domains=("fabrikam.com",), country="US")
    _, found = matcher([customer], [organization]).pair(organization, customer)
    counted = [each.score * each.weight for each in found]
    assert counted == sorted(counted, reverse=True)
    assert found[0].name == "microsoft_tenant_id"


EVIDENCE = {
    "external_id": "o",
    "tax_id": "DE123456789",
    "country": "DE",
    "mail_domains": ("contoso.com",),
    "tenant_ids": (TENANT,),
    "microsoft_domains": ("contoso.com",),
}


@given(st.sets(st.sampled_from(sorted(EVIDENCE))), st.sampled_from(sorted(EVIDENCE)))
def test_more_evidence_never_lowers_the_score(known: set[str], more: str) -> None:
    ids = {"microsoft_tenant_id": TENANT, "tax_id": "123456789"}
    organization = Organization("o", "Contoso", ("contoso.com",), ids, "DE")

    def score(members: set[str]) -> float:
        customer = replace(CUSTOMER, **{name: EVIDENCE[name] for name in members})  # type: ignore[arg-type]
        return matcher([customer], [organization]).pair(organization, customer)[0]

    assert 0 <= score(known) <= score(known | {more}) <= 1
