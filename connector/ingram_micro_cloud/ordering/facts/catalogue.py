"""Finds the product an order line means, and what the catalogue demands of the line."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.ordering.facts.sanity import AskedLine
from ingram_micro_cloud.ordering.figures import (
    members,
    months_in,
    number,
    period_text,
    plain_period,
    rows_of,
    same_period,
    text,
    whole,
)
from ingram_micro_cloud.ordering.models import Money
from ingram_micro_cloud.ordering.ports import Caller

Product = Mapping[str, object]
SETTLING: Final = ("vendor", "subscriptionPeriod", "billingPeriod")
"""What tells products of one MPN apart, in the vendor's order of weight."""
PRICES: Final = ("specialPrice", "specialCost", "specialProviderCost", "vendorRatedExtendedCost")


async def offered(lines: Iterable[AskedLine], caller: Caller) -> dict[str, list[Product]]:
    """Return the catalogue's rows of every MPN the lines name, one call for each MPN.

    Lines that name their product by its id alone have the whole catalogue read once: it cannot be filtered by ids.
    Those rows stand under the id.
    """
    asked = list(lines)
    found: dict[str, list[Product]] = {}
    by_id = [line.product_id for line in asked if not line.mpn]
    if by_id:
        every = await _rows(caller, {})
        found = {key: [row for row in every if text(row.get("id")) == key] for key in by_id}
        found |= {line.mpn: _of_mpn(every, line.mpn) for line in asked if line.mpn}
        return found
    for mpn in dict.fromkeys(line.mpn for line in asked):
        found[mpn] = _of_mpn(await _rows(caller, {"mpn": mpn}), mpn)
    return found


def chosen(line: AskedLine, rows: Sequence[Product]) -> Product | FieldProblem:
    """Return the one product of these rows that a line means, or what keeps that open."""
    if not rows:
        place = "mpn" if line.mpn else "id"
        return FieldProblem(
            line.pointer(place),
            "unknown_product",
            f"{line.name} is not in this marketplace's catalogue: mistyped, or not sold to this account.",
        )
    fitting = [row for row in rows if _fits(line.given, row)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        given = [name for name in ("id", *SETTLING) if line.given.get(name)]
        wrong = next((name for name in given if not _some(line, rows, name)), "mpn")
        return FieldProblem(
            line.pointer(wrong), "not_offered", f"{line.name} is not offered like this. There are: {_told(rows)}."
        )
    missing = [name for name in SETTLING if not line.given.get(name) and _differs(fitting, name)] or ["id"]
    return FieldProblem(
        line.pointer(missing[0]),
        "ambiguous_product",
        f"{line.name} is offered in {len(fitting)} ways. Add {' and '.join(missing)}: {_told(fitting)}.",
    )


def limits(product: Product) -> tuple[Decimal | None, Decimal | None]:
    """Return the fewest and the most a product may be held in; None where the catalogue sets no limit."""
    return number(product.get("minimumQuantity")), number(product.get("maximumQuantity"))


def limit_problem(line: AskedLine, product: Product, after: Decimal) -> FieldProblem | None:
    """Return what is wrong with holding so many of a product, or None."""
    fewest, most = limits(product)
    if fewest is not None and after < fewest:
        told = f"At least {whole(fewest)} of {_name(product)} must be held; the order leads to {whole(after)}."
        return FieldProblem(line.pointer("quantity"), "below_minimum", told)
    if most is not None and after > most:
        told = f"At most {whole(most)} of {_name(product)} can be held; the order leads to {whole(after)}."
        return FieldProblem(line.pointer("quantity"), "above_maximum", told)
    return None


def sale_problems(line: AskedLine, product: Product, body: Mapping[str, object]) -> Iterable[FieldProblem]:
    """Yield what keeps a product from being sold like this: no price, another currency, the rule on its end."""
    if "prices" in product and not rows_of(product.get("prices")):
        told = f"{_name(product)} has no price here: it is not for sale."
        yield FieldProblem(line.pointer("mpn"), "not_sellable", told)
    yield from currency_problems(line, product)
    rule = text(members(product.get("coterming")).get("required")).upper()
    aligned = bool(body.get("alignExpirationDate"))
    if rule == "MANDATORY" and not aligned:
        told = f"{_name(product)} must end together with something else: give alignExpirationDate."
        yield FieldProblem("/alignExpirationDate", "required", told)
    if rule == "RESTRICTED" and aligned:
        told = f"{_name(product)} cannot end together with something else: leave alignExpirationDate out."
        yield FieldProblem("/alignExpirationDate", "not_allowed", told)


def currency_problems(line: AskedLine, product: Product) -> Iterable[FieldProblem]:
    """Yield prices of a line that are in another currency than the product's own."""
    own = currency_of(product)
    for name in PRICES:
        given = text(members(line.given.get(name)).get("currency")).upper()
        if own and given and given != own:
            told = f"{_name(product)} is sold in {own}, not in {given}."
            yield FieldProblem(f"{line.pointer(name)}/currency", "currency_mismatch", told)


def currency_of(product: Product) -> str:
    """Return the currency of a product's prices; empty when it shows none."""
    shown = (text(row.get("currency")).upper() for row in rows_of(product.get("prices")))
    return next(filter(None, shown), "")


def unit_price(product: Product, quantity: Decimal) -> Money | None:
    """Return the recurring price of one item when so many are held; None where the catalogue shows none."""
    best: tuple[Decimal, Money] | None = None
    for row in rows_of(product.get("prices")):
        amount, currency = number(row.get("amount")), text(row.get("currency")).upper()
        lower = number(row.get("lowerLimit")) or Decimal(0)
        if text(row.get("type")).casefold() not in ("", "recurring") or amount is None or not currency:
            continue
        if lower <= quantity and (best is None or lower >= best[0]):
            best = (lower, Money(currency, amount))
    return None if best is None else best[1]


def needed_mpns(product: Product) -> list[str]:
    """Return the MPNs a product depends on."""
    return [text(each.get("mpn")) for each in rows_of(product.get("dependsOn")) if each.get("mpn")]


def terms_told(product: Product) -> str:
    """Return term and billing of a product in words."""
    term, billing = period_text(product.get("subscriptionPeriod")), period_text(product.get("billingPeriod"))
    return f"{term or 'no'} term, billed every {billing or 'time'}"


def shortest_first(rows: Iterable[Product]) -> list[Product]:
    """Return products by the length of their term, then of their billing period: the least bound one first."""
    far = Decimal(10_000)
    return sorted(
        rows,
        key=lambda row: (
            months_in(row.get("subscriptionPeriod")) or far,
            months_in(row.get("billingPeriod")) or far,
            text(row.get("id")),
        ),
    )


async def _rows(caller: Caller, inputs: Mapping[str, object]) -> list[Product]:
    return [row for page in [p async for p in caller.rows("list_products", inputs)] for row in rows_of(list(page))]


def _of_mpn(rows: Iterable[Product], mpn: str) -> list[Product]:
    return [row for row in rows if text(row.get("mpn")) == mpn]


def _fits(given: Mapping[str, object], row: Product) -> bool:
    return all(_same(name, given[name], row.get(name)) for name in ("id", *SETTLING) if given.get(name))


def _same(name: str, asked: object, offers: object) -> bool:
    return same_period(asked, offers) if name.endswith("Period") else text(asked) == text(offers)


def _some(line: AskedLine, rows: Sequence[Product], name: str) -> bool:
    return any(_same(name, line.given[name], row.get(name)) for row in rows)


def _differs(rows: Sequence[Product], name: str) -> bool:
    return len({str(plain_period(row.get(name)) if name.endswith("Period") else row.get(name)) for row in rows}) > 1


def _told(rows: Sequence[Product]) -> str:
    several = _differs(rows, "vendor")
    told = [
        (f"{row.get('vendor')}, " if several else "") + f"{terms_told(row)} (id {row.get('id')})" for row in rows[:6]
    ]
    return "; ".join(told) + (f"; and {len(rows) - 6} more" if len(rows) > 6 else "")


def _name(product: Product) -> str:
    return text(product.get("name")) or text(product.get("mpn")) or "the product"
