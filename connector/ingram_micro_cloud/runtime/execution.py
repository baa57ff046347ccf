"""Executes planned calls: one request, a list, a purchase through the journal, an intent. Every run has one meter."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest
from ingram_micro_cloud.errors import NotFoundError, UsageError
from ingram_micro_cloud.handlers import INTENTS, intent
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.answers import AnswerChecker, gathered
from ingram_micro_cloud.runtime.extensions import NO_EXTENSIONS, Extensions
from ingram_micro_cloud.runtime.office import Office
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome, Page
from ingram_micro_cloud.runtime.planner import Planner
from ingram_micro_cloud.runtime.planning import plan_declared, shown_request
from ingram_micro_cloud.runtime.rows import ScreenedPage, walked_rows
from ingram_micro_cloud.runtime.runs import Run, RunLine
from ingram_micro_cloud.runtime.screening import GuardedCall, screened_answer, withheld
from ingram_micro_cloud.runtime.secret_inputs import secret_places
from ingram_micro_cloud.runtime.write_watch import WriteWatch

if TYPE_CHECKING:
    from ingram_micro_cloud.handlers.desk import IntentResult
    from ingram_micro_cloud.ordering.fleet.holdings import SeatRow
    from ingram_micro_cloud.ordering.ports import Consent
    from ingram_micro_cloud.runtime.desk import RunDesk

IRREVERSIBLE = Notice("irreversible", "Once sent, this cannot be taken back.")
LEFT = "left_for_next_run"
Given = Mapping[str, object]


class Execution:
    """Executes for one connection."""

    def __init__(
        self,
        bundle: Bundle,
        client: MarketplaceClient,
        planner: Planner,
        office: Office,
        extensions: Extensions = NO_EXTENSIONS,
    ) -> None:
        self._bundle, self._client, self._planner, self._office = bundle, client, planner, office
        self.watch = WriteWatch(extensions, bundle, office, lambda: client.redactor)
        self._checkers: dict[str, AnswerChecker] = {}

    async def outcome(self, spec: ActionSpec, given: Given, run: Run, *, dry_run: bool = False) -> Outcome:
        """Run one action to its end.

        Raises:
            IngramMicroCloudError: Whatever went wrong.
        """
        if spec.handler in INTENTS:
            return await self._intent(spec, given, run, dry_run=dry_run)
        plan = await self.plan(spec, given, run)
        if run.key is not None and plan.call.effect != "buy":
            raise UsageError(
                f"Nothing was sent. A key names a purchase, and {spec.title} is none.", hint="Leave the key out."
            )
        if dry_run:
            return self._rehearsed(spec, plan, run)
        if plan.call.effect == "write":
            await self.watch.look(spec, plan, run)
        if plan.call.paging is not None:
            return await self._list(spec, plan, run)
        if plan.call.effect == "buy":
            return await self._purchase(spec, plan, run)
        return await self._single(spec, plan, run)

    async def plan(self, spec: ActionSpec, given: Given, run: Run) -> GuardedCall:
        """Return the call to make: inputs checked, permission and guard passed."""

        async def read(reading: ActionSpec, inputs: Given) -> object:
            return (await self._client.send(plan_declared(reading, inputs).request, run.meter)).value

        return await self._planner.plan(spec, given, run.organization, read)

    async def pages(self, spec: ActionSpec, given: Given, run: Run) -> AsyncGenerator[Page, None]:
        """Yield the pages of a list.

        Raises:
            UsageError: The action is not a list.
        """
        plan = await self.plan(spec, given, run) if spec.handler not in INTENTS else None
        if plan is None or plan.call.paging is None:
            raise UsageError(f"{spec.title} is not a list and has no pages.", hint=f"Use run({spec.id!r}, …).")
        async with aclosing(self._walk(plan, run)) as walked:
            async for page in walked:
                yield self._page(spec, page)

    def _rehearsed(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> Outcome:
        return Outcome(
            action=spec.id, organization=run.organization, result=None, complete=True, total=None,
            calls=run.meter.calls, pages=0, request_ids=tuple(run.meter.request_ids), status_code=None, dry_run=True,
            request=shown_request(plan.call.request, secret_places(spec, self._bundle.actions)),
            warnings=(IRREVERSIBLE,) if plan.call.irreversible else (),
        )  # fmt: skip

    async def _single(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> Outcome:
        if plan.own is not None and plan.rules.lists and not plan.narrowed:
            return await self._own_envelope(spec, plan, run)
        try:
            answer = await self._client.send(plan.call.request, run.meter)
        except NotFoundError:
            if plan.own is None or plan.bound:
                raise
            # What does not exist must look like what is somebody else's.
            raise withheld(plan) from None
        value, notices = screened_answer(plan, answer.value)
        if plan.own is not None:
            self._planner.learn(plan, value)
        return self._one(spec, run, value, answer.status_code, notices)

    async def _own_envelope(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> Outcome:
        """Return a list that the vendor cannot narrow as one page: the organization's own rows, wherever they are."""
        rows: list[object] = []
        notices: list[Notice] = []
        status: int | None = None
        paged = replace(plan, call=replace(plan.call, paging=plan.rules.paginate))
        async with aclosing(self._walk(paged, run)) as walked:
            async for screened in walked:
                rows += screened.page.rows
                notices += screened.notices
                status = screened.page.status_code
        value = {
            plan.rules.paginate.items if plan.rules.paginate else "data": rows,
            "pagination": {"offset": 0, "limit": len(rows), "total": len(rows)},
        }
        return self._one(spec, run, value, status, tuple(notices))

    async def _purchase(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> Outcome:
        from ingram_micro_cloud.handlers.placing import ORDER
        from ingram_micro_cloud.runtime.buying import buy, with_body

        consent = self.watch.purchase(spec, plan, run)
        desk = self._desk(spec, run, plan.own.customers if plan.own else None, consent=consent)

        async def send(body: Given) -> object:
            request = with_body(plan.call.request, body, order=plan.rules.id == ORDER)
            answer = await self._client.send(request, run.meter)
            desk.status_code = answer.status_code
            return answer.value

        entry = await buy(desk, plan, send)
        outcome = dict(entry.outcome or {})
        value: object = outcome.get("answer") if outcome.keys() == {"answer"} else outcome
        value, notices = screened_answer(plan, value)
        return self._one(spec, run, value, desk.status_code, notices)

    async def _intent(self, spec: ActionSpec, given: Given, run: Run, *, dry_run: bool) -> Outcome:
        async def read(reading: ActionSpec, inputs: Given) -> object:
            return (await self._client.send(plan_declared(reading, inputs).request, run.meter)).value

        planned = await self._planner.intent(spec, given, run.organization, read)
        if dry_run and spec.effect == "read":
            return self._rehearsed_intent(spec, run, {"intent": spec.id, "inputs": dict(planned.inputs)})
        consent = self.watch.order(spec, planned.own, run)
        own = planned.own.customers if planned.own else None
        desk = self._desk(spec, run, own, rehearsing=dry_run, consent=consent)
        result = await intent(str(spec.handler))(desk, planned.inputs)
        if dry_run:
            order: Given = {"method": "POST", "path": result.path, "query": [], "json": result.request}
            return self._rehearsed_intent(spec, run, None if result.request is None else order)
        return self._made(spec, run, desk, result)

    async def holdings(
        self, spec: ActionSpec, given: Given, run: Run
    ) -> "tuple[Sequence[SeatRow], tuple[Notice, ...]]":
        """Return what customers hold as rows with decimals, for tables and files; ``spec`` is the intent behind it."""
        from ingram_micro_cloud.handlers.fleet import held_rows

        planned = await self._planner.intent(spec, given, run.organization, self._no_read)
        desk = self._desk(spec, run, planned.own.customers if planned.own else None)
        rows, notices = await held_rows(desk, planned.inputs)
        return rows, tuple(Notice(code, message) for code, message in notices)

    @staticmethod
    async def _no_read(spec: ActionSpec, inputs: Given) -> object:
        raise TypeError(f"{spec.id} has no ids to look up, yet {sorted(inputs)} were to be")

    def _made(self, spec: ActionSpec, run: Run, desk: "RunDesk", result: "IntentResult") -> Outcome:
        notices = tuple(Notice(code, message) for code, message in result.notices)
        rows = result.value if isinstance(result.value, list) else None
        return Outcome(
            action=spec.id, organization=run.organization, result=result.value,
            complete=all(each.code != LEFT for each in notices), total=None if rows is None else len(rows),
            calls=run.meter.calls, pages=1, request_ids=tuple(run.meter.request_ids), status_code=desk.status_code,
            warnings=(*notices, *self._checker(spec).notices(result.value)),
        )  # fmt: skip

    def _rehearsed_intent(self, spec: ActionSpec, run: Run, request: Given | None) -> Outcome:
        return Outcome(
            action=spec.id, organization=run.organization, result=None, complete=True, total=None,
            calls=run.meter.calls, pages=0, request_ids=tuple(run.meter.request_ids), status_code=None, dry_run=True,
            request=request,
        )  # fmt: skip

    def _one(
        self, spec: ActionSpec, run: Run, value: object, status_code: int | None, notices: tuple[Notice, ...]
    ) -> Outcome:
        return Outcome(
            action=spec.id, organization=run.organization, result=value, complete=True, total=None,
            calls=run.meter.calls, pages=1, request_ids=tuple(run.meter.request_ids), status_code=status_code,
            warnings=(*notices, *(() if value is None else self._checker(spec).notices(value))),
        )  # fmt: skip

    async def _list(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> Outcome:
        rows: list[object] = []
        notices: list[Notice] = []
        pages, last = 0, None
        async with aclosing(self._walk(plan, run)) as walked:
            async for screened in walked:
                last, page = screened.page, self._page(spec, screened)
                rows += page.rows
                notices += page.warnings
                pages += 1
                if run.on_page is not None:
                    run.on_page(page)
        duplicates = last.duplicates_so_far if last else 0
        if duplicates:
            text = f"{duplicates} rows were sent twice because the list moved while it was read; each is kept once."
            notices.append(Notice("duplicates_dropped", text, count=duplicates))
        return Outcome(
            action=spec.id, organization=run.organization, result=rows, complete=bool(last and last.complete),
            total=last.total if last else None, calls=run.meter.calls, pages=pages,
            request_ids=tuple(run.meter.request_ids), status_code=last.status_code if last else None,
            warnings=gathered(notices),
        )  # fmt: skip

    def _walk(self, plan: GuardedCall, run: Run) -> AsyncGenerator[ScreenedPage, None]:
        async def send(request: ApiRequest) -> ApiAnswer:
            return await self._client.send(request, run.meter)

        async def read_one(action: str, inputs: Given) -> ApiAnswer:
            return await self._client.send(plan_declared(self._bundle.actions[action], inputs).request, run.meter)

        return walked_rows(plan, send, read_one)

    def _page(self, spec: ActionSpec, screened: ScreenedPage) -> Page:
        page = screened.page
        notices = self._checker(spec).notices(page.rows) if spec.lists else ()
        return Page(page.rows, page.total, page.received_so_far, page.complete, (*screened.notices, *notices))

    def _checker(self, spec: ActionSpec) -> AnswerChecker:
        return self._checkers.setdefault(spec.id, AnswerChecker(spec))

    def _desk(
        self,
        spec: ActionSpec,
        run: Run,
        own: tuple[str, ...] | None,
        *,
        rehearsing: bool = False,
        consent: "Consent | None" = None,
    ) -> "RunDesk":
        from ingram_micro_cloud.runtime.desk import RunDesk

        return RunDesk(
            self._office, RunLine(self, self._bundle, self._client, run, spec), run.meter, consent=consent,
            organization=run.organization, own=own, key=run.key, rehearsing=rehearsing,
            redact=lambda value: self._client.redactor.value(value), on_progress=run.on_progress,
        )  # fmt: skip
