"""Money at risk by month as a picture: laid out once as plain shapes, which become an SVG or a PNG. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal

from ingram_micro_cloud.ordering.figures import shown
from ingram_micro_cloud.ordering.fleet.renewals import MonthAtRisk
from ingram_micro_cloud.ordering.models import Money

Role = Literal["ground", "text", "muted", "grid", "annual", "monthly"]
Anchor = Literal["start", "middle", "end"]
WIDTH: Final = 960
LEFT, RIGHT, TOP, BOTTOM = 72, 24, 96, 0
PANEL, PLOT = 268, 168
"""Pixels: the height of one currency's panel, and of the bars in it."""
STEPS: Final = tuple(Decimal(each) for each in ("1", "1.2", "1.6", "2", "2.4", "3", "4", "5", "6", "8", "10"))
TITLE: Final = "Money at risk by month"


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``framed`` ones have an edge in the text's colour."""

    x: float
    y: float
    width: float
    height: float
    role: Role
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin horizontal line."""

    x: float
    y: float
    width: float
    role: Role


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text on its baseline; plain ASCII, which every font has."""

    x: float
    y: float
    text: str
    size: int = 13
    role: Role = "text"
    anchor: Anchor = "start"
    bold: bool = False


Shape = Box | Rule | Words


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes in drawing order, and what they say for people who cannot see them."""

    width: int
    height: int
    title: str
    description: str
    shapes: tuple[Shape, ...]


def risk_picture(months: Sequence[MonthAtRisk]) -> Picture:
    """Return the picture: one row of bars per currency, annual cliffs below and monthly rollovers on top of them."""
    panels = [(currency, list(rows)) for currency, rows in groupby(months, key=lambda each: each.currency)]
    height = TOP + max(1, len(panels)) * PANEL + BOTTOM
    shapes: list[Shape] = [Box(0, 0, WIDTH, height, "ground"), *_head(months)]
    for position, (currency, rows) in enumerate(panels):
        shapes += _panel(currency, rows, TOP + position * PANEL)
    if not panels:
        shapes.append(Words(WIDTH / 2, TOP + PANEL / 2, "Nothing renews in these months.", 15, "muted", "middle"))
    return Picture(WIDTH, height, TITLE, _described(panels), tuple(shapes))


def compact(amount: Decimal) -> str:
    """Return an amount in few characters: ``12.4k``."""
    for size, mark in ((Decimal(1_000_000), "M"), (Decimal(1_000), "k")):
        if amount >= size:
            rounded = (amount / size).quantize(Decimal("0.1") if amount < size * 100 else Decimal(1))
            return f"{rounded.normalize():f}{mark}"
    return f"{amount.quantize(Decimal(1)):f}"


def round_top(highest: Decimal) -> Decimal:
    """Return a round number that is not below the highest bar, where the axis may end."""
    if highest <= 0:
        return Decimal(1)
    size = Decimal(10) ** highest.adjusted()
    return next(step * size for step in STEPS if step * size >= highest)


def _head(months: Sequence[MonthAtRisk]) -> Iterator[Shape]:
    span = f"{months[0].month:%B %Y} to {max(each.month for each in months):%B %Y}" if months else ""
    yield Words(24, 38, TITLE, 21, bold=True)
    yield Words(24, 60, f"What comes up for renewal{f', {span}' if span else ''}", 13, "muted")
    x = WIDTH - RIGHT - 178
    yield Box(x - 22, 27, 13, 13, "monthly", framed=True)
    yield Words(x, 38, "Monthly terms, rolling over")
    yield Box(x - 22, 49, 13, 13, "annual")
    yield Words(x, 60, "Annual terms, ending")


def _panel(currency: str, rows: Sequence[MonthAtRisk], y: float) -> Iterator[Shape]:
    base = y + 36 + PLOT
    top = round_top(max((each.annual + each.monthly for each in rows), default=Decimal(0)))
    yield Words(24, y + 14, currency, 15, bold=True)
    for part in range(5):
        value = top * part / 4
        line = base - PLOT * part / 4
        yield Rule(LEFT, line, WIDTH - LEFT - RIGHT, "grid")
        if part % 2 == 0:
            yield Words(LEFT - 10, line + 4, compact(value) if part else "0", 12, "muted", "end")
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(rows))
    for position, each in enumerate(rows):
        middle = LEFT + slot * (position + 0.5)
        yield from _bar(each, middle, min(44.0, slot * 0.62), base, top)
        if len(rows) <= 18 or position % 3 == 0:
            yield Words(middle, base + 19, f"{each.month:%b}", 12, "muted", "middle")
        if position == 0 or each.month.month == 1:
            yield Words(middle, base + 34, f"{each.month:%Y}", 12, "muted", "middle")


def _bar(each: MonthAtRisk, middle: float, width: float, base: float, top: Decimal) -> Iterator[Shape]:
    x, y = middle - width / 2, base
    parts: tuple[tuple[Role, Decimal], ...] = (("annual", each.annual), ("monthly", each.monthly))
    for role, amount in parts:
        if amount > 0:
            # Money stays decimal up to the pixel; what is there at all is at least seen.
            height = max(1.5, float(amount / top * PLOT))
            y -= height
            yield Box(x, y, width, height, role, framed=role == "monthly")
    if each.annual + each.monthly > 0:
        told = compact(each.annual + each.monthly)
        # The lines of the axis must not run through the number.
        yield Box(middle - len(told) * 3.8 - 3, y - 18, len(told) * 7.6 + 6, 15, "ground")
        yield Words(middle, y - 6, told, 12, anchor="middle")


def _described(panels: Sequence[tuple[str, Sequence[MonthAtRisk]]]) -> str:
    if not panels:
        return "Nothing renews in these months."
    told = []
    for currency, rows in panels:
        months = [
            f"{each.month:%B %Y} {shown(Money(currency, each.annual))} annual and "
            f"{shown(Money(currency, each.monthly))} monthly"
            for each in rows
            if each.annual + each.monthly > 0
        ]
        told.append("; ".join(months) + "." if months else f"Nothing in {currency}.")
    return " ".join(told)
