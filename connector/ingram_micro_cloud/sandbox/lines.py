"""Order lines: quantities, limits, parameters, prices. Pure but for looking things up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ingram_micro_cloud.sandbox.calls import Json, Refusal
from ingram_micro_cloud.sandbox.catalogue import find_product
from ingram_micro_cloud.sandbox.offers import Offer, ParameterKind
from ingram_micro_cloud.sandbox.world import World

LARGEST_PRICE = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order with the quantity wanted in the end."""

    product: Json
    offer: Offer
    quantity: Decimal
    asked: Json

    @property
    def unit_price(self) -> Decimal:
        """The price of one item: a special one where the order names it."""
        special = self.asked.get("specialPrice")
        return self.offer.unit_price(self.quantity) if special is None else price_of(special, "specialPrice")


def read_lines(world: World, products: object, *, held: frozenset[str] = frozenset()) -> list[Line]:
    """Return the lines of an order, products that depend on others completed; ``held`` are those already there."""
    lines = plain_lines(world, products)
    held |= {line.offer.mpn for line in lines}
    for line in list(lines):
        for needed in line.offer.depends_on:
            if needed not in held:
                # The platform adds what a product depends on when it is left out.
                held |= {needed}
                lines.append(_line(world, {"mpn": needed, "quantity": 1}))
    return lines


def plain_lines(world: World, products: object, *, signed: bool = False) -> list[Line]:
    """Return the lines of an order just as they are given; signed quantities are differences."""
    if not isinstance(products, list) or not products:
        raise Refusal(400, "products must hold at least one product.")
    return [_line(world, asked, signed=signed) for asked in products]


def check_limits(lines: Sequence[Line]) -> None:
    """Refuse quantities outside what the product allows."""
    for line in lines:
        if not line.offer.minimum <= line.quantity <= line.offer.maximum:
            raise Refusal(
                400, f"The quantity of {line.offer.mpn} must be between {line.offer.minimum} and {line.offer.maximum}."
            )


def check_parameters(lines: Sequence[Line]) -> None:
    """Refuse a sale that lacks a parameter its product is activated with."""
    for line in lines:
        for name, kind in line.offer.needs:
            problem = parameter_problem(kind, given_parameter(line.asked, name))
            if problem is not None:
                raise Refusal(400, f"{line.offer.mpn}: {name}: {problem}")


def given_parameters(asked: Json) -> list[Json]:
    """Return every parameter of an order line."""
    given = asked.get("parameters")
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def given_parameter(asked: Json, name: str) -> Json | None:
    """Return a parameter of an order line; names are case-sensitive."""
    return next((each for each in given_parameters(asked) if each.get("name") == name), None)


def parameter_problem(kind: ParameterKind, given: Json | None) -> str | None:
    """Return what is wrong with a parameter's value, or None."""
    if given is None:
        return "The parameter is required."
    value = given.get("value")
    if kind == "attestation":
        structured = given.get("structured_value")
        accepted = structured.get("attestation_accepted") if isinstance(structured, dict) else None
        return None if accepted is True else "The customer's acceptance must be attested (attestation_accepted)."
    if not isinstance(value, str) or not value:
        return "The value must be a text."
    if kind == "email":
        return None if "@" in value[1:-1] else "The value must be an e-mail address."
    return None if value.endswith(".onmicrosoft.com") and value.count(".") == 2 else (
        "The domain must end in .onmicrosoft.com."
    )  # fmt: skip


def quantity_of(value: object, *, signed: bool = False) -> Decimal:
    """Return a quantity: a number, or a decimal text such as "2.0"; below zero only where it is a difference."""
    try:
        number = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not (signed or number >= 0) or abs(number) >= LARGEST_PRICE:
        number = None
    if number is None or number % 1:
        raise Refusal(400, "quantity must be a whole number.")
    return number


def price_of(value: object, name: str) -> Decimal:
    """Return the amount of a price, an object with a decimal text or number."""
    amount = value.get("amount") if isinstance(value, dict) else None
    try:
        number = (
            Decimal(str(amount)) if isinstance(amount, int | float | str) and not isinstance(amount, bool) else None
        )
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not 0 <= number < LARGEST_PRICE:
        raise Refusal(400, f"{name}.amount must be a decimal number.")
    return number


def _line(world: World, asked: object, *, signed: bool = False) -> Line:
    if not isinstance(asked, dict):
        raise Refusal(400, "Each product must be an object.")
    if asked.get("deals") and (asked.get("specialPrice") or asked.get("specialCost")):
        raise Refusal(400, "deals and special prices exclude each other.")
    for name in ("specialPrice", "specialCost"):
        if asked.get(name) is not None:
            price_of(asked[name], name)
    product, offer = find_product(world, asked)
    return Line(product, offer, quantity_of(asked.get("quantity", 1), signed=signed), asked)
