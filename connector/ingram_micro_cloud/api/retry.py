"""Decides whether to ask again, and when. Pure; only ever consulted for requests that are safe to repeat."""

from dataclasses import dataclass

from ingram_micro_cloud.errors import (
    IngramMicroCloudError,
    RateLimitedError,
    ServerError,
    UnreachableError,
    UnreadableAnswerError,
)

ASK_AGAIN = (RateLimitedError, ServerError, UnreachableError, UnreadableAnswerError)
HOPELESS = frozenset({"dns_failed", "tls_failed"})
"""Asking again at once changes nothing about these."""
OBEYED = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Two budgets, attempts and seconds, and how waits grow.

    Attributes:
        attempts: Requests at most, the first included.
        seconds: Waiting at most, all waits together.
        longest_asked: The most seconds of a vendor's Retry-After that are obeyed; beyond, it is an error.
        first: The first wait's upper bound, in seconds; it doubles each time.
        longest: The most seconds of one wait of our own.
    """

    attempts: int = 4
    seconds: float = 90.0
    longest_asked: float = 60.0
    first: float = 0.5
    longest: float = 20.0


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """Whether to ask again, after how many seconds, and the reason a person reads while waiting."""

    again: bool
    wait_seconds: float = 0.0
    reason: str = ""


def decide(
    policy: RetryPolicy, problem: IngramMicroCloudError, *, attempt: int, waited: float, chance: float
) -> RetryDecision:
    """Return what to do after a failed attempt.

    Args:
        policy: The budgets.
        problem: What went wrong.
        attempt: How many requests have been made.
        waited: Seconds already waited for this request.
        chance: From 0 to 1; spreads the waits of many callers.
    """
    if not isinstance(problem, ASK_AGAIN) or problem.specific_code in HOPELESS or attempt >= policy.attempts:
        return RetryDecision(again=False)
    asked = problem.retry_after if problem.status_code in OBEYED else None
    if asked is not None and asked > policy.longest_asked:
        return RetryDecision(again=False)
    own = min(policy.longest, policy.first * 2 ** (attempt - 1)) * chance
    wait = own if asked is None else asked + own / 4
    if waited + wait > policy.seconds:
        return RetryDecision(again=False)
    return RetryDecision(again=True, wait_seconds=wait, reason=problem.specific_code)
