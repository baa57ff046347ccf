"""Seats and renewals as CSV for other systems, such as a PSA that knows customers by its own ids. Pure."""

from collections.abc import Iterable
from typing import Final

from ingram_micro_cloud.ordering.figures import whole
from ingram_micro_cloud.ordering.fleet.holdings import SeatRow
from ingram_micro_cloud.ordering.fleet.renewals import Renewal
from ingram_micro_cloud.ordering.models import Money
from ingram_micro_cloud.spreadsheets import csv_text, harmless

SEAT_HEADINGS: Final = (
    "external_id", "organization_id", "organization", "customer_id", "customer", "subscription_id", "product", "mpn",
    "status", "seats", "in_use", "spare", "term", "billing", "renewal_date", "auto_renew", "unit_price", "price",
    "price_currency", "cost", "cost_currency", "monthly_price", "monthly_saving",
)  # fmt: skip
RENEWAL_HEADINGS: Final = (
    "external_id", "organization_id", "organization", "customer_id", "customer", "subscription_id", "product", "mpn",
    "kind", "renewal_date", "auto_renew", "seats", "in_use", "spare", "at_risk", "currency", "monthly_saving",
)  # fmt: skip


def seats_csv(rows: Iterable[SeatRow]) -> str:
    """Return seats as CSV, those with an external id first, by it."""
    by_id = sorted(rows, key=lambda row: (not row.owner.external_id, row.owner.external_id))
    return csv_text(SEAT_HEADINGS, [_seat_cells(row) for row in by_id])


def renewals_csv(renewals: Iterable[Renewal]) -> str:
    """Return renewals as CSV by day."""
    by_day = sorted(renewals, key=lambda each: (each.on, each.row.owner.external_id, each.row.subscription_id))
    return csv_text(RENEWAL_HEADINGS, [_renewal_cells(each) for each in by_day])


def _seat_cells(row: SeatRow) -> list[str]:
    return [
        *_who(row), harmless(row.status), *_counts(row), harmless(row.term), harmless(row.billing),
        "" if row.renewal is None else row.renewal.isoformat(), _yes(row.auto_renew),
        _amount(row.unit_price), _amount(row.price), _currency(row.price), _amount(row.cost), _currency(row.cost),
        _amount(row.monthly_price), _amount(row.saving),
    ]  # fmt: skip


def _renewal_cells(each: Renewal) -> list[str]:
    return [
        *_who(each.row), "annual" if each.annual else "monthly", each.on.isoformat(), _yes(each.row.auto_renew),
        *_counts(each.row), _amount(each.at_risk), _currency(each.at_risk), _amount(each.row.saving),
    ]  # fmt: skip


def _who(row: SeatRow) -> list[str]:
    owner = row.owner
    texts = (
        owner.external_id, owner.organization_id, owner.organization_name, row.customer_id, owner.customer_name,
        row.subscription_id, row.product, row.mpn,
    )  # fmt: skip
    return [harmless(text) for text in texts]


def _counts(row: SeatRow) -> list[str]:
    return ["" if each is None else whole(each) for each in (row.seats, row.used, row.spare)]


def _amount(price: Money | None) -> str:
    return "" if price is None else f"{price.amount:f}"


def _currency(price: Money | None) -> str:
    return "" if price is None else harmless(price.currency)


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
