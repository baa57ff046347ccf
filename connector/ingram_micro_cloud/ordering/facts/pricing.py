"""Puts prices to what an order changes, and holds the vendor's estimate against what is meant. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingram_micro_cloud.errors import QuantityMeaningError
from ingram_micro_cloud.ordering.facts.catalogue import Product, unit_price
from ingram_micro_cloud.ordering.facts.meaning import Reading, other_meaning, reading_of
from ingram_micro_cloud.ordering.facts.sanity import AskedLine, AskedOrder, ChangeQuantity
from ingram_micro_cloud.ordering.figures import (
    money,
    months_in,
    number,
    period_text,
    rows_of,
    text,
    times,
    whole,
)
from ingram_micro_cloud.ordering.models import Change, Money

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MeantLine:
    """One line with the product it means.

    Attributes:
        product: The catalogue's row; None for a held product that is no longer sold.
        holding: The subscription's line of it; None for a first purchase.
        before: Seats held now; None where there is nothing.
    """

    asked: AskedLine
    product: Product | None
    holding: Json | None
    before: Decimal | None
    after: Decimal

    @property
    def meant(self) -> Decimal:
        """Seats added, or taken away (negative)."""
        return self.after - (self.before or Decimal(0))

    @property
    def name(self) -> str:
        """The product in words."""
        named = self.product or self.holding or {}
        return text(named.get("name")) or self.asked.name

    def mpn(self) -> str:
        """The part number, also where the line names its product by id."""
        return self.asked.mpn or text((self.product or self.holding or {}).get("mpn"))

    def vendor(self) -> str:
        """The maker's id; empty when nobody says it."""
        named = self.product or self.holding or {}
        return text(named.get("vendor")) or text(self.asked.given.get("vendor"))

    def period(self, name: str, subscription: Json) -> object:
        """Return a period: the subscription's own where there is one, else the product's."""
        return subscription.get(name) or (self.product or {}).get(name) or self.asked.given.get(name)


def check_meaning(asked: AskedOrder, lines: Sequence[MeantLine], estimate: Json, how: ChangeQuantity) -> list[Reading]:
    """Judge how the vendor reads each line of a change order.

    Raises:
        QuantityMeaningError: It would read a number the other way; nothing was ordered.
    """
    readings: list[Reading] = []
    used: list[Json] = []
    for line in lines:
        if asked.kind != "change" or asked.later:
            # A change at renewal is answered with its target, whichever way the number is read.
            readings.append("unclear")
            continue
        other = other_meaning(line.asked.quantity, line.before or Decimal(0), how)
        found = list(_implied(line, estimate_line(line, estimate, used), estimate))
        readings.append(reading_of(line.meant, other, found))
        if readings[-1] == "other_way":
            raise _other_way(line, other, how)
    return readings


def line_changes(
    asked: AskedOrder, lines: Sequence[MeantLine], subscription: Json, estimate: Json, readings: Sequence[Reading]
) -> list[Change]:
    """Return what each line changes and what that costs per month and over the term."""
    used: list[Json] = []
    changes = []
    for line, reading in zip(lines, readings, strict=True):
        answered = estimate_line(line, estimate, used)
        term, billing = line.period("subscriptionPeriod", subscription), line.period("billingPeriod", subscription)
        per_period = _per_period(line, answered, reading if asked.kind == "change" else "as_meant")
        monthly, whole_term = spread(per_period, term=term, billing=billing)
        changes.append(
            Change(
                mpn=line.mpn() or None,
                product=line.name,
                subscription_id=asked.subscription_id or None,
                before=line.before,
                after=line.after,
                term=period_text(term),
                billing=period_text(billing),
                renewal=text(subscription.get("renewalDate")) or _aligned_end(estimate),
                when="renewal" if asked.later else "now",
                monthly_price=monthly,
                term_price=whole_term,
            )
        )
    return changes


def added_changes(estimate: Json, lines: Sequence[MeantLine]) -> list[Change]:
    """Return the products an estimate holds that nobody asked for: the vendor adds what a product depends on."""
    used: list[Json] = []
    for line in lines:
        estimate_line(line, estimate, used)
    return [
        Change(
            mpn=text(row.get("mpn")) or None,
            product=text(row.get("name")) or text(row.get("mpn")) or "a product added by the vendor",
            subscription_id=text(row.get("subscriptionId")) or None,
            before=None,
            after=number(row.get("quantity")),
        )
        for row in rows_of(estimate.get("products"))
        if not any(row is each for each in used)
    ]


def spread(price: Money | None, *, term: object, billing: object) -> tuple[Money | None, Money | None]:
    """Return a price per billing period as a price per month and over the term; None where a length is unknown."""
    every, months = months_in(billing), months_in(term)
    if price is None or every is None:
        return None, None
    return times(price, 1 / every), None if months is None else times(price, months / every)


def estimate_line(line: MeantLine, estimate: Json, used: list[Json]) -> Json:
    """Return an estimate's row for a line, each row once; empty when it has none."""
    rows = [row for row in rows_of(estimate.get("products")) if not any(row is each for each in used)]
    key = text((line.product or line.holding or {}).get("id"))
    found = next((row for row in rows if key and text(row.get("id")) == key), None)
    if found is None:
        found = next((row for row in rows if text(row.get("mpn")) == line.mpn()), None)
    if found is None:
        return {}
    used.append(found)
    return found


def _implied(line: MeantLine, answered: Json, estimate: Json) -> Iterator[Decimal]:
    """Yield how many items an estimate believes to change; its details say so outright where they are given."""
    details = [row for row in rows_of(estimate.get("details")) if text(row.get("mpn")) == line.mpn()]
    told = number(details[0].get("quantity")) if len(details) == 1 else None
    if told is not None:
        yield told
        return
    extended = money(answered.get("extendedPrice"))
    for price in _unit_prices(line):
        if extended is not None and price.currency == extended.currency and price.amount:
            yield extended.amount / price.amount


def _unit_prices(line: MeantLine) -> Iterator[Money]:
    """Yield what one item may cost: a price of its own, what this customer pays, what the catalogue says."""
    candidates = [
        money(line.asked.given.get("specialPrice")),
        money((line.holding or {}).get("unitPrice")),
        None if line.product is None else unit_price(line.product, line.after),
        None if line.product is None else unit_price(line.product, abs(line.meant)),
    ]
    yield from (each for each in candidates if each is not None)


def _per_period(line: MeantLine, answered: Json, reading: Reading) -> Money | None:
    extended = money(answered.get("extendedPrice"))
    if reading == "as_meant" and extended is not None:
        return extended
    price = next(_unit_prices(line), None)
    return None if price is None else Money(price.currency, price.amount * line.meant)


def _aligned_end(estimate: Json) -> str:
    ends = [text(row.get("alignedExpirationDate"))[:10] for row in rows_of(estimate.get("subscriptions"))]
    return next(filter(None, ends), "")


def _other_way(line: MeantLine, other: Decimal, how: ChangeQuantity) -> QuantityMeaningError:
    meant = f"{whole(line.before or Decimal(0))} → {whole(line.after)}"
    read = whole((line.before or Decimal(0)) + other)
    told = "a new total" if how == "total" else "a difference"
    return QuantityMeaningError(
        f"Not ordered. {line.name} should go {meant}, but the vendor's estimate reads the number as "
        f"{'a difference' if how == 'total' else 'a new total'} and would lead to {read}.",
        hint=f"This account's change orders are sent as {told}; set change_quantity to "
        f"{'delta' if how == 'total' else 'total'} in the configuration, and preview again.",
    )
