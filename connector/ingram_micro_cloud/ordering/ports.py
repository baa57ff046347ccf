"""What this room is handed: a way to call the vendor, and who is acting for whom."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingram_micro_cloud.ordering.models import OrderFacts, Verdict


class Caller(Protocol):
    """Calls through the runtime: limits, retries, pages, errors, and the organization's guard are its business."""

    def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        """Yield the rows of a list action, page by page, to its end."""

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        """Return what a reading (or estimating, or validating) action answers with."""


Send = Callable[[Mapping[str, object]], Awaitable[object]]
"""Sends one write with this body, at most once, and returns the decoded answer.

Raises MarketplaceError when it was certainly not done, OutcomeUnknownError when nobody can know.
"""

Consent = Callable[[OrderFacts, Verdict, str | None], Awaitable[None]]
"""Looks at a purchase the rules allow, before it is written down and sent: facts, verdict, id of its preview or None.

Raises RefusedError when it must not be sent.
"""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, for whom.

    Attributes:
        configuration: The configuration's name.
        account: Keyed fingerprint of API URL, marketplace and user: journals of other accounts are never touched.
        who: The identity of the key or of the operating system's user; kept with approvals and in the audit.
    """

    configuration: str
    account: str
    who: str
    organization: str | None = None
