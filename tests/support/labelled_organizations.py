"""Organizations and customers of which it is known who is who: what matching is measured on.

Everything is invented and follows from the seed. `CASES` says how often each hard case comes, and each case says what
is true: one customer, either of two, or none. Names come from syllables, so that words are as rare as in real lists.
Most organizations carry what a platform carries: mail domains, some a Microsoft tenant id, some ids of other systems.
Most customers have been read (details, holdings), as after a refresh; the rest are bare list rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization

CASES: Mapping[str, int] = {
    "plain": 45,
    "legal form left out": 8,
    "franchise": 6,
    "renamed, same tenant": 4,
    "merged, one tenant": 2,
    "other script": 4,
    "near twins": 4,
    "parent and child": 4,
    "typing error": 5,
    "word order": 3,
    "abbreviation": 3,
    "free mail only": 3,
    "reseller's own domain": 3,
    "external id of another system": 3,
    "same name, other country": 2,
    "tenant of another customer": 2,
    "namesake": 2,
    "acquired": 1,
    "no customer": 6,
}
"""How many of a hundred draws are of each case; a case makes one to six organizations."""

_STARTS = (
    "al",
    "bar",
    "cor",
    "dun",
    "el",
    "far",
    "gal",
    "hol",
    "ist",
    "jor",
    "kel",
    "lan",
    "mor",
    "nar",
    "ost",
    "pel",
    "quin",
    "ros",
    "sil",
    "tor",
    "ul",
    "ver",
    "win",
    "yar",
    "zel",
    "bren",
    "cald",
    "dray",
    "fen",
    "glen",
    "hart",
    "lyn",
    "mal",
)
_MIDDLES = ("a", "e", "i", "o", "u", "an", "en", "in", "or", "er", "am", "il", "ar", "es", "on", "ad", "ev", "is")
_ENDS = ("ba", "dor", "field", "gate", "ham", "ka", "lin", "mere", "nell", "port", "quist", "ridge", "sen", "ston",
         "tas", "via", "wick", "wood", "yard", "zon", "more", "ley", "den", "mont", "bridge", "ford")  # fmt: skip
_TRADES = ("Accounting", "Architects", "Bakery", "Consulting", "Construction", "Dental", "Engineering", "Estates",
           "Freight", "Furniture", "Insurance", "Interiors", "Legal", "Logistics", "Manufacturing", "Marine",
           "Plumbing", "Printing", "Recruiting", "Services", "Solutions", "Systems", "Travel",
           "Veterinary")  # fmt: skip
_SHORT = {"Manufacturing": "Mfg", "Services": "Svcs", "Engineering": "Engr", "Accounting": "Acctg", "Insurance": "Ins."}
_FORMS = {
    "US": ("Inc.", "LLC", "Corp."), "GB": ("Ltd", "Limited", "PLC"), "DE": ("GmbH", "AG", "GmbH & Co. KG"),
    "FR": ("SARL", "SAS", "S.A."), "PL": ("Sp. z o.o.", "S.A."), "NL": ("B.V.", "NV"), "SE": ("AB",),
    "AU": ("Pty Ltd",), "IT": ("S.p.A.", "S.r.l."), "ES": ("S.L.", "S.A."), "TR": ("A.Ş.", "Ltd. Şti."),
    "IN": ("Pvt Ltd",),
}  # fmt: skip
_SCRIPTS = (
    ("株式会社{}", "{}", "青葉設計海山川林森石松竹梅原田中", "JP"),
    ("{} Α.Ε.", "{} ΑΕ", "αβγδεζηικλμνοπρστυφχω", "GR"),
    ("شركة {}", "{}", "ابتجحدرسصطعفقكلمنهو", "AE"),
    ("ООО «{}»", "{}", "абвгдежзиклмнопрстуфхшэюя", "KZ"),
)
_FREE = ("gmail.com", "outlook.com", "yahoo.co.uk", "gmx.de")
_RESELLER = "northwind-it.example"


@dataclass(frozen=True)
class Labelled:
    """A list of organizations, a list of customers, and the truth.

    Attributes:
        truth: Per organization the customers that are right; none where it has no customer.
        case: Per organization the case it came from.
    """

    organizations: tuple[Organization, ...]
    customers: tuple[KnownCustomer, ...]
    truth: Mapping[str, frozenset[str]]
    case: Mapping[str, str]


def labelled(count: int, seed: int = 20261125) -> Labelled:
    """Return at least `count` organizations and about as many customers, in an order that says nothing."""
    making = _Making(Random(seed))  # noqa: S311  # invented data is no secret
    kinds, weights = list(CASES), list(CASES.values())
    while len(making.organizations) < count:
        (kind,) = making.random.choices(kinds, weights)
        making.case_now = kind
        _MAKE[kind](making)
    making.random.shuffle(making.organizations)
    making.random.shuffle(making.customers)
    return Labelled(tuple(making.organizations), tuple(making.customers), making.truth, making.case)


@dataclass
class _Making:
    random: Random
    organizations: list[Organization] = field(default_factory=list)
    customers: list[KnownCustomer] = field(default_factory=list)
    truth: dict[str, frozenset[str]] = field(default_factory=dict)
    case: dict[str, str] = field(default_factory=dict)
    case_now: str = ""
    used: set[str] = field(default_factory=set)

    def word(self) -> str:
        """Return a word nobody has yet."""
        while True:
            middle = "".join(self.random.choice(_MIDDLES) for _ in range(self.random.choice((0, 1, 1, 2))))
            found = self.random.choice(_STARTS) + middle + self.random.choice(_ENDS)
            if found not in self.used:
                self.used.add(found)
                return found.capitalize()

    def name(self) -> str:
        """Return a company's name without a legal form: one or two words of its own, mostly with a trade."""
        own = self.word() if self.random.random() < 0.7 else f"{self.word()} {self.word()}"
        return f"{own} {self.random.choice(_TRADES)}" if self.random.random() < 0.85 else own

    def country(self) -> str:
        return self.random.choice(tuple(_FORMS))

    def formed(self, name: str, country: str) -> str:
        return f"{name} {self.random.choice(_FORMS[country])}"

    def tenant(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def domain(self, name: str) -> str:
        made = (
            "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalnum())
            or self.word().lower()
        )
        found = f"{made}.example"
        while found in self.used:
            found = f"{made}{self.random.randrange(10_000)}.example"
        self.used.add(found)
        return found

    def customer(self, name: str, country: str, *, domain: str | None = None, tenant: str | None = None,
                 microsoft: str | None = None, external: str | None = None, tax: str | None = None,
                 read: bool | None = None, status: str = "active") -> str:  # fmt: skip
        """Add a customer as far as it has been read; return its id."""
        key = str(1_000_000 + len(self.customers))
        details = self.random.random() < 0.75 if read is None else read
        holdings = self.random.random() < 0.6 if read is None else read
        self.customers.append(
            KnownCustomer(
                id=key,
                name=name,
                external_id=external,
                status=status,
                tax_id=tax if details else None,
                country=country if details else None,
                mail_domains=(domain,) if details and domain else (),
                tenant_ids=(tenant,) if holdings and tenant else (),
                microsoft_domains=(microsoft,) if holdings and microsoft else (),
                details_read=details,
                holdings_read=holdings,
            )
        )
        return key

    def organization(self, name: str, *right: str, domains: tuple[str, ...] = (), country: str | None = None,
                     **external_ids: str) -> str:  # fmt: skip
        """Add an organization whose customers are `right`; return its id."""
        key = f"org-{len(self.organizations) + 1}"
        self.organizations.append(Organization(key, name, domains, external_ids, country))
        self.truth[key], self.case[key] = frozenset(right), self.case_now
        return key

    def pair(self, organization_name: str, customer_name: str, country: str, *, domain: str | None = None,
             knows_tenant: bool | None = None) -> None:  # fmt: skip
        """Add an organization and its customer with the evidence such pairs have."""
        own = domain or self.domain(organization_name)
        microsoft = f"{own.partition('.')[0]}.onmicrosoft.com"
        tenant, number = self.tenant(), str(self.random.randrange(10_000, 99_999))
        tax = f"{country}{self.random.randrange(10**8, 10**9)}"
        known = self.random.random() < 0.5 if knows_tenant is None else knows_tenant
        ids: dict[str, str] = {"microsoft_tenant_id": tenant} if known else {}
        if self.random.random() < 0.25:
            ids["psa_id"] = number
        if self.random.random() < 0.1:
            ids["vat_id"] = tax.removeprefix(country)
        key = self.customer(customer_name, country, domain=own, tenant=tenant, microsoft=microsoft,
                            external=number if self.random.random() < 0.4 else None,
                            tax=tax if self.random.random() < 0.5 else None)  # fmt: skip
        domains = ((own, microsoft), (own,), ())[self.random.choices((0, 1, 2), (3, 5, 2))[0]]
        shown = country if self.random.random() < 0.6 else None
        self.organization(organization_name, key, domains=domains, country=shown, **ids)


def _plain(making: _Making) -> None:
    country = making.country()
    name = making.formed(making.name(), country)
    making.pair(name, name, country)


def _form_left_out(making: _Making) -> None:
    country, name = making.country(), making.name()
    both = [name, making.formed(name, country)]
    making.random.shuffle(both)
    making.pair(both[0], both[1], country)


def _franchise(making: _Making) -> None:
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


def _renamed(making: _Making) -> None:
    country = making.country()
    making.pair(
        making.formed(making.name(), country), making.formed(making.name(), country), country, knows_tenant=True
    )


def _merged(making: _Making) -> None:
    """Let one organization have bought another: two customers in one tenant, either of which is right."""
    country, name, tenant, domain = making.country(), making.name(), making.tenant(), making.domain(making.word())
    keys = [making.customer(making.formed(each, country), country, domain=domain, tenant=tenant, read=True)
            for each in (name, making.name())]  # fmt: skip
    making.organization(name, *keys, domains=(domain,), country=country, microsoft_tenant_id=tenant)


def _other_script(making: _Making) -> None:
    written, bare, letters, country = making.random.choice(_SCRIPTS)
    while (own := "".join(making.random.choices(letters, k=making.random.randrange(4, 8)))) in making.used:
        pass
    making.used.add(own)
    making.pair(bare.format(own), written.format(own), country)


def _twins(making: _Making) -> None:
    """Two companies of one family: the same name with two legal forms, each with a domain of its own."""
    name = making.name()
    for form in ("GmbH", "GmbH & Co. KG"):
        making.pair(f"{name} {form}", f"{name} {form}", "DE", domain=making.domain(making.word()))


def _parent(making: _Making) -> None:
    """A parent, its child, and a sister in the north; the child's people write from the parent's domain."""
    country, name, domain = making.country(), making.name(), making.domain(making.word())
    for suffix in (" Holding", "", " North"):
        full = making.formed(name + suffix, country)
        key = making.customer(full, country, domain=domain, tenant=making.tenant())
        making.organization(name + suffix, key, domains=(domain,), country=country)


def _typing_error(making: _Making) -> None:
    country, name = making.country(), making.name()
    place = making.random.randrange(1, len(name.split()[0]) - 1)
    slips = (name[:place] + name[place + 1 :], name[:place] + name[place + 1] + name[place] + name[place + 2 :],
             name[:place] + "x" + name[place + 1 :])  # fmt: skip
    making.pair(making.formed(making.random.choice(slips), country), making.formed(name, country), country)


def _word_order(making: _Making) -> None:
    country, name = making.country(), f"{making.word()} {making.word()} {making.random.choice(_TRADES)}"
    turned = " ".join(reversed(name.split()))
    making.pair(turned, making.formed(name, country), country)


def _abbreviation(making: _Making) -> None:
    trade = making.random.choice(tuple(_SHORT))
    own, country = making.word(), making.country()
    making.pair(f"{own} Intl {_SHORT[trade]}", f"{own} International {trade} {_FORMS[country][0]}", country)


def _free_mail(making: _Making) -> None:
    country, mail = making.country(), making.random.choice(_FREE)
    name = making.name()
    key = making.customer(making.formed(name, country), country, domain=mail, read=True)
    making.organization(name, key, domains=(mail,), country=country)


def _reseller_domain(making: _Making) -> None:
    country, name = making.country(), making.name()
    key = making.customer(making.formed(name, country), country, domain=_RESELLER, read=True)
    making.organization(name, key, domains=(_RESELLER,), country=country)


def _colliding_ids(making: _Making) -> None:
    """The number one system gave to this company is the one another gave to somebody else, even to a namesake."""
    country, name, number = making.country(), making.name(), str(making.random.randrange(100, 999))
    other = f"{name.split()[0]} {making.word()}" if making.random.random() < 0.3 else making.name()
    making.customer(making.formed(other, country), country, external=number)
    key = making.customer(making.formed(name, country), country)
    making.organization(name, key, psa_id=number)


def _other_country(making: _Making) -> None:
    name = making.name()
    for country in ("US", "AU"):
        domain = making.domain(name)
        key = making.customer(name, country, domain=domain, read=True)
        making.organization(name, key, domains=(domain,), country=country)


def _foreign_tenant(making: _Making) -> None:
    """A namesake of the organization has another tenant; its own customer goes by an older name."""
    country, name = making.country(), making.name()
    tenant = making.tenant()
    making.customer(making.formed(name, country), country, tenant=making.tenant(), read=True)
    key = making.customer(making.formed(making.name(), country), country, tenant=tenant, read=True)
    making.organization(name, key, country=country, microsoft_tenant_id=tenant)


def _namesake(making: _Making) -> None:
    """An organization without a customer, and a customer of the same name that is somebody else."""
    name, (home, abroad) = making.name(), making.random.sample(tuple(_FORMS), 2)
    making.customer(making.formed(name, abroad), abroad, domain=making.domain(name), tenant=making.tenant())
    making.organization(name, domains=(making.domain(name),), country=home, microsoft_tenant_id=making.tenant())


def _acquired(making: _Making) -> None:
    """A company that writes from its buyer's domain; the buyer is a customer too, the company was never read."""
    country, name, buyer = making.country(), making.name(), making.name()
    domain = making.domain(buyer)
    making.customer(making.formed(buyer, country), country, domain=domain, microsoft=domain, read=True)
    key = making.customer(making.formed(name, country), country, read=False)
    making.organization(name, key, domains=(domain,), country=country)


def _no_customer(making: _Making) -> None:
    """An organization that buys elsewhere; half of them resemble a customer in part."""
    country, name = making.country(), making.name()
    if making.random.random() < 0.5:
        other = f"{name.split()[0]} {making.random.choice(_TRADES)} {making.word()}"
        making.customer(making.formed(other, country), country, domain=making.domain(other), tenant=making.tenant())
    making.organization(name, domains=(making.domain(name),), microsoft_tenant_id=making.tenant())


_MAKE: Mapping[str, Callable[[_Making], None]] = {
    "plain": _plain,
    "legal form left out": _form_left_out,
    "franchise": _franchise,
    "renamed, same tenant": _renamed,
    "merged, one tenant": _merged,
    "other script": _other_script,
    "near twins": _twins,
    "parent and child": _parent,
    "typing error": _typing_error,
    "word order": _word_order,
    "abbreviation": _abbreviation,
    "free mail only": _free_mail,
    "reseller's own domain": _reseller_domain,
    "external id of another system": _colliding_ids,
    "same name, other country": _other_country,
    "tenant of another customer": _foreign_tenant,
    "namesake": _namesake,
    "acquired": _acquired,
    "no customer": _no_customer,
}
