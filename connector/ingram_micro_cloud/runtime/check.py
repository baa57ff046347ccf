"""The connection check: step by step, stopping at the first that fails, with the sentence that fixes it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.requests import ApiRequest, CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import (
    AccessDeniedError,
    CallBudgetError,
    ConfigurationInvalidError,
    DeadlineError,
    EgressRefusedError,
    IngramMicroCloudError,
    QuotaExhaustedError,
    RateLimitedError,
    ServerError,
    SignInRefusedError,
    UnreachableError,
)
from ingram_micro_cloud.manifest.integration import CheckStepId, ConnectionCheck, IntegrationFile
from ingram_micro_cloud.runtime.configuration import Configuration, read_configuration, region_warnings

OpenClient = Callable[[Configuration], MarketplaceClient]
Reveal = Callable[[Configuration], Awaitable[Configuration]]
"""Reads what secret fields refer to; raises ConfigurationInvalidError where it cannot."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went: its code and the fields it marks when it failed, and what to tell the person."""

    name: CheckStepId
    passed: bool
    code: str | None
    fields: tuple[str, ...]
    message: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The whole check.

    Attributes:
        passing: Whether every step passed.
        steps: Those that were taken, the failing one last.
        warnings: Sentences about what looks odd but works.
        milliseconds: Duration of the whole.
        configuration: What was checked, when the form itself was in order.
        problem: The error behind the failing step.
    """

    passing: bool
    steps: tuple[StepResult, ...]
    warnings: tuple[str, ...]
    milliseconds: int
    configuration: Configuration | None = None
    problem: IngramMicroCloudError | None = None

    @classmethod
    def refused(cls, check: ConnectionCheck, problem: ConfigurationInvalidError, code: str) -> "CheckReport":
        """Return the report on a form that could not even be completed; nothing was sent.

        Args:
            check: Its declared sentences.
            problem: Why not.
            code: One of the declared messages.
        """
        fields = tuple(dict.fromkeys(each.pointer.split("/")[1] for each in problem.fields))
        step = StepResult("form", False, code, fields, check.messages[code].message, 0)
        return cls(False, (step,), (), 0, None, problem)

    def as_json(self) -> dict[str, object]:
        """Return the object that `config save` and `config test` print with --json."""
        return {
            "passing": self.passing,
            "steps": [
                {
                    "name": step.name,
                    "passed": step.passed,
                    "code": step.code,
                    "fields": list(step.fields),
                    "message": step.message,
                    "milliseconds": step.milliseconds,
                }
                for step in self.steps
            ],
            "warnings": list(self.warnings),
            "milliseconds": self.milliseconds,
        }


class _StepFailedError(Exception):
    def __init__(self, name: CheckStepId, code: str, problem: IngramMicroCloudError) -> None:
        super().__init__(code)
        self.name, self.code, self.problem = name, code, problem


class ConnectionChecker:
    """Takes the steps in order. Makes two calls at most: one sign-in and one read of a single customer."""

    def __init__(self, manifest: IntegrationFile, open_client: OpenClient, timing: Timing, reveal: Reveal) -> None:
        self._form, self._check, self._limits = manifest.form, manifest.connection_check, manifest.limits
        self._open_client, self._timing, self._reveal = open_client, timing, reveal

    async def check(
        self, values: Mapping[str, object], on_step: Callable[[StepResult], None] | None = None
    ) -> CheckReport:
        """Check form values as they were typed; told about each step as it ends. Never raises for a bad value."""
        run = _Run(self._check, self._timing, on_step)
        configuration: Configuration | None = None
        problem: IngramMicroCloudError | None = None
        try:
            configuration = self._read(values)
            revealed = await self._revealed(configuration)
            run.passed("form")
            run.warn(*region_warnings(self._form, configuration))
            await self._connect(revealed, run)
        except _StepFailedError as failed:
            problem = failed.problem
            run.failed(failed)
        return run.report(configuration, problem)

    def _read(self, values: Mapping[str, object]) -> Configuration:
        try:
            return read_configuration(self._form, values)
        except ConfigurationInvalidError as problem:
            if (code := problem.fields[0].code if problem.fields else "") in self._check.messages:
                raise _StepFailedError("url", code, problem) from problem
            raise _StepFailedError("form", "form_invalid", problem) from problem

    async def _revealed(self, configuration: Configuration) -> Configuration:
        try:
            return await self._reveal(configuration)
        except ConfigurationInvalidError as problem:
            raise _StepFailedError("form", "form_invalid", problem) from problem

    async def _connect(self, configuration: Configuration, run: "_Run") -> None:
        meter = CallMeter()
        client = self._open_client(configuration)
        try:
            connected: list[float] = []
            try:
                await client.locate()
                run.passed("url")
                await client.sign_in(meter, on_connected=lambda: connected.append(self._timing.now()))
            except IngramMicroCloudError as problem:
                raise _sign_in_failure(problem) from problem
            run.passed("reach", at=connected[-1] if connected else None)
            run.passed("sign_in")
            run.passed("marketplace")
            if configuration.calls_per_minute > self._limits.vendor_calls_per_minute:
                run.warn("limits_above_vendor")
            await self._customers(client, meter, run)
        finally:
            await client.aclose()

    async def _customers(self, client: MarketplaceClient, meter: CallMeter, run: "_Run") -> None:
        request = ApiRequest(method="GET", path="/customers", query=(("limit", "1"),), safe=True, what="list customers")
        try:
            answer = await client.send(request, meter)
        except IngramMicroCloudError as problem:
            raise _StepFailedError("customers", _customers_code(problem), problem) from problem
        rows = answer.value.get("data") if isinstance(answer.value, Mapping) else None
        if not isinstance(rows, list):
            raise _StepFailedError("customers", "customers_failed", IngramMicroCloudError("No list came back."))
        run.passed("customers")
        if not rows:
            run.warn("no_customers")


class _Run:
    """Gathers the steps of one check."""

    def __init__(self, check: ConnectionCheck, timing: Timing, on_step: Callable[[StepResult], None] | None) -> None:
        self._check, self._timing, self._on_step = check, timing, on_step
        self._began = self._since = timing.now()
        self._steps: list[StepResult] = []
        self._warnings: list[str] = []

    def passed(self, name: CheckStepId, at: float | None = None) -> None:
        title = next(step.title for step in self._check.steps if step.id == name)
        self._add(StepResult(name, True, None, (), title, self._lap(at)))

    def failed(self, failure: _StepFailedError) -> None:
        order = [step.id for step in self._check.steps]
        # A name can lead elsewhere a moment after it was checked: then the step that passed did fail.
        self._steps = [step for step in self._steps if step.name != failure.name]
        done = {step.name for step in self._steps}
        for name in order[: order.index(failure.name)]:
            if name not in done:
                self.passed(name)
        message = self._check.messages[failure.code]
        named = tuple(dict.fromkeys(each.pointer.split("/")[1] for each in failure.problem.fields if each.pointer))
        detail = " ".join(each.message for each in failure.problem.fields) if failure.code == "form_invalid" else ""
        told = (message.fields or named, f"{message.message} {detail}".strip())
        self._add(StepResult(failure.name, False, failure.code, *told, self._lap()))

    def warn(self, *codes: str) -> None:
        self._warnings += [self._check.warnings[code] for code in codes]

    def report(self, configuration: Configuration | None, problem: IngramMicroCloudError | None) -> CheckReport:
        took = round((self._timing.now() - self._began) * 1000)
        return CheckReport(problem is None, tuple(self._steps), tuple(self._warnings), took, configuration, problem)

    def _add(self, step: StepResult) -> None:
        self._steps.append(step)
        if self._on_step is not None:
            self._on_step(step)

    def _lap(self, at: float | None = None) -> int:
        before, self._since = self._since, self._timing.now() if at is None else at
        return round((self._since - before) * 1000)


def _sign_in_failure(problem: IngramMicroCloudError) -> _StepFailedError:
    match problem:
        case UnreachableError():
            code = problem.specific_code
            return _StepFailedError("reach", "connection_failed" if code == problem.code else code, problem)
        case EgressRefusedError():
            return _StepFailedError("url", "url_private_address", problem)
        case SignInRefusedError(specific_code="marketplace_refused"):
            return _StepFailedError("marketplace", "marketplace_refused", problem)
        case SignInRefusedError():
            return _StepFailedError("sign_in", problem.specific_code, problem)
    return _StepFailedError("sign_in", _common_code(problem) or "address_not_an_api", problem)


def _customers_code(problem: IngramMicroCloudError) -> str:
    if isinstance(problem, AccessDeniedError):
        return "customers_denied"
    return _common_code(problem) or "customers_failed"


def _common_code(problem: IngramMicroCloudError) -> str | None:
    match problem:
        case AccessDeniedError():
            return "access_denied"
        case RateLimitedError():
            return "rate_limited"
        case QuotaExhaustedError():
            return "quota_exhausted"
        case CallBudgetError() | DeadlineError():
            return "call_budget"
        case ServerError():
            return "vendor_failed"
    return None
