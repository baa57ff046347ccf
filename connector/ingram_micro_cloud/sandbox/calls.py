"""A call as it arrives, the answer as it leaves, and the refusals in between."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Call:
    """One request; header names in lower case, the path below the API URL."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def first(self, name: str) -> str | None:
        """Return the first value of a query name; names are case-sensitive, empty values count as absent."""
        return next((value for key, value in self.query if key == name and value), None)

    def json(self) -> Json:
        """Return the JSON object in the body, or refuse the call."""
        try:
            value = json.loads(self.body or b"null")
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Refusal(400, "The request body must be a JSON object.")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; ``delay_seconds`` is waited before it leaves."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection breaks instead of an answer."""

    delay_seconds: float = 0.0


class Refusal(Exception):  # noqa: N818  # not an error of ours: the marketplace's answer
    """The marketplace, or its gateway, does not do what was asked."""

    def __init__(self, status: int, message: str, *, gateway: bool = False, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.gateway, self.retry_after = status, message, gateway, retry_after


def check_attributes(value: object) -> None:
    """Refuse attributes that are no object of texts."""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise Refusal(400, "attributes must be an object of texts.")


def answered(value: object, status: int = 200) -> Answer:
    """Return a JSON answer."""
    return Answer(status, written(value), {"Content-Type": "application/json"})


def written(value: object) -> bytes:
    """Return a value as JSON; half characters that a client sent stay the escapes they were."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()
