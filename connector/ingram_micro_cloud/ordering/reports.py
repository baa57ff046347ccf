"""Gets a report as a file: one that is there, one that is under way, or one that is scheduled now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from ingram_micro_cloud.api.download import Downloaded, Fetch
from ingram_micro_cloud.errors import AccessDeniedError, DeadlineError, FieldProblem, InputError, UnreadableAnswerError
from ingram_micro_cloud.ordering.figures import members, moment, rows_of, text
from ingram_micro_cloud.ordering.follow import (
    UNBOUNDED,
    Bounds,
    Followed,
    OnProgress,
    SeenState,
    Sleep,
    follow_states,
)
from ingram_micro_cloud.ordering.ports import Caller, Send

Json = Mapping[str, object]
FORMATS: Final = ("csv", "xml", "xlsx", "json")
UNDER_WAY: Final = ("processing", "submitted")


@dataclass(frozen=True, slots=True)
class ReportWish:
    """Which report, of which period.

    Attributes:
        name: As it is configured in the vendor's platform; capitals do not matter.
        start: The first moment of the period: a date, or a date and time.
        end: The last one; left out, the beginning of today (UTC), so that asking again on the same day means the same.
        customization: A variant of the report, where there are several.
    """

    name: str
    start: str
    target: Path
    end: str | None = None
    format: str = "csv"
    customization: str | None = None


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """Where a report stands.

    Attributes:
        state: downloaded with the file; running when the time was up, to be asked for again; error at the vendor.
        scheduled: It was asked of the vendor in this run.
    """

    state: Literal["downloaded", "running", "error"]
    report_id: str
    message: str
    history: tuple[SeenState, ...]
    file: Downloaded | None = None
    scheduled: bool = False

    def as_json(self) -> dict[str, object]:
        """Return what the action answers with; the signed address is no part of it."""
        return {
            "state": self.state,
            "report_id": self.report_id,
            "message": self.message,
            "scheduled": self.scheduled,
            "path": None if self.file is None else str(self.file.path),
            "size": None if self.file is None else self.file.size,
            "history": [{"state": each.state, "at": each.at} for each in self.history],
        }


async def download_report(
    wish: ReportWish,
    caller: Caller,
    *,
    schedule: Send,
    fetch: Fetch,
    sleep: Sleep,
    now: Callable[[], float],
    seconds: float = 300.0,
    on_progress: OnProgress | None = None,
    bounds: Bounds = UNBOUNDED,
) -> ReportOutcome:
    """Return the report as a file, or where it stands when the time is up.

    A run that was interrupted is taken up by asking for the same again: a report of that name and period that is
    there or under way is used, and nothing is scheduled twice.

    Args:
        wish: Which report, and the file to write.
        caller: Reads; its answers must hold the signed address unmasked.
        schedule: Sends the body of a new report once.
        fetch: Fetches a signed address into a file.
        sleep: Waits so many seconds.
        now: The present moment, seconds since 1970.
        seconds: How long to wait for the vendor to make it.
        on_progress: Told of every state when it is first seen.
        bounds: What ends the waiting sooner.

    Raises:
        InputError: Name, period or format cannot be meant.
        OutcomeUnknownError: It may or may not have been scheduled; asking again finds it if it was.
        MarketplaceError: It could not be read or fetched.
    """
    start, end = _period(wish, now)
    found = await _existing(wish, start, end, caller)
    scheduled = not found
    if scheduled:
        found = members(await schedule(_body(wish, start, end)))
    key = text(found.get("id"))
    if not key:
        raise UnreadableAnswerError(
            "The vendor answered without the new report's id.", hint="Ask again: it is found by its name and period."
        )
    followed = await follow_states(
        key, "get_report", "reportId", caller, sleep=sleep, now=now, seconds=seconds, on_progress=on_progress,
        bounds=replace(bounds, sent=scheduled),
    )  # fmt: skip
    if followed.state == "running":
        told = f"The report {wish.name} is still being made ({key}). Ask for the same again to go on."
        return ReportOutcome("running", key, told, followed.history, scheduled=scheduled)
    if followed.state != "completed":
        told = f"The vendor could not make the report {wish.name} ({key}); its panel may say why."
        return ReportOutcome("error", key, told, followed.history, scheduled=scheduled)
    try:
        file = await _fetched(followed, wish.target, caller, fetch)
    except DeadlineError:
        told = f"The report {wish.name} is made ({key}), and its file did not come in the time allowed. "
        told += "Ask for the same again to go on."
        return ReportOutcome("running", key, told, followed.history, scheduled=scheduled)
    told = f"The report {wish.name} is in {file.path.name} ({file.size:,} bytes)."
    return ReportOutcome("downloaded", key, told, followed.history, file, scheduled=scheduled)


async def _existing(wish: ReportWish, start: datetime, end: datetime, caller: Caller) -> Json:
    """Return a report that is the wanted one: completed rather than under way, the newest of several."""
    inputs = {"name": wish.name, "from": start.date().isoformat(), "to": end.date().isoformat()}
    pages: list[Sequence[object]] = [page async for page in caller.rows("list_reports", inputs)]
    fitting = [row for page in pages for row in rows_of(list(page)) if _is_wanted(row, wish, start, end)]
    for state in ("completed", *UNDER_WAY):
        alike = [row for row in fitting if text(row.get("status")).casefold() == state]
        if alike:
            return max(alike, key=lambda row: text(row.get("creationDate")))
    return {}


async def _fetched(followed: Followed, target: Path, caller: Caller, fetch: Fetch) -> Downloaded:
    try:
        return await fetch(_address(followed.last), target)
    except AccessDeniedError:
        # The signature may have run out between reading and fetching; a fresh one is worth one more try.
        return await fetch(_address(members(await caller.one("get_report", {"reportId": followed.key}))), target)


def _address(report: Json) -> str:
    url = text(report.get("downloadUrl"))
    if not url:
        raise UnreadableAnswerError(
            "The report is completed, but the vendor gives no address for its file.", hint="Ask again in a few minutes."
        )
    return url


def _period(wish: ReportWish, now: Callable[[], float]) -> tuple[datetime, datetime]:
    start = moment(wish.start)
    today = datetime.fromtimestamp(now(), UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today if wish.end is None else moment(wish.end)
    problems: list[FieldProblem] = []
    if not wish.name.strip():
        problems.append(FieldProblem("/name", "required", "The report needs a name; list_reports shows earlier ones."))
    if start is None:
        problems.append(FieldProblem("/startDate", "type", f"{wish.start!r} is no date, and no date and time."))
    if end is None:
        problems.append(FieldProblem("/endDate", "type", f"{wish.end!r} is no date, and no date and time."))
    if wish.format.casefold() not in FORMATS:
        problems.append(FieldProblem("/format", "enum", f"{wish.format!r} is none of: {', '.join(FORMATS)}."))
    if start is not None and end is not None and end <= start:
        problems.append(FieldProblem("/endDate", "before_start", "The period ends before it begins."))
    if problems or start is None or end is None:
        raise InputError(f"Nothing was sent. {problems[0].message}", fields=problems, hint="Correct the fields named.")
    return start, end


def _is_wanted(row: Json, wish: ReportWish, start: datetime, end: datetime) -> bool:
    return (
        text(row.get("name")).casefold() == wish.name.casefold()
        and text(row.get("format")).casefold() == wish.format.casefold()
        and text(row.get("customizationName")) == (wish.customization or "")
        and _same_moment(row.get("startDate"), start)
        and _same_moment(row.get("endDate"), end)
    )


def _same_moment(shown: object, wanted: datetime) -> bool:
    found = moment(shown)
    return found is not None and found.replace(microsecond=0) == wanted.replace(microsecond=0)


def body_of(wish: ReportWish, now: Callable[[], float]) -> dict[str, object]:
    """Return what would be sent to have a report made.

    Raises:
        InputError: Name, period or format cannot be meant.
    """
    return _body(wish, *_period(wish, now))


def _body(wish: ReportWish, start: datetime, end: datetime) -> dict[str, object]:
    return {
        "name": wish.name,
        "startDate": _told(start),
        "endDate": _told(end),
        "format": wish.format.casefold(),
        **({"customizationName": wish.customization} if wish.customization else {}),
    }


def _told(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
