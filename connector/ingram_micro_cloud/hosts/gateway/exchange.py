"""What is known of one request while it is answered: for its log lines, its span and the headers of its answer."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

CORRELATION: Final = "X-Correlation-ID"
_USABLE: Final = re.compile(r"[\x20-\x7e]{1,128}")
UNMATCHED: Final = "unmatched"


@dataclass(slots=True)
class Exchange:
    """One request and its answer. Holds no inputs, no query and no key.

    Attributes:
        correlation_id: The caller's, else one made here.
        method: The request's method.
        route: The pattern that matched, never the path itself: a path can hold what somebody pasted by mistake.
        reads: Whether nothing but reading was asked for; decides what an unforeseen error is answered with.
        status: The answer's status, once it begins.
        who: The holder of the key, by its name.
        reseller: Whether that key may act without an organization.
        action: The action's id.
        effect: What the action does.
        organization: Whom it was run for.
        calls: HTTP requests sent to the vendor.
        code: The error's code.
    """

    correlation_id: str
    method: str
    route: str = UNMATCHED
    reads: bool = True
    status: int = 0
    who: str | None = None
    reseller: bool = False
    action: str | None = None
    effect: str | None = None
    organization: str | None = None
    calls: int = 0
    code: str | None = None
    unread_body: bool = field(default=False)


CURRENT: Final[ContextVar[Exchange | None]] = ContextVar("exchange", default=None)
"""The exchange that the running task works on, so that log lines can name it."""


def correlation_id(given: str | None, make: Callable[[], str] = lambda: str(uuid.uuid4())) -> str:
    """Return the caller's id when it is 1 to 128 printable ASCII characters, else a new one."""
    text = (given or "").strip()
    return text if _USABLE.fullmatch(text) else make()
