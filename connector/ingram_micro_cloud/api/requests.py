"""One request to the vendor, its answer, and the meter that counts what a run costs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

NO_BODY: Final = object()
"""Stands for "no JSON body"; None would be the JSON value null."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request below the API URL.

    Attributes:
        path: Relative, starts with a slash, already percent-encoded.
        safe: May be repeated without harm.
        buying: May use the part of the minute that is reserved for buying.
        proof: A member a 2xx answer must hold; without it the outcome is unknown.
        what: What it does, for messages.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    json: object = NO_BODY
    content: bytes | None = None
    content_type: str | None = None
    safe: bool = False
    buying: bool = False
    proof: str | None = None
    what: str = "the request"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A 2xx answer, decoded; ``value`` is None when there was no body."""

    status_code: int
    value: object
    request_id: str | None


@dataclass(slots=True)
class CallMeter:
    """Counts the HTTP requests of one run, sign-in and retries included.

    Attributes:
        deadline: Moment on the connection's clock after which nothing more is begun, or None.
        on_wait: Told ``(seconds, reason)`` whenever a call has to wait.
    """

    calls: int = 0
    request_ids: list[str] = field(default_factory=list)
    deadline: float | None = None
    on_wait: Callable[[float, str], None] | None = None
