"""Which permission a call needs, and the sentence that says how to allow it."""

from collections.abc import Mapping
from typing import Literal

from ingram_micro_cloud.errors import PermissionRefusedError
from ingram_micro_cloud.handlers.calls import may_be
from ingram_micro_cloud.manifest.models import ActionSpec, DeclaredEffect, Effect
from ingram_micro_cloud.runtime.environment import NAME, PREFIX

Permission = Literal["look", "edit", "buy"]
_NEEDED: Mapping[Effect, Permission] = {"read": "look", "write": "edit", "buy": "buy"}
_RANK: Mapping[Permission, int] = {"look": 0, "edit": 1, "buy": 2}


def effect_of(action: ActionSpec, inputs: Mapping[str, object]) -> Effect:
    """Return what these inputs make the action do: a write that commits money counts as buying."""
    if action.effect == "path":
        return "buy"
    return "buy" if action.effect == "write" and may_be(inputs, action.buy_when) else action.effect


def permits(allowed: Permission, effect: DeclaredEffect) -> bool:
    """Return whether a configuration that allows this much may do that, or some of it where the path decides."""
    return effect == "path" or _RANK[allowed] >= _RANK[_NEEDED[effect]]


def require(allowed: Permission, effect: Effect, *, what: str, configuration: str) -> None:
    """Refuse what the configuration does not allow.

    Raises:
        PermissionRefusedError: Nothing was sent; the hint is the command that allows it.
    """
    if not permits(allowed, effect):
        needed = _NEEDED[effect]
        doing = (
            {"write": "changes things at the vendor", "buy": "can commit money"}[effect]
            if effect != "read"
            else "reads"
        )
        raise PermissionRefusedError(
            f"Nothing was sent. {what} {doing}, and the configuration {configuration!r} allows only {allowed!r}.",
            hint="To allow it: "
            + (
                f"set {PREFIX}ALLOW={needed}"
                if configuration == NAME
                else f"im-cloud config allow {configuration} {needed}"
            ),
        )
