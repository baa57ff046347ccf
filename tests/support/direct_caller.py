"""Orders straight through the HTTP layer: a caller, a send, and facts read from the marketplace; no runtime."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from pydantic import SecretStr

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.paging import walk
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest, CallMeter
from ingram_micro_cloud.api.retry import RetryPolicy
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.tokens import SignInDetails, StoredToken
from ingram_micro_cloud.ordering.journal.unfinished import UnfinishedSeats
from ingram_micro_cloud.ordering.models import Change, Money, OrderFacts
from ingram_micro_cloud.sandbox.access import Credentials
from ingram_micro_cloud.store.state import State
from support.stores import FreePermits

Json = dict[str, Any]


@dataclass
class SharedTokens:
    """The state's tokens, so that one sign-in serves every process of a test."""

    state: State

    def load(self, fingerprint: str) -> StoredToken | None:
        found = self.state.tokens.load(fingerprint)
        return None if found is None else StoredToken(SecretStr(found[0]), found[1])

    def save(self, fingerprint: str, token: StoredToken) -> None:
        self.state.tokens.save(fingerprint, token.value.get_secret_value(), token.expires_at)

    def drop(self, fingerprint: str, value: str) -> None:
        self.state.tokens.drop(fingerprint, value)


@dataclass
class DirectCaller:
    """What ordering is handed, without a runtime in between; counts reads and sends."""

    client: MarketplaceClient
    reads: list[str] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        self.reads.append(action)
        path = {"list_orders": "/orders", "list_subscriptions": "/subscriptions"}[action]
        query = tuple((name, str(value)) for name, value in inputs.items())

        async def send(request: ApiRequest) -> ApiAnswer:
            return await self.client.send(request, CallMeter())

        first = ApiRequest("GET", path, query=query, safe=True, what=action)
        async for page in walk(send, first, items="data", page_size=500):
            yield page.rows

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        self.reads.append(action)
        if action == "estimate_order_price":
            request = ApiRequest("POST", "/orders/estimate", json=dict(inputs), safe=True, what=action)
        else:
            path = {"get_order": "/orders", "get_subscription": "/subscriptions"}[action]
            request = ApiRequest("GET", f"{path}/{inputs['id']}", safe=True, what=action)
        return (await self.client.send(request, CallMeter())).value

    async def send(self, body: Mapping[str, object]) -> object:
        self.sent.append(dict(body))
        request = ApiRequest("POST", "/orders", json=dict(body), buying=True, proof="id", what="the order")
        return (await self.client.send(request, CallMeter())).value


def direct_client(
    base_url: str,
    credentials: Credentials,
    state: State,
    *,
    transport: httpx.AsyncBaseTransport,
    timing: Timing | None = None,
    attempts: int = 1,
    timeout_seconds: float = 30.0,
) -> MarketplaceClient:
    return MarketplaceClient(
        base_url=base_url,
        sign_in=SignInDetails(
            credentials.username,
            SecretStr(credentials.password),
            SecretStr(credentials.subscription_key),
            credentials.marketplace,
        ),
        fingerprint="direct",
        limiter_key="direct",
        tokens=SharedTokens(state),
        permits=FreePermits(),
        calls_per_minute=1_000_000,
        calls_per_day=100_000_000,
        timeout_seconds=timeout_seconds,
        user_agent="tests",
        transport=transport,
        timing=timing or Timing(now=time.time),
        retry=RetryPolicy(attempts=attempts),
    )


def sale(
    customer_id: str,
    mpn: str = "HMP-STD-M",
    quantity: int = 1,
    *,
    price: str | None = "3.20",
    currency: str = "USD",
    **more: object,
) -> OrderFacts:
    """A first purchase, its price for one seat given."""
    amount = None if price is None else Money(currency, Decimal(price) * quantity)
    return OrderFacts(
        kind="sales",
        customer_id=customer_id,
        subscription_id=None,
        request={"type": "sales", "customerId": customer_id, "products": [{"mpn": mpn, "quantity": quantity}], **more},
        changes=(Change(mpn, "Harbor Mail Protection", None, None, Decimal(quantity)),),
        price=amount,
        mpns=(mpn,),
        vendors=("VA-118-220",),
        customer_name="Contoso",
        what="create an order",
    )


def unchanged(facts: OrderFacts) -> Callable[[], Awaitable[OrderFacts]]:
    """Facts that reading again does not change."""

    async def refresh() -> OrderFacts:
        return facts

    return refresh


async def seat_change(
    caller: DirectCaller, subscription_id: str, wanted: Callable[[int], int], *, planner: UnfinishedSeats | None = None
) -> OrderFacts:
    """A change of seats, read fresh and priced by the vendor; a planner knows of orders that do not show yet."""
    planned: Any = await (planner or caller).one("get_subscription", {"id": subscription_id})
    after = wanted(int(planned["products"][0]["quantity"]))
    held: Any = planned if planner is None else await caller.one("get_subscription", {"id": subscription_id})
    line = held["products"][0]
    request: Json = {
        "type": "change",
        "customerId": held["customerId"],
        "subscriptionId": subscription_id,
        "products": [{"mpn": line["mpn"], "quantity": after}],
    }
    estimate: Any = await caller.one("estimate_order_price", request)
    price = Money(estimate["total"]["currency"], Decimal(estimate["total"]["amount"]))
    before = Decimal(line["quantity"])
    basis = {f"seats of {subscription_id}": str(before), f"change of {subscription_id}": held["lastModifiedDate"]}
    return OrderFacts(
        kind="change",
        customer_id=held["customerId"],
        subscription_id=subscription_id,
        request=request,
        changes=(Change(line["mpn"], line["name"], subscription_id, before, Decimal(after)),),
        price=price,
        mpns=(line["mpn"],),
        vendors=(line["vendor"],),
        basis={**basis, **({} if planner is None else planner.basis)},
        customer_name="Contoso",
        what="change the seats",
    )
