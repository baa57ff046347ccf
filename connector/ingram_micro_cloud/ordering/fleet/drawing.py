"""Draws a picture of shapes: as an SVG that is readable on light and dark ground, or as a PNG."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from ingram_micro_cloud.ordering.fleet.picture import Anchor, Box, Picture, Role, Rule, Shape, Words

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

LIGHT: Final[Mapping[Role, str]] = {
    "ground": "#ffffff", "text": "#1c2733", "muted": "#566270", "grid": "#dde3e9",
    "annual": "#b4451f", "monthly": "#a9cbe3",
}  # fmt: skip
DARK: Final[Mapping[Role, str]] = {
    "ground": "#151a20", "text": "#e8edf2", "muted": "#a3afba", "grid": "#2e3741",
    "annual": "#f0875a", "monthly": "#3f6d8f",
}  # fmt: skip
FONTS: Final = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SCALE: Final = 2
"""Pixels of a PNG for each unit, so that it is sharp on dense screens and in print."""
ANCHORS: Final[Mapping[Anchor, str]] = {"start": "ls", "middle": "ms", "end": "rs"}


def svg(picture: Picture) -> str:
    """Return an SVG with a title and a description that say everything the bars say."""
    roles = "".join(f".{role}{{fill:{colour}}}" for role, colour in LIGHT.items())
    night = "".join(f".{role}{{fill:{colour}}}" for role, colour in DARK.items())
    edge, edge_night = f".framed{{stroke:{LIGHT['text']}}}", f".framed{{stroke:{DARK['text']}}}"
    style = f"text{{font-family:{FONTS}}}{roles}{edge}@media (prefers-color-scheme:dark){{{night}{edge_night}}}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.width} {picture.height}" '
            f'width="{picture.width}" height="{picture.height}" role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(picture.title)}</title>',
            f'<desc id="description">{escape(picture.description)}</desc>',
            f"<style>{style}</style>",
            *(_element(each) for each in picture.shapes),
            "</svg>\n",
        ]
    )


def png(picture: Picture, *, dark: bool = False) -> bytes:
    """Return the same picture as a PNG, with a font of its own: it looks the same on every machine."""
    # Only who wants a PNG pays for the library.
    from PIL import Image, ImageDraw

    colours = DARK if dark else LIGHT
    image = Image.new("RGB", (picture.width * SCALE, picture.height * SCALE), colours["ground"])
    draw = ImageDraw.Draw(image)
    for each in picture.shapes:
        _draw(each, draw, colours)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _element(each: Shape) -> str:
    match each:
        case Box():
            edge = ' framed" stroke-width="1' if each.framed else ""
            return (
                f'<rect x="{_n(each.x)}" y="{_n(each.y)}" width="{_n(each.width)}" height="{_n(each.height)}" '
                f'class="{each.role}{edge}"/>'
            )
        case Rule():
            return f'<rect x="{_n(each.x)}" y="{_n(each.y)}" width="{_n(each.width)}" height="1" class="{each.role}"/>'
        case Words():
            bold = ' font-weight="600"' if each.bold else ""
            return (
                f'<text x="{_n(each.x)}" y="{_n(each.y)}" font-size="{each.size}" text-anchor="{each.anchor}" '
                f'class="{each.role}"{bold}>{escape(each.text)}</text>'
            )


def _draw(each: Shape, draw: "ImageDraw", colours: Mapping[Role, str]) -> None:
    from PIL import ImageFont

    match each:
        case Box():
            # Pillow's corners belong to the box, ours end before it.
            corners = (
                each.x * SCALE, each.y * SCALE, (each.x + each.width) * SCALE - 1, (each.y + each.height) * SCALE - 1
            )  # fmt: skip
            edge = colours["text"] if each.framed else None
            draw.rectangle(corners, fill=colours[each.role], outline=edge, width=SCALE if each.framed else 1)
        case Rule():
            corners = (each.x * SCALE, each.y * SCALE, (each.x + each.width) * SCALE - 1, each.y * SCALE + SCALE - 1)
            draw.rectangle(corners, fill=colours[each.role])
        case Words():
            font = ImageFont.load_default(size=each.size * SCALE)
            draw.text(
                (each.x * SCALE, each.y * SCALE), each.text, fill=colours[each.role], font=font,
                anchor=ANCHORS[each.anchor], stroke_width=1 if each.bold else 0,
            )  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
