"""Which domain an address, a host or a web page belongs to."""

import pytest

from ingram_micro_cloud.organizations.matching.domains import registered_domains, registrable
from support.matching import declared

ADDRESSES = (
    ("ada@contoso.com", "contoso.com"),
    ("ada@mail.eu.contoso.co.uk", "contoso.co.uk"),
    ("Ada <x>@Contoso.COM", "contoso.com"),
    ("https://www.contoso.com/about?x=1", "contoso.com"),
    ("www.contoso.com:8443", "contoso.com"),
    ("contoso.com.", "contoso.com"),
    ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
    ("x@contoso.mail.onmicrosoft.com", "contoso.onmicrosoft.com"),
    ("deep.contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
    ("fabrikam.github.io", "fabrikam.github.io"),
    ("münchen-bau.de", "xn--mnchen-bau-9db.de"),
    ("XN--MNCHEN-BAU-9DB.de", "xn--mnchen-bau-9db.de"),
    ("shop.example", "shop.example"),
    ("onmicrosoft.com", None),
    ("co.uk", None),
    ("ada@gmail.com", None),
    ("ada@yahoo.co.uk", None),
    ("localhost", None),
    ("10.0.0.7", None),
    ("", None),
    ("not a domain.com", None),
    ("a..com", None),
)


@pytest.mark.parametrize(("address", "domain"), ADDRESSES)
def test_an_address_belongs_to_its_registered_domain(address: str, domain: str | None) -> None:
    assert registrable(address, declared().mapping) == domain


def test_domains_come_once_in_order_of_appearance() -> None:
    found = registered_domains(["a@b.com", "c@gmail.com", "www.a.com", "x.b.com"], declared().mapping)
    assert found == ("b.com", "a.com")
