"""Seats as intents: so many on a subscription, or enough of them free."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

from ingram_micro_cloud.errors import IngramMicroCloudError, SeatsDifferError
from ingram_micro_cloud.handlers.desk import Desk, IntentResult
from ingram_micro_cloud.handlers.orders import FOLLOWED
from ingram_micro_cloud.handlers.placing import place, placed, previewed, read_facts
from ingram_micro_cloud.ordering.follow import follow
from ingram_micro_cloud.ordering.journal.unfinished import UnfinishedSeats
from ingram_micro_cloud.ordering.models import JournalEntry, OrderFacts
from ingram_micro_cloud.ordering.ports import Caller
from ingram_micro_cloud.ordering.remembering import RememberingCaller
from ingram_micro_cloud.ordering.seats.free_seats import FreeSeatsWish, plan_free_seats
from ingram_micro_cloud.ordering.seats.plans import SeatPlan
from ingram_micro_cloud.ordering.seats.setting import SeatWish, plan_seats, verify_seats

Json = Mapping[str, Any]


class _Planner(Protocol):
    async def __call__(self, caller: Caller) -> SeatPlan: ...


class _NothingToDoError(Exception):
    """Once the locks were held, the seats were as wanted."""

    def __init__(self, plan: SeatPlan) -> None:
        super().__init__(plan.message)
        self.plan = plan


async def set_subscription_seats(desk: Desk, inputs: Json) -> IntentResult:
    """Make a subscription hold so many seats: nothing, one change order, or a refusal that names the way."""
    wish = SeatWish(
        subscription_id=str(inputs["id"]),
        seats=_count(inputs.get("seats")),
        increase=_count(inputs.get("increase")),
        decrease=_count(inputs.get("decrease")),
        when=inputs.get("when", "auto"),
        in_use=_count(inputs.get("in_use")),
        mpn=inputs.get("mpn"),
    )

    async def plan(caller: Caller) -> SeatPlan:
        return await plan_seats(wish, caller, today=desk.today(), change_quantity=desk.rules.change_quantity)

    wanted = {"id": wish.subscription_id, "when": wish.when, **_given(inputs, "seats", "increase", "decrease", "mpn")}
    return await _done(desk, inputs, plan, {"action": "set_subscription_seats", **wanted})


async def ensure_free_seats(desk: Desk, inputs: Json) -> IntentResult:
    """Leave so many seats of a product free: nothing, more on one subscription, or a first purchase."""
    wish = FreeSeatsWish(
        customer_id=str(inputs["customerId"]),
        product=str(inputs["product"]),
        in_use=Decimal(int(inputs["in_use"])),
        free=Decimal(int(inputs["free"])),
        prefer=inputs.get("prefer"),
        parameters=inputs.get("parameters", ()),
    )

    async def plan(caller: Caller) -> SeatPlan:
        return await plan_free_seats(wish, caller, desk.rules.change_quantity)

    # In use 3 and free 2 is the same wish as in use 4 and free 1.
    wanted = {"customerId": wish.customer_id, "product": wish.product, "seats": int(wish.in_use + wish.free)}
    asked = {"action": "ensure_free_seats", **wanted, **_given(inputs, "prefer", "parameters")}
    return await _done(desk, inputs, plan, asked)


async def _done(desk: Desk, inputs: Json, planner: _Planner, asked: Json) -> IntentResult:
    plan, _ = await _planned(desk, planner)
    if plan.request is None:
        return _unchanged(plan)
    if desk.rehearsing:
        return IntentResult(None, plan.request)
    if inputs.get("preview"):
        return previewed(desk.preview(await read_facts(desk, plan.request)))

    async def refresh() -> OrderFacts:
        fresh, basis = await _planned(desk, planner)
        if fresh.request is None:
            raise _NothingToDoError(fresh)
        # Read as the vendor sees it, so that its estimate fits; what was built upon is told beside it.
        facts = await read_facts(desk, fresh.request)
        return replace(facts, basis={**facts.basis, **basis})

    try:
        entry = await place(desk, plan.request, refresh=refresh, key=inputs.get("key"), asked=asked)
    except _NothingToDoError as settled:
        return _unchanged(settled.plan)
    seconds = float(inputs.get("wait_seconds", 0))
    told = None
    if seconds > 0 and entry.order_id is not None and entry.state in ("submitted", "completed"):
        told, entry = await _seen(desk, plan, entry, entry.order_id, seconds)
    return placed(entry, changed=True, message=told or plan.message)


async def _planned(desk: Desk, planner: _Planner) -> tuple[SeatPlan, Mapping[str, str]]:
    """Return the plan from the seats unfinished orders will leave, and which orders those are."""
    seats = UnfinishedSeats(RememberingCaller(desk.caller), desk.journal.under_way)
    plan = await planner(seats)
    if plan.kind != "sales" or not await desk.journal.first_purchases(plan.customer_id, plan.mpn):
        return plan, seats.basis
    # What was under way has just ended, so the subscription it made may be there by now.
    seats = UnfinishedSeats(RememberingCaller(desk.caller), desk.journal.under_way)
    return await planner(seats), seats.basis


async def _seen(
    desk: Desk, plan: SeatPlan, entry: JournalEntry, order_id: str, seconds: float
) -> tuple[str | None, JournalEntry]:
    """Return how an order that was just placed goes on; only seats that differ are an error, since it is placed."""
    found = await follow(
        order_id, desk.caller, sleep=desk.sleep, now=desk.now, seconds=min(seconds, FOLLOWED * 4),
        on_progress=desk.on_progress, bounds=replace(desk.bounds, sent=True),
    )  # fmt: skip
    told = found.message
    try:
        if found.state == "completed":
            made = str(found.last.get("subscriptionId") or "") or None
            key = plan.subscription_id or made
            told = await verify_seats(plan, desk.caller, sleep=desk.sleep, subscription_id=key)
        (entry,) = await desk.journal.check([entry.key])
    except SeatsDifferError:
        raise
    except IngramMicroCloudError as problem:
        told = f"{told} Looking further did not work: {problem.message}"
    return told, entry


def _unchanged(plan: SeatPlan) -> IntentResult:
    return IntentResult(
        {
            "key": None, "state": "unchanged", "order_id": None, "customer_id": plan.customer_id,
            "subscription_id": plan.subscription_id, "preview_id": None, "price": None, "changes": [],
            "changed": False, "message": plan.message,
        }
    )  # fmt: skip


def _given(inputs: Json, *names: str) -> dict[str, object]:
    return {name: inputs[name] for name in names if inputs.get(name) is not None}


def _count(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
