"""Leads, conflicts and reasons: what a person gets to read."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization
from support.labelled_organizations import labelled
from support.matching import CONTOSO, READ, TENANT, matcher, one, organization, suggest


def test_a_reason_is_a_sentence_that_names_evidence_and_runner_up() -> None:
    customers = [
        KnownCustomer("1000275", "Contoso Limited", tenant_ids=(TENANT,)),
        KnownCustomer("1000276", "Contoso Labs"),
    ]
    found = one(customers, organization("Contoso Ltd", microsoft_tenant_id=TENANT))
    assert found.runner_up is not None
    runner_up = f"Contoso Labs (1000276), {found.runner_up.score:.2f}"
    assert found.reason == (
        f"Same Microsoft tenant, and the names agree without legal form. Next best: {runner_up}."
    )  # fmt: skip
    assert found.lead == pytest.approx(found.score - found.runner_up.score)


def test_without_a_runner_up_the_lead_is_the_score() -> None:
    found = one([CONTOSO], organization())
    assert found.runner_up is None
    assert found.lead == found.score


def test_a_fund_is_not_told_that_another_fund_took_its_customer() -> None:
    customers = [
        replace(READ, id=key, name=f"Rosewood Fund {key}", mail_domains=("contoso.com",)) for key in ("I", "II")
    ]
    ours = [Organization(name, f"Rosewood {name}", ("contoso.com",)) for name in ("Fund", "Fund II", "Fund III")]
    found = suggest(customers, *ours)
    assert found[2].state == "unmapped"
    assert found[2].reason.startswith("No customer fits well enough; the nearest is Rosewood Fund I")


def test_an_organization_that_is_called_like_the_customer_keeps_an_id_from_being_certain() -> None:
    customer = replace(CONTOSO, external_id="ACC-077")
    carrier = Organization("a", "Contosso", (), {"psa_id": "ACC-077"})
    assert suggest([customer], carrier)[0].band == "certain"
    assert suggest([customer], carrier, Organization("b", "Contoso Ltd"))[0].band != "certain"


def test_what_speaks_against_is_said() -> None:
    found = one([replace(CONTOSO, status="cancelled", country="DE")], organization(country="US"))
    assert "but the countries differ and the customer is cancelled" in found.reason


def test_a_conflict_between_customers_names_both() -> None:
    found = one([CONTOSO, KnownCustomer("2", "Contoso Limited")], organization())
    assert found.customer_name is not None
    assert "Contoso Limited (2) fits about as well" in found.reason


def test_an_unmapped_organization_is_told_the_nearest() -> None:
    found = one([KnownCustomer("1", "Contoso Dental")], organization("Woodgrove Dental"))
    assert found.customer_id is None
    assert found.reason.startswith("No customer fits well enough; the nearest is Contoso Dental (1), 0.")


def test_a_cancelled_namesake_does_not_stand_in_the_way() -> None:
    found = one([CONTOSO, replace(CONTOSO, id="2", status="cancelled")], organization())
    assert (found.state, found.customer_id, found.band) == ("suggested", "1", "likely")


def test_a_recreated_customer_with_the_old_one_cancelled_is_certain_by_its_tenant() -> None:
    old = replace(READ, id="0", status="cancelled", tenant_ids=(TENANT,))
    found = one([old, replace(READ, tenant_ids=(TENANT,))], organization(microsoft_tenant_id=TENANT))
    assert (found.customer_id, found.state) == ("1", "suggested")


def test_a_customer_of_another_organization_is_not_offered() -> None:
    owner = Organization("org-9", "Contoso Group")
    found = matcher([CONTOSO], [owner, organization()]).suggestions([organization()], {"1": "org-9"})[0]
    assert (found.state, found.customer_id, found.band) == ("conflict", None, "none")
    assert "is taken by Contoso Group (org-9)" in found.reason


def test_a_customer_of_an_unknown_organization_is_taken_by_its_id() -> None:
    assert "is taken by org-9:" in one([CONTOSO], organization(), {"1": "org-9"}).reason


def test_a_taken_customer_leaves_the_next_one_that_fits_about_as_well() -> None:
    found = one([CONTOSO, KnownCustomer("2", "Contoso Limited")], organization(), {"1": "org-9"})
    assert (found.state, found.customer_id) == ("suggested", "2")


def test_its_own_customers_are_not_taken_from_an_organization() -> None:
    assert one([CONTOSO], organization(), {"1": "org-1"}).customer_id == "1"


def test_an_identifier_that_a_mapped_organization_carries_too_settles_nothing() -> None:
    mapped = Organization("org-9", "Fabrikam", (), {"microsoft_tenant_id": TENANT})
    ours = organization("Woodgrove", microsoft_tenant_id=TENANT)
    customers = [replace(READ, tenant_ids=(TENANT,)), KnownCustomer("2", "Fabrikam")]
    found = matcher(customers, [mapped, ours]).suggestions([ours], {"2": "org-9"})[0]
    assert found.band == "likely"


def test_two_organizations_that_want_one_customer_alike_are_both_in_conflict() -> None:
    found = suggest([CONTOSO], Organization("a", "Contoso"), Organization("b", "Contoso Limited"))
    assert [each.state for each in found] == ["conflict", "conflict"]
    assert [each.band for each in found] == ["possible", "possible"]
    assert "Contoso Limited (b) wants it about as much" in found[0].reason


def test_a_clear_winner_keeps_the_customer_and_the_loser_is_told() -> None:
    winner = Organization("a", "Contoso", (), {"microsoft_tenant_id": TENANT})
    found = suggest([replace(READ, tenant_ids=(TENANT,))], Organization("b", "Contoso Labs"), winner)
    assert (found[0].state, found[0].customer_id) == ("unmapped", None)
    assert "clearly fits Contoso (a) better" in found[0].reason
    assert (found[1].state, found[1].band) == ("suggested", "certain")


def test_the_loser_gets_its_next_candidate() -> None:
    winner = Organization("a", "Contoso", (), {"microsoft_tenant_id": TENANT})
    customers = [replace(READ, name="Contoso", tenant_ids=(TENANT,)), KnownCustomer("2", "Contoso Labs Freight")]
    found = suggest(customers, winner, Organization("b", "Contoso"))
    assert (found[1].state, found[1].customer_id) == ("suggested", "2")
    assert "Contoso (1) clearly fits Contoso (a) better." in found[1].reason


def test_the_best_for_one_is_what_all_together_get() -> None:
    lists = labelled(200)
    made = matcher(lists.customers, lists.organizations)
    together = made.suggestions(lists.organizations, {})
    for each, suggestion in zip(lists.organizations[:60], together, strict=False):
        alone = made.best(each, {})
        assert (alone.state, alone.customer_id, alone.band) == (
            suggestion.state, suggestion.customer_id, suggestion.band,
        )  # fmt: skip


def test_best_weighs_rivals_but_not_mapped_ones() -> None:
    both = [Organization("a", "Contoso"), Organization("b", "Contoso")]
    made = matcher([CONTOSO, KnownCustomer("2", "Fabrikam")], both)
    assert made.best(both[0], {}).state == "conflict"
    assert made.best(both[0], {"2": "b"}).state == "suggested"


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_answer_depends_on_the_order_things_come_in(random: object) -> None:
    lists = labelled(60, seed=3)
    organizations, customers = list(lists.organizations), list(lists.customers)
    expected = {each.organization_id: each for each in suggest(customers, *organizations)}
    random.shuffle(organizations)  # type: ignore[attr-defined]
    random.shuffle(customers)  # type: ignore[attr-defined]
    found = suggest(customers, *organizations)
    assert [each.organization_id for each in found] == [each.id for each in organizations]
    assert {each.organization_id: each for each in found} == expected
