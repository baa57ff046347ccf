"""Organizations bound to customers of the practice marketplace, and what belongs to whom there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from ingram_micro_cloud.organizations.models import KnownCustomer, Suggestion
from ingram_micro_cloud.organizations.ports import Binding
from support.marketplace import Workplace

OURS, UNMAPPED, EXCLUDED, CUSTOMER_GONE, GONE, UNCONFIRMED = (
    "org-ours", "org-unmapped", "org-excluded", "org-customer-gone", "org-gone", "org-unconfirmed"
)  # fmt: skip
UNKNOWN = "org-nobody-knows"
CODES: Mapping[str, str] = {
    UNMAPPED: "organization_not_mapped",
    EXCLUDED: "organization_excluded",
    CUSTOMER_GONE: "customer_gone",
    GONE: "organization_gone",
    UNCONFIRMED: "mapping_unconfirmed",
    UNKNOWN: "organization_unknown",
}
"""Every state that lets nothing through, and the code that says so."""


@dataclass
class Tenancy:
    """Two customers with everything they hold: the organization's own, and somebody else's."""

    workplace: Workplace
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)

    def names(self) -> dict[str, str]:
        """What templates in tables of tests stand for."""
        return {
            f"{who}{what}": str(value)
            for who, holder in (("our", self.ours), ("their", self.theirs))
            for what, value in (("_customer", holder["customer"]), ("_subscription", holder["subscription"]),
                                ("_order", holder["order"]), ("_mpn", holder["mpn"]))
        }  # fmt: skip

    def filled(self, value: object) -> Any:
        """Return a value with ``{our_customer}`` and the like filled in, at any depth."""
        if isinstance(value, str):
            for name, text in self.names().items():
                value = value.replace(f"{{{name}}}", text)
            return value
        if isinstance(value, dict):
            return {self.filled(key): self.filled(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.filled(member) for member in value]
        return value

    def sent(self) -> dict[str, int]:
        """Calls that arrived by operation, sign-ins aside."""
        counted = self.workplace.marketplace.control.calls()["by_operation"]
        assert isinstance(counted, dict)
        return {name: number for name, number in counted.items() if name != "generateAuthToken"}

    def written(self) -> dict[str, int]:
        """Calls that arrived and were not plain reads."""
        reads = ("get", "generateAuthToken")
        return {name: number for name, number in self.sent().items() if not name.startswith(reads)}


def settle(workplace: Workplace) -> Tenancy:
    """Give the workplace organizations in every state, one of them mapped to a customer of its own."""

    def state(kind: str) -> list[dict[str, Any]]:
        return list(workplace.marketplace.control.state(kind))

    holders: dict[str, dict[str, Any]] = {}
    orders = {row["subscriptionId"]: row for row in state("orders")}
    for subscription in state("subscriptions"):
        if subscription["status"] == "active" and subscription["id"] in orders:
            holders.setdefault(subscription["customerId"], {
                "customer": subscription["customerId"], "subscription": subscription["id"],
                "order": orders[subscription["id"]]["id"], "mpn": subscription["products"][0]["mpn"],
            })  # fmt: skip
    active = [row for row in state("customers") if row["status"] == "active" and row["id"] in holders]
    first, second = active[2], active[5]
    first["attributes"] = {}
    tenancy = Tenancy(workplace, holders[first["id"]], holders[second["id"]])
    names = {row["id"]: row["name"] for row in state("customers")}
    organizations = workplace.integration.organizations(workplace.state, now=workplace.clock.now)
    rows = [{"id": key, "name": f"Company {key}"} for key in (OURS, UNMAPPED, EXCLUDED, CUSTOMER_GONE, GONE)]
    organizations.import_rows([*rows, {"id": UNCONFIRMED, "name": "Company unconfirmed"}], "test")
    book = workplace.integration.mapping(
        workplace.configuration(), workplace.state, who="tester", now=workplace.clock.now
    )
    mine = tenancy.ours["customer"]
    book.set(OURS, KnownCustomer(mine, names[mine]))
    book.exclude(EXCLUDED, "closed in spring")
    for key, customer in ((GONE, active[7]), (CUSTOMER_GONE, active[8])):
        book.set(key, KnownCustomer(customer["id"], customer["name"]))
    other = workplace.configuration(username="another.api")
    elsewhere = workplace.integration.mapping(other, workplace.state, who="tester", now=workplace.clock.now)
    elsewhere.set(UNCONFIRMED, KnownCustomer(active[9]["id"], active[9]["name"]))
    account = workplace.state.fingerprint(
        "account", workplace.configuration().api_url, workplace.configuration().marketplace,
        workplace.configuration().username,
    )  # fmt: skip
    workplace.state.customers.mark_gone(account, active[8]["id"])
    kept = [row for row in rows if row["id"] != GONE]
    organizations.import_rows([*kept, {"id": UNCONFIRMED, "name": "Company unconfirmed"}], "test")
    workplace.marketplace.control.reset_calls()
    return tenancy


class Careless(httpx.AsyncBaseTransport):
    """A vendor that ignores filters, or answers with somebody else's objects."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, ignores: tuple[str, ...] = (),
                 instead: Mapping[str, str] | None = None) -> None:  # fmt: skip
        self._inner, self._ignores, self._instead = inner, ignores, instead or {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for name in self._ignores:
            request.url = request.url.copy_remove_param(name)
        for path, other in self._instead.items():
            if request.url.path.endswith(path):
                request.url = request.url.copy_with(path=request.url.path.removesuffix(path) + other)
        return await self._inner.handle_async_request(request)


@dataclass
class OneMapping:
    """A mapping that knows one suggestion."""

    suggestion: Suggestion

    def binding(self, organization_id: str) -> Binding:
        return Binding(organization_id, "One", "unmapped", known=True)

    def advice(self, organization_id: str) -> Suggestion | None:
        return self.suggestion


class Lying(httpx.AsyncBaseTransport):
    """A vendor that answers one path with something else entirely."""

    def __init__(self, inner: httpx.AsyncBaseTransport, path: str, answer: object, status: int = 200) -> None:
        self._inner, self._path, self._answer, self._status = inner, path, answer, status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(self._path):
            return httpx.Response(self._status, json=self._answer, request=request)
        return await self._inner.handle_async_request(request)


def rows_of(outcome: object) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a list outcome."""
    assert isinstance(outcome, list)
    yield from outcome
