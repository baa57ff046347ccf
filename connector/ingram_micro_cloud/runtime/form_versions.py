"""Brings stored form values of older versions to today's form, one version at a time."""

from collections.abc import Callable, Mapping
from typing import Final

from ingram_micro_cloud.errors import StateError

FormValues = Mapping[str, object]
Step = Callable[[FormValues], FormValues]

STEPS: Final[Mapping[int, Step]] = {1: dict}
"""From version n to n + 1. Version 2 added the buying rules: what was saved before gets their defaults, so that a
configuration which could buy anything is held to limits from then on."""


def migrated(values: FormValues, stored: int, current: int, steps: Mapping[int, Step] = STEPS) -> FormValues:
    """Return the values as the current form understands them.

    Raises:
        StateError: They were stored by a newer version of this connector (state_too_new).
    """
    if stored > current:
        raise StateError(
            f"The configuration was saved by a newer version (form {stored}, this one knows {current}).",
            code="state_too_new",
            hint="Update this installation; nothing was changed.",
        )
    for version in range(stored, current):
        values = steps[version](values)
    return values
