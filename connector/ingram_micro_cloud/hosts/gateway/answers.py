"""Answers as HTTP: JSON that every reader can read, whatever a vendor sent."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response

from ingram_micro_cloud.hosts.surface.endpoints import BYTES

if TYPE_CHECKING:
    from ingram_micro_cloud.runtime.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers: a JSON value, its status and further headers; or a file as it is."""

    value: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted; everything without a limit."""

    offset: int = 0
    limit: int | None = None

    def of(self, rows: list[object]) -> list[object]:
        """Return this part."""
        return rows[self.offset :] if self.limit is None else rows[self.offset : self.offset + self.limit]


def response(answer: Answer) -> Response:
    """Return the HTTP response; a number JSON does not have becomes null rather than an error."""
    if answer.file is not None:
        # Never shown by a browser, whatever stands in it.
        return FileResponse(answer.file, filename=answer.file.name, media_type=BYTES)
    # ASCII with escapes: half a character of the vendor's can be said in them, and in no encoding.
    try:
        text = json.dumps(answer.value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(answer.value), separators=(",", ":"), allow_nan=False)
    return Response(text.encode(), answer.status, dict(answer.headers), media_type="application/json")


def list_answer(outcome: "Outcome", part: Part | None) -> dict[str, object]:
    """Return a list's answer; ``part`` where the gateway itself cuts it."""
    rows = outcome.result if isinstance(outcome.result, list) else []
    total, complete = outcome.total, outcome.complete
    if part is not None and not outcome.dry_run:
        whole, rows = len(rows), part.of(rows)
        total, complete = whole, complete and len(rows) == whole
    return {"items": rows, "total": total, "complete": complete, **_costs(outcome)}


def item_answer(outcome: "Outcome") -> dict[str, object]:
    """Return the answer of everything that is no list."""
    return {"item": outcome.result, **_costs(outcome)}


def _costs(outcome: "Outcome") -> dict[str, object]:
    costs: dict[str, object] = {
        "calls": outcome.calls,
        "request_ids": list(outcome.request_ids),
        "warnings": [asdict(warning) for warning in outcome.warnings],
    }
    if outcome.dry_run:
        costs |= {"dry_run": True, "request": None if outcome.request is None else dict(outcome.request)}
    return costs


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _finite(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(member) for member in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
