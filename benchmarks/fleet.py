"""Vendor calls to know all seats and renewals: a fleet of 5,000 subscriptions, of which one in a hundred changes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import anyio
from pydantic import SecretStr

from benchmarks.row import Row
from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.paging import walk
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest, CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.tokens import SignInDetails
from ingram_micro_cloud.ordering.fleet.reading import read_fleet
from ingram_micro_cloud.runtime.ports import TokenCache
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.transport import MarketplaceTransport
from ingram_micro_cloud.store.state import State
from ingram_micro_cloud.store.subscriptions import SubscriptionRecords

FLEET: Final = 5_000
CHANGED: Final = FLEET // 100
PAGES: Final = FLEET // 500


@dataclass
class Clock:
    """Time that passes when told, so that a limit of 100 calls a minute costs no hour."""

    seconds: float = 1_795_000_000.0

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Caller:
    """The HTTP layer as it is, sign-in, retries and pages included, without the runtime around it."""

    def __init__(self, marketplace: Marketplace, state: State, clock: Clock) -> None:
        known = marketplace.credentials
        self._client = MarketplaceClient(
            base_url="https://bench.example/marketplace/na",
            sign_in=SignInDetails(
                known.username, SecretStr(known.password), SecretStr(known.subscription_key), known.marketplace
            ),
            fingerprint="bench", limiter_key="bench", tokens=TokenCache(state.tokens), permits=state.permits,
            calls_per_minute=1_000_000, calls_per_day=100_000_000, timeout_seconds=60, user_agent="bench",
            timing=Timing(now=clock.now, sleep=clock.sleep),
            transport=MarketplaceTransport(marketplace, sleep=clock.sleep),
        )  # fmt: skip

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        assert action == "list_subscriptions"
        query = tuple((name, str(value)) for name, value in inputs.items())
        async for page in walk(self.send, ApiRequest("GET", "/subscriptions", query=query, safe=True)):
            yield page.rows

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        assert action == "get_subscription"
        return (await self.send(ApiRequest("GET", f"/subscriptions/{inputs['id']}", safe=True))).value

    async def send(self, request: ApiRequest) -> ApiAnswer:
        return await self._client.send(request, CallMeter())

    async def change(self, key: str) -> None:
        body = {"attributes": {"changed": "yes"}}
        await self.send(ApiRequest("PATCH", f"/subscriptions/{key}", json=body))


def rows() -> list[Row]:
    """Count the calls of a first run, and of a second one once one in a hundred has changed."""
    first, second = anyio.run(_counted)
    live = first - PAGES - 1
    return [
        Row("calls to know a fleet of 5,000, first run", first, FLEET + PAGES + 1, digits=0,
            note=f"  {live} live, 1 sign-in"),
        Row("calls of the next run, 1 % of it changed", second, PAGES + CHANGED + 1, digits=0,
            note="  signed in already"),
    ]  # fmt: skip


async def _counted() -> tuple[int, int]:
    clock = Clock()
    marketplace = Marketplace(seed=1, customers=1_500, subscriptions=FLEET, unlimited=True, now=clock.now)
    with State.in_memory() as state:
        cache = state.subscriptions
        caller = Caller(marketplace, state, clock)
        first, known = await _run(caller, marketplace, cache, clock)
        for key in known[:: len(known) // CHANGED][:CHANGED]:
            await caller.change(key)
        second, _ = await _run(caller, marketplace, cache, clock)
    return first, second


async def _run(
    caller: Caller, marketplace: Marketplace, cache: SubscriptionRecords, clock: Clock
) -> tuple[int, list[str]]:
    marketplace.control.reset_calls()
    found = await read_fleet("bench", caller, cache, now=clock.now)
    assert found.left == 0
    total = marketplace.control.calls()["total"]
    assert isinstance(total, int)
    return total, [each.id for each in found.known]
