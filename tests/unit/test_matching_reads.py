"""Which customers are worth reading: only where a read can decide something."""

from dataclasses import replace

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization
from support.matching import TENANT, matcher

TWINS = (KnownCustomer("1", "Contoso Ltd"), KnownCustomer("2", "Contoso Limited"))


def worth(
    customers: tuple[KnownCustomer, ...], *organizations: Organization, taken: dict[str, str] | None = None
) -> tuple[str, ...]:
    found = matcher(customers, organizations).worth_reading(organizations, taken or {})
    assert all(each.details or each.holdings for each in found)
    return tuple(each.customer_id for each in found)


def with_domain(key: str, name: str) -> Organization:
    return Organization(key, name, (f"{key}.example",))


def test_an_organization_with_nothing_but_a_name_causes_no_reads() -> None:
    assert worth(TWINS, Organization("o", "Contoso")) == ()


def test_ids_that_reading_could_not_confirm_cause_no_reads() -> None:
    assert worth(TWINS, Organization("o", "Contoso", (), {"psa_id": "7"})) == ()


def test_free_mail_is_no_evidence() -> None:
    assert worth(TWINS, Organization("o", "Contoso", ("gmail.com",))) == ()


def test_customers_a_person_would_have_to_decide_between_come_first() -> None:
    customers = (*TWINS, KnownCustomer("3", "Fabrikam Inc."), KnownCustomer("4", "Woodgrove"))
    found = worth(customers, with_domain("f", "Fabrikam"), with_domain("c", "Contoso"))
    assert set(found[:2]) == {"1", "2"}
    assert found[2] == "3"


def test_the_one_candidate_is_read_where_it_could_become_certain() -> None:
    assert worth((TWINS[0], KnownCustomer("4", "Woodgrove")), with_domain("c", "Contoso")) == ("1",)


def test_what_is_certain_is_not_read_again() -> None:
    customer = replace(TWINS[0], tenant_ids=(TENANT,), holdings_read=True)
    assert worth((customer,), Organization("o", "Contoso", (), {"microsoft_tenant_id": TENANT})) == ()


def test_a_namesake_that_keeps_a_domain_from_being_certain_is_read() -> None:
    read = replace(TWINS[0], microsoft_domains=("c.example",), details_read=True, holdings_read=True)
    found = worth((read, TWINS[1], KnownCustomer("4", "Woodgrove")), with_domain("c", "Contoso"))
    assert found[0] == "2"


def test_for_an_organization_nobody_is_like_the_unclaimed_are_read() -> None:
    customers = (*TWINS, KnownCustomer("3", "Fabrikam"), KnownCustomer("4", "Woodgrove"))
    found = worth(customers, with_domain("n", "Northwind"), Organization("f", "Fabrikam"))
    assert set(found) == {"1", "2", "4"}, "Fabrikam is claimed by name"


def test_the_unclaimed_that_are_a_little_alike_come_before_the_others() -> None:
    customers = (KnownCustomer("1", "Woodgrove"), KnownCustomer("2", "Tailspin Dental"))
    assert worth(customers, with_domain("n", "Northwind Dental")) == ("2", "1")


def test_customers_that_are_read_gone_or_taken_are_left_alone() -> None:
    read = KnownCustomer("1", "Contoso Ltd", details_read=True, holdings_read=True)
    gone = KnownCustomer("2", "Contoso Limited", gone=True)
    taken = KnownCustomer("3", "Contoso")
    half = KnownCustomer("4", "Contoso Inc.", details_read=True)
    assert worth((read, gone, taken, half), with_domain("c", "Contoso"), taken={"3": "x"}) == ("4",)


def test_only_the_read_that_could_tell_is_asked_for() -> None:
    customers = (KnownCustomer("1", "Woodgrove"),)
    by_tenant = Organization("n", "Northwind", (), {"microsoft_tenant_id": TENANT})
    by_tax = Organization("t", "Tailspin", (), {"tax_id": "US-123456"})
    (one,) = matcher(customers, (by_tenant,)).worth_reading((by_tenant,), {})
    assert (one.details, one.holdings) == (False, True)
    (other,) = matcher(customers, (by_tax,)).worth_reading((by_tax,), {})
    assert (other.details, other.holdings) == (True, False)
    (both,) = matcher(customers, (by_tax, by_tenant)).worth_reading((by_tax, by_tenant), {})
    assert (both.details, both.holdings) == (True, True)
