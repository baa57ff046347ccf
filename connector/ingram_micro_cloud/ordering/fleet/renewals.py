"""What renews when: annual cliffs apart from monthly rollovers, and the money at risk in each month. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ingram_micro_cloud.ordering.figures import months_after
from ingram_micro_cloud.ordering.fleet.holdings import SeatRow, count_json, money_json
from ingram_micro_cloud.ordering.models import Money

MONTHS: Final = 12
"""Months looked ahead by default, the present one included."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One renewal of one product: an annual cliff, or the next rollover of a shorter term.

    Attributes:
        at_risk: What one term costs the customer: the money that stays or goes on that day.
        ends: It does not renew by itself, so without anybody's doing the money goes.
    """

    row: SeatRow
    on: date
    annual: bool
    at_risk: Money | None
    ends: bool

    def as_json(self) -> dict[str, object]:
        """Return the row that `list_renewals` answers with."""
        row = self.row
        return {
            "renewal_date": self.on.isoformat(),
            "kind": "annual" if self.annual else "monthly",
            "organization_id": row.owner.organization_id or None,
            "organization_name": row.owner.organization_name or None,
            "customer_id": row.customer_id,
            "customer_name": row.owner.customer_name or None,
            "external_id": row.owner.external_id or None,
            "subscription_id": row.subscription_id,
            "product": row.product,
            "mpn": row.mpn or None,
            "seats": count_json(row.seats),
            "term": row.term,
            "auto_renew": row.auto_renew,
            "at_risk": money_json(self.at_risk),
            "in_use": count_json(row.used),
            "spare": count_json(row.spare),
            "saving": money_json(row.saving),
        }


@dataclass(frozen=True, slots=True)
class MonthAtRisk:
    """The money that renews or ends in one month, in one currency.

    Attributes:
        month: Its first day.
        annual: Of terms of a year or more that end in it.
        monthly: Of shorter terms, which come round again and again.
        ending: Of both, what does not renew by itself.
        renewals: How many products that is.
    """

    month: date
    currency: str
    annual: Decimal
    monthly: Decimal
    ending: Decimal
    renewals: int

    def as_json(self) -> dict[str, object]:
        """Return it with amounts as decimal texts."""
        amounts = {name: f"{getattr(self, name):f}" for name in ("annual", "monthly", "ending")}
        month = self.month.strftime("%Y-%m")
        return {"month": month, "currency": self.currency, **amounts, "renewals": self.renewals}


def renewals_of(rows: Iterable[SeatRow], *, today: date, months: int = MONTHS) -> list[Renewal]:
    """Return the next renewal of every active product that comes up in this month or the following ones.

    Annual cliffs come first, each kind by day; what has no renewal date, or a past one, is not among them.
    """
    until = months_after(today.replace(day=1), months)
    found = [
        Renewal(row, row.renewal, row.annual, row.term_price, row.auto_renew is False)
        for row in rows
        if row.status == "active" and row.renewal is not None and today <= row.renewal < until
    ]
    return sorted(found, key=lambda each: (not each.annual, each.on, each.row.customer_id, each.row.subscription_id))


def money_at_risk(renewals: Sequence[Renewal], *, today: date, months: int = MONTHS) -> list[MonthAtRisk]:
    """Return month by month what renews or ends, one row per currency; currencies are never added.

    A shorter term that renews by itself counts again in every month it comes round in.
    """
    until = months_after(today.replace(day=1), months)
    sums: dict[tuple[date, str], list[tuple[Renewal, Decimal]]] = {}
    currencies = {each.at_risk.currency for each in renewals if each.at_risk is not None}
    for currency in currencies:
        for step in range(months):
            sums[months_after(today.replace(day=1), step), currency] = []
    for each in renewals:
        if each.at_risk is not None:
            for on in _days(each, until):
                sums[on.replace(day=1), each.at_risk.currency].append((each, each.at_risk.amount))
    return [
        MonthAtRisk(
            month,
            currency,
            annual=sum((amount for each, amount in parts if each.annual), Decimal(0)),
            monthly=sum((amount for each, amount in parts if not each.annual), Decimal(0)),
            ending=sum((amount for each, amount in parts if each.ends), Decimal(0)),
            renewals=len(parts),
        )
        for (month, currency), parts in sorted(sums.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def _days(renewal: Renewal, until: date) -> Iterator[date]:
    yield renewal.on
    months = renewal.row.term_months
    if renewal.ends or months is None or months < 1:
        return
    count = 1
    while (on := months_after(renewal.on, int(months) * count)) < until:
        yield on
        count += 1
