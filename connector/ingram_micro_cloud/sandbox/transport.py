"""The marketplace as an httpx transport, for use in one process."""

from collections.abc import Awaitable, Callable

import anyio
import httpx

from ingram_micro_cloud.sandbox.calls import Call, Dropped
from ingram_micro_cloud.sandbox.engine import Marketplace

BASE_PATH = "/marketplace/na"


class MarketplaceTransport(httpx.AsyncBaseTransport):
    """Answers requests to any host; broken connections and time-outs arise as on a real network."""

    def __init__(self, marketplace: Marketplace, *, sleep: Callable[[float], Awaitable[None]] = anyio.sleep) -> None:
        self._marketplace, self._sleep = marketplace, sleep

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the marketplace's answer.

        Raises:
            httpx.ReadTimeout: The answer is delayed beyond the request's read time-out.
            httpx.ReadError: The connection breaks.
        """
        call = Call(
            method=request.method,
            path=request.url.path.removeprefix(BASE_PATH),
            query=request.url.params.multi_items(),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.aread(),
        )
        storage = f"{self._marketplace.public_url}/storage/"
        if str(request.url).startswith(storage):
            file = self._marketplace.download(call, request.url.path.rsplit("/", 1)[-1])
            return httpx.Response(file.status, headers=dict(file.headers), content=file.body, request=request)
        answer = self._marketplace.answer(call)
        await self._wait(request, answer.delay_seconds)
        if isinstance(answer, Dropped):
            raise httpx.ReadError("The connection was reset.", request=request)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)

    async def _wait(self, request: httpx.Request, seconds: float) -> None:
        if not seconds:
            return
        allowed = request.extensions.get("timeout")
        patience = allowed.get("read") if isinstance(allowed, dict) else None
        if patience is not None and seconds > patience:
            await self._sleep(patience)
            raise httpx.ReadTimeout("No answer in time.", request=request)
        await self._sleep(seconds)
