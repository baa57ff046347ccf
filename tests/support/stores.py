"""Token and permit stores for tests of the HTTP layer alone."""

from dataclasses import dataclass, field

from ingram_micro_cloud.api.tokens import StoredToken


@dataclass
class TokenShelf:
    """Keeps tokens in a dictionary, as another process would see them."""

    kept: dict[str, StoredToken] = field(default_factory=dict)

    def load(self, fingerprint: str) -> StoredToken | None:
        return self.kept.get(fingerprint)

    def save(self, fingerprint: str, token: StoredToken) -> None:
        self.kept[fingerprint] = token

    def drop(self, fingerprint: str, value: str) -> None:
        known = self.kept.get(fingerprint)
        if known is not None and known.value.get_secret_value() == value:
            del self.kept[fingerprint]


class FreePermits:
    """Grants whatever is asked for."""

    def lease(
        self, key: str, *, now: float, wanted: int, hold_seconds: float, per_minute: int, per_day: int
    ) -> tuple[int, float, str]:
        return wanted, 0.0, ""

    def block(self, key: str, *, until: float, reason: str) -> None:
        raise AssertionError("nothing was to be blocked")
