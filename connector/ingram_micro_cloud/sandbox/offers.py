"""What a product is beyond what the catalogue shows: its plan, and the parameters it wants."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ParameterKind = Literal["domain", "email", "attestation"]
Period = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """One product in one term.

    Attributes:
        price: Of one item per billing period, to the customer, in US dollars.
        cost: The same, to the reseller.
        needs: Parameters without which it is not activated.
        tiers: Lower limits and prices, where the price depends on the quantity.
    """

    mpn: str
    vendor: str
    service: str
    name: str
    plan: str
    billing: Period
    term: Period
    price: Decimal
    cost: Decimal
    minimum: int = 1
    maximum: int = 300
    coterming: tuple[str, str] = ("ALLOWED", "SUBSCRIPTION")
    needs: tuple[tuple[str, ParameterKind], ...] = ()
    depends_on: tuple[str, ...] = ()
    model: str = "FLAT"
    tiers: tuple[tuple[int, Decimal], ...] = ()

    def unit_price(self, quantity: Decimal) -> Decimal:
        """Return the price of one item when so many are held."""
        return next((price for limit, price in reversed(self.tiers) if quantity >= limit), self.price)


def money(amount: Decimal, currency: str = "USD") -> dict[str, object]:
    """Return an amount as the vendor writes it: a decimal text with at least two places."""
    cents = amount.quantize(Decimal("0.01"))
    return {"currency": currency, "amount": str(cents if cents == amount else amount.normalize())}


def period(value: Period) -> dict[str, object]:
    """Return a period as the vendor writes it."""
    return {"type": value[0], "duration": value[1]}


def months_of(value: Period) -> int:
    """Return the length of a period in months."""
    return value[1] * 12 if value[0] == "year" else max(1, value[1])
