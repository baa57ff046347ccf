"""What mapping is about: organizations, what is known of customers, and suggestions that explain themselves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

State = Literal["mapped", "suggested", "unmapped", "excluded", "conflict", "customer_gone", "organization_gone"]
Band = Literal["certain", "likely", "possible", "none"]


@dataclass(frozen=True, slots=True)
class Organization:
    """A tenant of the platform.

    Attributes:
        id: The platform's id; unique over all sources.
        domains: Its mail and web domains, lower case.
        external_ids: Ids elsewhere by kind, for example ``microsoft_tenant_id``.
        country: ISO 3166 code of two letters, upper case, or None.
    """

    id: str
    name: str
    domains: tuple[str, ...] = ()
    external_ids: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What has been read of one of the vendor's customers.

    Attributes:
        mail_domains: Registrable domains of its contacts' addresses, free mail left out.
        tenant_ids: Microsoft tenant ids its subscriptions carry.
        microsoft_domains: Domains its subscriptions carry.
        details_read: Whether tax id, country and contacts were read; otherwise their absence says nothing.
        holdings_read: The same for what subscriptions carry.
        gone: Whether the last complete list no longer had it.
    """

    id: str
    name: str
    external_id: str | None = None
    status: str | None = None
    tax_id: str | None = None
    country: str | None = None
    mail_domains: tuple[str, ...] = ()
    tenant_ids: tuple[str, ...] = ()
    microsoft_domains: tuple[str, ...] = ()
    details_read: bool = False
    holdings_read: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class WorthReading:
    """A customer about whom more must be known to decide, and which of the two reads could tell."""

    customer_id: str
    details: bool
    holdings: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence: how well it fits (0 to 1), how much it can count (0 to 1), and in words."""

    name: str
    score: float
    weight: float
    detail: str


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The second best customer."""

    customer_id: str
    customer_name: str
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is thought, or known, about one organization.

    Attributes:
        score: 0 to 1; how well the customer fits.
        lead: Distance to the runner-up, 0 to 1; the score itself where there is none.
        reason: One sentence for a person.
    """

    organization_id: str
    organization_name: str
    state: State
    customer_id: str | None = None
    customer_name: str | None = None
    score: float = 0.0
    band: Band = "none"
    lead: float = 0.0
    runner_up: RunnerUp | None = None
    signals: tuple[Signal, ...] = ()
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the row that `mapping suggest --json` and `mapping show --json` print; scores to three places."""
        shown = asdict(self)
        shown["score"], shown["lead"] = round(self.score, 3), round(self.lead, 3)
        if self.runner_up is not None:
            shown["runner_up"]["score"] = round(self.runner_up.score, 3)
        shown["signals"] = [
            {"name": each.name, "score": round(each.score, 3), "weight": each.weight, "detail": each.detail}
            for each in self.signals
        ]
        return shown
