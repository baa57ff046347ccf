"""Icons of our own: a cloud over a sign of what the action does, drawn in its group's colour."""

from collections.abc import Mapping

from ingram_micro_cloud.manifest.integration import PaletteGroup
from ingram_micro_cloud.manifest.models import ActionSpec, DeclaredEffect

_CLOUD = "M12 27a6.5 6.5 0 0 1-.6-13A9.2 9.2 0 0 1 29 15.6 5.8 5.8 0 0 1 29.6 27z"
_SIGNS: Mapping[DeclaredEffect, str] = {
    "read": "M9 36h22M9 43h22M9 50h14",
    "write": "M10 51l2-7 13-11 5 5-13 11zM22 36l5 5",
    "buy": "M7 34h5l4 12h12l3-8H14M17 52h.5M27 52h.5",
    "path": "M16 34c-5 0-2 7-7 9 5 2 2 9 7 9M24 34c5 0 2 7 7 9-5 2-2 9-7 9",
}


def icon_name(spec: ActionSpec) -> str:
    """Return the file name of an action's icon; actions of one group that do the same kind of thing share it."""
    return f"{spec.group}-{spec.effect}.svg"


def icon(group: PaletteGroup, effect: DeclaredEffect) -> str:
    """Return the SVG, 40 by 60 as Node-RED wants it."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="60" viewBox="0 0 40 60">'
        f'<path d="{_CLOUD}" fill="{group.color}"/>'
        f'<path d="{_SIGNS[effect]}" fill="none" stroke="{group.color}" stroke-width="3.4"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>\n'
    )
