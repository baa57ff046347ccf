"""Which permission a call needs, and the sentence that says how to allow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
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


@dataclass(frozen=True, slots=True)
class Grant:
    """Narrows what a configuration allows, for the one who acts.

    Attributes:
        who: Kept with approvals, in the journal and in the audit.
        permission: The most that may be done; the configuration may allow less.
        remedy: What to do about it when this, and not the configuration, is in the way.
        files: The one folder that actions may write files to; None for wherever the caller says.
    """

    who: str
    permission: Permission
    remedy: str
    files: Path | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one connection may do: what its configuration allows, narrowed by a grant where there is one."""

    configuration: str
    allowed: Permission
    grant: Grant | None = None

    @property
    def permission(self) -> Permission:
        """The smaller of the two."""
        if self.grant is not None and _RANK[self.grant.permission] < _RANK[self.allowed]:
            return self.grant.permission
        return self.allowed

    def permits(self, effect: DeclaredEffect) -> bool:
        """Return whether that may be done, or some of it where the path decides."""
        return permits(self.permission, effect)

    def require(self, effect: Effect, *, what: str) -> None:
        """Refuse what is not allowed.

        Raises:
            PermissionRefusedError: Nothing was sent; the hint says how it is allowed.
        """
        if self.permits(effect):
            return
        doing = (
            {"write": "changes things at the vendor", "buy": "can commit money"}[effect]
            if effect != "read"
            else "reads"
        )
        needed = _NEEDED[effect]
        if self.grant is not None and not permits(self.grant.permission, effect):
            raise PermissionRefusedError(
                f"Nothing was sent. {what} {doing}, and {self.grant.who} may only {self.grant.permission!r} here.",
                hint=self.grant.remedy,
            )
        raise PermissionRefusedError(
            f"Nothing was sent. {what} {doing}, and the configuration {self.configuration!r} allows only "
            f"{self.allowed!r}.",
            hint="To allow it: "
            + (
                f"set {PREFIX}ALLOW={needed}"
                if self.configuration == NAME
                else f"im-cloud config allow {self.configuration} {needed}"
            ),
        )
