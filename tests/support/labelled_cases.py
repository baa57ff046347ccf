"""Cases around names: franchises, renamed and merged companies, other scripts, twins, spelling, namesakes."""

from support.labelled_making import FORMS, TRADES, Making

SHORT = {"Manufacturing": "Mfg", "Services": "Svcs", "Engineering": "Engr", "Accounting": "Acctg", "Insurance": "Ins."}
SCRIPTS = (
    ("株式会社{}", "{}", "青葉設計海山川林森石松竹梅原田中", "JP"),
    ("{} Α.Ε.", "{} ΑΕ", "αβγδεζηικλμνοπρστυφχω", "GR"),
    ("شركة {}", "{}", "ابتجحدرسصطعفقكلمنهو", "AE"),
    ("ООО «{}»", "{}", "абвгдежзиклмнопрстуфхшэюя", "KZ"),
)
FREE = ("gmail.com", "outlook.com", "yahoo.co.uk", "gmx.de")
RESELLER = "northwind-it.example"


def plain(making: Making) -> None:
    """The same name on both sides."""
    country = making.country()
    name = making.formed(making.name(), country)
    making.pair(name, name, country)


def form_left_out(making: Making) -> None:
    """One side leaves the legal form out."""
    country, name = making.country(), making.name()
    both = [name, making.formed(name, country)]
    making.random.shuffle(both)
    making.pair(both[0], both[1], country)


def franchise(making: Making) -> None:
    """Give shops of one brand numbers; one shop is no customer, and headquarters' domain is everybody's."""
    brand, domain = making.name(), making.domain(making.word())
    first = making.random.randrange(2, 40)
    for number in range(first, first + making.random.randrange(3, 6)):
        tenant = making.tenant()
        key = making.customer(f"{brand}, Store {number}", "US", domain=domain, tenant=tenant)
        ids = {"microsoft_tenant_id": tenant} if making.random.random() < 0.3 else {}
        making.organization(
            f"{brand} #{number}" if number % 2 else f"{brand} Store {number}", key, domains=(domain,), **ids
        )
    making.organization(f"{brand} Store {first + 50}", domains=(domain,))


def renamed(making: Making) -> None:
    """Two names, one tenant."""
    country = making.country()
    making.pair(
        making.formed(making.name(), country), making.formed(making.name(), country), country, knows_tenant=True
    )


def merged(making: Making) -> None:
    """Let one organization have bought another: two customers in one tenant, either of which is right."""
    country, name, tenant, domain = making.country(), making.name(), making.tenant(), making.domain(making.word())
    keys = [making.customer(making.formed(each, country), country, domain=domain, tenant=tenant, read=True)
            for each in (name, making.name())]  # fmt: skip
    making.organization(name, *keys, domains=(domain,), country=country, microsoft_tenant_id=tenant)


def other_script(making: Making) -> None:
    """A name that is not in Latin letters."""
    written, bare, letters, country = making.random.choice(SCRIPTS)
    while (own := "".join(making.random.choices(letters, k=making.random.randrange(4, 8)))) in making.used:
        pass
    making.used.add(own)
    making.pair(bare.format(own), written.format(own), country)


def twins(making: Making) -> None:
    """Two companies of one family: the same name with two legal forms, each with a domain of its own."""
    name = making.name()
    for form in ("GmbH", "GmbH & Co. KG"):
        making.pair(f"{name} {form}", f"{name} {form}", "DE", domain=making.domain(making.word()))


def parent(making: Making) -> None:
    """A parent, its child, and a sister in the north; the child's people write from the parent's domain."""
    country, name, domain = making.country(), making.name(), making.domain(making.word())
    for suffix in (" Holding", "", " North"):
        full = making.formed(name + suffix, country)
        key = making.customer(full, country, domain=domain, tenant=making.tenant())
        making.organization(name + suffix, key, domains=(domain,), country=country)


def typing_error(making: Making) -> None:
    """One letter is missing, swapped or wrong."""
    country, name = making.country(), making.name()
    place = making.random.randrange(1, len(name.split()[0]) - 1)
    slips = (name[:place] + name[place + 1 :], name[:place] + name[place + 1] + name[place] + name[place + 2 :],
             name[:place] + "x" + name[place + 1 :])  # fmt: skip
    making.pair(making.formed(making.random.choice(slips), country), making.formed(name, country), country)


def word_order(making: Making) -> None:
    """The words the other way round."""
    country, name = making.country(), f"{making.word()} {making.word()} {making.random.choice(TRADES)}"
    turned = " ".join(reversed(name.split()))
    making.pair(turned, making.formed(name, country), country)


def abbreviation(making: Making) -> None:
    """Words written out on one side only."""
    trade = making.random.choice(tuple(SHORT))
    own, country = making.word(), making.country()
    making.pair(f"{own} Intl {SHORT[trade]}", f"{own} International {trade} {FORMS[country][0]}", country)


def free_mail(making: Making) -> None:
    """No domain but free mail."""
    country, mail = making.country(), making.random.choice(FREE)
    name = making.name()
    key = making.customer(making.formed(name, country), country, domain=mail, read=True)
    making.organization(name, key, domains=(mail,), country=country)


def reseller_domain(making: Making) -> None:
    """The reseller's domain on everybody."""
    country, name = making.country(), making.name()
    key = making.customer(making.formed(name, country), country, domain=RESELLER, read=True)
    making.organization(name, key, domains=(RESELLER,), country=country)


def colliding_ids(making: Making) -> None:
    """The number one system gave to this company is the one another gave to somebody else, even to a namesake."""
    country, name, number = making.country(), making.name(), str(making.random.randrange(100, 999))
    other = f"{name.split()[0]} {making.word()}" if making.random.random() < 0.3 else making.name()
    making.customer(making.formed(other, country), country, external=number)
    key = making.customer(making.formed(name, country), country)
    making.organization(name, key, psa_id=number)


def other_country(making: Making) -> None:
    name = making.name()
    for country in ("US", "AU"):
        domain = making.domain(name)
        key = making.customer(name, country, domain=domain, read=True)
        making.organization(name, key, domains=(domain,), country=country)


def foreign_tenant(making: Making) -> None:
    """A namesake of the organization has another tenant; its own customer goes by an older name."""
    country, name = making.country(), making.name()
    tenant = making.tenant()
    making.customer(making.formed(name, country), country, tenant=making.tenant(), read=True)
    key = making.customer(making.formed(making.name(), country), country, tenant=tenant, read=True)
    making.organization(name, key, country=country, microsoft_tenant_id=tenant)


def namesake(making: Making) -> None:
    """An organization without a customer, and a customer of the same name that is somebody else."""
    name, (home, abroad) = making.name(), making.random.sample(tuple(FORMS), 2)
    making.customer(making.formed(name, abroad), abroad, domain=making.domain(name), tenant=making.tenant())
    making.organization(name, domains=(making.domain(name),), country=home, microsoft_tenant_id=making.tenant())


def acquired(making: Making) -> None:
    """A company that writes from its buyer's domain; the buyer is a customer too, the company was never read."""
    country, name, buyer = making.country(), making.name(), making.name()
    domain = making.domain(buyer)
    making.customer(making.formed(buyer, country), country, domain=domain, microsoft=domain, read=True)
    key = making.customer(making.formed(name, country), country, read=False)
    making.organization(name, key, domains=(domain,), country=country)


def no_customer(making: Making) -> None:
    """An organization that buys elsewhere; half of them resemble a customer in part."""
    country, name = making.country(), making.name()
    if making.random.random() < 0.5:
        other = f"{name.split()[0]} {making.random.choice(TRADES)} {making.word()}"
        making.customer(making.formed(other, country), country, domain=making.domain(other), tenant=making.tenant())
    making.organization(name, domains=(making.domain(name),), microsoft_tenant_id=making.tenant())
