"""When to ask again, and how long to wait before."""

import anyio
import pytest

from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.retry import RetryPolicy, decide
from ingram_micro_cloud.api.retry_loop import RetryBudget, retrying
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import (
    AccessDeniedError,
    AuthenticationError,
    CallBudgetError,
    ConflictError,
    DeadlineError,
    EgressRefusedError,
    IncompleteListError,
    IngramMicroCloudError,
    NotFoundError,
    OutcomeUnknownError,
    QuotaExhaustedError,
    RateLimitedError,
    RedirectRefusedError,
    RejectedError,
    ServerError,
    SignInRefusedError,
    UnreachableError,
    UnreadableAnswerError,
)
from support.clock import FakeClock

POLICY = RetryPolicy()


@pytest.mark.parametrize(
    "problem",
    [
        RateLimitedError("x", status_code=429),
        ServerError("x", status_code=500),
        ServerError("x", status_code=503),
        UnreachableError("x", code="connection_failed"),
        UnreachableError("x", code="timed_out"),
        UnreadableAnswerError("x"),
    ],
    ids=lambda problem: problem.specific_code,
)
def test_what_may_pass_by_itself_is_asked_again(problem: IngramMicroCloudError) -> None:
    assert decide(POLICY, problem, attempt=1, waited=0, chance=0.5).again


@pytest.mark.parametrize(
    "problem",
    [
        AccessDeniedError("x", status_code=403),
        AuthenticationError("x", status_code=401),
        CallBudgetError("x"),
        ConflictError("x", status_code=409),
        DeadlineError("x"),
        EgressRefusedError("x"),
        IncompleteListError("x"),
        NotFoundError("x", status_code=404),
        OutcomeUnknownError("x"),
        QuotaExhaustedError("x", status_code=403),
        RedirectRefusedError("x", status_code=302),
        RejectedError("x", status_code=400),
        SignInRefusedError("x", status_code=401),
        UnreachableError("x", code="dns_failed"),
        UnreachableError("x", code="tls_failed"),
    ],
    ids=lambda problem: problem.specific_code,
)
def test_what_will_not_pass_by_itself_is_not(problem: IngramMicroCloudError) -> None:
    assert not decide(POLICY, problem, attempt=1, waited=0, chance=0.5).again


def test_waits_double_with_a_ceiling_and_are_spread() -> None:
    problem = ServerError("x", status_code=500)
    patient = RetryPolicy(attempts=99, seconds=10_000)
    waits = [decide(patient, problem, attempt=n, waited=0, chance=1.0).wait_seconds for n in (1, 2, 3, 4, 9, 60)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 20.0, 20.0]
    assert decide(patient, problem, attempt=3, waited=0, chance=0.0).wait_seconds == 0.0


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_vendor_asks_for_is_obeyed(status: int) -> None:
    kind = RateLimitedError if status == 429 else ServerError
    decision = decide(POLICY, kind("x", status_code=status, retry_after=30.0), attempt=1, waited=0, chance=0.0)
    assert decision.again
    assert decision.wait_seconds == 30.0


def test_what_the_vendor_asks_for_is_capped() -> None:
    assert not decide(
        POLICY, RateLimitedError("x", status_code=429, retry_after=61.0), attempt=1, waited=0, chance=0
    ).again


def test_another_status_cannot_make_us_wait() -> None:
    decision = decide(POLICY, ServerError("x", status_code=500, retry_after=59.0), attempt=1, waited=0, chance=1.0)
    assert decision.wait_seconds == 0.5


def test_both_budgets_end_it() -> None:
    problem = ServerError("x", status_code=500)
    assert decide(POLICY, problem, attempt=3, waited=0, chance=1).again
    assert not decide(POLICY, problem, attempt=4, waited=0, chance=1).again
    slow = RateLimitedError("x", status_code=429, retry_after=60.0)
    assert decide(POLICY, slow, attempt=1, waited=30.0, chance=0).again
    assert not decide(POLICY, slow, attempt=1, waited=31.0, chance=0).again


def looped(clock: FakeClock, meter: CallMeter, problems: list[IngramMicroCloudError]) -> str:
    async def attempt() -> str:
        if problems:
            raise problems.pop(0)
        return "done"

    async def go() -> str:
        budget = RetryBudget(POLICY, Timing(now=clock.now, sleep=clock.sleep, random=lambda: 1.0), meter)
        result: str = await retrying(budget)(attempt)
        return result

    return anyio.run(go)


def test_the_loop_waits_what_was_decided_and_tells_the_longer_waits() -> None:
    clock, told = FakeClock(), list[tuple[float, str]]()
    meter = CallMeter(on_wait=lambda seconds, reason: told.append((seconds, reason)))
    problems: list[IngramMicroCloudError] = [ServerError("x", status_code=500), ServerError("x", status_code=500)]
    assert looped(clock, meter, problems) == "done"
    assert clock.slept == [0.5, 1.0]
    assert told == [(1.0, "server_error")]


def test_the_loop_gives_up_with_the_last_error() -> None:
    clock = FakeClock()
    problems: list[IngramMicroCloudError] = [ServerError(f"{n}", status_code=500) for n in range(9)]
    with pytest.raises(ServerError, match="3"):
        looped(clock, CallMeter(), problems)
    assert len(clock.slept) == 3


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock = FakeClock()
    with pytest.raises(RateLimitedError):
        looped(
            clock,
            CallMeter(deadline=clock.now() + 20),
            [RateLimitedError("x", status_code=429, retry_after=30.0)],
        )
    assert clock.slept == []
