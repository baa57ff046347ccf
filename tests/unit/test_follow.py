"""Following is bounded, outlives dropped connections, and can be taken up again."""

import pytest

from ingram_micro_cloud.errors import (
    AccessDeniedError,
    DeadlineError,
    IngramMicroCloudError,
    NotFoundError,
    UnreachableError,
)
from ingram_micro_cloud.ordering.follow import UNBOUNDED, Bounds, Followed, SeenState, follow
from ingram_micro_cloud.sandbox import Marketplace
from support.clock import FakeClock
from support.orders import sale
from support.reading_caller import ReadingCaller

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> ReadingCaller:
    clock = FakeClock()
    return ReadingCaller(Marketplace(seed=7, customers=25, unlimited=True, now=clock.now), clock)


async def ordered(caller: ReadingCaller, **line: object) -> str:
    body = sale(caller, {"mpn": "HMP-STD-M", "quantity": 5, **line})
    order = await caller.write("POST", "/orders", body)
    assert isinstance(order, dict)
    return str(order["id"])


async def followed(
    caller: ReadingCaller,
    order: str,
    seconds: float,
    history: tuple[SeenState, ...] = (),
    bounds: Bounds = UNBOUNDED,
) -> Followed:
    clock = caller.clock
    return await follow(
        order, caller, sleep=clock.sleep, now=clock.now, seconds=seconds, history=history, bounds=bounds
    )  # fmt: skip


async def test_an_order_is_followed_to_its_end_with_its_history(caller: ReadingCaller) -> None:
    order, began, seen = await ordered(caller), caller.clock.now(), list[str]()
    found = await follow(
        order, caller, sleep=caller.clock.sleep, now=caller.clock.now, seconds=900,
        on_progress=lambda each: seen.append(each.state),
    )  # fmt: skip
    assert (found.state, seen) == ("completed", ["submitted", "processing", "completed"])
    assert [each.state for each in found.history] == seen
    assert 60 <= found.history[1].at - began <= 100
    assert found.last["status"] == "completed"
    assert found.looks < 30, "each look costs a call"


async def test_time_that_is_up_is_no_error_and_is_kept_to_the_second(caller: ReadingCaller) -> None:
    order, began = await ordered(caller), caller.clock.now()
    found = await followed(caller, order, 100)
    assert found.state == "running"
    assert caller.clock.now() - began == 100
    assert "im-cloud order follow" in found.message
    assert (await followed(caller, order, 0)).looks == 1


async def test_following_goes_on_where_another_run_stopped(caller: ReadingCaller) -> None:
    order = await ordered(caller)
    first = await followed(caller, order, 10)
    caller.settle()
    then = await followed(caller, order, 10, first.history)
    assert [each.state for each in then.history] == ["submitted", "completed"]
    assert then.history[0] == first.history[0]


async def test_an_order_in_error_says_where_the_reason_stands(caller: ReadingCaller) -> None:
    order = await ordered(caller, parameters=[{"name": "practice_failure", "value": "yes"}])
    caller.settle()
    found = await followed(caller, order, 10)
    assert found.state == "error"
    assert "reseller panel only" in found.message


async def test_a_withdrawn_order_is_an_end(caller: ReadingCaller) -> None:
    order = await ordered(caller)
    await caller.write("PATCH", f"/orders/{order}", {"statusCode": "CL"})
    assert (await followed(caller, order, 10)).state == "cancelled"


async def test_a_connection_that_drops_does_not_end_it(caller: ReadingCaller) -> None:
    order = await ordered(caller)
    caller.marketplace.control.add_fault({"operation": "getOrderDetails", "fault": "reset_before", "times": 12})
    caller.settle()
    assert (await followed(caller, order, 3_600)).state == "completed"


async def test_a_marketplace_that_stays_away_is_an_error_only_when_the_time_is_up(caller: ReadingCaller) -> None:
    order, began = await ordered(caller), caller.clock.now()
    caller.marketplace.control.add_fault({"operation": "getOrderDetails", "fault": "reset_before", "times": 10_000})
    with pytest.raises(UnreachableError):
        await followed(caller, order, 60)
    assert caller.clock.now() - began >= 60


async def test_an_order_that_is_not_there_ends_it_at_once(caller: ReadingCaller) -> None:
    began = caller.clock.now()
    with pytest.raises(NotFoundError):
        await followed(caller, "1", 300)
    assert caller.clock.now() == began


async def test_the_deadline_of_the_run_ends_it_in_time_for_a_last_look(caller: ReadingCaller) -> None:
    order, began = await ordered(caller), caller.clock.now()
    found = await followed(caller, order, 3_600, bounds=Bounds(began + 50))
    assert (found.state, caller.clock.now() - began) == ("running", 40)
    assert found.last["status"]


@pytest.mark.parametrize("left", [5.0, -5.0])
async def test_with_no_time_left_there_is_one_look(caller: ReadingCaller, left: float) -> None:
    order = await ordered(caller)
    found = await followed(caller, order, 3_600, bounds=Bounds(caller.clock.now() + left))
    assert (found.state, found.looks) == ("running", 1)


async def test_whoever_is_in_a_hurry_is_answered_after_the_pause_that_goes_on(caller: ReadingCaller) -> None:
    order, began = await ordered(caller), caller.clock.now()
    found = await followed(caller, order, 3_600, bounds=Bounds(hurried=lambda: caller.clock.now() >= began + 20))
    assert found.state == "running"
    assert 20 <= caller.clock.now() - began <= 50


class Failing(ReadingCaller):
    """Answers so many looks, and then with an error."""

    def __init__(self, inner: ReadingCaller, problem: IngramMicroCloudError, answers: int) -> None:
        super().__init__(inner.marketplace, inner.clock)
        self.problem, self.answers = problem, answers

    async def one(self, action: str, inputs: object) -> object:
        self.answers -= 1
        if self.answers < 0:
            raise self.problem
        return await super().one(action, inputs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "answers", "sent", "raised"),
    [
        (DeadlineError("late"), 0, False, True),
        (DeadlineError("late"), 1, False, False),
        (DeadlineError("late"), 0, True, False),
        (UnreachableError("away"), 1, False, True),
        (UnreachableError("away"), 1, True, False),
        (AccessDeniedError("no"), 1, False, True),
        (AccessDeniedError("no"), 1, True, False),
        (NotFoundError("not yet"), 0, True, False),
        (NotFoundError("nothing"), 0, False, True),
    ],
)
async def test_what_was_just_sent_is_running_whatever_keeps_it_from_being_looked_at(
    caller: ReadingCaller, problem: IngramMicroCloudError, answers: int, sent: bool, raised: bool
) -> None:
    order = await ordered(caller)
    failing = Failing(caller, problem, answers)
    bounds = Bounds(caller.clock.now() + 100, sent=sent)
    if raised:
        with pytest.raises(type(problem)):
            await followed(failing, order, 60, bounds=bounds)
    else:
        found = await followed(failing, order, 60, bounds=bounds)
        assert (found.state, order in found.message) == ("running", True)
