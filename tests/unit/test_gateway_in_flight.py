"""How much is worked on at once, what a lost client ends, and what a stopping server waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from ingram_micro_cloud.errors import RejectedError
from ingram_micro_cloud.hosts.gateway.in_flight import InFlight
from ingram_micro_cloud.hosts.gateway.refusals import HttpRefusalError
from support.gateway import error_of, gateway_place
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio


class Work:
    """Something that goes on until it is let go, and knows how it ended."""

    def __init__(self) -> None:
        self.begun, self.let_go = asyncio.Event(), asyncio.Event()
        self.ended = ""

    async def __call__(self) -> str:
        self.begun.set()
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.ended = "cut"
            raise
        self.ended = "done"
        return "done"


async def staying() -> None:
    await asyncio.Event().wait()


def leaving(event: asyncio.Event) -> Callable[[], Any]:
    async def gone() -> None:
        await event.wait()

    return gone


async def test_what_was_done_comes_back_and_leaves_nothing_behind() -> None:
    in_flight = InFlight()

    async def seven() -> int:
        return 7

    async def refused() -> int:
        raise RejectedError("no")

    for reads in (True, False):
        assert await in_flight.run(seven, reads=reads, gone=staying) == 7
        with pytest.raises(RejectedError):
            await in_flight.run(refused, reads=reads, gone=staying)
    assert in_flight.count == 0


async def test_beyond_the_limit_a_request_is_refused_and_afterwards_not() -> None:
    in_flight, works = InFlight(2), [Work(), Work()]
    async with anyio.create_task_group() as group:
        for reads, work in zip((True, False), works, strict=True):
            group.start_soon(_ending, in_flight, work, reads)
            await work.begun.wait()
        with pytest.raises(HttpRefusalError) as refusal:
            await in_flight.run(Work(), reads=True, gone=staying)
        assert (refusal.value.status, refusal.value.code) == (503, "too_busy")
        for work in works:
            work.let_go.set()
    work = Work()
    work.let_go.set()
    assert await in_flight.run(work, reads=True, gone=staying) == "done"


@pytest.mark.parametrize(("most", "share"), [(1, 1), (2, 1), (3, 1), (8, 4)])
async def test_one_key_has_half_of_the_places_and_others_the_rest(most: int, share: int) -> None:
    in_flight, works = InFlight(most), [Work() for _ in range(share + 1)]
    async with anyio.create_task_group() as group:
        for work in works[:share]:
            group.start_soon(_ending, in_flight, work, False, "ann")
            await work.begun.wait()
        with pytest.raises(HttpRefusalError) as refusal:
            await in_flight.run(Work(), reads=False, who="ann", gone=staying)
        assert (refusal.value.status, refusal.value.code, refusal.value.retry) == (503, "too_busy", "yes")
        if most > 1:
            group.start_soon(_ending, in_flight, works[-1], False, "ben")
            await works[-1].begun.wait()
        for work in works:
            work.let_go.set()
    work = Work()
    work.let_go.set()
    assert await in_flight.run(work, reads=False, who="ann", gone=staying) == "done"


@pytest.mark.parametrize(("most", "reads"), [(2, 1), (4, 3), (8, 6)])
async def test_reads_leave_places_for_what_does_more(most: int, reads: int) -> None:
    in_flight, works = InFlight(most), [Work() for _ in range(most)]
    async with anyio.create_task_group() as group:
        for number, work in enumerate(works[:reads]):
            group.start_soon(_ending, in_flight, work, True, f"key {number}")
            await work.begun.wait()
        with pytest.raises(HttpRefusalError, match="Too many"):
            await in_flight.run(Work(), reads=True, who="another", gone=staying)
        for number, work in enumerate(works[reads:]):
            group.start_soon(_ending, in_flight, work, False, f"writer {number}")
            await work.begun.wait()
        assert in_flight.count == most
        for work in works:
            work.let_go.set()


async def test_stopping_is_told_once() -> None:
    told: list[str] = []
    in_flight = InFlight(on_stop=lambda: told.append("stop"))
    in_flight.stop()
    in_flight.stop()
    assert told == ["stop"]


@pytest.mark.parametrize(("reads", "ended"), [(True, "cut"), (False, "done")])
async def test_a_client_that_goes_ends_a_read_and_nothing_else(reads: bool, ended: str) -> None:
    in_flight, work, left = InFlight(), Work(), asyncio.Event()
    task = asyncio.create_task(in_flight.run(work, reads=reads, gone=leaving(left)))
    await work.begun.wait()
    left.set()
    if not reads:
        await anyio.wait_all_tasks_blocked()
        assert work.ended == ""
        work.let_go.set()
    await asyncio.wait({task})
    assert work.ended == ended
    if reads:
        assert isinstance(task.exception(), HttpRefusalError)
    assert in_flight.count == 0


@pytest.mark.parametrize(("reads", "ended"), [(True, "cut"), (False, "done")])
async def test_a_request_that_is_cancelled_ends_a_read_and_nothing_else(reads: bool, ended: str) -> None:
    in_flight, work = InFlight(), Work()
    task = asyncio.create_task(in_flight.run(work, reads=reads, gone=staying))
    await work.begun.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    work.let_go.set()
    await in_flight.ended(0)
    assert work.ended == ended


async def test_stopping_refuses_what_is_new_gives_reads_their_time_and_waits_for_the_rest() -> None:
    in_flight, patient, quick, write = InFlight(), Work(), Work(), Work()
    tasks = [
        asyncio.create_task(in_flight.run(work, reads=work is not write, gone=staying))
        for work in (patient, quick, write)
    ]
    for work in (patient, quick, write):
        await work.begun.wait()
    in_flight.stop()
    with pytest.raises(HttpRefusalError, match="being stopped"):
        await in_flight.run(Work(), reads=True, gone=staying)
    quick.let_go.set()
    await asyncio.wait({tasks[1]})
    ending = asyncio.create_task(in_flight.ended(0.0))
    await asyncio.wait({tasks[0]})
    assert (patient.ended, quick.ended, write.ended) == ("cut", "done", "")
    assert isinstance(tasks[0].exception(), HttpRefusalError)
    assert not ending.done()
    in_flight.cut_reads()
    await anyio.wait_all_tasks_blocked()
    assert write.ended == ""
    write.let_go.set()
    await ending
    assert write.ended == "done"
    assert await tasks[2] == "done"


async def test_a_body_that_is_still_arriving_is_not_waited_for() -> None:
    in_flight, arrived = InFlight(), []

    async def body() -> None:
        with in_flight.arriving(60):
            await anyio.sleep_forever()
        arrived.append(in_flight.stopping)

    async with anyio.create_task_group() as group:
        group.start_soon(body)
        await anyio.wait_all_tasks_blocked()
        in_flight.stop()
    assert arrived == [True]


async def test_health_is_answered_however_busy_the_gateway_is(workplace: Workplace) -> None:
    work = Work()
    async with gateway_place(workplace, in_flight=InFlight(1)) as place:
        busy = asyncio.create_task(place.gateway.in_flight.run(work, reads=True, gone=staying))
        await work.begun.wait()
        refused = await place.ask("everything", "GET", "/actions")
        assert (refused.status_code, error_of(refused)["code"], refused.headers["retry-after"]) == (
            503,
            "too_busy",
            "1",
        )
        assert (await place.ask(None, "GET", "/health")).json() == {"status": "ok"}
        assert (await place.ask(None, "GET", "/ready")).json()["ready"] is True
        work.let_go.set()
        await busy
        assert (await place.ask("everything", "GET", "/actions")).status_code == 200


async def test_a_stopping_gateway_is_alive_and_not_ready(workplace: Workplace) -> None:
    async with gateway_place(workplace) as place:
        place.gateway.in_flight.stop()
        assert (await place.ask(None, "GET", "/health")).status_code == 200
        ready = await place.ask(None, "GET", "/ready")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert [each["name"] for each in ready.json()["checks"] if not each["passed"]] == ["serving"]
        refused = await place.ask("everything", "GET", "/actions")
        assert (refused.status_code, error_of(refused)["code"]) == (503, "stopping")


async def test_readiness_never_asks_the_vendor_and_tells_when_the_state_is_gone(workplace: Workplace) -> None:
    async with gateway_place(workplace) as place:
        assert (await place.ask(None, "GET", "/ready")).status_code == 200
        workplace.state.configurations._database.engine.dispose()
        workplace.state.configurations._database.engine = _Broken()  # type: ignore[assignment]
        told = await place.ask(None, "GET", "/ready")
    assert place.calls == 0
    assert (told.status_code, told.json()["ready"]) == (503, False)
    assert [each["name"] for each in told.json()["checks"] if not each["passed"]] == ["state"]


class _Broken:
    def begin(self) -> None:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("x", {}, Exception("canary"))

    def dispose(self) -> None:
        pass


async def _ending(in_flight: InFlight, work: Callable[[], Awaitable[str]], reads: bool, who: str | None = None) -> None:
    assert await in_flight.run(work, reads=reads, who=who, gone=staying) == "done"
