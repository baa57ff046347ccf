"""What the runtime is handed to execute, whether an action is declared or coded."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingram_micro_cloud.api.requests import ApiRequest
from ingram_micro_cloud.manifest.models import ActionSpec, Effect, PagingSpec, Scope


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One request, what it does, and whose business it is.

    Attributes:
        matches: For a generic request the declared actions it is the same as.
        irreversible: Whether it cannot be taken back once it is done, as far as that is known.
    """

    request: ApiRequest
    effect: Effect
    scope: Scope
    what: str
    paging: PagingSpec | None = None
    limit: int | None = None
    offset: int = 0
    max_items: int | None = None
    matches: tuple[ActionSpec, ...] = ()
    irreversible: bool = False


def may_be(values: object, when: Mapping[str, object]) -> bool:
    """Return whether these inputs, or this body, may be the declared case.

    Only a value that is plainly another one is believed not to be: a body of the generic request is held to no schema,
    and the vendor may read ``1`` or ``"yes"`` as true.
    """
    if not when:
        return False
    if not isinstance(values, Mapping):
        return True
    return any(
        not _plainly_another(value, declared)
        for wanted, declared in when.items()
        for name, value in values.items()
        if str(name).strip().casefold() == wanted.casefold()
    )


def _plainly_another(value: object, declared: object) -> bool:
    if type(value) is not type(declared):
        return False
    if isinstance(value, str):
        return value.strip().casefold() != str(declared).strip().casefold()
    return value != declared
