"""Hard cases around evidence: town and trade names, numbers of an old system, families on one domain, lettered units.

Every company here has words in common with others, and what joins two of them is a coincidence or a family tie.
"""

from support.labelled_making import Making

TOWNS = (
    "Springfield", "Riverside", "Fairview", "Georgetown", "Clayton", "Salem", "Madison", "Franklin", "Bristol",
    "Clinton",
    "Greenville", "Ashland", "Oxford", "Dover", "Hudson", "Milton", "Newport", "Auburn", "Dayton", "Lexington",
    "Burlington", "Jackson", "Kingston", "Manchester", "Milford", "Oakland", "Winchester", "Cleveland", "Arlington",
    "Centerville", "Bath", "Reading", "Stratford", "Marlow", "Henley", "Epsom", "Grantham", "Kendal", "Truro", "Whitby",
    "Harrogate", "Ludlow", "Morpeth", "Thetford", "Buxton", "Fort Worth", "St. Albans", "New Haven", "Mount Vernon",
    "Bury St Edmunds", "Weston-super-Mare", "La Jolla", "West Bend", "North Platte", "Cape May", "Glen Ridge",
)  # fmt: skip
KINDS = (
    "Dental", "Dental Care", "Law Group", "Legal", "Accounting", "Family Dentistry", "Animal Hospital", "Plumbing",
    "Veterinary Clinic", "Roofing", "Auto Repair", "Fire Department", "Public Library", "Chamber of Commerce",
    "Medical Center", "Insurance Agency", "Construction", "Landscaping", "Church", "Housing Authority",
    "Water District",
    "Credit Union", "Eye Clinic", "Pharmacy", "Primary School", "Academy", "Golf Club", "Solicitors", "Estate Agents",
    "Motors", "Bakery", "Veterinary Surgery", "Town Council", "Parish Council", "Housing Association", "Care Home",
    "Garden Centre", "Physiotherapy", "Brewery", "Community Trust",
)  # fmt: skip
_FIRST = ("First", "Greater", "Downtown", "Old", "St. Mary's", "Lakeside", "Royal")
_LAST = ("", "", "LLC", "Inc", "PC", "Ltd")
_PARTS = ("", "Holding", "Services", "North", "South", "Schools North", "Schools South", "Real Estate", "Farms", "Farm",
          "Trading", "Capital", "Logistics", "UK", "Ireland", "Foundation")  # fmt: skip
_UNITS = (("Store {}", "ABCDEF"), ("Unit {}", "ABCDE"), ("{}", "ABDE"), ("Fund {}", ("I", "II", "III", "IV", "V")),
          ("Phase {}", ("1", "2", "One", "Three")), ("Academy {} Campus", "ABC"), ("Block {}", ("4A", "4B", "5A")),
         )  # fmt: skip
_CONFUSED = (
    ("Bank of the {}", "{} Bank"), ("{0} {0} Dental", "{0} Dental"), ("North {} Dental", "{} North Dental"),
    ("First Church of {}", "Second Church of {}"), ("City of {}", "{} City"), ("{} LA", "{}"), ("{} One", "{} First"),
    ("{} Family LLC", "{} Family Trust"), ("{} Family", "{} Family Trust"), ("Plan A {}", "Plan {}"),
    ("{} Inc.", "{} LLC"),
)  # fmt: skip


def town_name(making: Making) -> str:
    """Return a town and a trade that nobody has yet."""
    while True:
        name = f"{making.random.choice(TOWNS)} {making.random.choice(KINDS)}"
        if making.random.random() < 0.25:
            name = f"{making.random.choice(_FIRST)} {name}"
        if name not in making.used:
            making.used.add(name)
            return name


def like(making: Making, name: str) -> str:
    """Return another company's name with the same town, or with the same trade."""
    town, kind = next((town, name.partition(town)[2].strip()) for town in TOWNS if town in name)
    while True:
        others = (f"{town} {making.random.choice(KINDS)}", f"{making.random.choice(TOWNS)} {kind}")
        found = making.random.choice(others)
        if found not in making.used:
            making.used.add(found)
            return found


def ended(making: Making, name: str) -> str:
    """Return the name with a legal form, or without."""
    return f"{name} {making.random.choice(_LAST)}".strip()


def town_and_trade(making: Making) -> None:
    """A town and a trade, with the evidence that others have."""
    name = town_name(making)
    making.pair(ended(making, name) if making.random.random() < 0.5 else name, name, making.random.choice(("US", "GB")))


def old_number(making: Making) -> None:
    """The number an old system gave to this company is another's who is called a little alike; or it is right."""
    name, number = town_name(making), making.number()
    kind = making.random.choice(("psa_id", "ingram_customer_id", "id", "id"))
    is_customer, is_right = making.random.random() < 0.5, making.random.random() < 0.25
    other = name if is_right else like(making, name)
    found = [
        making.customer(ended(making, other), "US", key=number)
        if kind == "ingram_customer_id"
        else making.customer(ended(making, other), "US", external=number)
    ]
    if not is_right:
        found = [making.customer(ended(making, name), "US")] if is_customer else []
    ids = {} if kind == "id" else {kind: number}
    making.organization(ended(making, name), *found, domains=(), key=number if kind == "id" else None, **ids)


def one_domain(making: Making) -> None:
    """Sisters, parents and children on one domain: some are customers, and the domain is known of one of these."""
    family, domain = making.random.choice((making.word(), town_name(making))), making.domain(making.word())
    carries_it = True
    for part in making.random.sample(_PARTS, making.random.randrange(2, 5)):
        name, found = f"{family} {part}".strip(), []
        if carries_it or making.random.random() < 0.5:
            kept = making.random.choice(
                ({"microsoft": domain}, {"domain": domain}, {"domain": domain, "microsoft": domain})
            )
            shown = kept if carries_it else {}
            found = [making.customer(ended(making, name), "US", read=carries_it, **shown)]
        carries_it = False
        if making.random.random() < 0.6:
            making.organization(ended(making, name), *found, domains=(domain,))


def lettered(making: Making) -> None:
    """Units of one company that a letter or a roman numeral tells apart, on one domain; not all are customers."""
    brand, domain = making.random.choice((making.word(), town_name(making))), making.domain(making.word())
    written, letters = making.random.choice(_UNITS)
    names = [f"{brand} {written.format(letter)}" for letter in making.random.sample(letters, 3)]
    if making.random.random() < 0.5:
        names[0] = brand if "{} Campus" not in written else f"{brand} Academy Campus"
    bought = making.random.sample(names, making.random.randrange(1, 3))
    for name in names:
        found = [making.customer(ended(making, name), "US", domain=domain, read=True)] if name in bought else []
        making.organization(ended(making, name), *found, domains=(domain,))


def two_countries(making: Making) -> None:
    """A company and one abroad of the same name: a number or the domain joins them by chance or by family."""
    name, number = making.word(), making.number()
    domain = making.domain(name) if making.random.random() < 0.5 else None
    making.customer(f"{name} GmbH", "DE", external=number, domain=domain, microsoft=domain, read=True)
    found = [making.customer(f"{name} Inc.", "US")] if making.random.random() < 0.4 else []
    written = making.random.choice((name, f"{name} Inc."))
    making.organization(written, *found, domains=(domain,) if domain else (), country="US", psa_id=number)


def confused(making: Making) -> None:
    """Two names of the same words that are two companies on one domain; the right one, if there, was not read."""
    own, domain = making.word(), making.domain(making.word())
    both = [each.format(own) for each in making.random.choice(_CONFUSED)]
    making.random.shuffle(both)
    kept = making.random.choice(({"domain": domain}, {"microsoft": domain}))
    making.customer(both[1], "US", read=True, **kept)
    found = [making.customer(both[0], "US", read=False)] if making.random.random() < 0.5 else []
    making.organization(both[0], *found, domains=(domain,))
