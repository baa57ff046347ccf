"""Signing in, tokens, the subscription key, and the limits of the gateway."""

import base64
import hashlib
import json
from collections import deque
from dataclasses import dataclass
from typing import Final

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.clock import MarketClock

TOKEN_SECONDS: Final = 1500
PER_MINUTE: Final = 100
PER_DAY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs in to this marketplace; practice values, worth nothing elsewhere."""

    username: str
    password: str
    subscription_key: str
    marketplace: str


def practice_credentials(seed: int) -> Credentials:
    """Return the credentials that belong to a seed."""
    digest = hashlib.sha256(f"practice marketplace {seed}".encode()).hexdigest()
    return Credentials("automation.api", f"Practice-{digest[:12]}", digest[12:44], "us")


class Access:
    """Lets calls in, or refuses them as the vendor or its gateway would."""

    def __init__(self, credentials: Credentials, clock: MarketClock, *, unlimited: bool) -> None:
        self._credentials, self._clock, self._unlimited = credentials, clock, unlimited
        self._tokens: dict[str, float] = {}
        self._arrivals: deque[float] = deque()
        self.signed_in = 0

    def check_key(self, call: Call) -> None:
        """Refuse a missing or wrong subscription key, as the gateway does before anything else."""
        if call.headers.get("x-subscription-key") != self._credentials.subscription_key:
            raise Refusal(401, "Access is denied: the subscription key is missing or not valid.", gateway=True)

    def count(self) -> None:
        """Refuse what is over the calls of a rolling minute or day."""
        if self._unlimited:
            return
        now = self._clock.now()
        while self._arrivals and self._arrivals[0] <= now - 86_400:
            self._arrivals.popleft()
        if len(self._arrivals) >= PER_DAY:
            left = round(self._arrivals[0] + 86_400 - now) + 1
            text = f"The call volume quota is used up. It is replenished in {_spoken(left)}."
            raise Refusal(403, text, gateway=True)
        if len(self._arrivals) >= PER_MINUTE and (oldest := self._arrivals[-PER_MINUTE]) > now - 60:
            left = max(1, round(oldest + 60 - now + 0.5))
            raise Refusal(
                429, f"The rate limit is reached. Try again in {left} seconds.", gateway=True, retry_after=left
            )
        self._arrivals.append(now)

    def check_token(self, call: Call) -> None:
        """Refuse a bearer token that is missing, unknown or over."""
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or self._tokens.get(token, 0.0) <= self._clock.now():
            raise Refusal(401, "The token is missing, not valid or has expired.")

    def sign_in(self, call: Call) -> Json:
        """Return a token for the right user, password and marketplace."""
        expected = base64.b64encode(f"{self._credentials.username}:{self._credentials.password}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {expected}":
            raise Refusal(401, "The user name or password is not correct.")
        marketplace = call.json().get("marketplace")
        if not isinstance(marketplace, str) or marketplace.lower() != self._credentials.marketplace:
            raise Refusal(400, "The marketplace is missing or unknown.")
        self.signed_in += 1
        token = self._issue()
        now = self._clock.now()
        self._tokens = {known: until for known, until in self._tokens.items() if until > now}
        self._tokens[token] = now + TOKEN_SECONDS
        return {"token": token, "expiresInSeconds": TOKEN_SECONDS}

    def _issue(self) -> str:
        claims = {"principal": self._credentials.username, "number": self.signed_in, "issued": self._clock.now()}
        signature = hashlib.sha256(json.dumps([claims, self._credentials.password]).encode()).digest()
        parts = [json.dumps({"alg": "HS256"}).encode(), json.dumps(claims).encode(), signature]
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _spoken(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
