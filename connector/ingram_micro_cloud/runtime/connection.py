"""One open connection to a marketplace: runs actions, streams pages, closes cleanly."""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import TracebackType
from typing import Self

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.paging import ApiPage, walk
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest, CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import IngramMicroCloudError, UsageError
from ingram_micro_cloud.handlers import HANDLERS
from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import Redactor
from ingram_micro_cloud.runtime import guard, permissions
from ingram_micro_cloud.runtime.answers import AnswerChecker, gathered
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.inputs import InputReader, secret_inputs
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome, Page
from ingram_micro_cloud.runtime.planning import plan_declared, shown_request

log = logging.getLogger(__name__)
OnWait = Callable[[float, str], None]


class Connection:
    """Runs actions with one configuration. Made by ``Integration.connect`` and used with ``async with``."""

    def __init__(
        self,
        bundle: Bundle,
        configuration: Configuration,
        client: MarketplaceClient,
        *,
        timing: Timing,
        on_wait: OnWait | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.configuration = configuration
        self._bundle = bundle
        self._client = client
        self._timing = timing
        self._on_wait = on_wait
        self._on_close = on_close
        self._readers: dict[str, InputReader] = {}
        self._checkers: dict[str, AnswerChecker] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the network connections."""
        await self._client.aclose()
        if self._on_close is not None:
            self._on_close()

    @property
    def actions(self) -> Mapping[str, ActionSpec]:
        """The actions this configuration allows; those above its permission are not listed."""
        allow = self.configuration.allow
        return {name: spec for name, spec in self._bundle.actions.items() if permissions.permits(allow, spec.effect)}

    async def run(
        self,
        action: str,
        inputs: Mapping[str, object] | None = None,
        *,
        organization: str | None = None,
        dry_run: bool = False,
        deadline_seconds: float | None = None,
        on_page: Callable[[Page], None] | None = None,
    ) -> Outcome:
        """Run one action to its end and return what came of it.

        Args:
            action: Id, reference, title or alias.
            inputs: By the vendor's names, flat or in the platform's groups.
            organization: Run for this organization's customer, behind the customer guard.
            dry_run: Build and check the request and send nothing at all.
            deadline_seconds: Give up, waiting included, after so long.
            on_page: Told about every page of a list as it arrives.

        Raises:
            IngramMicroCloudError: Whatever went wrong; ``calls`` says how many requests had been sent.
        """
        spec = self._bundle.lookup(action)
        meter = self._meter(deadline_seconds)
        try:
            plan = self._plan(spec, inputs or {}, organization)
            if dry_run:
                return self._rehearsed(spec, plan, organization)
            if plan.paging is not None:
                outcome = await self._list(spec, plan, organization, meter, on_page)
            else:
                outcome = await self._single(spec, plan, organization, meter)
        except IngramMicroCloudError as problem:
            self._finish(problem, spec, inputs or {}, meter)
            log.info(
                "%s failed: %s, %d calls, %s",
                spec.id,
                problem.specific_code,
                meter.calls,
                problem.correlation_id,
            )
            raise
        log.info("%s done: status %s, %d calls", spec.id, outcome.status_code, outcome.calls)
        return outcome

    async def pages(
        self,
        action: str,
        inputs: Mapping[str, object] | None = None,
        *,
        organization: str | None = None,
        deadline_seconds: float | None = None,
    ) -> AsyncGenerator[Page, None]:
        """Stream a list page by page in constant memory.

        Raises:
            UsageError: The action is not a list.
            IncompleteListError: The list ended before its announced total; pages already handed out stand.
        """
        spec = self._bundle.lookup(action)
        meter = self._meter(deadline_seconds)
        try:
            plan = self._plan(spec, inputs or {}, organization)
            if plan.paging is None:
                raise UsageError(f"{spec.title} is not a list and has no pages.", hint=f"Use run({spec.id!r}, …).")
            async with aclosing(self._walk(plan, meter)) as walked:
                async for page in walked:
                    meter.request_ids.clear()  # nobody asks for them here, and a long list would gather many
                    yield self._page(spec, page)
        except IngramMicroCloudError as problem:
            self._finish(problem, spec, inputs or {}, meter)
            raise

    def _finish(
        self, problem: IngramMicroCloudError, spec: ActionSpec, given: Mapping[str, object], meter: CallMeter
    ) -> None:
        problem.calls = meter.calls
        secrets = secret_inputs(spec, given)
        if secrets and problem.vendor_message:
            # The vendor may quote what it refuses, a new contact's password included.
            problem.vendor_message = Redactor(secrets).text(problem.vendor_message)

    def _meter(self, deadline_seconds: float | None) -> CallMeter:
        deadline = None if deadline_seconds is None else self._timing.now() + deadline_seconds
        return CallMeter(deadline=deadline, on_wait=self._on_wait)

    def _plan(self, spec: ActionSpec, given: Mapping[str, object], organization: str | None) -> PlannedCall:
        if spec.handler is None:
            guard.admit(spec.scope, organization=organization, what=spec.title)
        inputs = self._reader(spec).read(given)
        if spec.handler is None:
            plan = plan_declared(spec, inputs)
        else:
            plan = HANDLERS[spec.handler](spec, inputs, self._bundle.actions)
            guard.admit(plan.scope, organization=organization, what=plan.what)
        permissions.require(
            self.configuration.allow, plan.effect, what=plan.what, configuration=self.configuration.name
        )
        return plan

    def _rehearsed(self, spec: ActionSpec, plan: PlannedCall, organization: str | None) -> Outcome:
        return Outcome(
            action=spec.id, organization=organization, result=None, complete=True, total=None, calls=0, pages=0,
            request_ids=(), status_code=None, dry_run=True, request=shown_request(plan.request, spec.redact.input),
        )  # fmt: skip

    async def _single(self, spec: ActionSpec, plan: PlannedCall, organization: str | None, meter: CallMeter) -> Outcome:
        answer = await self._client.send(plan.request, meter)
        return Outcome(
            action=spec.id, organization=organization, result=answer.value, complete=True, total=None,
            calls=meter.calls, pages=1, request_ids=tuple(meter.request_ids), status_code=answer.status_code,
            warnings=self._check(spec, answer),
        )  # fmt: skip

    async def _list(
        self,
        spec: ActionSpec,
        plan: PlannedCall,
        organization: str | None,
        meter: CallMeter,
        on_page: Callable[[Page], None] | None,
    ) -> Outcome:
        rows: list[object] = []
        notices: list[Notice] = []
        pages, last = 0, None
        async with aclosing(self._walk(plan, meter)) as walked:
            async for last in walked:
                page = self._page(spec, last)
                rows += page.rows
                notices += page.warnings
                pages += 1
                if on_page is not None:
                    on_page(page)
        duplicates = last.duplicates_so_far if last else 0
        if duplicates:
            text = f"{duplicates} rows were sent twice because the list moved while it was read; each is kept once."
            notices.append(Notice("duplicates_dropped", text, count=duplicates))
        return Outcome(
            action=spec.id, organization=organization, result=rows, complete=bool(last and last.complete),
            total=last.total if last else None, calls=meter.calls, pages=pages, request_ids=tuple(meter.request_ids),
            status_code=last.status_code if last else None, warnings=gathered(notices),
        )  # fmt: skip

    async def _walk(self, plan: PlannedCall, meter: CallMeter) -> AsyncGenerator[ApiPage, None]:
        async def send(request: ApiRequest) -> ApiAnswer:
            return await self._client.send(request, meter)

        paging = plan.paging
        if paging is None:
            return
        walked = walk(
            send, plan.request, items=paging.items, page_size=paging.page_size,
            offset=plan.offset, limit=plan.limit, max_items=plan.max_items,
        )  # fmt: skip
        async with aclosing(walked) as pages:
            async for page in pages:
                yield page

    def _page(self, spec: ActionSpec, page: ApiPage) -> Page:
        notices = self._checker(spec).notices(page.rows) if spec.lists else ()
        return Page(page.rows, page.total, page.received_so_far, page.complete, notices)

    def _check(self, spec: ActionSpec, answer: ApiAnswer) -> tuple[Notice, ...]:
        return () if answer.value is None else self._checker(spec).notices(answer.value)

    def _reader(self, spec: ActionSpec) -> InputReader:
        return self._readers.setdefault(spec.id, InputReader(spec))

    def _checker(self, spec: ActionSpec) -> AnswerChecker:
        return self._checkers.setdefault(spec.id, AnswerChecker(spec))
