"""The few actions that are code, by the name an action file gives in `handler:`."""

from collections.abc import Callable, Mapping
from typing import Final

from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.handlers.generic_request import plan_generic_request
from ingram_micro_cloud.manifest.models import ActionSpec

Handler = Callable[[ActionSpec, Mapping[str, object], Mapping[str, ActionSpec]], PlannedCall]
"""Takes the action, its checked inputs and the whole palette; returns the call to make."""

HANDLERS: Final[Mapping[str, Handler]] = {"generic_request": plan_generic_request}
