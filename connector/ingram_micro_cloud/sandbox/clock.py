"""The marketplace's clock: real time, moved on by hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta


class MarketClock:
    """Seconds since 1970, and the date forms of the vendor."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ahead = 0.0

    def now(self) -> float:
        """Return the present moment."""
        return self._now() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move on."""
        self._ahead += seconds

    def today(self) -> date:
        """Return the present day (UTC)."""
        return datetime.fromtimestamp(self.now(), UTC).date()


def stamp(moment: float) -> str:
    """Return a date and time as orders and reports show it: no fraction, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_moment(text: str, *, end_of_day: bool = False) -> float | None:
    """Read a date, or a date and time with ``T`` or a blank; None when it is neither."""
    try:
        moment = datetime.fromisoformat(
            text.strip().replace(" ", "T", 1) if "+" not in text else text.replace(" ", "+")
        )
    except ValueError:
        return None
    if len(text.strip()) == len("2026-01-01") and end_of_day:
        moment += timedelta(days=1, microseconds=-1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
