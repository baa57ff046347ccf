"""Extensions that are slow, or want to end more than themselves: nobody else waits, and nothing else ends."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import anyio
import anyio.lowlevel
import pytest

from ingram_micro_cloud import hookspecs
from ingram_micro_cloud.errors import ConfigurationInvalidError, DeadlineError, UsageError, VetoedError
from ingram_micro_cloud.hookspecs.calling import EndedError, guarded, one_line
from ingram_micro_cloud.runtime.extension_threads import MOST, NoAnswerError, in_own_thread
from support.extensions import Listener, Sources, Stores, Watcher, extended, written
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
ENDING: Final = (SystemExit("Canary-hunter-2"), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError())
SOON: Final = 5
"""Seconds in which everything here is over, unless it waits for an extension that hangs."""


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Extensions hang until it opens; it opens when the test is over."""
    made = threading.Event()
    yield made
    made.set()


def ending(problem: BaseException) -> Callable[[Any], Any]:
    def end(_: object) -> None:
        raise problem

    return end


def customer(workplace: Workplace) -> str:
    return next(str(row["id"]) for row in workplace.marketplace.control.state("customers") if row["status"] == "active")


# --- Waiting ---------------------------------------------------------------------------------------------------------


async def test_a_read_does_not_wait_for_writes_whose_extension_hangs(
    workplace: Workplace, gate: threading.Event
) -> None:
    loop, many = asyncio.get_running_loop(), anyio.Event()

    def hang(_: object) -> None:
        if len(hanging.shown) == 40:  # so many threads the database has
            loop.call_soon_threadsafe(many.set)
        gate.wait()

    hanging = Watcher(hang)
    rename = {"id": customer(workplace), "name": "New"}
    extended(workplace, hanging=hanging)
    async with workplace.connect(allow="edit") as connection, anyio.create_task_group() as tasks:
        for _ in range(45):
            tasks.start_soon(connection.run, "update_customer", rename)
        try:
            with anyio.fail_after(SOON):
                await many.wait()
                assert len((await connection.run("list_customers")).result) == 25  # type: ignore[arg-type]
        finally:
            gate.set()
    assert written(workplace) == 45


async def test_an_extension_that_does_not_answer_in_time_refuses_the_write_and_is_named(
    workplace: Workplace, gate: threading.Event
) -> None:
    quick, hanging = Watcher(), Watcher(lambda _: gate.wait() and None)
    rename = {"id": customer(workplace), "name": "New"}
    async with extended(workplace, hanging=hanging, quick=quick).connect(allow="edit") as connection:
        with anyio.fail_after(SOON), pytest.raises(VetoedError) as refused:
            await connection.run("update_customer", rename, deadline_seconds=0.1)
    assert refused.value.message.startswith(
        "Nothing was sent. The extension 'hanging' did not answer within 0.1 second"
    )
    assert len(quick.shown) == 1
    assert written(workplace) == 0


async def test_nobody_is_asked_when_the_time_is_up_already(workplace: Workplace) -> None:
    first = Watcher(lambda _: workplace.clock.advance(60))
    second = Watcher()
    rename = {"id": customer(workplace), "name": "New"}
    async with extended(workplace, second=second, first=first).connect(allow="edit") as connection:
        with pytest.raises(DeadlineError, match=r"Nothing was sent\."):
            await connection.run("update_customer", rename, deadline_seconds=30)
    assert (len(first.shown), len(second.shown), written(workplace)) == (1, 0, 0)


async def test_a_listener_that_hangs_is_a_warning(workplace: Workplace, gate: threading.Event) -> None:
    hanging, other = Listener(lambda _: gate.wait()), Listener()
    async with extended(workplace, other=other, hanging=hanging).connect() as connection:
        with anyio.fail_after(SOON):
            outcome = await connection.run("list_customers", deadline_seconds=0.5)
    (warning,) = outcome.warnings
    assert (warning.code, len(outcome.result)) == ("extension_failed", 25)  # type: ignore[arg-type]
    assert warning.message == "The extension 'hanging' was told of this run and did not answer within 1 second."
    assert len(other.told) == 1


async def test_what_nobody_waits_for_any_more_still_counts_until_it_ends(gate: threading.Event) -> None:
    loop, all_begun, begun = asyncio.get_running_loop(), anyio.Event(), threading.Barrier(MOST)

    def hang() -> None:
        if begun.wait(SOON) == 0:
            loop.call_soon_threadsafe(all_begun.set)
        gate.wait()

    async with anyio.create_task_group() as tasks:
        for _ in range(MOST):
            tasks.start_soon(in_own_thread, hang)
        with anyio.fail_after(SOON):
            await all_begun.wait()
        tasks.cancel_scope.cancel()
    with pytest.raises(NoAnswerError):
        await in_own_thread(lambda: "too many", seconds=0.05)
    gate.set()
    with anyio.fail_after(SOON):
        assert await in_own_thread(lambda: "free again") == "free again"


async def test_who_is_cancelled_stops_waiting(gate: threading.Event) -> None:
    with anyio.fail_after(SOON), anyio.move_on_after(0.01) as waiting:
        await in_own_thread(gate.wait)
    assert waiting.cancelled_caught


async def test_what_the_work_raises_comes_out_of_it() -> None:
    with pytest.raises(KeyError, match="seats"):
        await in_own_thread(lambda: dict[str, str]()["seats"])


async def test_an_extension_may_begin_a_loop_of_its_own() -> None:
    async def inner() -> str:
        await anyio.lowlevel.checkpoint()
        return "ran"

    assert await in_own_thread(lambda: anyio.run(inner)) == "ran"


# --- Secret stores ---------------------------------------------------------------------------------------------------


async def test_nobody_waits_while_a_connection_or_a_check_reads_a_slow_store(
    workplace: Workplace, gate: threading.Event
) -> None:
    def slow(_: str) -> str:
        assert gate.wait(SOON), "the loop goes on meanwhile, and opens it"
        return workplace.marketplace.credentials.password

    extended(workplace, vaults=Stores({"vault": slow}))
    values = workplace.values(password="secret:vault/x")
    common = {"state": workplace.state, "transport": workplace.transport, "timing": workplace.timing}

    async def open_gate() -> None:
        gate.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(open_gate)
        assert (await workplace.integration.check(values, **common)).passing  # type: ignore[arg-type]
    gate.clear()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(open_gate)
        opened = await workplace.integration.opened(workplace.integration.configuration(values), **common)  # type: ignore[arg-type]
    async with opened as connection:
        assert (await connection.run("list_customers")).total == 25


# --- Ending ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", ENDING, ids=lambda each: type(each).__name__)
async def test_an_extension_that_wants_to_end_the_process_only_refuses_the_write(
    workplace: Workplace, problem: BaseException
) -> None:
    rename = {"id": customer(workplace), "name": "New"}
    async with extended(workplace, ending=Watcher(ending(problem))).connect(allow="edit") as connection:
        with pytest.raises(VetoedError) as refused:
            await connection.run("update_customer", rename)
    assert f"'ending' failed while it looked at this write ({type(problem).__name__})" in refused.value.message
    assert written(workplace) == 0


@pytest.mark.parametrize("problem", ENDING, ids=lambda each: type(each).__name__)
async def test_an_outcome_is_kept_whatever_its_listener_wants_to_end(
    workplace: Workplace, problem: BaseException
) -> None:
    rename = {"id": customer(workplace), "name": "New"}
    async with extended(workplace, ending=Listener(ending(problem))).connect(allow="edit") as connection:
        outcome = await connection.run("update_customer", rename)
    assert [each.code for each in outcome.warnings] == ["extension_failed"]
    assert f"({type(problem).__name__})" in outcome.warnings[0].message
    assert written(workplace) == 1


@pytest.mark.parametrize("problem", ENDING, ids=lambda each: type(each).__name__)
async def test_a_store_that_wants_to_end_the_process_marks_its_field(
    workplace: Workplace, problem: BaseException
) -> None:
    extended(workplace, vaults=Stores({"vault": ending(problem)}))
    configuration = workplace.configuration(password="secret:vault/x")
    with pytest.raises(ConfigurationInvalidError) as refused:
        await workplace.integration.opened(configuration, state=workplace.state)
    assert f"the extension 'vaults' failed to read it ({type(problem).__name__})" in refused.value.fields[0].message
    assert "hunter" not in str(refused.value.as_json())


def test_a_source_that_wants_to_end_the_process_is_named() -> None:
    known = hookspecs.extensions_of({"theirs": Sources({"psa": lambda: ending(SystemExit(3))(None)})})
    with pytest.raises(UsageError, match=r"The extension 'theirs' failed to give its organizations \(SystemExit\)"):
        known.organization_source("psa")()


def test_the_person_at_the_keyboard_ends_what_runs_in_the_main_thread() -> None:
    with pytest.raises(KeyboardInterrupt):
        guarded(lambda: ending(KeyboardInterrupt())(None))
    with pytest.raises(EndedError):
        guarded(lambda: ending(SystemExit())(None))


# --- What they say ---------------------------------------------------------------------------------------------------


class Odd(str):
    """A text that does something when it is looked at."""

    def __str__(self) -> str:
        raise SystemExit(3)

    def strip(self, _: object = None) -> str:
        raise SystemExit(3)


SAID: Final = {
    "short": ("no", "no"),
    "lines and a bell": ("\n no\r\n\x1b[31mred\x07 \u202etxt\u2028end\n", "no [31mred txt end"),
    "half a character": ("a\ud800b", "a b"),
    "endless": ("x" * 10_000, "x" * 499 + "…"),
    "as long as it may be": ("x" * 500, "x" * 500),
    "a text of a class of its own": (Odd("no"), "no"),
    "nothing to see": ("\n\x00 \u200b", ""),
}


@pytest.mark.parametrize("name", SAID)
def test_what_an_extension_says_is_one_bounded_line(name: str) -> None:
    given, shown = SAID[name]
    assert one_line(given) == shown
    if shown:
        known = hookspecs.extensions_of({"odd": Watcher(lambda _: given)})
        with pytest.raises(VetoedError) as refused:
            known.consent("odd", {})
        assert refused.value.message.removesuffix(".").endswith(f"objects: {shown}")
