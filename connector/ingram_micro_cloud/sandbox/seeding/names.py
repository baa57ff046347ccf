"""Invented companies and people: plain ones, other scripts, near twins, franchises."""

from random import Random
from typing import Final

SPECIAL: Final = (
    ("Alder & Finch Dental LLC", "US"),
    ("Alder and Finch Dental", "US"),
    ("Brightwater Coffee, Store 12", "US"),
    ("Brightwater Coffee, Store 21", "US"),
    ("Brightwater Coffee Holding Inc.", "US"),
    ("Müller Präzisionstechnik GmbH", "DE"),
    ("Mueller Praezisionstechnik GmbH & Co. KG", "DE"),
    ("Ναυτιλιακή Αιγαίου Α.Ε.", "GR"),
    ("株式会社青葉設計", "JP"),
    ("Société Lumière du Midi SARL", "FR"),
    ("Żurawski Transport Sp. z o.o.", "PL"),
    ("شركة الواحة للتجارة", "AE"),
    ("Pineridge Law Group", "US"),
    ("Pine Ridge Law Group PLLC", "US"),
)
FIRST: Final = (
    "Amber", "Basalt", "Cedar", "Dune", "Ember", "Fjord", "Granite", "Hazel", "Indigo", "Juniper", "Kestrel", "Lantern",
    "Maple", "Nimbus", "Orchard", "Pebble", "Quartz", "Raven", "Saffron", "Tundra", "Umber", "Velvet", "Willow", "Zephyr",
)  # fmt: skip
SECOND: Final = (
    "Accounting", "Architects", "Auto Parts", "Bakery", "Care Homes", "Clinic", "Construction", "Dental", "Engineering",
    "Estates", "Freight", "Furniture", "Insurance", "Interiors", "Legal", "Logistics", "Marine", "Outfitters", "Plumbing",
    "Printing", "Recruiting", "Schools", "Surveyors", "Travel", "Veterinary",
)  # fmt: skip
FORMS: Final = ("Inc.", "LLC", "Ltd", "Group", "& Co.", "Partners", "")
PEOPLE: Final = (
    ("Ada", "Moreau"), ("Bo", "Lindgren"), ("Carla", "Ferreira"), ("Dev", "Anand"), ("Elif", "Kaya"), ("Femi", "Adeyemi"),
    ("Greta", "Holm"), ("Hugo", "Benitez"), ("Ines", "Costa"), ("Jun", "Park"), ("Kofi", "Owusu"), ("Lena", "Brandt"),
)  # fmt: skip
PLACES: Final = {
    "US": ("418 Mill Street", "60614", "Chicago", "IL"),
    "DE": ("Hafenstraße 12", "50667", "Köln", None),
    "GR": ("Akti Miaouli 40", "18535", "Piraeus", None),
    "JP": ("2-8-1 Aoba", "980-0803", "Sendai", None),
    "FR": ("9 rue des Tanneurs", "34000", "Montpellier", None),
    "PL": ("ul. Portowa 3", "81-350", "Gdynia", None),
    "AE": ("Creek Road 77", "00000", "Dubai", "DU"),
    "CA": ("77 Queen Street", "M5H 2M9", "Toronto", "ON"),
}


def company(random: Random, position: int) -> tuple[str, str]:
    """Return name and country of the company at a position; names stay apart however many there are."""
    if position < len(SPECIAL):
        return SPECIAL[position]
    pair = position - len(SPECIAL)
    first, second = FIRST[pair % len(FIRST)], SECOND[(pair // len(FIRST) + pair * 5) % len(SECOND)]
    series = pair // (len(FIRST) * len(SECOND))
    form = random.choice(FORMS)
    number = f" {series + 1}" if series else ""
    return f"{first} {second}{number} {form}".strip(), random.choice(("US", "US", "US", "CA"))


def domain_of(name: str, position: int) -> str:
    """Return a mail domain for a company, ASCII and its own."""
    plain = "".join(character for character in name.lower() if character.isascii() and character.isalnum())[:18]
    return f"{plain or 'firma'}{position + 1}.example"
