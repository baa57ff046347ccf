"""Mapping books over a state, with a matcher that only knows equal names, and a vendor that answers from tables."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import IngramMicroCloudError, NotFoundError
from ingram_micro_cloud.manifest.loader import Bundle, load_bundle
from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.models import KnownCustomer, Organization, Signal, Suggestion, WorthReading
from ingram_micro_cloud.organizations.ports import Account
from ingram_micro_cloud.organizations.sources import OrganizationBook
from ingram_micro_cloud.store.customers import ListedCustomer
from ingram_micro_cloud.store.state import State
from support.clock import FakeClock

HERE = Account("main", "account-1")
ELSEWHERE = Account("main", "account-2")
SAME = Signal("name", 1.0, 0.7, "the names are the same")


@cache
def bundle() -> Bundle:
    return load_bundle(bundle_root())


class EqualNames:
    """A matcher for tests: equal names are certain, and two organizations that want one customer are in conflict."""

    def __init__(
        self,
        spec: MappingFile,
        words: CompanyWords,
        customers: Sequence[KnownCustomer],
        organizations: Sequence[Organization] = (),
    ) -> None:
        self.customers = {each.id: each for each in customers}
        self.organizations = organizations

    def suggestions(self, organizations: Sequence[Organization], taken: Mapping[str, str]) -> tuple[Suggestion, ...]:
        wanted = [self._wanted(each, taken) for each in organizations]
        return tuple(
            self._suggestion(each, found, contested=found is not None and wanted.count(found) > 1)
            for each, found in zip(organizations, wanted, strict=True)
        )

    def best(self, organization: Organization, taken: Mapping[str, str]) -> Suggestion:
        return self.suggestions([organization], taken)[0]

    def pair(self, organization: Organization, customer: KnownCustomer) -> tuple[float, tuple[Signal, ...]]:
        return (0.9, (SAME,)) if organization.name == customer.name else (0.1, ())

    def worth_reading(
        self, organizations: Sequence[Organization], taken: Mapping[str, str]
    ) -> tuple[WorthReading, ...]:
        holdings = any(each.domains or "microsoft_tenant_id" in each.external_ids for each in organizations)
        found = (
            WorthReading(key, not each.details_read, holdings and not each.holdings_read)
            for key, each in self.customers.items()
            if key not in taken
        )
        return tuple(each for each in found if each.details or each.holdings)

    def _wanted(self, organization: Organization, taken: Mapping[str, str]) -> str | None:
        found = (key for key, each in self.customers.items() if each.name == organization.name and key not in taken)
        return next(found, None)

    def _suggestion(self, organization: Organization, found: str | None, *, contested: bool) -> Suggestion:
        if found is None:
            return Suggestion(organization.id, organization.name, "unmapped", reason="nothing fits")
        return Suggestion(
            organization.id, organization.name, "conflict" if contested else "suggested", found,
            self.customers[found].name, 0.9, "possible" if contested else "certain", 0.9, signals=(SAME,),
            reason="equal",
        )  # fmt: skip


@dataclass
class Books:
    """One state with a clock; books of any account on it."""

    state: State
    clock: FakeClock = field(default_factory=FakeClock)

    def organizations(self, *names: str, source: str = "test") -> None:
        """Import organizations o1, o2, … of these names; they replace those before."""
        rows = [{"id": f"o{place}", "name": name} for place, name in enumerate(names, start=1)]
        self.importer.import_rows(rows, source)

    def customers(self, *names: str, account: Account = HERE) -> None:
        """Let a whole list of customers c1, c2, … of these names be read; an empty name stands for one that is gone."""
        listed = [ListedCustomer(f"c{place}", name) for place, name in enumerate(names, start=1) if name]
        records = self.state.customers
        records.see(account.fingerprint, listed, at=self.clock.now())
        seen = [each.id for each in listed]
        records.finish_list(account.fingerprint, seen, began=self.clock.now(), at=self.clock.now())

    @property
    def importer(self) -> OrganizationBook:
        return OrganizationBook(self.state, bundle().mapping, self.clock.now)

    def book(self, account: Account = HERE, who: str = "ada") -> MappingBook:
        return MappingBook(
            bundle().mapping, lambda: bundle().words, self.state, account, who=who, now=self.clock.now,
            make_matcher=EqualNames,
        )  # fmt: skip


def known(number: int, name: str) -> KnownCustomer:
    return KnownCustomer(f"c{number}", name)


@dataclass
class Vendor:
    """Answers reads from tables and remembers them; ``fails``: what an action raises after so many answers."""

    customers: list[dict[str, object]] = field(default_factory=list)
    details: dict[str, object] = field(default_factory=dict)
    subscriptions: list[dict[str, object]] = field(default_factory=list)
    whole_subscriptions: dict[str, object] = field(default_factory=dict)
    page: int = 2
    fails: dict[str, tuple[int, IngramMicroCloudError]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        rows = {"list_customers": self.customers, "list_subscriptions": self.subscriptions}[action]
        for start in range(0, len(rows), self.page):
            self._answer(action, str(start))
            yield rows[start : start + self.page]

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        key = str(inputs["id"])
        self._answer(action, key)
        table = {"get_customer": self.details, "get_subscription": self.whole_subscriptions}[action]
        if key not in table:
            raise NotFoundError(f"There is no {key}.", status_code=404)
        return table[key]

    def count(self, action: str) -> int:
        return sum(asked == action for asked, _ in self.asked)

    def _answer(self, action: str, key: str) -> None:
        after, problem = self.fails.get(action, (0, None))
        if problem is not None and self.count(action) >= after:
            raise problem
        self.asked.append((action, key))
