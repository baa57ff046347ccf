"""A practice marketplace in this process, a configuration that fits it, and connections to it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from ingram_micro_cloud import Integration
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.transport import MarketplaceTransport
from ingram_micro_cloud.store.state import State
from support.clock import FakeClock

API_URL = "https://marketplace.example/marketplace/na"
Wrap = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


@dataclass
class Workplace:
    """Everything a test needs to act as a user of one marketplace."""

    integration: Integration
    marketplace: Marketplace
    clock: FakeClock
    state: State
    wrap: Wrap
    files: Path
    """Where serving hosts put their holders' files."""

    def values(self, **changes: object) -> dict[str, object]:
        """The form filled for this marketplace."""
        credentials = self.marketplace.credentials
        return {
            "name": "practice",
            "username": credentials.username,
            "password": credentials.password,
            "subscription_key": credentials.subscription_key,
            "api_url": API_URL,
            "marketplace": credentials.marketplace,
            "calls_per_minute": 1_000_000,
            "calls_per_day": 100_000_000,
            **changes,
        }

    def configuration(self, **changes: object) -> Configuration:
        return self.integration.configuration(self.values(**changes))

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        return self.wrap(MarketplaceTransport(self.marketplace, sleep=self.clock.sleep))

    @property
    def timing(self) -> Timing:
        return Timing(now=self.clock.now, sleep=self.clock.sleep, random=lambda: 0.5)

    def connect(self, **changes: object) -> Connection:
        return self.integration.connect(
            self.configuration(**changes), state=self.state, transport=self.transport, timing=self.timing
        )
