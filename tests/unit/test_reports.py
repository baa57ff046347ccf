"""A report is found or scheduled, followed, and fetched over a real socket; asking again goes on where it stood."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ingram_micro_cloud.api.download import Downloaded, download
from ingram_micro_cloud.errors import DeadlineError, InputError
from ingram_micro_cloud.ordering.reports import ReportOutcome, ReportWish, download_report
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.clock import FakeClock
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def running() -> Iterator[RunningMarketplace]:
    with RunningMarketplace(Marketplace(seed=7, customers=5, unlimited=True)) as running:
        yield running


class Desk:
    """Asks one marketplace for reports; files come over a real socket."""

    def __init__(self, running: RunningMarketplace) -> None:
        self.running, self.clock, self.scheduled = running, FakeClock(), 0
        self.caller = ReadingCaller(running.marketplace, self.clock)
        self.urls: list[str] = []

    async def sleep(self, seconds: float) -> None:
        """Time passes at the marketplace as well."""
        await self.clock.sleep(seconds)
        self.running.marketplace.control.advance(seconds)

    async def schedule(self, body: Mapping[str, object]) -> object:
        self.scheduled += 1
        return await self.caller.write("POST", "/reports", body)

    async def fetch(self, url: str, target: Path) -> Downloaded:
        self.urls.append(url)
        return await download(url, target, allow_loopback=True)

    async def ask(self, wish: ReportWish, seconds: float = 600) -> ReportOutcome:
        return await download_report(
            wish,
            self.caller,
            schedule=self.schedule,
            fetch=self.fetch,
            sleep=self.sleep,
            now=self.clock.now,
            seconds=seconds,
        )


def wish(tmp_path: Path, name: str) -> ReportWish:
    return ReportWish(name, "2026-10-01", tmp_path / "report.csv", end="2026-10-31")


async def test_a_report_is_scheduled_followed_and_written(
    tmp_path: Path, running: RunningMarketplace, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(running)
    with caplog.at_level(logging.DEBUG):
        outcome = await desk.ask(wish(tmp_path, "Charges"))
    assert (outcome.state, outcome.scheduled, desk.scheduled) == ("downloaded", True, 1)
    assert [each.state for each in outcome.history] == ["submitted", "processing", "completed"]
    assert (tmp_path / "report.csv").read_text().startswith("subscription,customer,name,amount,currency\n")
    signature = desk.urls[0].partition("sig=")[2]
    assert signature
    assert signature not in caplog.text + str(outcome.as_json()) + repr(outcome.message)
    assert outcome.file is not None
    assert outcome.file.size == (tmp_path / "report.csv").stat().st_size


async def test_asking_again_takes_up_what_is_under_way(tmp_path: Path, running: RunningMarketplace) -> None:
    desk = Desk(running)
    first = await desk.ask(wish(tmp_path, "Usage"), seconds=20)
    assert (first.state, first.file) == ("running", None)
    assert "Ask for the same again" in first.message
    again = await desk.ask(wish(tmp_path, "usage"))
    assert (again.state, again.report_id, again.scheduled, desk.scheduled) == ("downloaded", first.report_id, False, 1)
    third = await desk.ask(wish(tmp_path, "Usage"))
    assert (third.report_id, desk.scheduled) == (first.report_id, 1)


@pytest.mark.parametrize(
    "other",
    [{"start": "2026-10-02"}, {"end": "2026-10-30"}, {"format": "json"}, {"customization": "short"}],
    ids=lambda each: next(iter(each)),
)
async def test_another_period_format_or_variant_is_another_report(
    tmp_path: Path, running: RunningMarketplace, other: dict[str, str]
) -> None:
    desk = Desk(running)
    name = f"Variants {next(iter(other))}"
    first = await desk.ask(wish(tmp_path, name))
    second = await desk.ask(ReportWish(**{**_members(wish(tmp_path, name)), **other}))
    assert first.report_id != second.report_id
    assert desk.scheduled == 2


def _members(wish: ReportWish) -> dict[str, Any]:
    return {name: getattr(wish, name) for name in ("name", "start", "target", "end", "format", "customization")}


async def test_a_signature_that_ran_out_is_renewed_once(tmp_path: Path, running: RunningMarketplace) -> None:
    desk = Desk(running)
    real = desk.fetch

    async def fetch(url: str, target: Path) -> Downloaded:
        return await real(url if desk.urls else f"{url}0", target)

    desk.fetch = fetch  # type: ignore[method-assign]  # the first address is spoilt
    assert (await desk.ask(wish(tmp_path, "Renewed"))).state == "downloaded"
    assert len(desk.urls) == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"start": "October"}, "/startDate"),
        ({"end": "soon"}, "/endDate"),
        ({"end": "2026-09-01"}, "/endDate"),
        ({"format": "pdf"}, "/format"),
    ],
)
async def test_a_report_that_cannot_be_meant_is_refused_unsent(
    tmp_path: Path, running: RunningMarketplace, changes: dict[str, str], pointer: str
) -> None:
    desk = Desk(running)
    with pytest.raises(InputError) as refused:
        await desk.ask(ReportWish(**{**_members(wish(tmp_path, "Charges")), **changes}))
    assert [each.pointer for each in refused.value.fields] == [pointer]
    assert not desk.caller.calls


async def test_a_file_that_does_not_come_in_time_is_asked_for_again(
    tmp_path: Path, running: RunningMarketplace
) -> None:
    desk = Desk(running)
    real = desk.fetch

    async def late(url: str, target: Path) -> Downloaded:
        raise DeadlineError("late")

    desk.fetch = late  # type: ignore[method-assign]  # as with no time left
    first = await desk.ask(wish(tmp_path, "Late"))
    assert (first.state, first.file, first.scheduled) == ("running", None, True)
    assert "Ask for the same again" in first.message
    desk.fetch = real  # type: ignore[method-assign]
    again = await desk.ask(wish(tmp_path, "Late"))
    assert (again.state, again.report_id, desk.scheduled) == ("downloaded", first.report_id, 1)
