"""Faults on order: queued per operation, taken one by one as calls arrive."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ingram_micro_cloud.sandbox.calls import Call, Refusal
from ingram_micro_cloud.sandbox.routes import OPERATION_IDS

BEFORE: Final = ("refuse", "reset_before", "status", "html")
"""The state stays as it was."""
AFTER: Final = ("reset_after", "empty", "broken_json")
"""The state has changed by then."""
NEUTRAL: Final = ("delay", "wrong_total", "shifted_page")
NAMES: Final = (*BEFORE, *AFTER, *NEUTRAL)
MOST: Final = 1_000_000
"""Of times and seconds."""
SIGN_IN: Final = "generateAuthToken"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that waits for its calls.

    Attributes:
        operation: An operationId, or ``*`` for any, signing in included.
        name: What happens; see BEFORE, AFTER and NEUTRAL.
        times: Calls it is still good for.
        seconds: Of a delay.
        status: Of ``status`` (503) and ``html`` (200).
        headers: Added to the answer of ``status``, ``html`` and ``refuse``.
    """

    operation: str
    name: str
    times: int = 1
    seconds: float = 1.0
    status: int | None = None
    headers: Mapping[str, str] | None = None

    def meets(self, operation: str, call: Call) -> bool:
        """Return whether it happens to this call. A shifted page needs a page before it."""
        if self.name == "shifted_page" and (call.first("offset") or "0") == "0":
            return False
        return self.operation in ("*", operation)


class FaultQueue:
    """Takes faults in the order they were given; a delay comes together with the next of another name."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, wanted: Mapping[str, object]) -> Fault:
        """Queue a fault described in JSON, or refuse it with a sentence."""
        operation, name = wanted.get("operation", "*"), wanted.get("fault")
        if operation != "*" and operation not in OPERATION_IDS:
            raise Refusal(400, f"operation must be * or one of: {', '.join(sorted(OPERATION_IDS))}.")
        if name not in NAMES:
            raise Refusal(400, f"fault must be one of: {', '.join(NAMES)}.")
        if strangers := set(wanted) - {"operation", "fault", "times", "seconds", "status", "headers"}:
            raise Refusal(400, f"A fault has no {min(strangers)!r}.")
        headers = wanted.get("headers")
        if headers is not None and not isinstance(headers, Mapping):
            raise Refusal(400, "headers must be an object.")
        fault = Fault(
            operation=str(operation),
            name=str(name),
            times=int(_number(wanted, "times", 1, least=1)),
            seconds=_number(wanted, "seconds", 1, least=0),
            status=_status(wanted),
            headers=_headers(headers) if headers else None,
        )
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Forget every fault."""
        self._waiting.clear()

    def take(self, operation: str, call: Call) -> tuple[float, Fault | None]:
        """Return the delay in seconds and the other fault that happen to this call."""
        delay, other = 0.0, None
        for position, fault in enumerate(list(self._waiting)):
            if not fault.meets(operation, call):
                continue
            if fault.name == "delay" and not delay:
                delay = fault.seconds
            elif fault.name != "delay" and other is None:
                other = fault
            else:
                continue
            self._waiting[position] = replace(fault, times=fault.times - 1)
        self._waiting = [fault for fault in self._waiting if fault.times > 0]
        return delay, other


def _number(wanted: Mapping[str, object], name: str, default: float, *, least: float) -> float:
    value = wanted.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= MOST:
        raise Refusal(400, f"{name} must be a number of {least:g} or more, and at most {MOST:g}.")
    return value


def _status(wanted: Mapping[str, object]) -> int | None:
    value = wanted.get("status")
    if value is None:
        return None
    # Statuses below 200 are no answers, and no server can send one as such.
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise Refusal(400, "status must be a whole number from 200 to 599.")
    return value


def _headers(given: Mapping[str, object]) -> dict[str, str]:
    made = {str(key): str(value) for key, value in given.items()}
    for name, value in made.items():
        plain = all(" " <= each <= "\xff" and each != "\x7f" for each in value)
        if not plain or not re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name):
            raise Refusal(400, "headers must hold names and values that HTTP can carry (Latin letters).")
    return made
