"""Tells the installed extensions how runs ended, secrets masked; their failures become warnings and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import anyio.to_thread

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import Redactor, mask_paths
from ingram_micro_cloud.runtime.extensions import Extensions
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome
from ingram_micro_cloud.runtime.secret_inputs import secret_inputs

FAILED: Final = "extension_failed"
Given = Mapping[str, object]


@dataclass(frozen=True)
class Telling:
    """Tells the extensions of one connection."""

    extensions: Extensions
    bundle: Bundle

    async def done(self, outcome: Outcome, spec: ActionSpec, given: Given, redactor: Redactor) -> Outcome:
        """Tell of an outcome; returns it, with a warning for each extension that failed over it."""
        if not self.extensions.hears_outcomes:
            return outcome
        told = {**outcome.as_json(), "result": mask_paths(outcome.result, self._secret_results(spec)), "error": None}
        failed = await self._told(told, spec, given, redactor)
        notices = tuple(Notice(FAILED, sentence) for sentence in failed)
        return replace(outcome, warnings=(*outcome.warnings, *notices)) if notices else outcome

    async def failed(
        self,
        problem: IngramMicroCloudError,
        spec: ActionSpec,
        given: Given,
        redactor: Redactor,
        *,
        organization: str | None,
        dry_run: bool,
    ) -> None:
        """Tell of a failure."""
        if not self.extensions.hears_outcomes:
            return
        outcome = Outcome(
            action=spec.id, organization=organization, result=None, complete=False, total=None, calls=problem.calls,
            pages=0, request_ids=(), status_code=problem.status_code, dry_run=dry_run,
        )  # fmt: skip
        await self._told({**outcome.as_json(), "error": problem.as_json()}, spec, given, redactor)

    async def _told(self, told: dict[str, Any], spec: ActionSpec, given: Given, redactor: Redactor) -> tuple[str, ...]:
        everything = redactor.with_secrets(secret_inputs(spec, given, self.bundle.actions)).value(told)
        if not isinstance(everything, dict):
            raise TypeError("a redacted object is an object")
        return tuple(await anyio.to_thread.run_sync(partial(self.extensions.tell, everything)))

    def _secret_results(self, spec: ActionSpec) -> tuple[str, ...]:
        if spec.effect != "path":
            return spec.redact.output
        # A generic request may be any action by another path, and its rows may come in their envelope.
        paths = dict.fromkeys(path for each in self.bundle.actions.values() for path in each.redact.output)
        return tuple(each for path in paths for each in (path, f"data.{path}"))
