"""The query string and the headers that mean the same, read strictly: nothing is guessed, nothing is passed over."""

import math
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final
from urllib.parse import parse_qsl

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.hosts.gateway.answers import Part
from ingram_micro_cloud.hosts.surface.common import LONGEST_SECONDS
from ingram_micro_cloud.runtime.coercion import coerced

MOST_PARAMETERS: Final = 200
MOST_ROWS: Final = 1000
"""Of one answer that the gateway cuts."""
OURS: Final = (
    "authorization",
    "idempotency-key",
    "x-correlation-id",
    "x-im-cloud-configuration",
    "x-im-cloud-organization",
)
"""Headers that decide something here."""
_LETTERS: Final = frozenset({"idempotencykey", "imcloudconfiguration", "imcloudorganization"})
LONGEST_NAME: Final = 255
"""Characters of a configuration's name, an organization's id, a key."""


class Query:
    """What was given beside the body. Each parameter is taken once by what needs it; the rest are inputs, or mistakes.

    Args:
        raw: The query string as it came.
        headers: By name in lower case.

    Raises:
        InputError: It is not UTF-8, a name is given twice, or there are too many.
    """

    def __init__(self, raw: bytes, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._left = _parsed(raw)
        self._known: list[str] = []

    def text(
        self, name: str, header: str | None = None, *, empty: bool = False, longest: int = LONGEST_NAME
    ) -> str | None:
        """Return a name or an id, from the query or from the header that means the same; None when absent.

        Args:
            name: In the query.
            header: That means the same.
            empty: Whether an empty text means that there is none.
            longest: Characters it may have.

        Raises:
            InputError: It is empty, too long, has control characters, or both are given and differ.
        """
        self._known.append(name)
        found = self._left.pop(name, None)
        other = None if header is None else self._headers.get(header.casefold())
        if found is not None and other is not None and found != other:
            raise wrong(name, "given_twice", f"{name} and the header {header} are both given, and differ.")
        value = found if found is not None else other
        if empty and value == "":
            return None
        return None if value is None else clean(value, name, longest)

    def flag(self, name: str) -> bool:
        """Return a yes or no; no when absent.

        Raises:
            InputError: It is neither.
        """
        self._known.append(name)
        text = self._left.pop(name, None)
        value = False if text is None else coerced(text, {"type": "boolean"}, {})
        if not isinstance(value, bool):
            raise wrong(name, "type", f"{name} must be true or false.")
        return value

    def seconds(self, name: str) -> float:
        """Return how many seconds a request may take; the most when nothing is said.

        Raises:
            InputError: It is no number above 0 and at most that.
        """
        self._known.append(name)
        text = self._left.pop(name, None)
        value = LONGEST_SECONDS if text is None else coerced(text, {"type": "number"}, {})
        if not isinstance(value, int | float) or not math.isfinite(value) or not 0 < value <= LONGEST_SECONDS:
            raise wrong(name, "range", f"{name} must be a number of seconds above 0 and at most {LONGEST_SECONDS}.")
        return float(value)

    def part(self) -> Part:
        """Return which part of a list is wanted, from ``offset`` and ``limit``.

        Raises:
            InputError: Either is no whole number in its range.
        """
        self._known += ["offset", "limit"]
        offset, limit = self._left.pop("offset", None), self._left.pop("limit", None)
        return part_of(offset, limit)

    def inputs(self, names: Iterable[str]) -> dict[str, object]:
        """Return what was given of these names, as texts.

        Raises:
            InputError: One holds a NUL character.
        """
        accepted = list(names)
        self._known += accepted
        return {name: _text(self._left.pop(name), name) for name in accepted if name in self._left}

    def finish(self, *, elsewhere: Iterable[str] = ()) -> None:
        """Refuse what nobody has taken.

        Args:
            elsewhere: Names that would be right in the body.

        Raises:
            InputError: There is such a parameter; it names the nearest that exists.
        """
        problems = [
            FieldProblem(f"/{name}", "unknown_parameter", self._unknown(name, set(elsewhere))) for name in self._left
        ]
        if problems:
            raise InputError(problems[0].message, fields=problems, hint="What it takes: GET /openapi.json")

    def _unknown(self, name: str, elsewhere: set[str]) -> str:
        if name in elsewhere:
            return f"{name} goes into the JSON body here, not into the query."
        near = get_close_matches(name.casefold(), self._known, n=1, cutoff=0.55)
        if near:
            return f"There is no parameter {name} here. Did you mean {near[0]}?"
        return f"There is no parameter {name} here. There are: {', '.join(self._known) or 'none'}."


def check_headers(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse headers that look like ours and would be passed over: without its organization a call is the reseller's.

    Raises:
        InputError: One is misspelt, or one of ours is given twice.
    """
    seen: set[str] = set()
    for raw, _ in headers:
        name = raw.decode("latin-1").lower()
        letters = re.sub("[^a-z]", "", name)
        if name not in OURS and (letters.startswith("ximcloud") or letters.removeprefix("x") in _LETTERS):
            near = next(iter(get_close_matches(name.replace("_", "-"), OURS, n=1, cutoff=0.4)), "")
            text = f"There is no header {name[:60]} here." + (f" Did you mean {near}?" if near else "")
            raise InputError(f"{text} Nothing was done.", hint="What it takes: GET /openapi.json")
        if name in seen and name in OURS:
            raise InputError(f"The header {name} is given twice. Nothing was done.", hint="Give it once.")
        seen.add(name)


def part_of(offset: object, limit: object) -> Part:
    """Return the part of a list that two values ask for, texts or numbers.

    Raises:
        InputError: Either is no whole number in its range.
    """
    first = _whole(offset, "offset", 0, 2**53)
    most = _whole(limit, "limit", 1, MOST_ROWS)
    return Part(0 if first is None else first, most)


def clean(value: str, name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name or an id that can be looked up anywhere.

    Raises:
        InputError: It is empty, longer than 255 characters (or ``longest``), or holds control characters.
    """
    if not value or len(value) > longest or not value.isprintable():
        raise wrong(name, "not_a_name", f"{name} must be 1 to {longest} printable characters.")
    return value


def wrong(name: str, code: str, message: str) -> InputError:
    """Return the error for one wrong parameter."""
    return InputError(message, fields=[FieldProblem(f"/{name}", code, message)], hint="See: GET /openapi.json")


def _whole(value: object, name: str, least: int, most: int) -> int | None:
    if value is None:
        return None
    number = coerced(value, {"type": "integer"}, {})
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise wrong(name, "range", f"{name} must be a whole number from {least} to {most}.")
    return number


def _parsed(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )  # fmt: skip
    except UnicodeError:
        raise InputError("The query string is not UTF-8.", hint="Encode it as UTF-8, in percent signs.") from None
    except ValueError:
        raise InputError("The query string has too many parameters.", hint="Send a JSON body with POST.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise wrong(name, "given_twice", f"{name} is given twice.")
        found[name] = value
    return found


def _text(value: str, name: str) -> str:
    if "\0" in value:
        raise wrong(name, "not_text", f"{name} holds a NUL character, which no text has.")
    return value
