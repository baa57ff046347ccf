"""The authentication flow: one sign-in for many callers, renewed early, once more after a 401."""

import re
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import Final

import anyio
import anyio.to_thread
import httpx
from pydantic import SecretStr

from ingram_micro_cloud.api.statuses import sign_in_error
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.tokens import SignInDetails, StoredToken, TokenStore
from ingram_micro_cloud.errors import UnreadableAnswerError

SPARE_SECONDS: Final = 60.0
"""A token is renewed so long before it ends; a tenth of its life when that is shorter."""

LONGEST_LIFE: Final = 7 * 86_400.0
"""A life beyond a week, or none that makes sense, is not believed: the token then serves one call."""

_SENDABLE: Final = re.compile(r"[!-~]+")
"""What a header can carry back."""


class MarketplaceAuth(httpx.Auth):
    """Puts a valid bearer token and the subscription key on every request.

    The vendor's /token takes Basic credentials, the key and the marketplace in one call, so a refusal
    of it is never tried again by itself: that could lock the account. A 401 on another call means the
    token ended early; the call was refused, not executed, so one repetition with a fresh token is safe
    for writes as well.
    """

    def __init__(
        self,
        *,
        token_url: str,
        details: SignInDetails,
        fingerprint: str,
        store: TokenStore,
        timing: Timing,
        on_token: Callable[[str], None],
        refusal: Callable[[httpx.Response], Exception] = sign_in_error,
    ) -> None:
        self._token_url = token_url
        self._details = details
        self._fingerprint = fingerprint
        self._store = store
        self._timing = timing
        self._on_token = on_token
        self._refusal = refusal
        self._token: StoredToken | None = None
        self._lock = anyio.Lock()

    def sign_in_request(self, extensions: Mapping[str, object]) -> httpx.Request:
        """Return the request that asks for a token; it carries the meter of the call it is for."""
        details = self._details
        request = httpx.Request(
            "POST",
            self._token_url,
            headers={
                "X-Subscription-Key": details.subscription_key.get_secret_value(),
                "Accept": "application/json",
            },
            json={"marketplace": details.marketplace},
            extensions=dict(extensions),
        )
        basic = httpx.BasicAuth(details.username, details.password.get_secret_value())
        return next(basic.auth_flow(request))

    async def accept(self, response: httpx.Response) -> StoredToken:
        """Keep the token a sign-in was answered with, for this process and the others.

        Raises:
            ConfigurationError: The sign-in was refused.
            MarketplaceError: It failed for another reason, or the answer holds no token.
        """
        await response.aread()
        if not response.is_success:
            raise self._refusal(response)
        token = _token_in(response, self._timing.now())
        self._on_token(token.value.get_secret_value())
        self._token = token
        await anyio.to_thread.run_sync(self._store.save, self._fingerprint, token)
        return token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Yield the sign-in when one is due, then the request, then once more after a 401."""
        request.headers["X-Subscription-Key"] = self._details.subscription_key.get_secret_value()
        token = self._token
        if token is None or not self._usable(token):
            async with self._lock:
                token = await self._at_hand(refused=None)
                if token is None:
                    token = await self.accept((yield self.sign_in_request(request.extensions)))
        response = yield _bearing(request, token)
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        await response.aread()
        async with self._lock:
            fresh = await self._at_hand(refused=token)
            if fresh is None:
                fresh = await self.accept((yield self.sign_in_request(request.extensions)))
        yield _bearing(request, fresh)

    def sync_auth_flow(  # the signature is httpx's
        self,
        request: httpx.Request,  # noqa: ARG002
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Refuse: there is one flow, and it awaits."""
        raise RuntimeError("MarketplaceAuth needs an httpx.AsyncClient")

    async def _at_hand(self, refused: StoredToken | None) -> StoredToken | None:
        if refused is not None:
            value = refused.value.get_secret_value()
            if self._token is not None and self._token.value.get_secret_value() == value:
                self._token = None
            await anyio.to_thread.run_sync(self._store.drop, self._fingerprint, value)
        if self._token is not None and self._usable(self._token):
            return self._token
        # Another process may have signed in meanwhile.
        found = await anyio.to_thread.run_sync(self._store.load, self._fingerprint)
        if found is None or not self._usable(found):
            return None
        if refused is not None and found.value.get_secret_value() == refused.value.get_secret_value():
            return None
        self._on_token(found.value.get_secret_value())
        self._token = found
        return found

    def _usable(self, token: StoredToken) -> bool:
        return token.usable(self._timing.now())


def _bearing(request: httpx.Request, token: StoredToken) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token.value.get_secret_value()}"
    return request


def _token_in(response: httpx.Response, now: float) -> StoredToken:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    value = body.get("token") if isinstance(body, Mapping) else None
    seconds = body.get("expiresInSeconds") if isinstance(body, Mapping) else None
    if not isinstance(value, str) or not _SENDABLE.fullmatch(value):
        raise UnreadableAnswerError(
            "The sign-in was answered without a token.",
            hint="Check the API URL: what answers there may not be the marketplace API.",
            status_code=response.status_code,
        )
    life = _life(seconds)
    return StoredToken(SecretStr(value), now + life - min(SPARE_SECONDS, life / 10))


def _life(seconds: object) -> float:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return 0.0
    return float(seconds) if 0 < seconds < LONGEST_LIFE else 0.0
