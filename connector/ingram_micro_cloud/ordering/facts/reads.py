"""Reads what an order is about: its customer, its subscriptions, and how the vendor finds its parameters."""

from collections.abc import Mapping, Sequence

from ingram_micro_cloud.errors import FieldProblem, NotFoundError, RejectedError
from ingram_micro_cloud.ordering.facts.sanity import AskedLine, AskedOrder, refused_input
from ingram_micro_cloud.ordering.figures import members, rows_of, text
from ingram_micro_cloud.ordering.ports import Caller

Json = Mapping[str, object]
ENDED = frozenset({"terminated", "removed"})


async def read_subscriptions(asked: AskedOrder, caller: Caller) -> dict[str, Json]:
    """Return every subscription an order names, by id, read fresh.

    Raises:
        InputError: One is not there, has ended, or is not this customer's; whose it is stays unsaid.
    """
    found: dict[str, Json] = {}
    problems: list[FieldProblem] = []
    for key, pointer in asked.named.items():
        try:
            held = members(await caller.one("get_subscription", {"id": key}))
        except NotFoundError:
            problems.append(FieldProblem(pointer, "unknown_subscription", f"There is no subscription {key}."))
            continue
        if text(held.get("customerId")) != asked.customer_id:
            told = f"Subscription {key} is not one of customer {asked.customer_id}."
            problems.append(FieldProblem(pointer, "other_customer", told))
        elif key == asked.subscription_id and status_of(held) in ENDED and asked.kind != "sales":
            told = f"Subscription {key} has ended ({status_of(held)}); buy anew with an order of type sales."
            problems.append(FieldProblem(pointer, "subscription_ended", told))
        found[key] = held
    if problems:
        raise refused_input(problems)
    return found


async def read_customer(asked: AskedOrder, caller: Caller) -> tuple[Json, str | None]:
    """Return the customer, and a caution when an order for it may fail.

    Raises:
        InputError: There is no such customer, it is not active, or nobody is its administrator.
    """
    pointer = "/customerId"
    try:
        customer = members(await caller.one("get_customer", {"id": asked.customer_id}))
    except NotFoundError:
        told = f"There is no customer {asked.customer_id}."
        raise refused_input([FieldProblem(pointer, "unknown_customer", told)]) from None
    name, status = text(customer.get("name")) or asked.customer_id, status_of(customer)
    problem: FieldProblem | None = None
    if status and status != "active":
        told = f"{name} is {customer.get('status')}; the vendor takes orders for active customers only."
        problem = FieldProblem(pointer, "customer_not_active", told)
    elif "contactPersons" in customer and not _has_admin(customer):
        told = f"{name} has no contact of type admin, without whom the vendor takes no order; add one to the customer."
        problem = FieldProblem(pointer, "no_admin_contact", told)
    if problem is None:
        return customer, None
    if asked.kind == "cancellation":
        # Ending something must not be made impossible by us; the vendor decides.
        return customer, problem.message
    raise refused_input([problem])


async def check_parameters(asked: AskedOrder, caller: Caller) -> str | None:
    """Have the vendor look at the activation parameters of a sale; returns a caution when it could not.

    Raises:
        InputError: A parameter is missing or wrong, each with its place and the vendor's words.
    """
    products = [_to_check(line) for line in asked.lines]
    inputs = {"customerId": asked.customer_id, "type": "sales", "products": products}
    try:
        answer = members(await caller.one("validate_product_activation_parameters", inputs))
    except RejectedError as refused:
        if any(each["parameters"] for each in products):
            raise
        words = refused.vendor_message or refused.message
        return f"The vendor did not check the activation parameters ({words}); the order may lack some."
    problems: list[FieldProblem] = []
    for row in rows_of(answer.get("data")):
        line = next((line for line in asked.lines if _is_of(line, row)), None)
        problems += _problems(line, row)
    if problems:
        raise refused_input(problems)
    return None


def status_of(row: Json) -> str:
    """Return a status without capitals; empty when there is none."""
    return text(row.get("status")).casefold()


def held_products(subscription: Json) -> Sequence[Json]:
    """Return the products of a subscription; empty for kinds that hold no seats."""
    return rows_of(subscription.get("products"))


def _has_admin(customer: Json) -> bool:
    return any(text(each.get("type")).casefold() == "admin" for each in rows_of(customer.get("contactPersons")))


def _to_check(line: AskedLine) -> dict[str, object]:
    taken = ("mpn", "id", "vendor", "billingPeriod", "subscriptionPeriod")
    parameters = line.given.get("parameters")
    return {
        **{name: line.given[name] for name in taken if line.given.get(name)},
        "quantity": int(line.quantity),
        "parameters": list(parameters) if isinstance(parameters, list) else [],
    }


def _is_of(line: AskedLine, row: Json) -> bool:
    return text(row.get("id")) == line.product_id if line.product_id else text(row.get("mpn")) == line.mpn


def _problems(line: AskedLine | None, row: Json) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    for each in rows_of(row.get("parameters")):
        if text(each.get("result")).casefold() != "error":
            continue
        name = text(each.get("name"))
        words = text(each.get("valueError")) or text(each.get("message")) or "the vendor does not take it"
        if line is None:
            told = f"{row.get('mpn')}, which the order brings along, wants {name}: {words} Add it as a line of its own."
            problems.append(FieldProblem("/products", "parameter", told))
            continue
        choices = [text(one.get("value")) or text(one.get("label")) for one in rows_of(each.get("valueChoices"))]
        given = rows_of(line.given.get("parameters"))
        at = next((place for place, one in enumerate(given) if one.get("name") == each.get("name")), None)
        pointer = line.pointer("parameters" if at is None else f"parameters/{at}")
        listed = f" One of: {', '.join(choices[:12])}." if any(choices) else ""
        problems.append(FieldProblem(pointer, "parameter", f"Parameter {name} of {line.name}: {words}{listed}"))
    return problems
