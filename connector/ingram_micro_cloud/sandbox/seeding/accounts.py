"""Resellers and customers to begin with."""

from random import Random

from ingram_micro_cloud.sandbox.calls import Json
from ingram_micro_cloud.sandbox.seeding.names import PEOPLE, PLACES, company, domain_of
from ingram_micro_cloud.sandbox.world import OWN_RESELLER, World

RESELLERS = ("Practice Managed Services", "Lakeside IT Partners", "Copperfield Systems")
ODD_STATES = ("creditHold", "adminHold", "cancelled", "pending")


def seed_resellers(world: World) -> None:
    """Make the own reseller first, then two below it."""
    for position, name in enumerate(RESELLERS):
        key = world.resellers.new_id()
        row = _account(key, name, "US", domain_of(name, position), position)
        world.resellers.add(
            {**row, "currency": "USD", "taxationProviderName": "Practice Tax", "customerClass": "Default"}
        )


def seed_customers(world: World, random: Random, number: int) -> None:
    """Make customers: most active, one in eleven in another state, one in six of a lower reseller."""
    lower = [str(int(OWN_RESELLER) + step) for step in (1, 2)]
    for position in range(number):
        name, country = company(random, position)
        key = world.customers.new_id()
        row = _account(key, name, country, domain_of(name, position), position)
        if position % 11 == 9:
            row["status"] = ODD_STATES[(position // 11) % len(ODD_STATES)]
        if position % 3 == 1:
            row["externalId"] = f"PSA-{10_000 + position}"
        if position % 4 == 2:
            row["taxRegId"] = f"{country}-{300_000 + position}"
        row["resellerId"] = lower[position % 2] if position % 6 == 5 else OWN_RESELLER
        world.customers.add(row)


def _account(key: str, name: str, country: str, domain: str, position: int) -> Json:
    street, code, city, state = PLACES[country]
    first, last = PEOPLE[position % len(PEOPLE)]
    second = PEOPLE[(position + 5) % len(PEOPLE)]
    address: Json = {"streetAddress": street, "postalCode": code, "city": city, "countryCode": country}
    if state is not None:
        address["state"] = state
    people = [_person("admin", first, last, domain, position), _person("billing", *second, domain, position)]
    return {
        "id": key,
        "name": name,
        "status": "active",
        "language": {"DE": "de_DE", "FR": "fr_FR", "JP": "ja_JP"}.get(country, "en_US"),
        "attributes": {},
        "address": address,
        "contactPersons": people[:1] if position % 5 == 4 else people,
    }


def _person(kind: str, first: str, last: str, domain: str, position: int) -> Json:
    return {
        "type": kind,
        "firstName": first,
        "lastName": last,
        "email": f"{first}.{last}@{domain}".lower(),
        "phoneNumber": f"1##555{position % 10_000_000:07}#",
    }
