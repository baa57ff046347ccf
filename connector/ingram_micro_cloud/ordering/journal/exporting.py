"""The journal as rows: for JSON, and for CSV that a spreadsheet opens without being steered by it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from ingram_micro_cloud.ordering.models import JournalEntry
from ingram_micro_cloud.ordering.wording import changed
from ingram_micro_cloud.spreadsheets import csv_text, harmless

COLUMNS: Final = (
    "key", "state", "preview_id", "configuration", "organization", "customer_id", "subscription_id", "order_id",
    "what", "currency", "amount", "created_at", "updated_at",
)  # fmt: skip


def journal_rows(entries: Iterable[JournalEntry]) -> list[dict[str, object]]:
    """Return the rows that `journal --json` and `order check --json` print."""
    return [entry.as_json() for entry in entries]


def journal_csv(entries: Iterable[JournalEntry]) -> str:
    """Return the journal as CSV with a header; times as ISO 8601 in UTC, one currency per row."""
    return csv_text(COLUMNS, (_cells(entry) for entry in entries))


def _cells(entry: JournalEntry) -> list[str]:
    price = entry.price
    texts = {
        "key": entry.key,
        "state": entry.state,
        "preview_id": entry.preview_id,
        "configuration": entry.configuration,
        "organization": entry.organization,
        "customer_id": entry.customer_id,
        "subscription_id": entry.subscription_id,
        "order_id": entry.order_id,
        "what": changed(entry.changes) or entry.what,
        "currency": None if price is None else price.currency,
    }
    exact = {
        "amount": "" if price is None else f"{price.amount:f}",
        "created_at": _moment(entry.created_at),
        "updated_at": _moment(entry.updated_at),
    }
    return [exact[name] if name in exact else harmless(texts[name] or "") for name in COLUMNS]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
