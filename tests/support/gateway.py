"""A gateway in this process before a practice marketplace, with keys of every kind, and clients that hold them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp

from ingram_micro_cloud.hosts.documents.openapi import whole_document
from ingram_micro_cloud.hosts.gateway.application import make_application
from ingram_micro_cloud.hosts.gateway.doors import Doors
from ingram_micro_cloud.hosts.gateway.routing import Gateway
from ingram_micro_cloud.hosts.serving.keys import KeyRing
from ingram_micro_cloud.hosts.serving.service import Service
from ingram_micro_cloud.organizations.models import Organization
from ingram_micro_cloud.store.configurations import Health
from support.marketplace import Workplace

URL = "http://127.0.0.1:8520"
ONE, OTHER = "org-1", "org-2"
FREELY: Mapping[str, object] = {
    "allow": "buy", "max_order_amount": None, "max_day_amount": None, "max_seat_change": None,
    "max_seat_change_percent": None, "approve_new_annual_commitment": False,
}  # fmt: skip
"""A configuration whose buying rules let everything through."""
KEYS: Mapping[str, Mapping[str, Any]] = {
    "look": {"permission": "look", "organizations": [ONE]},
    "edit": {"permission": "edit", "organizations": [ONE]},
    "buy": {"permission": "buy", "organizations": [ONE]},
    "reseller": {"permission": "look", "reseller": True},
    "everything": {"permission": "buy", "every_organization": True, "reseller": True},
    "manage": {"permission": "look", "every_organization": True, "reseller": True, "manage": True},
    "limited": {"permission": "buy", "organizations": [ONE], "configurations": ["main"]},
}


@dataclass
class GatewayPlace:
    """A gateway with two mapped organizations, a saved configuration and the keys of ``KEYS``."""

    workplace: Workplace
    service: Service
    gateway: Gateway
    tokens: dict[str, str]
    application: ASGIApp = field(init=False)

    def __post_init__(self) -> None:
        self.application = make_application(self.gateway)

    @property
    def calls(self) -> int:
        """Requests the marketplace has seen, sign-in included."""
        found = self.workplace.marketplace.control.calls()["total"]
        assert isinstance(found, int)
        return found

    @property
    def customers(self) -> list[str]:
        """Active customers; the first is the first organization's, the second the other's."""
        rows = self.workplace.marketplace.control.state("customers")
        return [str(row["id"]) for row in rows if row["status"] == "active"]

    @asynccontextmanager
    async def client(self, key: str | None = "everything", **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client that holds a key."""
        given = {} if key is None else {"Authorization": f"Bearer {self.tokens.get(key, key)}"}
        transport = httpx.ASGITransport(self.application)
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers={**given, **headers}) as made:
            yield made

    async def ask(self, key: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request with a key."""
        async with self.client(key) as client:
            return await client.request(method, path, **more)

    def fault(self, fault: str, operation: str = "*", **more: object) -> None:
        self.workplace.marketplace.control.add_fault({"operation": operation, "fault": fault, **more})


@asynccontextmanager
async def gateway_place(
    workplace: Workplace, *, environ: Mapping[str, str] = {}, **changes: Any
) -> AsyncIterator[GatewayPlace]:
    """Give a gateway while the block lasts.

    Args:
        workplace: Its marketplace, clock and state.
        environ: What the service sees of the environment.
        changes: Other parts of the ``Gateway``.
    """
    integration, state, now = workplace.integration, workplace.state, workplace.clock.now
    service = Service(
        integration, state, timing=workplace.timing, transport=workplace.transport, environ=environ,
        files=workplace.files,
    )  # fmt: skip
    book = integration.book(state)
    for name in ("main", "second"):
        fields = workplace.values(**{**FREELY, "name": name, "is_default": name == "main"})
        book.save(integration.configuration(fields), Health(True, None, 1, now()))
    keys = KeyRing(state, now)
    tokens = {name: keys.issue(name, by="ann", **made).token.get_secret_value() for name, made in KEYS.items()}
    settings: dict[str, Any] = {
        "service": service, "keys": keys, "document": lambda: whole_document(integration, URL), "doors": Doors(True),
    }  # fmt: skip
    async with service:
        yield GatewayPlace(workplace, service, Gateway(**{**settings, **changes}), tokens)


async def map_organizations(place: GatewayPlace) -> None:
    """Map the two organizations to the first two active customers."""
    rows = [Organization(ONE, "Alder One"), Organization(OTHER, "Birch Two")]
    place.service.integration.organizations(place.workplace.state, now=place.workplace.clock.now).import_rows(rows, "t")
    for name in ("main", "second"):
        configuration = place.service.integration.book(place.workplace.state).load(name)
        book = place.service.integration.mapping(configuration, place.workplace.state, now=place.workplace.clock.now)
        async with place.service.integration.connect(
            configuration, state=place.workplace.state, transport=place.workplace.transport,
            timing=place.workplace.timing,
        ) as connection:  # fmt: skip
            for organization, customer in zip((ONE, OTHER), place.customers, strict=False):
                book.set(organization, await connection.find_customer(book, customer))
    place.workplace.marketplace.control.reset_calls()


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The error object of an answer, which must have all of its members and nothing beside it."""
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {
        "code", "message", "hint", "status_code", "correlation_id", "vendor_message", "retry", "fields",
    }  # fmt: skip
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-correlation-id"]
    return error
