"""One open connection to a marketplace: runs actions, streams pages, closes cleanly."""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import MappingProxyType, TracebackType
from typing import Self

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest, CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import IngramMicroCloudError, UsageError
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import Redactor
from ingram_micro_cloud.runtime import permissions
from ingram_micro_cloud.runtime.answers import AnswerChecker, gathered
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.inputs import secret_inputs
from ingram_micro_cloud.runtime.options import Option, narrowing, option_source, options_of
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome, Page
from ingram_micro_cloud.runtime.planner import Planner
from ingram_micro_cloud.runtime.planning import plan_declared, shown_request
from ingram_micro_cloud.runtime.rows import ScreenedPage, walked_rows
from ingram_micro_cloud.runtime.screening import GuardedCall, screened_answer

log = logging.getLogger(__name__)
OnWait = Callable[[float, str], None]


class Connection:
    """Runs actions with one configuration. Made by ``Integration.connect`` and used with ``async with``."""

    def __init__(
        self,
        bundle: Bundle,
        configuration: Configuration,
        client: MarketplaceClient,
        planner: Planner,
        *,
        timing: Timing,
        on_wait: OnWait | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.configuration = configuration
        self._bundle = bundle
        self._client = client
        self._planner = planner
        self._timing = timing
        self._on_wait = on_wait
        self._on_close = on_close
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
            dry_run: Build and check the request and send no write. Nothing at all is sent without an organization; with
                one, reads may be, to prove whose an id is.
            deadline_seconds: Give up, waiting included, after so long.
            on_page: Told about every page of a list as it arrives.

        Raises:
            IngramMicroCloudError: Whatever went wrong; ``calls`` says how many requests had been sent.
        """
        spec = self._bundle.lookup(action)
        meter = self._meter(deadline_seconds)
        try:
            plan = await self._plan(spec, inputs or {}, organization, meter)
            if dry_run:
                return self._rehearsed(spec, plan, organization, meter)
            if plan.call.paging is not None:
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
            plan = await self._plan(spec, inputs or {}, organization, meter)
            if plan.call.paging is None:
                raise UsageError(f"{spec.title} is not a list and has no pages.", hint=f"Use run({spec.id!r}, …).")
            async with aclosing(self._walk(plan, meter)) as walked:
                async for page in walked:
                    meter.request_ids.clear()  # nobody asks for them here, and a long list would gather many
                    yield self._page(spec, page)
        except IngramMicroCloudError as problem:
            self._finish(problem, spec, inputs or {}, meter)
            raise

    async def options(
        self,
        action: str,
        input_name: str,
        *,
        query: str = "",
        given: Mapping[str, object] = MappingProxyType({}),
        organization: str | None = None,
        deadline_seconds: float | None = None,
    ) -> tuple[Option, ...]:
        """Return the entries of an input's drop-down, read from the vendor; for an organization only its own.

        Args:
            action: The action whose input it is.
            input_name: The input; a nested one by dots, ``products.*.mpn``.
            query: Keep entries that hold this text.
            given: What is already chosen; a customer narrows the list.
            organization: Run for this organization's customer, behind the customer guard.
            deadline_seconds: Give up, waiting included, after so long.

        Raises:
            IngramMicroCloudError: As for ``run``; an organization gets no list that is the reseller's.
        """
        source = option_source(self._bundle.lookup(action), input_name)
        inputs = narrowing(self._bundle.actions[source.action], given)
        outcome = await self.run(source.action, inputs, organization=organization, deadline_seconds=deadline_seconds)
        return options_of(outcome.result, source, query)

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

    async def _plan(
        self, spec: ActionSpec, given: Mapping[str, object], organization: str | None, meter: CallMeter
    ) -> GuardedCall:
        async def read(reading: ActionSpec, inputs: Mapping[str, object]) -> object:
            return (await self._client.send(plan_declared(reading, inputs).request, meter)).value

        return await self._planner.plan(spec, given, organization, read)

    def _rehearsed(self, spec: ActionSpec, plan: GuardedCall, organization: str | None, meter: CallMeter) -> Outcome:
        return Outcome(
            action=spec.id, organization=organization, result=None, complete=True, total=None, calls=meter.calls,
            pages=0, request_ids=tuple(meter.request_ids), status_code=None, dry_run=True,
            request=shown_request(plan.call.request, spec.redact.input),
        )  # fmt: skip

    async def _single(self, spec: ActionSpec, plan: GuardedCall, organization: str | None, meter: CallMeter) -> Outcome:
        answer = await self._client.send(plan.call.request, meter)
        value, notices = screened_answer(plan, answer.value)
        if plan.own is not None:
            self._planner.learn(plan, value)
        return Outcome(
            action=spec.id, organization=organization, result=value, complete=True, total=None,
            calls=meter.calls, pages=1, request_ids=tuple(meter.request_ids), status_code=answer.status_code,
            warnings=(*notices, *(() if value is None else self._checker(spec).notices(value))),
        )  # fmt: skip

    async def _list(
        self,
        spec: ActionSpec,
        plan: GuardedCall,
        organization: str | None,
        meter: CallMeter,
        on_page: Callable[[Page], None] | None,
    ) -> Outcome:
        rows: list[object] = []
        notices: list[Notice] = []
        pages, last = 0, None
        async with aclosing(self._walk(plan, meter)) as walked:
            async for screened in walked:
                last, page = screened.page, self._page(spec, screened)
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

    def _walk(self, plan: GuardedCall, meter: CallMeter) -> AsyncGenerator[ScreenedPage, None]:
        async def send(request: ApiRequest) -> ApiAnswer:
            return await self._client.send(request, meter)

        async def read_one(action: str, inputs: Mapping[str, object]) -> ApiAnswer:
            return await self._client.send(plan_declared(self._bundle.actions[action], inputs).request, meter)

        return walked_rows(plan, send, read_one)

    def _page(self, spec: ActionSpec, screened: ScreenedPage) -> Page:
        page = screened.page
        notices = self._checker(spec).notices(page.rows) if spec.lists else ()
        return Page(page.rows, page.total, page.received_so_far, page.complete, (*screened.notices, *notices))

    def _checker(self, spec: ActionSpec) -> AnswerChecker:
        return self._checkers.setdefault(spec.id, AnswerChecker(spec))
