"""Sends requests: limits, signs in, retries what is safe, and turns every answer into a value or an error."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx

from ingram_micro_cloud.api.auth import MarketplaceAuth
from ingram_micro_cloud.api.egress import check_headers, check_path
from ingram_micro_cloud.api.failures import error_for_failure
from ingram_micro_cloud.api.limiter import CallLimiter, PermitStore
from ingram_micro_cloud.api.network import PinnedTransport, is_loopback_name
from ingram_micro_cloud.api.requests import NO_BODY, ApiAnswer, ApiRequest, CallMeter
from ingram_micro_cloud.api.retry import RetryPolicy
from ingram_micro_cloud.api.statuses import UNKNOWN_HINT, error_for, sign_in_error
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.tokens import SignInDetails, TokenStore
from ingram_micro_cloud.api.transport import MeteredTransport
from ingram_micro_cloud.errors import (
    IngramMicroCloudError,
    OutcomeUnknownError,
    QuotaExhaustedError,
    UnreadableAnswerError,
    UsageError,
)
from ingram_micro_cloud.redaction import Redactor

_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half a character, as an escape. A lone one can be neither stored nor printed, so it becomes a question mark."""
QUOTA_SECONDS: Final = 600.0
"""How long a used-up quota is believed when the vendor does not say."""


class MarketplaceClient:
    """One account at one marketplace."""

    def __init__(
        self,
        *,
        base_url: str,
        sign_in: SignInDetails,
        fingerprint: str,
        limiter_key: str,
        tokens: TokenStore,
        permits: PermitStore,
        calls_per_minute: int,
        calls_per_day: int,
        timeout_seconds: float,
        user_agent: str,
        allow_private_address: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        timing: Timing | None = None,
        redactor: Redactor | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        timing = timing or Timing()
        self.redactor = redactor or Redactor()
        self._base_url = base_url
        self._timing = timing
        self._retry = retry or RetryPolicy()
        self._limiter = CallLimiter(
            key=limiter_key, per_minute=calls_per_minute, per_day=calls_per_day, store=permits, timing=timing
        )
        self._auth = MarketplaceAuth(
            token_url=f"{base_url}/token",
            details=sign_in,
            fingerprint=fingerprint,
            store=tokens,
            timing=timing,
            on_token=self._learn,
            refusal=self._sign_in_refusal,
        )
        self._network = transport or PinnedTransport(
            loopback_named=is_loopback_name(urlsplit(base_url).hostname or ""),
            private_allowed=allow_private_address,
            timing=timing,
        )
        self._http = httpx.AsyncClient(
            transport=MeteredTransport(self._network, self._limiter, timing),
            timeout=timeout_seconds,
            headers={"User-Agent": user_agent, "Accept": "application/json"},
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, request: ApiRequest, meter: CallMeter) -> ApiAnswer:
        """Send a request, again where it is safe, and return its decoded answer.

        Raises:
            EgressRefusedError: The path or a header is not allowed; nothing was sent.
            MarketplaceError: It failed and was certainly not done.
            OutcomeUnknownError: A write was sent and no readable answer came.
            ConfigurationError: The sign-in was refused.
        """
        check_path(request.path)
        check_headers(request.headers)
        try:
            return await self._once(request, meter)
        except IngramMicroCloudError as problem:
            # Only after a first failure: the machinery of retries costs more than a good call.
            if not request.safe:
                await self._note(problem)
                raise
            return await self._again(request, meter, problem)

    async def locate(self) -> None:
        """Look up the API URL's host and check its addresses; sends nothing.

        Raises:
            EgressRefusedError: Every address is private or local and that is not allowed.
            UnreachableError: The host cannot be found.
        """
        if isinstance(self._network, PinnedTransport):
            await self._network.locate(httpx.URL(self._base_url))

    async def sign_in(self, meter: CallMeter, on_connected: Callable[[], None] | None = None) -> None:
        """Ask for a token even where one is at hand: what was typed is to be proven.

        Args:
            meter: Counts the call.
            on_connected: Told when a new connection stands, TLS included.

        Raises:
            ConfigurationError: The sign-in was refused.
            MarketplaceError: It could not be tried, or failed for another reason.
        """
        extensions = {**self._extensions(meter), "timeout": self._http.timeout.as_dict()}
        if on_connected is not None:
            extensions["trace"] = _connection_trace(on_connected)
        request = self._auth.sign_in_request(extensions)
        try:
            response = await self._http.send(request, auth=None)
        except httpx.RequestError as failure:
            raise error_for_failure(failure, what="the sign-in", safe=True) from failure
        await self._auth.accept(response)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _once(self, request: ApiRequest, meter: CallMeter) -> ApiAnswer:
        made = self._build(request, meter)
        try:
            response = await self._http.send(made, auth=self._auth)
        except httpx.RequestError as failure:
            raise error_for_failure(failure, what=request.what, safe=request.safe) from failure
        # httpx ties stream and response into a cycle; untied, a page is freed at once and not at some later collection.
        response.stream = httpx.ByteStream(b"")
        if not response.is_success:
            raise self._redacted(error_for(response, what=request.what, safe=request.safe, now=self._timing.now()))
        return _decoded(response, request)

    async def _again(self, request: ApiRequest, meter: CallMeter, first: IngramMicroCloudError) -> ApiAnswer:
        from ingram_micro_cloud.api.retry_loop import RetryBudget, retrying  # tenacity, only when needed

        pending: IngramMicroCloudError | None = first

        async def attempt() -> ApiAnswer:
            # The loop makes every attempt itself; the one that already failed is replayed to it.
            nonlocal pending
            if pending is not None:
                problem, pending = pending, None
                raise problem
            return await self._once(request, meter)

        budget = RetryBudget(self._retry, self._timing, meter)
        try:
            return await retrying(budget)(attempt)
        except IngramMicroCloudError as problem:
            await self._note(problem)
            raise

    def _build(self, request: ApiRequest, meter: CallMeter) -> httpx.Request:
        # As bytes: httpx takes texts for ASCII only, while a header may hold Latin-1.
        headers = {name.encode("ascii"): value.encode("latin-1") for name, value in request.headers}
        if request.content_type is not None:
            headers[b"Content-Type"] = request.content_type.encode("latin-1")
        try:
            made = self._http.build_request(
                request.method,
                self._base_url + request.path,
                params=request.query or None,
                headers=headers or None,
                content=request.content,
                json=None if request.json is NO_BODY else request.json,
            )
        except httpx.InvalidURL:
            # Everything is percent-encoded by now; what is left to go wrong is httpx's limit of 65,536 characters.
            raise UsageError(
                f"Nothing was sent. The address of {request.what} would be longer than any server takes.",
                hint="Shorten the inputs that go into the path or the query.",
            ) from None
        made.extensions.update(self._extensions(meter), buying=request.buying)
        return made

    def _extensions(self, meter: CallMeter) -> dict[str, object]:
        return {"meter": meter}

    async def _note(self, problem: IngramMicroCloudError) -> None:
        if isinstance(problem, QuotaExhaustedError):
            await self._limiter.block(problem.retry_after or QUOTA_SECONDS, "vendor")

    def _learn(self, token: str) -> None:
        self.redactor = self.redactor.with_secrets([token])

    def _sign_in_refusal(self, response: httpx.Response) -> IngramMicroCloudError:
        return self._redacted(sign_in_error(response, self._timing.now()))

    def _redacted(self, problem: IngramMicroCloudError) -> IngramMicroCloudError:
        if problem.vendor_message:
            problem.vendor_message = self.redactor.text(problem.vendor_message)
        return problem


def _connection_trace(on_connected: Callable[[], None]) -> Callable[[str, object], Awaitable[None]]:
    async def trace(event: str, _info: object) -> None:
        # httpcore's events; over TLS the second comes later and counts.
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            on_connected()

    return trace


def _decoded(response: httpx.Response, request: ApiRequest) -> ApiAnswer:
    request_id = response.headers.get("X-Correlation-ID")
    value: object = None
    if response.content:
        try:
            value = json.loads(response.content)
            # One byte first: that is looked for many times faster, and most answers do not have it.
            if b"\\" in response.content and _HALF.search(response.content):
                value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
        except (ValueError, RecursionError):
            raise _unreadable(response, request, "something that is not JSON") from None
    elif request.safe and response.status_code != httpx.codes.NO_CONTENT:
        raise _unreadable(response, request, "nothing")
    if request.proof is not None and not (isinstance(value, Mapping) and value.get(request.proof)):
        raise _unreadable(response, request, f"no {request.proof!r}")
    return ApiAnswer(response.status_code, value, request_id)


def _unreadable(response: httpx.Response, request: ApiRequest, found: str) -> IngramMicroCloudError:
    correlation = response.headers.get("X-Correlation-ID")
    if request.safe:
        return UnreadableAnswerError(
            f"The marketplace answered {request.what} with {found}.",
            hint="Try again; if it stays, check the API URL.",
            status_code=response.status_code,
            correlation_id=correlation,
        )
    return OutcomeUnknownError(
        f"Ingram may or may not have done this: {request.what}. It answered {response.status_code} with {found}.",
        hint=UNKNOWN_HINT,
        status_code=response.status_code,
        correlation_id=correlation,
    )
