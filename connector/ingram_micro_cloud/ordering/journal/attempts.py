"""One call's way into the journal: what it brings, how it is judged, what is decided."""

from collections.abc import Collection
from dataclasses import dataclass

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.ordering.models import OrderFacts, Verdict
from ingram_micro_cloud.store.journal import StoredIntent
from ingram_micro_cloud.store.previews import StoredPreview


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one call brings to the decision.

    Attributes:
        facts: Read under the locks.
        own_key: The caller gave the key.
        locks: What is held until it is over.
    """

    facts: OrderFacts
    content: str
    key: str
    own_key: bool
    preview_id: str | None
    holder: str
    locks: Collection[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on an attempt, and the preview it is submitted from or that an approval came with."""

    verdict: Verdict
    preview: StoredPreview | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: an intent in flight, one the key already stands for, a refusal, or that it may be admitted."""

    admitted: StoredIntent | None = None
    known: StoredIntent | None = None
    refusal: IngramMicroCloudError | None = None
    allowed: Judged | None = None
