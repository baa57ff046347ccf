"""What the runtime is handed to execute, whether an action is declared or coded."""

from dataclasses import dataclass

from ingram_micro_cloud.api.requests import ApiRequest
from ingram_micro_cloud.manifest.models import ActionSpec, Effect, PagingSpec, Scope


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One request, what it does, and whose business it is.

    Attributes:
        matches: For a generic request the declared actions it is the same as.
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
