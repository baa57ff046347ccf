"""The demo's last part: a seat change is previewed, refused, approved, cut off after it was accepted, and found."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import IngramMicroCloudError, OutcomeUnknownError, RefusedError
from ingram_micro_cloud.hosts.cli import order_tables, printing
from ingram_micro_cloud.ordering.journal.previews import PreviewBook
from ingram_micro_cloud.ordering.models import Preview
from ingram_micro_cloud.plugin import Integration
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.sandbox.control import Control
from ingram_micro_cloud.store.state import State

ORGANIZATION: Final = "org-2"
SEATS: Final = 12
COMPLETED: Final = 900
Steer = Callable[[Callable[[Control], object]], object]
Ending = TypeVar("Ending", bound=IngramMicroCloudError)


@dataclass(frozen=True)
class BuyingPart:
    """What the last part came to."""

    subscription: Mapping[str, Any]
    preview: Preview
    refused: RefusedError
    approved: Preview
    unknown: OutcomeUnknownError
    checked: Mapping[str, Any]
    followed: Mapping[str, Any]
    orders: int

    def as_json(self) -> dict[str, object]:
        """Return the members it adds to what `demo --json` prints."""
        return {
            "order_preview": {"preview_id": self.preview.preview_id, "verdict": self.preview.verdict.as_json()},
            "order_refused": self.refused.as_json(),
            "order_approved_by": self.approved.approved_by,
            "order_unknown": self.unknown.as_json(),
            "order_checked": dict(self.checked),
            "order_followed": dict(self.followed),
            "orders_of_this_purchase": self.orders,
        }


async def change_seats(
    integration: Integration, configuration: Configuration, state: State, steer: Steer
) -> BuyingPart:
    """Change seats of the mapped organization, with the connection cut after the vendor took the order."""
    buying = configuration.model_copy(update={"allow": "buy", "approve_new_annual_commitment": False})
    # Looking for a lost order would wait for minutes; the demo does not, and looks itself afterwards.
    impatient = replace(Timing(), sleep=_at_once)
    async with integration.connect(buying, state=state, timing=impatient) as connection:
        held = await connection.run("list_seats", organization=ORGANIZATION)
        rows: list[Mapping[str, Any]] = held.result if isinstance(held.result, list) else []
        subscription = next(row for row in rows if row["status"] == "active" and "Guest" in row["product"])
        wish = {"id": subscription["subscription_id"], "increase": SEATS}
        previewed = await connection.run("set_subscription_seats", {**wish, "preview": True}, organization=ORGANIZATION)
        found: Mapping[str, Any] = previewed.result  # type: ignore[assignment]  # an object, by its declaration
        submit = {"preview_id": found["preview_id"], "key": "demo-seats"}
        previews = PreviewBook(state, integration.office(buying, state).acting(ORGANIZATION))
        preview = previews.get(str(found["preview_id"]))
        refused = await _ended_in(RefusedError, connection.run("submit_order", submit, organization=ORGANIZATION))
        approved = previews.approve(preview.preview_id)
        before = _orders(steer)
        steer(lambda control: control.add_fault({"operation": "createOrder", "fault": "reset_after", "times": 1}))
        unreadable = {"operation": "getOrders", "fault": "status", "status": 503, "times": 99}
        steer(lambda control: control.add_fault(unreadable))
        unknown = await _ended_in(
            OutcomeUnknownError, connection.run("submit_order", submit, organization=ORGANIZATION)
        )
        steer(lambda control: control.clear_faults())
        checked = await connection.run("check_orders", {"keys": ["demo-seats"]}, organization=ORGANIZATION)
        steer(lambda control: control.advance(COMPLETED))
        followed = await connection.run("follow_order", {"id": "demo-seats", "seconds": 0}, organization=ORGANIZATION)
    entry = checked.result[0] if isinstance(checked.result, list) else {}
    return BuyingPart(
        subscription, preview, refused, approved, unknown, entry,
        followed.result if isinstance(followed.result, Mapping) else {}, _orders(steer) - before,
    )  # fmt: skip


def print_buying(part: BuyingPart) -> None:
    """Print the last part."""
    out = printing.console()
    out.print(f"\n[bold]6. Buy safely[/]: {SEATS} seats more for {ORGANIZATION}\n")
    order_tables.print_preview(part.preview)
    out.print("\nSubmitted all the same:")
    printing.print_refusal(part.refused)
    out.print(
        f"\nApproved by {part.approved.approved_by}. Submitted again; the connection is cut after the vendor took it:"
    )
    printing.print_refusal(part.unknown)
    out.print("\nLooked again, by reading only:")
    out.print(f"  [green]✓[/] The order is there: {part.checked['order_id']}, {part.checked['state']}.")
    out.print(f"  Orders the marketplace has of this purchase: {part.orders}")
    out.print("\nA quarter of an hour later on the marketplace's clock:")
    out.print(f"  [green]✓[/] {printing.literal(str(part.followed['seats']))}", soft_wrap=True)


async def _at_once(_seconds: float) -> None:
    return None


def _orders(steer: Steer) -> int:
    found = steer(lambda control: len(control.state("orders")))
    return found if isinstance(found, int) else 0


async def _ended_in(kind: type[Ending], run: Awaitable[object]) -> Ending:
    try:
        await run
    except kind as problem:
        return problem
    raise RuntimeError(f"the demo's order did not end in {kind.__name__}")
