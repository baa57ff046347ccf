"""Everything that is read before an order: whether it makes sense, what it changes, what it costs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ingram_micro_cloud.errors import FieldProblem, NotFoundError, RejectedError
from ingram_micro_cloud.ordering.facts.catalogue import Product
from ingram_micro_cloud.ordering.facts.cautions import cautions, commits_for_a_year
from ingram_micro_cloud.ordering.facts.lines import meant_lines
from ingram_micro_cloud.ordering.facts.pricing import added_changes, check_meaning, line_changes, spread
from ingram_micro_cloud.ordering.facts.reads import check_parameters, held_products, read_customer, read_subscriptions
from ingram_micro_cloud.ordering.facts.sanity import AskedOrder, ChangeQuantity, read_order, refused_input
from ingram_micro_cloud.ordering.figures import is_annual, members, money, number, period_text, seats_of, text, whole
from ingram_micro_cloud.ordering.models import Change, Money, OrderFacts
from ingram_micro_cloud.ordering.ports import Caller

Json = Mapping[str, object]


async def order_facts(
    request_body: Mapping[str, object], caller: Caller, change_quantity: ChangeQuantity = "total"
) -> OrderFacts:
    """Return what an order would do and cost. Reads only; nothing is bought.

    Args:
        request_body: The order as the vendor would get it; it is carried unchanged in the facts.
        caller: Reads, estimates and validates.
        change_quantity: What the numbers of change orders mean for this account.

    Raises:
        InputError: The order cannot be meant like this; every field is named.
        QuantityMeaningError: The vendor would read a quantity the other way.
        MarketplaceError: Something could not be read, or the vendor refuses the estimate.
    """
    asked = read_order(request_body, change_quantity)
    held = await read_subscriptions(asked, caller)
    subscription = held.get(asked.subscription_id, {}) if asked.kind not in ("sales", "migration") else {}
    customer, doubt = await read_customer(asked, caller)
    lines, brought = await meant_lines(asked, subscription, caller, change_quantity)
    switch = [await _plan_switch(asked, subscription, caller)] if asked.kind == "change" and asked.plan_id else []
    unchecked = await check_parameters(asked, caller) if asked.kind == "sales" else None
    estimate = await _estimate(asked, caller)
    readings = check_meaning(asked, lines, estimate, change_quantity)
    changes = (
        switch + line_changes(asked, lines, subscription, estimate, readings)
        if lines
        else (switch or _whole(asked, subscription))
    )
    added = added_changes(estimate, lines) if asked.kind == "sales" else []
    price = money(estimate.get("total"))
    told = cautions(asked, lines, subscription, changes, added, readings, price)
    name = text(customer.get("name"))
    return OrderFacts(
        kind=asked.kind,
        customer_id=asked.customer_id,
        subscription_id=asked.subscription_id or None,
        request=dict(request_body),
        changes=(*changes, *added),
        price=price,
        mpns=_named([line.mpn() for line in lines], brought, "mpn"),
        vendors=_named([line.vendor() for line in lines], brought, "vendor"),
        new_annual_commitment=commits_for_a_year(asked, lines, subscription)
        or any(is_annual(row.get("subscriptionPeriod")) for row in brought),
        irreversible=asked.kind == "cancellation",
        warnings=tuple(each for each in (*told, doubt, unchecked) if each),
        basis=basis_of(held),
        customer_name=name,
        what=described(asked, changes, name or asked.customer_id),
    )


async def auto_renewal_facts(request_body: Mapping[str, object], subscription_id: str, caller: Caller) -> OrderFacts:
    """Return what switching auto-renewal on commits to: another term at today's price. Reads only.

    Raises:
        MarketplaceError: The subscription could not be read.
    """
    subscription = members(await caller.one("get_subscription", {"id": subscription_id}))
    term, billing = subscription.get("subscriptionPeriod"), subscription.get("billingPeriod")
    price = money(subscription.get("totalPrice"))
    monthly, over_term = spread(price, term=term, billing=billing)
    name = text(subscription.get("name")) or f"subscription {subscription_id}"
    renewal = text(subscription.get("renewalDate"))
    change = Change(
        None, name, subscription_id, None, None, period_text(term), period_text(billing), renewal, "renewal",
        monthly, over_term,
    )  # fmt: skip
    return OrderFacts(
        kind="setting",
        customer_id=text(subscription.get("customerId")),
        subscription_id=subscription_id,
        request=dict(request_body),
        changes=(change,),
        price=price,
        mpns=_named([text(row.get("mpn")) for row in held_products(subscription)], (), "mpn"),
        vendors=_named([text(row.get("vendor")) for row in held_products(subscription)], (), "vendor"),
        new_annual_commitment=is_annual(term),
        warnings=(f"From now on it renews by itself, next on {renewal or 'its renewal date'}, for another term.",),
        basis=basis_of({subscription_id: subscription}),
        what=f"auto-renewal of {name}",
    )


def basis_of(held: Mapping[str, Json]) -> dict[str, str]:
    """Return what must not have moved when an order is sent: seats, renewal and last change of each subscription."""
    basis: dict[str, str] = {}
    for key, subscription in sorted(held.items()):
        seats = [f"{text(row.get('mpn'))}={seats_of(row)}" for row in held_products(subscription)]
        basis[f"{key}.seats"] = ", ".join(sorted(seats))
        for name in ("renewalDate", "lastModifiedDate"):
            basis[f"{key}.{name}"] = text(subscription.get(name))
    return basis


def described(asked: AskedOrder, changes: Sequence[Change], customer: str) -> str:
    """Return an order in half a sentence: ``Contoso, Business Premium, 10 → 11``."""
    if asked.kind == "cancellation":
        return f"{customer}, end {changes[0].product if changes else f'subscription {asked.subscription_id}'}"
    parts = [f"{each.product}, {_step(each)}" for each in changes[:3]]
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    return f"{customer}, {'; '.join(parts) or asked.kind}{more}"


def _step(change: Change) -> str:
    after = "?" if change.after is None else whole(change.after)
    later = " at renewal" if change.when == "renewal" else ""
    return f"{whole(change.before or Decimal(0))} → {after}{later}"


async def _estimate(asked: AskedOrder, caller: Caller) -> Json:
    try:
        return members(await caller.one("estimate_order_price", asked.body))
    except RejectedError:
        if asked.kind in ("renewal", "cancellation"):
            # These carry no products; that the vendor cannot price one says nothing against it.
            return {}
        raise


def _whole(asked: AskedOrder, subscription: Json) -> list[Change]:
    """Return what a renewal or a cancellation does to all of a subscription."""
    if asked.kind not in ("renewal", "cancellation"):
        return []
    ends = asked.kind == "cancellation"
    term, billing = subscription.get("subscriptionPeriod"), subscription.get("billingPeriod")
    changes = []
    for row in held_products(subscription) or [subscription]:
        price = money(row.get("extendedPrice") or row.get("totalPrice"))
        if price is not None and ends:
            price = Money(price.currency, -price.amount)
        monthly, over_term = spread(price, term=term, billing=billing)
        seats = number(row.get("quantity"))
        changes.append(
            Change(
                text(row.get("mpn")) or None, text(row.get("name")) or "the subscription", asked.subscription_id,
                seats, Decimal(0) if ends else seats, period_text(term), period_text(billing),
                text(subscription.get("renewalDate")), monthly_price=monthly, term_price=over_term,
            )
        )  # fmt: skip
    return changes


async def _plan_switch(asked: AskedOrder, subscription: Json, caller: Caller) -> Change:
    try:
        plan = members(await caller.one("get_service_plan", {"id": asked.plan_id}))
    except NotFoundError:
        told = f"There is no service plan {asked.plan_id}."
        raise refused_input([FieldProblem("/planId", "unknown_plan", told)]) from None
    term = asked.body.get("subscriptionPeriod") or subscription.get("subscriptionPeriod")
    what = f"{subscription.get('name')} to plan {plan.get('name') or asked.plan_id}"
    return Change(
        None, what, asked.subscription_id, None, None,
        period_text(term), period_text(plan.get("billingPeriod")), text(subscription.get("renewalDate")),
        "renewal" if asked.later else "now",
    )  # fmt: skip


def _named(own: Sequence[str], brought: Sequence[Product], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, [*own, *(text(row.get(name)) for row in brought)])))
