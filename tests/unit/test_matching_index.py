"""The index finds whom scoring everybody would find."""

import pytest

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization
from support.labelled_organizations import labelled
from support.matching import TENANT, declared, matcher

FOUND = {
    "a word": ("Contoso Plumbing", KnownCustomer("1", "Contoso Travel")),
    "a typing error": ("Contsoo", KnownCustomer("1", "Contoso")),
    "a letter more": ("Contosso", KnownCustomer("1", "Contoso")),
    "words written as one": ("Pineridge", KnownCustomer("1", "Pine Ridge Law")),
    "one word written as two": ("Pine Ridge", KnownCustomer("1", "Pineridge Law")),
    "initials": ("IBM", KnownCustomer("1", "International Business Machines")),
    "initials the other way": ("International Business Machines", KnownCustomer("1", "IBM")),
    "a tenant": ("Fabrikam", KnownCustomer("1", "Contoso", tenant_ids=(TENANT,))),
    "a contact domain": ("Fabrikam", KnownCustomer("1", "Contoso", mail_domains=("fabrikam.example",))),
    "a tax id": ("Fabrikam", KnownCustomer("1", "Contoso", tax_id="DE 111 222 333")),
    "an external id": ("Fabrikam", KnownCustomer("1", "Contoso", external_id="PSA-1")),
}


@pytest.mark.parametrize("way", FOUND)
def test_a_customer_is_found_by(way: str) -> None:
    name, customer = FOUND[way]
    ids = {"microsoft_tenant_id": TENANT, "vat_id": "111222333", "psa_id": "psa-1"}
    others = [KnownCustomer(str(key), f"Woodgrove {key}x") for key in range(100, 200)]
    found = matcher([customer, *others]).score_candidates(Organization("o", name, ("fabrikam.example",), ids))
    assert [key for key, _ in found][:1] == ["1"]


def test_no_more_customers_are_scored_than_declared() -> None:
    many = [KnownCustomer(str(key), f"Contoso {key}x") for key in range(500)]
    found = matcher(many).score_candidates(Organization("o", "Contoso"))
    assert len(found) == declared().mapping.candidates.scored


def test_the_whole_name_is_found_among_many_that_begin_alike() -> None:
    many = [KnownCustomer(str(key), f"Contoso Dental {key}x") for key in range(500)]
    found = matcher([*many, KnownCustomer("z", "Contoso Dental LLC")]).score_candidates(
        Organization("o", "Contoso Dental")
    )
    assert found[0][0] == "z"


def test_the_best_of_everybody_is_the_best_of_the_candidates() -> None:
    lists = labelled(300, seed=11)
    made = matcher(lists.customers, lists.organizations)
    telling = 0
    for each in lists.organizations:
        best = made.score_everybody(each)[0]
        if best[1] >= declared().mapping.bands.possible:
            telling += 1
            assert made.score_candidates(each)[0] == best
    assert telling > 240
