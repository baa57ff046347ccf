"""Orders as intents: preview, submit, follow, check."""

from collections.abc import Mapping
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.handlers.desk import Desk, IntentResult
from ingram_micro_cloud.handlers.placing import place, placed, previewed, read_facts
from ingram_micro_cloud.ordering.follow import Followed, follow
from ingram_micro_cloud.ordering.journal.exporting import journal_rows
from ingram_micro_cloud.ordering.journal.keys import read_id
from ingram_micro_cloud.ordering.models import JournalEntry, OrderFacts
from ingram_micro_cloud.ordering.seats.afterwards import verify_entry

FOLLOWED: Final = 300.0
Json = Mapping[str, object]


async def preview_order(desk: Desk, inputs: Json) -> IntentResult:
    """Return what an order would do and cost, and whether the buying rules allow it. Nothing is bought."""
    return previewed(desk.preview(await read_facts(desk, inputs)))


async def submit_order(desk: Desk, inputs: Json) -> IntentResult:
    """Order what was previewed, once."""
    preview = desk.previews.get(str(inputs["preview_id"]))
    body = preview.facts.request
    if desk.rehearsing:
        return IntentResult(None, body)

    async def refresh() -> OrderFacts:
        return await read_facts(desk, body)

    key = inputs.get("key")
    entry = await place(
        desk, body, refresh=refresh, key=None if key is None else str(key), preview_id=preview.preview_id
    )
    return placed(entry)


async def follow_order(desk: Desk, inputs: Json) -> IntentResult:
    """Stay with an order until it has ended or the time is up, and verify the seats of one of ours."""
    wanted = str(inputs["id"])
    entry = _entry(desk, wanted)
    if entry is not None and entry.order_id is None:
        (entry,) = await desk.journal.check([entry.key])
    order_id = wanted if entry is None else entry.order_id
    if order_id is None:
        text = f"The journal knows no order for {wanted}: it is {entry.state if entry else 'unknown'}."
        raise InputError(
            text,
            hint="Look again (reads only): im-cloud order check --all",
            fields=[FieldProblem("/id", "no_order", text)],
        )
    seconds = inputs.get("seconds", FOLLOWED)
    found = await follow(
        order_id, desk.caller, sleep=desk.sleep, now=desk.now, seconds=float(str(seconds)),
        on_progress=desk.on_progress, bounds=desk.bounds,
    )  # fmt: skip
    return IntentResult({**found.as_json(), "seats": await _verified(desk, entry, found)})


async def check_orders(desk: Desk, inputs: Json) -> IntentResult:
    """Look at orders whose outcome is not known, by reading only, and settle what can be settled."""
    keys = inputs.get("keys")
    wanted = [str(each) for each in keys] if isinstance(keys, list) and keys else None
    return IntentResult(journal_rows(await desk.journal.check(wanted)))


def _entry(desk: Desk, wanted: str) -> JournalEntry | None:
    """Return what the journal has of a key, an order's id, or the preview it was submitted from."""
    begun = [each for each in desk.journal.entries() if each.state != "previewed"]
    named = [each for each in begun if wanted in (each.key, each.order_id)]
    # Of a preview there may be refused attempts as well, which have nothing to follow.
    named += [each for each in begun if each.preview_id == read_id(wanted) and each.state != "refused"]
    return next(iter(named), None)


async def _verified(desk: Desk, entry: JournalEntry | None, found: Followed) -> str | None:
    if found.state != "completed":
        return None
    if entry is None:
        return None
    await desk.journal.check([entry.key])
    return await verify_entry(entry, found.last, desk.caller, sleep=desk.sleep)
