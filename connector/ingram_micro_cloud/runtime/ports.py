"""Hands the state to the HTTP layer in the shapes it asks for, and opens a client from a configuration."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.tokens import SignInDetails, StoredToken
from ingram_micro_cloud.redaction import Redactor

if TYPE_CHECKING:
    from ingram_micro_cloud.api.timing import Timing
    from ingram_micro_cloud.api.transport import Transport
    from ingram_micro_cloud.runtime.configuration import Configuration
    from ingram_micro_cloud.store.state import State
    from ingram_micro_cloud.store.tokens import TokenRecords


@dataclass(frozen=True, slots=True)
class TokenCache:
    """The state's token records as the authentication flow sees them."""

    records: "TokenRecords"

    def load(self, fingerprint: str) -> StoredToken | None:
        """Return the token another process may have left, or None."""
        found = self.records.load(fingerprint)
        return None if found is None else StoredToken(SecretStr(found[0]), found[1])

    def save(self, fingerprint: str, token: StoredToken) -> None:
        """Keep a token for other processes."""
        self.records.save(fingerprint, token.value.get_secret_value(), token.expires_at)

    def drop(self, fingerprint: str, value: str) -> None:
        """Forget a token the vendor no longer takes, unless a newer one is already there."""
        self.records.drop(fingerprint, value)


def open_client(
    configuration: "Configuration",
    state: "State",
    *,
    user_agent: str,
    timing: "Timing",
    transport: "Transport | None" = None,
) -> MarketplaceClient:
    """Return a client for a configuration; tokens and permits are shared through the state."""
    password = configuration.password.get_secret_value()
    key = configuration.subscription_key.get_secret_value()
    identity = (configuration.api_url, configuration.marketplace, configuration.username, password, key)
    return MarketplaceClient(
        base_url=configuration.api_url,
        sign_in=SignInDetails(
            username=configuration.username,
            password=configuration.password,
            subscription_key=configuration.subscription_key,
            marketplace=configuration.marketplace,
        ),
        fingerprint=state.fingerprint("token", *identity),
        limiter_key=state.fingerprint("calls", configuration.api_url, key),
        tokens=TokenCache(state.tokens),
        permits=state.permits,
        calls_per_minute=configuration.calls_per_minute,
        calls_per_day=configuration.calls_per_day,
        timeout_seconds=configuration.timeout_seconds,
        allow_private_address=configuration.allow_private_address,
        transport=transport,
        timing=timing,
        redactor=Redactor((password, key)),
        user_agent=user_agent,
    )
