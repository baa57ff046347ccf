"""The ASGI application: what every request passes, then the router. Layers are plain ASGI, which cancels nothing."""

import time
from collections.abc import Callable

from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingram_micro_cloud.hosts.gateway.answers import response
from ingram_micro_cloud.hosts.gateway.bodies import has_body
from ingram_micro_cloud.hosts.gateway.catalogue import entries
from ingram_micro_cloud.hosts.gateway.exchange import CORRELATION, CURRENT, Exchange, correlation_id
from ingram_micro_cloud.hosts.gateway.framing import check_framing
from ingram_micro_cloud.hosts.gateway.logs import log_exchange
from ingram_micro_cloud.hosts.gateway.refusals import HttpRefusalError, unknown_path
from ingram_micro_cloud.hosts.gateway.routing import EXCHANGE, Gateway, headers_of, routes
from ingram_micro_cloud.hosts.gateway.statuses import error_answer
from ingram_micro_cloud.hosts.gateway.telemetry import Telemetry

_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""An answer is for the holder of a key, so nothing between may keep it, and no browser may take it for a page."""


def make_application(gateway: Gateway, *, clock: Callable[[], float] = time.perf_counter) -> ASGIApp:
    """Return the gateway as an ASGI application.

    Args:
        gateway: What it works with; whoever makes it opens and closes its service.
        clock: Seconds, for durations in the log.
    """

    async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
        await _refuse(unknown_path(), scope, receive, send)

    router = Router(routes(gateway, entries(gateway.service.integration)), redirect_slashes=False, default=nothing_here)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_framing(scope)
            gateway.doors.check(headers_of(scope))
        except HttpRefusalError as problem:
            await _refuse(problem, scope, receive, send)
        else:
            await router(scope, receive, send)

    return Watched(guarded, gateway.telemetry, clock)


class Watched:
    """Gives each request its correlation id, its log line and its span, and each answer what all answers carry."""

    def __init__(self, inner: ASGIApp, telemetry: Telemetry, clock: Callable[[], float]) -> None:
        self._inner, self._telemetry, self._clock = inner, telemetry, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks for it."""
        if scope["type"] != "http":
            raise ValueError(f"The gateway speaks HTTP, not {scope['type']}.")
        headers = headers_of(scope)
        exchange = Exchange(correlation_id(headers.get(CORRELATION.casefold())), scope["method"])
        exchange.unread_body = has_body(headers)
        token, began = CURRENT.set(exchange), self._clock()
        try:
            with self._telemetry.watching(exchange, headers):
                await self._inner(
                    {**scope, EXCHANGE: exchange}, _noticing(receive, exchange), _completed(send, exchange)
                )
            log_exchange(exchange, (self._clock() - began) * 1000)
        finally:
            CURRENT.reset(token)


def _noticing(receive: Receive, exchange: Exchange) -> Receive:
    async def received() -> Message:
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            exchange.unread_body = False
        return message

    return received


def _completed(send: Send, exchange: Exchange) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            named = (CORRELATION.encode(), exchange.correlation_id.encode("ascii"))
            # What was not read of a body would be taken for the next request, so the connection ends with this one.
            closing = [(b"connection", b"close")] if exchange.unread_body else []
            message = {**message, "headers": [*message.get("headers", ()), named, *_ALWAYS, *closing]}
        await send(message)

    return sent


async def _refuse(problem: HttpRefusalError, scope: Scope, receive: Receive, send: Send) -> None:
    scope[EXCHANGE].code = problem.code
    await response(error_answer(problem, reads=True))(scope, receive, send)
