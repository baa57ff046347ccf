"""The picture of money at risk: what is drawn is what is reckoned, readable by eye, in the dark, and read aloud."""

import io
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from PIL import Image

from ingram_micro_cloud.ordering.figures import months_after
from ingram_micro_cloud.ordering.fleet.drawing import DARK, LIGHT, SCALE, png, svg
from ingram_micro_cloud.ordering.fleet.picture import PLOT, Box, Picture, Words, compact, risk_picture, round_top
from ingram_micro_cloud.ordering.fleet.renewals import MonthAtRisk

D = Decimal
NAMES = {"s": "http://www.w3.org/2000/svg"}
FIRST = date(2026, 11, 1)


def month(step: int, annual: str, monthly: str, currency: str = "CAD") -> MonthAtRisk:
    return MonthAtRisk(months_after(FIRST, step), currency, D(annual), D(monthly), D(0), 1)


def year(currency: str = "CAD") -> list[MonthAtRisk]:
    return [month(step, "600" if step == 4 else "0", "200", currency) for step in range(12)]


def bars(picture: Picture, role: str) -> list[Box]:
    return [each for each in picture.shapes if isinstance(each, Box) and each.role == role and each.y > 90]


def words(picture: Picture) -> list[str]:
    return [each.text for each in picture.shapes if isinstance(each, Words)]


def test_heights_are_in_proportion_and_monthly_stands_on_annual() -> None:
    picture = risk_picture(year())
    (annual,), monthly = bars(picture, "annual"), bars(picture, "monthly")
    assert annual.height == pytest.approx(PLOT * 600 / 800)
    assert {round(each.height, 6) for each in monthly} == {round(PLOT * 200 / 800, 6)}
    tower = monthly[4]
    assert tower.x == annual.x
    assert tower.y + tower.height == pytest.approx(annual.y)
    assert all(each.framed for each in monthly), "told apart without colour as well"


def test_each_currency_has_a_row_of_its_own() -> None:
    picture = risk_picture([*year("CAD"), *year("USD")])
    assert [each for each in words(picture) if each in ("CAD", "USD")] == ["CAD", "USD"]
    assert picture.height > risk_picture(year()).height
    first, second = bars(picture, "annual")
    assert first.height == second.height
    assert second.y > first.y + PLOT


def test_labels_name_both_kinds_the_months_and_the_sums() -> None:
    told = words(risk_picture(year()))
    assert {"Monthly terms, rolling over", "Annual terms, ending", "Nov", "2026", "Jan", "2027", "200", "800"} <= {
        *told
    }
    assert "What comes up for renewal, November 2026 to October 2027" in told
    assert all(each.isascii() for each in told), "the PNG's own font knows no more"


def test_nothing_to_show_says_so() -> None:
    picture = risk_picture([])
    assert "Nothing renews in these months." in words(picture)
    assert picture.description == "Nothing renews in these months."


def test_the_smallest_amount_is_still_seen() -> None:
    picture = risk_picture([month(0, "1000000", "0.01")])
    assert bars(picture, "monthly")[0].height == 1.5


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0"), ("49.4", "49"), ("999.4", "999"), ("1000", "1k"), ("12449", "12.4k"), ("123456", "123k"),
     ("1250000", "1.2M"), ("250000000", "250M")],
)  # fmt: skip
def test_amounts_in_few_characters(amount: str, text: str) -> None:
    assert compact(D(amount)) == text


@pytest.mark.parametrize(
    ("highest", "top"),
    [("0", "1"), ("0.3", "0.3"), ("69400", "80000"), ("100", "100"), ("101", "120"), ("999", "1000")],
)
def test_the_axis_ends_at_a_round_number(highest: str, top: str) -> None:
    assert round_top(D(highest)) == D(top)


def test_the_svg_is_read_aloud_and_follows_the_readers_ground() -> None:
    drawn = svg(risk_picture(year()))
    root = ElementTree.fromstring(drawn)  # noqa: S314  # our own text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title description"
    assert root.findtext("s:title", namespaces=NAMES) == "Money at risk by month"
    told = root.findtext("s:desc", namespaces=NAMES) or ""
    assert "March 2027 CAD 600.00 annual and CAD 200.00 monthly" in told
    assert "prefers-color-scheme:dark" in drawn
    assert all(colour in drawn for colour in (*LIGHT.values(), *DARK.values()))


@pytest.mark.parametrize("dark", [False, True])
def test_the_png_shows_the_same_bars(dark: bool) -> None:
    picture = risk_picture(year())
    image = Image.open(io.BytesIO(png(picture, dark=dark)))
    assert image.size == (picture.width * SCALE, picture.height * SCALE)
    colours = DARK if dark else LIGHT
    assert _hex(image, 2, 2) == colours["ground"]
    for role in ("annual", "monthly"):
        bar = bars(picture, role)[0]
        assert _hex(image, (bar.x + bar.width / 2) * SCALE, (bar.y + bar.height / 2) * SCALE) == colours[role]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_bars_stand_out_from_their_ground(colours: dict[str, str]) -> None:
    ground = colours["ground"]
    assert _contrast(colours["text"], ground) >= 7
    assert _contrast(colours["muted"], ground) >= 4.5
    assert _contrast(colours["annual"], ground) >= 3
    # Monthly bars may be pale, because an edge in the text's colour runs around them.
    assert _contrast(colours["annual"], colours["monthly"]) >= 2


def _hex(image: Image.Image, x: float, y: float) -> str:
    pixel = image.convert("RGB").getpixel((int(x), int(y)))
    assert isinstance(pixel, tuple)
    return "#" + "".join(f"{int(each):02x}" for each in pixel)


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
