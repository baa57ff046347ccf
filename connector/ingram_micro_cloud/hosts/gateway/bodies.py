"""Request bodies: at most 1 MB, in time, one JSON object that every later reader can take."""

import json
from collections.abc import Mapping
from typing import Final, NoReturn

from starlette.types import Receive

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.hosts.gateway.in_flight import InFlight
from ingram_micro_cloud.hosts.gateway.refusals import (
    MOST_BYTES,
    broken_off,
    invalid_json,
    stopping,
    too_large,
    too_slow,
    wrong_content_type,
)
from ingram_micro_cloud.runtime.plain_json import plain_problems
from ingram_micro_cloud.runtime.schemas import pointer

BODY_SECONDS: Final = 30.0
"""For the whole body to arrive."""


def has_body(headers: Mapping[str, str]) -> bool:
    """Return whether a request announces a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() not in ("", "0")


async def read_object(
    headers: Mapping[str, str], receive: Receive, in_flight: InFlight, *, seconds: float = BODY_SECONDS
) -> dict[str, object]:
    """Return the JSON object a request carries; an empty one when it has no body.

    Args:
        headers: By name in lower case.
        receive: Gives the body as it arrives.
        in_flight: Ends the wait when the server stops.
        seconds: For all of it.

    Raises:
        HttpRefusalError: 413, 415, 408, or 400 for what is no JSON object.
        InputError: It is one, and holds something that cannot be sent on.
    """
    if not has_body(headers):
        return {}
    declared = headers.get("content-length", "0").strip()
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise too_large()
    _check_type(headers)
    return read_json(await _arrived(receive, in_flight, seconds))


def read_json(raw: bytes) -> dict[str, object]:
    """Return the object that the bytes say.

    Raises:
        HttpRefusalError: 400 invalid_json.
        InputError: It holds half a character, a NUL character, a number JSON does not have, or is nested too deeply.
    """
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise invalid_json("is not UTF-8") from None
    except RecursionError:
        raise invalid_json("is nested too deeply to be read") from None
    except _TwiceError:
        raise invalid_json("gives one name twice in the same object") from None
    except ValueError:
        raise invalid_json("is not JSON") from None
    if not isinstance(value, dict):
        raise invalid_json("is not a JSON object")
    problems = plain_problems(value) or _nul_problems(value)
    if problems:
        raise InputError(problems[0].message, fields=problems, hint="Send plain JSON values.")
    return value


async def _arrived(receive: Receive, in_flight: InFlight, seconds: float) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    with in_flight.arriving(seconds) as scope:
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise broken_off()
            piece: bytes = message.get("body", b"")
            size += len(piece)
            if size > MOST_BYTES:
                raise too_large()
            pieces.append(piece)
            more = message.get("more_body", False)
    if scope.cancelled_caught:
        raise stopping() if in_flight.stopping else too_slow(seconds)
    return b"".join(pieces)


def _check_type(headers: Mapping[str, str]) -> None:
    kind, _, rest = headers.get("content-type", "").partition(";")
    parameters = dict(each.strip().casefold().partition("=")[::2] for each in rest.split(";") if each.strip())
    charset = parameters.get("charset", "utf-8").strip('"')
    encoding = headers.get("content-encoding", "identity").strip().casefold()
    if kind.strip().casefold() != "application/json" or charset not in ("utf-8", "utf8") or encoding != "identity":
        raise wrong_content_type()


class _TwiceError(ValueError):
    """One name twice: readers of JSON differ in which one counts, so neither does."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _nul_problems(value: object, steps: tuple[str, ...] = ()) -> list[FieldProblem]:
    """Return the texts that hold a NUL character; nesting is bounded by then."""
    if isinstance(value, dict):
        named = [each for name in value for each in _nul_problems(name, steps)] if steps or value else []
        return named + [each for name, member in value.items() for each in _nul_problems(member, (*steps, name))]
    if isinstance(value, list):
        return [each for place, member in enumerate(value) for each in _nul_problems(member, (*steps, str(place)))]
    if isinstance(value, str) and "\0" in value:
        place = pointer([step.replace("\0", "") for step in steps])
        return [FieldProblem(place, "not_text", "A NUL character is in it, which no text has.")]
    return []
