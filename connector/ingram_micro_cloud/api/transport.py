"""Where every HTTP request leaves: deadline, permit, count, correlation id."""

from typing import TypeAlias

import httpx

from ingram_micro_cloud.api.limiter import CallLimiter
from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import DeadlineError

Transport: TypeAlias = httpx.AsyncBaseTransport
"""What may stand in for the network; named here so that nobody above needs to know httpx."""


class MeteredTransport(httpx.AsyncBaseTransport):
    """Wraps a transport; sign-ins, retries and pages all pass here, because the vendor counts them all."""

    def __init__(self, inner: httpx.AsyncBaseTransport, limiter: CallLimiter, timing: Timing) -> None:
        self._inner, self._limiter, self._timing = inner, limiter, timing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request when it may be sent."""
        meter = request.extensions["meter"]
        if not isinstance(meter, CallMeter):
            raise TypeError("every request carries the meter of its run")
        await self._limiter.acquire(meter, buying=bool(request.extensions.get("buying")))
        _bound_by(meter, request, self._timing.now())
        meter.calls += 1
        response = await self._inner.handle_async_request(request)
        correlation = response.headers.get("X-Correlation-ID")
        if correlation:
            meter.request_ids.append(correlation)
        return response

    async def aclose(self) -> None:
        """Close the connections underneath."""
        await self._inner.aclose()


def _bound_by(meter: CallMeter, request: httpx.Request, now: float) -> None:
    """Shorten the request's time-outs to what is left of the run; refuse to begin one when nothing is."""
    if meter.deadline is None:
        return
    left = meter.deadline - now
    if left <= 0:
        raise DeadlineError("The deadline of this run has passed.", hint="Give it more time (--deadline SECONDS).")
    allowed = request.extensions.get("timeout")
    if isinstance(allowed, dict):
        request.extensions["timeout"] = {
            phase: left if seconds is None else min(seconds, left) for phase, seconds in allowed.items()
        }
