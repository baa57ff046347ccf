"""Finds out what each line of an order means: which product, how many there were, how many there will be."""

from collections.abc import Mapping, Sequence

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.ordering.facts.catalogue import (
    Product,
    chosen,
    currency_of,
    currency_problems,
    limit_problem,
    needed_mpns,
    offered,
    sale_problems,
)
from ingram_micro_cloud.ordering.facts.meaning import seats_after
from ingram_micro_cloud.ordering.facts.pricing import MeantLine
from ingram_micro_cloud.ordering.facts.reads import held_products
from ingram_micro_cloud.ordering.facts.sanity import AskedLine, AskedOrder, ChangeQuantity, refused_input
from ingram_micro_cloud.ordering.figures import same_period, seats_of, text
from ingram_micro_cloud.ordering.ports import Caller

Json = Mapping[str, object]


async def meant_lines(
    asked: AskedOrder, subscription: Json, caller: Caller, how: ChangeQuantity
) -> tuple[list[MeantLine], list[Product]]:
    """Return the lines of an order with their products, and the products that these bring along.

    Raises:
        InputError: A product is unknown, ambiguous, not held, not for sale, or held in too few or too many.
    """
    holdings = {line.position: _holding(line, subscription) for line in asked.lines}
    missing = [line for line in asked.lines if asked.kind == "change" and holdings[line.position] is None]
    if missing:
        raise refused_input([_not_held(line, subscription) for line in missing])
    rows = await offered(asked.lines, caller)
    lines: list[MeantLine] = []
    problems: list[FieldProblem] = []
    for line in asked.lines:
        holding = holdings[line.position]
        product = _held_product(holding, rows[line.name], subscription) if holding else chosen(line, rows[line.name])
        if isinstance(product, FieldProblem):
            problems.append(product)
            continue
        before = None if holding is None else seats_of(holding)
        after = line.quantity if before is None else seats_after(line.quantity, before, how)
        lines.append(MeantLine(line, product, holding, before, after))
        problems += _product_problems(asked, lines[-1])
    problems += _mixed(lines)
    brought, more = await _brought(asked, lines, caller)
    problems += more
    if problems:
        raise refused_input(problems)
    return lines, brought


def _product_problems(asked: AskedOrder, line: MeantLine) -> list[FieldProblem]:
    if line.product is None:
        return []
    if asked.kind == "change":
        found = list(currency_problems(line.asked, line.product))
    else:
        found = list(sale_problems(line.asked, line.product, asked.body))
    limit = limit_problem(line.asked, line.product, line.after)
    return found if limit is None else [*found, limit]


def _mixed(lines: Sequence[MeantLine]) -> list[FieldProblem]:
    currencies = {currency_of(line.product): line for line in lines if line.product and currency_of(line.product)}
    if len(currencies) < 2:
        return []
    told = f"One order holds products in {' and '.join(sorted(currencies))}; send one order for each currency."
    return [FieldProblem(list(currencies.values())[-1].asked.pointer("mpn"), "currency_mismatch", told)]


async def _brought(
    asked: AskedOrder, lines: Sequence[MeantLine], caller: Caller
) -> tuple[list[Product], list[FieldProblem]]:
    """Return the products the vendor adds because others need them; those must be sold here as well."""
    if asked.kind != "sales":
        return [], []
    known, brought, problems = {line.mpn() for line in lines}, list[Product](), list[FieldProblem]()
    waiting = [(line.asked, line.name, mpn) for line in lines for mpn in needed_mpns(line.product or {})]
    while waiting:
        line, name, mpn = waiting.pop()
        if mpn in known:
            continue
        known.add(mpn)
        found = (await offered([AskedLine(line.position, mpn, "", line.quantity, "", {})], caller))[mpn]
        if not found:
            told = f"{name} needs {mpn}, which is not in this marketplace's catalogue."
            problems.append(FieldProblem(line.pointer("mpn"), "dependency", told))
            continue
        brought.append(found[0])
        waiting += [(line, text(found[0].get("name")), each) for each in needed_mpns(found[0])]
    return brought, problems


def _holding(line: AskedLine, subscription: Json) -> Json | None:
    rows = held_products(subscription)
    by_id = [row for row in rows if line.product_id and text(row.get("id")) == line.product_id]
    by_mpn = [row for row in rows if line.mpn and text(row.get("mpn")) == line.mpn]
    return next(iter(by_id or by_mpn), None)


def _held_product(holding: Json, rows: Sequence[Product], subscription: Json) -> Product | None:
    """Return the catalogue's row of a held product: the same id, or the only one with the subscription's periods."""
    same = [row for row in rows if text(row.get("id")) == text(holding.get("id"))]
    if same:
        return same[0]
    periods = ("subscriptionPeriod", "billingPeriod")
    alike = [row for row in rows if all(same_period(row.get(name), subscription.get(name)) for name in periods)]
    return alike[0] if len(alike) == 1 else None


def _not_held(line: AskedLine, subscription: Json) -> FieldProblem:
    names = ", ".join(text(row.get("mpn")) for row in held_products(subscription)) or "no products with seats"
    told = (
        f"{line.name} is not part of the subscription, which holds {names}; a first purchase is an order of type sales."
    )
    return FieldProblem(line.pointer("mpn" if line.mpn else "id"), "not_held", told)
