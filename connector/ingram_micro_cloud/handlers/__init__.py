"""The few actions that are code, by the name an action file gives in `handler:`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.handlers.generic_request import plan_generic_request
from ingram_micro_cloud.manifest.models import ActionSpec

if TYPE_CHECKING:
    from ingram_micro_cloud.handlers.desk import Intent

Handler = Callable[[ActionSpec, Mapping[str, object], Mapping[str, ActionSpec]], PlannedCall]
"""Takes the action, its checked inputs and the whole palette; returns the call to make."""

HANDLERS: Final[Mapping[str, Handler]] = {"generic_request": plan_generic_request}
INTENTS: Final[Mapping[str, str]] = {
    "preview_order": "orders",
    "submit_order": "orders",
    "follow_order": "orders",
    "check_orders": "orders",
    "set_subscription_seats": "seats",
    "ensure_free_seats": "seats",
    "download_report": "reports",
    "list_seats": "fleet",
    "list_renewals": "fleet",
}
"""Intents by name, and the module of each: they are loaded when one runs, because most runs need none of them."""


def intent(name: str) -> "Intent":
    """Return an intent's function."""
    from importlib import import_module

    found: Intent = getattr(import_module(f"{__name__}.{INTENTS[name]}"), name)
    return found
