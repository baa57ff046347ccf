"""A report as a file."""

from collections.abc import Mapping
from typing import Any

from ingram_micro_cloud.handlers.desk import Desk, IntentResult
from ingram_micro_cloud.handlers.orders import FOLLOWED
from ingram_micro_cloud.ordering.reports import ReportWish, body_of
from ingram_micro_cloud.ordering.reports import download_report as download

SCHEDULE = "schedule_one_time_report"


async def download_report(desk: Desk, inputs: Mapping[str, Any]) -> IntentResult:
    """Find a report or have it made, stay with it, and write its file."""
    wish = ReportWish(
        name=inputs["name"], start=inputs["startDate"], target=desk.place(inputs["path"]), end=inputs.get("endDate"),
        format=inputs.get("format", "csv"), customization=inputs.get("customizationName"),
    )  # fmt: skip
    if desk.rehearsing:
        return IntentResult(None, body_of(wish, desk.now), path="/reports")
    outcome = await download(
        wish, desk.caller, schedule=desk.sender(SCHEDULE), fetch=desk.fetch, sleep=desk.sleep, now=desk.now,
        seconds=float(inputs.get("seconds", FOLLOWED)), on_progress=desk.on_progress,
        bounds=desk.bounds,
    )  # fmt: skip
    told = outcome.as_json()
    # What was asked for: where that lies is the business of whoever runs this.
    return IntentResult({**told, "path": told["path"] and inputs["path"]})
