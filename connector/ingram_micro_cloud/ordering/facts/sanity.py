"""Reads an order's body before anything is sent: what is missing, what cannot be, and where. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, cast

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.ordering.figures import members, number, text
from ingram_micro_cloud.ordering.models import OrderKind

ChangeQuantity = Literal["total", "delta"]
KINDS: Final = ("sales", "change", "renewal", "cancellation", "migration")
OF_A_SUBSCRIPTION: Final = ("change", "renewal", "cancellation")


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One product line as the caller wrote it; ``quantity`` means what the caller's setting says."""

    position: int
    mpn: str
    product_id: str
    quantity: Decimal
    subscription_id: str
    given: Mapping[str, object]

    def pointer(self, name: str) -> str:
        """Return the place of one of its members in the order's body."""
        return f"/products/{self.position}/{name}"

    @property
    def name(self) -> str:
        """How the line names its product."""
        return self.mpn or self.product_id


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """An order whose body holds together on its own.

    Attributes:
        subscription_id: The subscription it is about, from the top or from its lines; empty for none.
        named: Every subscription it names anywhere, with the place of each.
        later: It waits for the renewal.
    """

    kind: OrderKind
    customer_id: str
    subscription_id: str
    lines: tuple[AskedLine, ...]
    named: Mapping[str, str]
    later: bool
    plan_id: str
    body: Mapping[str, object]


def read_order(body: Mapping[str, object], change_quantity: ChangeQuantity = "total") -> AskedOrder:
    """Return an order's body, read.

    Raises:
        InputError: Something is missing or cannot be; every such place is named, and nothing was sent.
    """
    kind = text(body.get("type"))
    problems = list(_about_kind(kind)) if kind not in KINDS else list(_about_parts(body, kind))
    signed = kind == "change" and change_quantity == "delta"
    lines, more = _lines(body, needed=kind in ("sales", "migration", "change"), signed=signed)
    problems += more
    named = dict(_named(body, lines))
    if problems:
        raise refused_input(problems)
    top = text(body.get("subscriptionId"))
    inner = next((line.subscription_id for line in lines if line.subscription_id), "")
    return AskedOrder(
        kind=cast("OrderKind", kind),
        customer_id=text(body.get("customerId")),
        subscription_id=top or inner,
        lines=lines,
        named=named,
        later=text(body.get("scheduledOn")).casefold() == "renewal",
        plan_id=text(body.get("planId")),
        body=body,
    )


def refused_input(problems: Sequence[FieldProblem]) -> InputError:
    """Return the error for an order that was not sent because of its fields."""
    first = problems[0].message
    more = "" if len(problems) == 1 else f" ({len(problems)} problems in all)"
    return InputError(
        f"Nothing was sent. {first}{more}", hint="Correct the fields that are named.", fields=tuple(problems)
    )


def _about_kind(kind: str) -> Iterator[FieldProblem]:
    said = f"{kind!r} is no kind of order" if kind else "The order does not say its kind"
    code = "unknown_kind" if kind else "required"
    yield FieldProblem("/type", code, f"{said}; give type: {', '.join(KINDS)}.")


def _about_parts(body: Mapping[str, object], kind: str) -> Iterator[FieldProblem]:
    if not text(body.get("customerId")):
        yield FieldProblem("/customerId", "required", "The order does not say for which customer it is.")
    products = body.get("products")
    if kind in ("sales", "migration") and not products:
        yield FieldProblem("/products", "required", f"An order of type {kind} needs at least one product.")
    if kind == "change" and not products and not text(body.get("planId")):
        told = "A change needs products with quantities, or a planId to switch to."
        yield FieldProblem("/products", "required", told)
    top = text(body.get("subscriptionId"))
    inner = [text(members(each).get("subscriptionId")) for each in products] if isinstance(products, list) else []
    if kind in OF_A_SUBSCRIPTION and not top and not any(inner):
        told = f"An order of type {kind} needs the subscriptionId it is for."
        yield FieldProblem("/subscriptionId", "required", told)
    for position, each in enumerate(inner):
        if each and top and each != top:
            place = f"/products/{position}/subscriptionId"
            yield FieldProblem(place, "contradiction", "The line names another subscription than the order itself.")
    if len({each for each in inner if each}) > 1:
        place = "/products"
        yield FieldProblem(place, "several_subscriptions", "One order can change one subscription; send one for each.")


def _lines(
    body: Mapping[str, object], *, needed: bool, signed: bool
) -> tuple[tuple[AskedLine, ...], list[FieldProblem]]:
    products = body.get("products")
    if not needed or not products:
        return (), []
    if not isinstance(products, list):
        return (), [FieldProblem("/products", "type", "products must be a list of product lines.")]
    lines: list[AskedLine] = []
    problems: list[FieldProblem] = []
    for position, each in enumerate(products):
        given = members(each)
        mpn, key = text(given.get("mpn")), text(given.get("id"))
        if not mpn and not key:
            told = "Each product needs an mpn or an id."
            problems.append(FieldProblem(f"/products/{position}/mpn", "required", told))
        quantity = number(given.get("quantity"))
        if (problem := _about_quantity(given.get("quantity"), quantity, signed=signed)) is not None:
            problems.append(FieldProblem(f"/products/{position}/quantity", *problem))
        line = AskedLine(position, mpn, key, quantity or Decimal(0), text(given.get("subscriptionId")), given)
        if any(_same_product(line, other) for other in lines) and text(body.get("type")) == "change":
            told = f"{line.name} is there twice; give its new quantity once."
            problems.append(FieldProblem(line.pointer("mpn"), "twice", told))
        lines.append(line)
    return tuple(lines), problems


def _about_quantity(given: object, quantity: Decimal | None, *, signed: bool) -> tuple[str, str] | None:
    if given is None:
        return "required", "Each product needs a quantity."
    if quantity is None:
        return "type", "The quantity must be a whole number."
    if quantity % 1:
        return "fractional", f"A quantity of {quantity:f} is no whole number."
    if quantity == 0:
        return "zero", "A quantity of 0 orders nothing; to end a subscription, send an order of type cancellation."
    if quantity < 0 and not signed:
        return "negative", f"A quantity of {quantity:f} cannot be; fewer seats are set by their new total."
    return None


def _same_product(one: AskedLine, other: AskedLine) -> bool:
    return one.name == other.name and all(
        one.given.get(name) == other.given.get(name) for name in ("vendor", "subscriptionPeriod", "billingPeriod")
    )


def _named(body: Mapping[str, object], lines: Sequence[AskedLine]) -> Iterator[tuple[str, str]]:
    """Yield every subscription an order names with where; the first place counts, so the last is yielded first."""
    places = [
        (text(members(body.get("alignExpirationDate")).get("subscriptionId")), "/alignExpirationDate/subscriptionId"),
        *((text(line.given.get("targetSubscriptionId")), line.pointer("targetSubscriptionId")) for line in lines),
        (text(body.get("targetSubscriptionId")), "/targetSubscriptionId"),
        *((line.subscription_id, line.pointer("subscriptionId")) for line in lines),
        (text(body.get("subscriptionId")), "/subscriptionId"),
    ]
    yield from ((key, place) for key, place in places if key)
