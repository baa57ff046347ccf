"""Change orders that move a subscription to another plan: only where its plan lists such a switch."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingram_micro_cloud.sandbox.calls import Json, Refusal
from ingram_micro_cloud.sandbox.lines import Line, quantity_of
from ingram_micro_cloud.sandbox.offers import period
from ingram_micro_cloud.sandbox.renewals import term_from
from ingram_micro_cloud.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch that its plan allows: the products in their new terms, and when it takes effect."""

    lines: tuple[Line, ...]
    term: Json
    keeps_dates: bool
    at_renewal: bool

    def apply(self, row: Json, products: list[Json], start: date) -> None:
        """Put a subscription on the new plan; its new term begins at ``start`` unless the policy keeps the dates."""
        first = self.lines[0].offer
        row |= {
            "planId": int(first.plan),
            "products": products,
            "subscriptionPeriod": dict(self.term),
            "billingPeriod": period(first.billing),
        }
        if not self.keeps_dates:
            row |= term_from(start, (str(self.term["type"]), int(str(self.term["duration"]))))


def wanted_switch(world: World, body: Json, kind: str, subscription: Json | None) -> Switch | None:
    """Return the plan switch a change order asks for, or None; refuses one that the present plan does not list."""
    target = body.get("planId")
    if kind != "change" or subscription is None or not target:
        return None
    if world.plans.get(target) is None:
        raise Refusal(400, "planId is not a plan of the catalogue.")
    source = world.plans.get(subscription["planId"]) or {}
    entry = _listed(source, str(target), body.get("subscriptionPeriod"), subscription["subscriptionPeriod"])
    if entry is None:
        raise Refusal(400, "This subscription cannot switch to that plan and period; its plan lists its planSwitches.")
    held = subscription.get("products")
    quantities = _quantities(body.get("products"))
    lines = [
        _moved(world, product, str(target), entry, quantities) for product in (held if isinstance(held, list) else [])
    ]
    if not lines:
        raise Refusal(400, "The subscription has no products that could switch.")
    later = str(body.get("scheduledOn", "")).casefold() == "renewal"
    return Switch(
        lines=tuple(lines),
        term=_period(entry),
        keeps_dates="keeping_exp_date" in str(entry["billingPolicy"]),
        at_renewal=later or entry["whenEffective"] == "next_subscription_period",
    )


def _quantities(products: object) -> dict[object, Decimal]:
    asked = [each for each in products if isinstance(each, dict)] if isinstance(products, list) else []
    return {each.get("mpn"): quantity_of(each["quantity"]) for each in asked if "quantity" in each}


def _listed(plan: Json, target: str, wanted: object, present: object) -> Json | None:
    switches = plan.get("planSwitches")
    for entry in switches if isinstance(switches, list) else []:
        fits = str(entry["planId"]) == target and entry["sourceSubscriptionPeriod"] == present
        if fits and (not wanted or _period(entry) == wanted):
            return dict(entry)
    return None


def _moved(world: World, product: Json, plan: str, entry: Json, quantities: dict[object, Decimal]) -> Line:
    for row in world.products.all():
        offer = world.offers[str(row["id"])]
        if offer.plan == plan and offer.mpn == product["mpn"] and period(offer.term) == _period(entry):
            return Line(row, offer, quantities.get(offer.mpn, Decimal(str(product["quantity"]))), {})
    raise Refusal(400, f"{product['mpn']} is not offered in that plan.")


def _period(entry: Json) -> Json:
    value = entry["subscriptionPeriod"]
    return dict(value) if isinstance(value, dict) else {}
