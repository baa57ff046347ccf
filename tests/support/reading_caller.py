"""Calls a practice marketplace directly, the way ordering sees the runtime: no configuration, no state, no guard."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import SecretStr

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.paging import walk
from ingram_micro_cloud.api.requests import NO_BODY, ApiAnswer, ApiRequest, CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.tokens import SignInDetails
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.transport import MarketplaceTransport
from support.clock import FakeClock
from support.stores import FreePermits, TokenShelf

ROUTES = {
    "get_customer": ("GET", "/customers/{id}"),
    "get_subscription": ("GET", "/subscriptions/{id}"),
    "get_service_plan": ("GET", "/plans/{id}"),
    "get_order": ("GET", "/orders/{id}"),
    "get_report": ("GET", "/reports/{reportId}"),
    "estimate_order_price": ("POST", "/orders/estimate"),
    "validate_product_activation_parameters": ("POST", "/validation/parameters"),
    "list_customers": ("GET", "/customers"),
    "list_products": ("GET", "/products"),
    "list_subscriptions": ("GET", "/subscriptions"),
    "list_orders": ("GET", "/orders"),
    "list_reports": ("GET", "/reports"),
}


@dataclass
class ReadingCaller:
    """Reads by action; ``calls`` counts them by action. ``write`` sends what only a test may send."""

    marketplace: Marketplace
    clock: FakeClock
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        known = self.marketplace.credentials
        timing = Timing(now=self.clock.now, sleep=self.clock.sleep, random=lambda: 0.5)
        self._client = MarketplaceClient(
            base_url="https://marketplace.example/marketplace/na",
            sign_in=SignInDetails(
                username=known.username,
                password=SecretStr(known.password),
                subscription_key=SecretStr(known.subscription_key),
                marketplace=known.marketplace,
            ),
            fingerprint="test", limiter_key="test", tokens=TokenShelf(), permits=FreePermits(),
            calls_per_minute=1_000_000, calls_per_day=100_000_000, timeout_seconds=60, user_agent="test", timing=timing,
            transport=MarketplaceTransport(self.marketplace, sleep=self.clock.sleep),
        )  # fmt: skip

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        async def send(request: ApiRequest) -> ApiAnswer:
            self.calls[action] += 1
            return await self._client.send(request, CallMeter())

        query = tuple((name, str(value)) for name, value in inputs.items())
        request = ApiRequest("GET", ROUTES[action][1], query=query, safe=True)
        async for page in walk(send, request, items="data", page_size=500):
            yield page.rows

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        self.calls[action] += 1
        method, template = ROUTES[action]
        path = template.format(**{name: quote(str(value), safe="") for name, value in inputs.items()})
        body = inputs if method == "POST" else NO_BODY
        answer = await self._client.send(ApiRequest(method, path, json=body, safe=True), CallMeter())
        return answer.value

    async def write(self, method: str, path: str, body: Mapping[str, object]) -> object:
        return (await self._client.send(ApiRequest(method, path, json=body), CallMeter())).value

    def settle(self) -> None:
        """Let every order and report under way be finished."""
        self.marketplace.control.advance(900)
