"""Reads the vendor's figures: decimals, money, periods, days. Amounts of different currencies are never added."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from ingram_micro_cloud.ordering.models import Money

CENT: Final = Decimal("0.01")
YEAR: Final = Decimal(12)
_MONTHS: Final = {"month": Decimal(1), "year": YEAR, "day": Decimal(1) / Decimal(30)}


def number(value: object) -> Decimal | None:
    """Return a JSON number or decimal text as a decimal; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def money(value: object) -> Money | None:
    """Return the vendor's ``{currency, amount}``; None when either is missing or unreadable."""
    held = members(value)
    amount, currency = number(held.get("amount")), text(held.get("currency"))
    return None if amount is None or not currency else Money(currency.upper(), amount)


def times(price: Money, factor: Decimal) -> Money:
    """Return a price a number of times, rounded to two places."""
    return Money(price.currency, (price.amount * factor).quantize(CENT, ROUND_HALF_UP))


def totals(prices: Iterable[Money | None]) -> tuple[Money, ...]:
    """Return one sum per currency, by the currency's name."""
    sums: dict[str, Decimal] = {}
    for price in prices:
        if price is not None:
            sums[price.currency] = sums.get(price.currency, Decimal(0)) + price.amount
    return tuple(Money(currency, sums[currency]) for currency in sorted(sums))


def shown(price: Money) -> str:
    """Return a price as people read it: ``CAD 1,374.40``."""
    return f"{price.currency} {price.amount.quantize(CENT, ROUND_HALF_UP):,}"


def whole(value: Decimal) -> str:
    """Return seats without needless decimals."""
    return f"{value.normalize():f}" if value else "0"


def months_in(period: object) -> Decimal | None:
    """Return the length of a period in months, a day being a thirtieth; None for kinds that have no length."""
    held = members(period)
    duration = number(held.get("duration"))
    unit = _MONTHS.get(str(held.get("type", "")).casefold())
    return None if unit is None or duration is None or duration <= 0 else unit * duration


def is_annual(period: object) -> bool:
    """Return whether a term binds for a year or more."""
    months = months_in(period)
    return months is not None and months >= YEAR


def period_text(period: object) -> str:
    """Return a period in words: ``1 year``; empty when there is none."""
    held = members(period)
    if not held.get("type"):
        return ""
    duration = number(held.get("duration")) or Decimal(1)
    return f"{whole(duration)} {held['type']}{'' if duration == 1 else 's'}"


def plain_period(period: object) -> dict[str, object] | None:
    """Return type and duration alone, as an order takes them; None when there is no such period."""
    held = members(period)
    duration = number(held.get("duration"))
    if duration is None or not held.get("type"):
        return None
    return {"type": str(held["type"]), "duration": int(duration)}


def same_period(one: object, other: object) -> bool:
    """Return whether two periods are the same, capitals aside."""
    first, second = plain_period(one), plain_period(other)
    return (
        first is not None
        and second is not None
        and (str(first["type"]).casefold(), first["duration"]) == (str(second["type"]).casefold(), second["duration"])
    )


def seats_of(row: Mapping[str, object]) -> Decimal:
    """Return the quantity of a product line; 0 where it names none."""
    return number(row.get("quantity")) or Decimal(0)


def members(value: object) -> Mapping[str, object]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def rows_of(value: object) -> Sequence[Mapping[str, object]]:
    """Return the JSON objects of a list; empty for anything else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def text(value: object) -> str:
    """Return a text or number as a text; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def day(value: object) -> date | None:
    """Return the day of a date, or of a date and time; None when it is neither."""
    try:
        return date.fromisoformat(text(value).strip()[:10])
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Return a date, or a date and time with ``T`` or a blank, in UTC; None when it is neither."""
    try:
        found = datetime.fromisoformat(text(value).strip().replace(" ", "T", 1))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def months_after(start: date, months: int) -> date:
    """Return the same day so many months later (or earlier), or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for last in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(start.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
