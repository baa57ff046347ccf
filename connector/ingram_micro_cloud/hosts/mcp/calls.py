"""Runs one tool call for whoever asked: within their access, to an answer or an error that a model can act on."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from mcp_types import CallToolResult, Tool

from ingram_micro_cloud.errors import IngramMicroCloudError, InputError, InternalError
from ingram_micro_cloud.hosts.mcp.arguments import sorted_arguments
from ingram_micro_cloud.hosts.mcp.buying import PreviewingService, Way, refusal, way_of
from ingram_micro_cloud.hosts.mcp.progress import Progress, Report
from ingram_micro_cloud.hosts.mcp.results import answer, failure
from ingram_micro_cloud.hosts.mcp.tools import tool_of
from ingram_micro_cloud.hosts.mcp.windows import window
from ingram_micro_cloud.hosts.mcp.writes import Writes
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.service import Call
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.outcomes import Outcome
from ingram_micro_cloud.runtime.permissions import Allowance
from ingram_micro_cloud.runtime.secret_inputs import secret_inputs

log = logging.getLogger(__name__)


class ToolDesk:
    """The tools of one service, for any access."""

    def __init__(self, service: PreviewingService) -> None:
        self._service = service
        self._actions = service.integration.actions

    def allowed(self, access: Access) -> Mapping[str, ActionSpec]:
        """Return the actions that are tools for this access: those that one of its configurations allows."""
        found: dict[str, ActionSpec] = {}
        wanted: Sequence[str | None] = self._configurations(access) or [None]
        for name in wanted:
            found |= self._service.allowed(access, name)
        return {name: spec for name, spec in self._actions.items() if name in found}

    def tools(self, access: Access) -> list[Tool]:
        """Return the tools of an access."""
        configurations = self._configurations(access)
        return [tool_of(spec, self._actions, access, configurations) for spec in self.allowed(access).values()]

    async def called(
        self, access: Access, name: str, arguments: Mapping[str, object], report: Report, writes: Writes
    ) -> CallToolResult:
        """Return what came of a call; whatever went wrong is an answer too.

        Args:
            access: Whom the caller acts for.
            name: The tool.
            arguments: As the client sent them.
            report: Sends progress.
            writes: Where what changes something runs, so that it ends even when nobody waits.
        """
        try:
            return await self._called(access, name, arguments, report, writes)
        except IngramMicroCloudError as problem:
            return failure(problem)
        except Exception as problem:  # noqa: BLE001  # the last resort: the caller gets one error, the server goes on
            # Neither the exception's words nor its traceback, which may quote what was given, secrets included.
            log.error("A tool failed inside: %s", type(problem).__name__)  # noqa: TRY400
            return failure(
                InternalError(
                    f"Something nobody foresaw happened inside ({type(problem).__name__}). What had been sent stays "
                    "sent.",
                    hint="Look before you call it again, and report it.",
                )
            )

    async def _called(
        self, access: Access, name: str, arguments: Mapping[str, object], report: Report, writes: Writes
    ) -> CallToolResult:
        spec = self._service.integration.lookup(name)
        given = sorted_arguments(spec, arguments)
        way = way_of(spec, self._actions)
        # Its preview may need less than the purchase does.
        self._require(access, spec, given.call.configuration)
        self._refuse_secrets(spec, given.inputs)
        part = window(spec, given.inputs, given.max_items)
        progress = Progress(report)

        async def work() -> Outcome:
            return part.of(await self._run(access, way, part.inputs, given.call, progress))

        # A read ends with whoever asked for it; anything else goes on without them.
        kept = work if spec.effect == "read" else partial(writes.finish, work)
        outcome = await progress.delivered(kept)
        return answer(way.runs, outcome, self._actions.values())

    async def _run(
        self, access: Access, way: Way, inputs: Mapping[str, object], call: Call, progress: Progress
    ) -> Outcome:
        try:
            return await self._service.run(
                access, way.runs.id, way.inputs(inputs), call,
                on_page=progress.on_page, on_progress=progress.on_progress, on_wait=progress.on_wait,
            )  # fmt: skip
        except IngramMicroCloudError as problem:
            told = refusal(problem, way.runs, way, self._actions)
            if told is problem:
                raise
            raise told from problem

    def _require(self, access: Access, spec: ActionSpec, configuration: str | None) -> None:
        if spec.effect == "path":
            return  # what it needs is judged once the path is read
        used = self._service.configuration(access, configuration)
        Allowance(used.name, used.allow, access.grant).require(spec.effect, what=spec.title)

    def _refuse_secrets(self, spec: ActionSpec, inputs: Mapping[str, object]) -> None:
        if secret_inputs(spec, inputs, self._actions):
            raise InputError(
                f"Nothing was sent. {spec.title} was given a password, and passwords do not go through a model.",
                hint=f"Leave it out; a person sets it: im-cloud run {spec.id}",
            )

    def _configurations(self, access: Access) -> Sequence[str]:
        saved = [each.name for each in self._service.integration.book(self._service.state).all()]
        return [name for name in saved if access.configurations is None or name in access.configurations]
