"""Tells the installed extensions how runs ended, secrets masked; their failures become warnings and nothing else."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import Redactor, mask_paths
from ingram_micro_cloud.runtime.extension_threads import LONGEST, NoAnswerError, in_own_thread
from ingram_micro_cloud.runtime.extensions import Extensions
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome
from ingram_micro_cloud.runtime.runs import Run
from ingram_micro_cloud.runtime.secret_inputs import secret_inputs

log = logging.getLogger(__name__)
FAILED: Final = "extension_failed"
SHORTEST: Final = 1.0
"""Seconds that are waited for a listener although the run's deadline has passed."""
Given = Mapping[str, object]


@dataclass(frozen=True)
class Telling:
    """Tells the extensions of one connection; ``now`` is the clock of its deadlines."""

    extensions: Extensions
    bundle: Bundle
    now: Callable[[], float]

    async def done(self, outcome: Outcome, spec: ActionSpec, given: Given, redactor: Redactor, run: Run) -> Outcome:
        """Tell of an outcome; returns it, with a warning for each extension that failed over it, or still is at it."""
        if not self.extensions.listeners:
            return outcome
        told = {**outcome.as_json(), "result": mask_paths(outcome.result, self._secret_results(spec)), "error": None}
        failed = await self._told(told, spec, given, redactor, run.meter.deadline)
        notices = tuple(Notice(FAILED, sentence) for sentence in failed)
        return replace(outcome, warnings=(*outcome.warnings, *notices)) if notices else outcome

    async def failed(
        self,
        problem: IngramMicroCloudError,
        spec: ActionSpec,
        given: Given,
        redactor: Redactor,
        run: Run,
        *,
        dry_run: bool,
    ) -> None:
        """Tell of a failure."""
        if not self.extensions.listeners:
            return
        outcome = Outcome(
            action=spec.id, organization=run.organization, result=None, complete=False, total=None, calls=problem.calls,
            pages=0, request_ids=(), status_code=problem.status_code, dry_run=dry_run,
        )  # fmt: skip
        await self._told({**outcome.as_json(), "error": problem.as_json()}, spec, given, redactor, run.meter.deadline)

    async def _told(
        self, told: dict[str, Any], spec: ActionSpec, given: Given, redactor: Redactor, deadline: float | None
    ) -> tuple[str, ...]:
        everything = redactor.with_secrets(secret_inputs(spec, given, self.bundle.actions)).value(told)
        if not isinstance(everything, dict):
            raise TypeError("a redacted object is an object")
        failed = [(name, await self._tell(name, everything, deadline)) for name in self.extensions.listeners]
        return tuple(f"The extension {name!r} {why}." for name, why in failed if why is not None)

    async def _tell(self, listener: str, told: Given, deadline: float | None) -> str | None:
        # Whoever ran out of time is told of as well, so a little is left for it.
        seconds = LONGEST if deadline is None else max(SHORTEST, deadline - self.now())
        try:
            return await in_own_thread(partial(self.extensions.tell, listener, told), seconds)
        except NoAnswerError as problem:
            log.warning("the extension %s is slow over an outcome", listener)
            return f"was told of this run and {problem}"

    def _secret_results(self, spec: ActionSpec) -> tuple[str, ...]:
        if spec.effect != "path":
            return spec.redact.output
        # A generic request may be any action by another path, and its rows may come in their envelope.
        paths = dict.fromkeys(path for each in self.bundle.actions.values() for path in each.redact.output)
        return tuple(each for path in paths for each in (path, f"data.{path}"))
