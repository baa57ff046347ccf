"""Seats and renewals over all organizations, or one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ingram_micro_cloud.handlers.desk import Desk, IntentResult
from ingram_micro_cloud.ordering.figures import members, text
from ingram_micro_cloud.ordering.fleet.holdings import Owner, SeatRow, seat_rows, with_use
from ingram_micro_cloud.ordering.fleet.reading import Fleet, read_fleet
from ingram_micro_cloud.ordering.fleet.renewals import MONTHS, renewals_of

Json = Mapping[str, Any]
MOST_DETAILS = 2_000
"""Details one run reads at most, so that a first run over a large fleet ends, and the next goes on."""


async def list_seats(desk: Desk, inputs: Json) -> IntentResult:
    """Return what customers hold: organization, product, seats, term, renewal, price, cost."""
    rows, notices = await held_rows(desk, inputs)
    return IntentResult([each.as_json() for each in rows], notices=notices)


async def list_renewals(desk: Desk, inputs: Json) -> IntentResult:
    """Return what renews or ends in the months ahead, annual cliffs first."""
    rows, notices = await held_rows(desk, inputs)
    found = renewals_of(rows, today=desk.today(), months=int(inputs.get("months", MONTHS)))
    return IntentResult([each.as_json() for each in found], notices=notices)


async def held_rows(desk: Desk, inputs: Json) -> tuple[Sequence[SeatRow], tuple[tuple[str, str], ...]]:
    """Return what customers hold, and what should be said about it; see ``list_seats`` for the inputs."""
    wanted = _customers(desk, inputs)
    fleet = await read_fleet(
        desk.acting.account, desk.caller, desk.subscriptions, now=desk.now, customers=wanted,
        most_details=int(inputs.get("most_details", MOST_DETAILS)),
    )  # fmt: skip
    owners = await _owners(desk, wanted)
    rows: Sequence[SeatRow] = seat_rows([each.detail for each in fleet.known], owners, fleet.outdated)
    notices = _left(fleet)
    if used := _used(inputs.get("in_use")):
        rows, unmatched = with_use(rows, used)
        if unmatched:
            named = ", ".join(f"{who} {what}" for who, what in unmatched[:5])
            notices += (("use_unmatched", f"{len(unmatched)} entries of in_use fit no subscription: {named}"),)
    return rows, notices


def _customers(desk: Desk, inputs: Json) -> list[str] | None:
    given = inputs.get("customerId")
    if desk.own is None:
        return None if given is None else [str(given)]
    return [str(given)] if given is not None else list(desk.own)


async def _owners(desk: Desk, wanted: Sequence[str] | None) -> dict[str, Owner]:
    """Return who the customers are. One list for all of them costs a call per 500; one customer costs one call."""
    mapped = desk.owners()
    found: dict[str, Owner] = {}
    if wanted is not None and len(wanted) <= 3:
        rows = [await desk.caller.one("get_customer", {"id": key}) for key in wanted]
    else:
        rows = [row async for page in desk.caller.rows("list_customers", {}) for row in page]
    for each in rows:
        row = members(each)
        key = text(row.get("id"))
        organization_id, organization_name = mapped.get(key, ("", ""))
        found[key] = Owner(text(row.get("name")), text(row.get("externalId")), organization_id, organization_name)
    return found


def _left(fleet: Fleet) -> tuple[tuple[str, str], ...]:
    if not fleet.left:
        return ()
    text_ = f"{fleet.left:,} subscriptions were left for the next run, {len(fleet.unread):,} of them never read."
    return (("left_for_next_run", f"{text_} {fleet.stopped}".strip()),)


def _used(given: object) -> dict[tuple[str, str], Decimal]:
    rows = given if isinstance(given, list) else []
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        place = (str(row["customer"]), str(row["product"]))
        found[place] = found.get(place, Decimal(0)) + Decimal(int(row["used"]))
    return found
