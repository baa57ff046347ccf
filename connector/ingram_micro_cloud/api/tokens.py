"""Tokens and where they are kept between processes."""

from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class SignInDetails:
    """What the vendor's /token asks for; all four travel together."""

    username: str
    password: SecretStr
    subscription_key: SecretStr
    marketplace: str


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A bearer token and the moment (seconds of the wall clock) from which a new one is asked for."""

    value: SecretStr
    expires_at: float

    def usable(self, now: float) -> bool:
        """Return whether it need not be renewed yet."""
        return now < self.expires_at


class TokenStore(Protocol):
    """Keeps tokens, encrypted, for every process of this machine or cluster."""

    def load(self, fingerprint: str) -> StoredToken | None:
        """Return the token kept for these credentials, or None."""

    def save(self, fingerprint: str, token: StoredToken) -> None:
        """Keep a token."""

    def drop(self, fingerprint: str, value: str) -> None:
        """Forget this very token; a newer one stays."""
