"""The retry loop: tenacity drives it, the pure decision of retry.py steers it."""

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.retry import RetryDecision, RetryPolicy, decide
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import IngramMicroCloudError


class RetryBudget:
    """What one request has left of its two budgets."""

    def __init__(self, policy: RetryPolicy, timing: Timing, meter: CallMeter) -> None:
        self.timing = timing
        self._policy, self._meter = policy, meter
        self._waited = 0.0
        self._decision = RetryDecision(again=False)

    def wait(self, state: RetryCallState) -> float:
        """Return the seconds to wait after this attempt; asked before ``stop``."""
        problem = state.outcome.exception() if state.outcome is not None else None
        if isinstance(problem, IngramMicroCloudError):
            self._decision = decide(
                self._policy,
                problem,
                attempt=state.attempt_number,
                waited=self._waited,
                chance=self.timing.random(),
            )
        return self._decision.wait_seconds

    def stop(self, state: RetryCallState) -> bool:  # noqa: ARG002  # tenacity's signature
        """Return whether to give up; announces the wait otherwise."""
        wait, deadline = self._decision.wait_seconds, self._meter.deadline
        if not self._decision.again or (deadline is not None and self.timing.now() + wait > deadline):
            return True
        self._waited += wait
        if self._meter.on_wait is not None and wait >= 1:
            self._meter.on_wait(wait, self._decision.reason)
        return False


def retrying(budget: RetryBudget) -> AsyncRetrying:
    """Return the loop for one request."""
    return AsyncRetrying(
        sleep=budget.timing.sleep,
        wait=budget.wait,
        stop=budget.stop,
        retry=retry_if_exception_type(IngramMicroCloudError),
        reraise=True,
    )
