"""Node colours on which Node-RED's dark labels can be read: the declared colour, thinned with white."""

LABEL = "#333333"
"""What Node-RED writes labels in."""
LABEL_CONTRAST = 6.0
ICON_CONTRAST = 3.0
_WHITE = "#ffffff"
_STRONGEST = 60
"""Per cent of the declared colour; more would no longer look like a node among Node-RED's own."""


def node_colour(declared: str) -> str:
    """Return the strongest tint of a colour on which a label and an icon in the colour itself can both be read."""
    tints = (mixed(declared, share) for share in range(_STRONGEST, 0, -1))
    return next((tint for tint in tints if _legible(tint, declared)), _WHITE)


def mixed(colour: str, share: int) -> str:
    """Return a colour thinned with white; ``share`` is its part in per cent."""
    return "#" + "".join(f"{round(255 + (value - 255) * share / 100):02x}" for value in _channels(colour))


def contrast(one: str, other: str) -> float:
    """Return how well one colour stands out from another: 1 to 21, as WCAG 2 reckons it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _legible(tint: str, declared: str) -> bool:
    return contrast(tint, LABEL) >= LABEL_CONTRAST and contrast(tint, declared) >= ICON_CONTRAST


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
