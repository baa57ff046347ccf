"""Products and plans, and which product an order line means."""

from collections.abc import Callable

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal
from ingram_micro_cloud.sandbox.offers import Offer
from ingram_micro_cloud.sandbox.world import World


class Catalogue:
    """The operations on products and plans."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list_products(self, call: Call) -> Json:
        """Return whole rows."""
        return self._world.products.page(call, _wanted(call), lambda row: row)

    def list_plans(self, call: Call) -> Json:
        """Return plans without their switches."""
        return self._world.plans.page(call, None, lambda row: {k: v for k, v in row.items() if k != "planSwitches"})

    def plan(self, key: str) -> Json:
        """Return one plan with its switches."""
        return self._world.plans.need(key, "service plan")


def find_product(world: World, line: Json) -> tuple[Json, Offer]:
    """Return the product an order line means.

    Refuses with 400: nothing fits, or several terms do and the text names what would tell them apart.
    """
    key, mpn = line.get("id"), line.get("mpn")
    if not key and not mpn:
        raise Refusal(400, "Each product needs an mpn or an id.")
    found = [row for row in world.products.all() if _means(row, line)]
    if not found:
        raise Refusal(400, f"The product {str(mpn or key)[:80]} was not found.")
    if len(found) > 1:
        missing = [name for name in ("vendor", "subscriptionPeriod", "billingPeriod") if name not in line]
        raise Refusal(400, f"The MPN {mpn} is not unique. Give also: {', '.join(missing) or 'id'}.")
    return found[0], world.offers[str(found[0]["id"])]


def _means(row: Json, line: Json) -> bool:
    return all(
        row.get(name) == line[name]
        for name in ("id", "mpn", "vendor", "subscriptionPeriod", "billingPeriod")
        if line.get(name)
    )


def _wanted(call: Call) -> Callable[[Json], bool] | None:
    asked = {
        name: value for name in ("name", "serviceName", "mpn", "vendor") if (value := call.first(name)) is not None
    }
    if not asked:
        return None

    def wanted(row: Json) -> bool:
        return all(
            value.casefold() in str(row[name]).casefold() if name == "name" else row[name] == value
            for name, value in asked.items()
        )

    return wanted
