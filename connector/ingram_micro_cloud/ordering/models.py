"""The words of buying: money, seats, what will change, verdicts, previews, journal entries. Frozen; no behaviour."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Literal

IntentState = Literal["previewed", "approved", "in_flight", "submitted", "completed", "failed", "refused", "unknown"]
OrderKind = Literal["sales", "change", "renewal", "cancellation", "migration", "setting"]
"""``setting`` is a write that commits money without being an order: switching auto-renewal on, an unknown request."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency; never added to another currency's."""

    currency: str
    amount: Decimal

    def as_json(self) -> dict[str, str]:
        """Return currency and the amount as a decimal text."""
        return {"currency": self.currency, "amount": f"{self.amount:f}"}


@dataclass(frozen=True, slots=True)
class Change:
    """What one line of an order changes.

    Attributes:
        before: Seats held now; None where there was nothing.
        after: Seats held afterwards; None where the vendor decides.
        monthly_price: What the change costs the customer per month, negative for a reduction, when known.
        term_price: The same over the whole term.
        when: now, or renewal.
    """

    mpn: str | None
    product: str
    subscription_id: str | None
    before: Decimal | None
    after: Decimal | None
    term: str = ""
    billing: str = ""
    renewal: str = ""
    when: Literal["now", "renewal"] = "now"
    monthly_price: Money | None = None
    term_price: Money | None = None

    @property
    def seats(self) -> Decimal:
        """Seats added (positive) or taken away (negative)."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0)) if self.after is not None else Decimal(0)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How one buying rule judged: its name, its limit and the value it met, and how to change or approve."""

    rule: str
    passed: bool
    limit: str | None
    value: str | None
    message: str
    approvable: bool = False
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an order is allowed.

    Attributes:
        allowed: Every rule passed, or those that did not are covered by an approval.
        needs_approval: Only approvable rules failed.
    """

    allowed: bool
    needs_approval: bool
    rules: tuple[RuleResult, ...]

    def as_json(self) -> dict[str, object]:
        """Return the member ``verdict`` of a preview."""
        return {"allowed": self.allowed, "rules": [asdict(each) for each in self.rules]}


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything the rules need to know about one order. Made by reading, judged by pure functions.

    Attributes:
        request: The exact JSON body that would be sent, without the journal's marker.
        price: The vendor's estimate of what is billed for this order; None when it is unknown.
        mpns: Part numbers of its lines; empty for renewals and cancellations.
        vendors: The makers' ids of its lines, where known.
        new_annual_commitment: A term of a year or more begins or grows.
        irreversible: It cannot be taken back at all, as a cancellation.
        basis: What must not have moved until it is sent: per subscription its seats, renewal date and last change.
    """

    kind: OrderKind
    customer_id: str
    subscription_id: str | None
    request: Mapping[str, object]
    changes: tuple[Change, ...]
    price: Money | None
    mpns: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    new_annual_commitment: bool = False
    irreversible: bool = False
    warnings: tuple[str, ...] = ()
    basis: Mapping[str, str] = field(default_factory=dict)
    customer_name: str = ""
    what: str = "order"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would do; nothing was bought. Its id is bound to its content.

    Attributes:
        content: Keyed hash of configuration, organization, request, price currency and basis.
        expires_at: Seconds since 1970; 24 hours after it was made.
    """

    preview_id: str
    content: str
    configuration: str
    organization: str | None
    facts: OrderFacts
    verdict: Verdict
    created_at: float
    expires_at: float
    approved_by: str | None = None
    used_by: str | None = None

    def approval_json(self) -> dict[str, object]:
        """Return what `order approve --json` and the gateway answer with."""
        return {"preview_id": self.preview_id, "approved_by": self.approved_by, "expires_at": self.expires_at}


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One intent to commit money, committed before anything is sent.

    Attributes:
        key: The caller's, or a fresh one.
        marker: What the order itself carries, so that it can be recognised at the vendor.
        outcome: The vendor's answer as it was returned the first time, redacted.
    """

    key: str
    state: IntentState
    configuration: str
    organization: str | None
    customer_id: str
    subscription_id: str | None
    preview_id: str | None
    order_id: str | None
    price: Money | None
    content: str
    marker: str
    what: str
    created_at: float
    updated_at: float
    request: Mapping[str, object] = field(default_factory=dict)
    outcome: Mapping[str, object] | None = None
    problem: Mapping[str, object] | None = None
    changes: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the row that `journal --json` and `order check --json` print."""
        return {
            "key": self.key,
            "state": self.state,
            "preview_id": self.preview_id,
            "customer_id": self.customer_id,
            "order_id": self.order_id,
            "price": None if self.price is None else self.price.as_json(),
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
