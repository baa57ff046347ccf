"""Invents organizations and customers with the evidence such pairs have; names are made of syllables."""

from dataclasses import dataclass, field
from random import Random

from ingram_micro_cloud.organizations.models import KnownCustomer, Organization

_STARTS = ("al", "bar", "cor", "dun", "el", "far", "gal", "hol", "ist", "jor", "kel", "lan", "mor", "nar", "ost",
           "pel", "quin", "ros", "sil", "tor", "ul", "ver", "win", "yar", "zel", "bren", "cald", "dray", "fen",
           "glen", "hart", "lyn", "mal")  # fmt: skip
_MIDDLES = ("a", "e", "i", "o", "u", "an", "en", "in", "or", "er", "am", "il", "ar", "es", "on", "ad", "ev", "is")
_ENDS = ("ba", "dor", "field", "gate", "ham", "ka", "lin", "mere", "nell", "port", "quist", "ridge", "sen", "ston",
         "tas", "via", "wick", "wood", "yard", "zon", "more", "ley", "den", "mont", "bridge", "ford")  # fmt: skip
TRADES = ("Accounting", "Architects", "Bakery", "Consulting", "Construction", "Dental", "Engineering", "Estates",
           "Freight", "Furniture", "Insurance", "Interiors", "Legal", "Logistics", "Manufacturing", "Marine",
           "Plumbing", "Printing", "Recruiting", "Services", "Solutions", "Systems", "Travel",
           "Veterinary")  # fmt: skip
FORMS = {
    "US": ("Inc.", "LLC", "Corp."), "GB": ("Ltd", "Limited", "PLC"), "DE": ("GmbH", "AG", "GmbH & Co. KG"),
    "FR": ("SARL", "SAS", "S.A."), "PL": ("Sp. z o.o.", "S.A."), "NL": ("B.V.", "NV"), "SE": ("AB",),
    "AU": ("Pty Ltd",), "IT": ("S.p.A.", "S.r.l."), "ES": ("S.L.", "S.A."), "TR": ("A.Ş.", "Ltd. Şti."),
    "IN": ("Pvt Ltd",),
}  # fmt: skip


@dataclass
class Making:
    """What was invented so far, and who is who."""

    random: Random
    organizations: list[Organization] = field(default_factory=list)
    customers: list[KnownCustomer] = field(default_factory=list)
    truth: dict[str, frozenset[str]] = field(default_factory=dict)
    case: dict[str, str] = field(default_factory=dict)
    case_now: str = ""
    used: set[str] = field(default_factory=set)
    numbers: int = 0

    def word(self) -> str:
        """Return a word nobody has yet."""
        while True:
            middle = "".join(self.random.choice(_MIDDLES) for _ in range(self.random.choice((0, 1, 1, 2))))
            found = self.random.choice(_STARTS) + middle + self.random.choice(_ENDS)
            if found not in self.used:
                self.used.add(found)
                return found.capitalize()

    def number(self) -> str:
        """Return the next number of a system that counts from one."""
        self.numbers += 1
        return str(self.numbers)

    def name(self) -> str:
        """Return a company's name without a legal form: one or two words of its own, mostly with a trade."""
        own = self.word() if self.random.random() < 0.7 else f"{self.word()} {self.word()}"
        return f"{own} {self.random.choice(TRADES)}" if self.random.random() < 0.85 else own

    def country(self) -> str:
        return self.random.choice(tuple(FORMS))

    def formed(self, name: str, country: str) -> str:
        return f"{name} {self.random.choice(FORMS[country])}"

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
                 read: bool | None = None, key: str | None = None) -> str:  # fmt: skip
        """Add a customer as far as it has been read; return its id."""
        key = key or str(1_000_000 + len(self.customers))
        details = self.random.random() < 0.75 if read is None else read
        holdings = self.random.random() < 0.6 if read is None else read
        self.customers.append(
            KnownCustomer(
                id=key,
                name=name,
                external_id=external,
                status="active",
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
                     key: str | None = None, **external_ids: str) -> str:  # fmt: skip
        """Add an organization whose customers are `right`; return its id."""
        key = key or f"org-{len(self.organizations) + 1}"
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
