"""How every intent buys: previewed, rehearsed, or placed through the journal."""

from collections.abc import Awaitable, Callable, Mapping

from ingram_micro_cloud.handlers.desk import Desk, IntentResult
from ingram_micro_cloud.ordering.facts.gathering import order_facts
from ingram_micro_cloud.ordering.facts.sanity import read_order
from ingram_micro_cloud.ordering.models import Change, JournalEntry, OrderFacts, Preview
from ingram_micro_cloud.ordering.remembering import RememberingCaller

ORDER = "create_order"
Json = Mapping[str, object]
Refresh = Callable[[], Awaitable[OrderFacts]]


def named_facts(desk: Desk, body: Json) -> OrderFacts:
    """Return what an order's body says by itself: for whom, which subscription. Reads nothing.

    Raises:
        InputError: Something is missing or cannot be; every such place is named.
    """
    asked = read_order(body, desk.rules.change_quantity)
    return OrderFacts(asked.kind, asked.customer_id, asked.subscription_id or None, dict(body), (), None)


async def read_facts(desk: Desk, body: Json) -> OrderFacts:
    """Return everything that is read before an order, each object once."""
    return await order_facts(body, RememberingCaller(desk.caller), desk.rules.change_quantity)


async def place(
    desk: Desk,
    body: Json,
    *,
    refresh: Refresh | None = None,
    key: str | None = None,
    preview_id: str | None = None,
    asked: Json | None = None,
) -> JournalEntry:
    """Order through the journal.

    Raises:
        RefusedError: Rules, a preview, a possible duplicate or an unfinished order stand against it.
        MarketplaceError: It was certainly not done.
        OutcomeUnknownError: It was sent, and looking has not shown what became of it.
    """

    async def read() -> OrderFacts:
        return await read_facts(desk, body)

    return await desk.journal.place(
        named_facts(desk, body), desk.sender(ORDER), refresh=refresh or read, key=key or desk.key,
        preview_id=preview_id, deadline=desk.deadline, asked=asked,
    )  # fmt: skip


def previewed(preview: Preview) -> IntentResult:
    """Return a preview as `preview_order` answers with it."""
    facts = preview.facts
    return IntentResult(
        {
            "preview_id": preview.preview_id,
            "price": None if facts.price is None else facts.price.as_json(),
            "changes": [change_json(each) for each in facts.changes],
            "warnings": list(facts.warnings),
            "verdict": preview.verdict.as_json(),
            "request": dict(facts.request),
            "expires_at": preview.expires_at,
        }
    )


def placed(entry: JournalEntry, **more: object) -> IntentResult:
    """Return what became of an order."""
    return IntentResult(
        {
            "key": entry.key,
            "state": entry.state,
            "order_id": entry.order_id,
            "customer_id": entry.customer_id,
            "subscription_id": entry.subscription_id or _made(entry),
            "preview_id": entry.preview_id,
            "price": None if entry.price is None else entry.price.as_json(),
            "changes": [change_json(each) for each in entry.changes],
            **more,
        }
    )


def change_json(change: Change) -> dict[str, object]:
    """Return one change with its numbers as JSON: seats as whole numbers, money as decimal texts."""
    return {
        "product": change.product,
        "mpn": change.mpn,
        "subscription_id": change.subscription_id,
        "seats_before": None if change.before is None else int(change.before),
        "seats_after": None if change.after is None else int(change.after),
        "term": change.term or None,
        "billing": change.billing or None,
        "renewal": change.renewal or None,
        "when": change.when,
        "monthly_price": None if change.monthly_price is None else change.monthly_price.as_json(),
        "term_price": None if change.term_price is None else change.term_price.as_json(),
    }


def _made(entry: JournalEntry) -> str | None:
    found = (entry.outcome or {}).get("subscriptionId")
    return str(found) if found else None
