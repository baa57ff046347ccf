"""Saving a configuration with the connection check, and testing a saved one. The same on every surface."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ingram_micro_cloud.errors import ConfigurationError, ConfigurationInvalidError
from ingram_micro_cloud.manifest.integration import IntegrationFile
from ingram_micro_cloud.runtime.book import ConfigurationBook
from ingram_micro_cloud.runtime.check import CheckReport, StepResult
from ingram_micro_cloud.runtime.configuration import read_configuration
from ingram_micro_cloud.runtime.plain_json import is_plain
from ingram_micro_cloud.store.configurations import Health
from ingram_micro_cloud.store.state import State

OnStep = Callable[[StepResult], None]
Check = Callable[[Mapping[str, object], OnStep | None], Awaitable[CheckReport]]


@dataclass(frozen=True, slots=True)
class SaveReport:
    """How the connection check went, and whether the configuration is saved now."""

    report: CheckReport
    saved: bool


@dataclass(frozen=True)
class ConfigurationDesk:
    """Takes filled forms in."""

    manifest: IntegrationFile
    state: State
    check: Check
    now: Callable[[], float]

    async def save(
        self,
        name: str,
        typed: Mapping[str, object],
        *,
        unverified: bool = False,
        unless_saved: bool = False,
        on_step: OnStep | None = None,
    ) -> SaveReport:
        """Check what was typed and save it when it works; what was typed is kept as a draft otherwise, secrets apart.

        Args:
            name: Under which name; masked or absent secrets are taken from what is saved under it.
            typed: Values by field key.
            unverified: Save it even when the check fails, as long as the form itself is in order.
            unless_saved: Send nothing when exactly this is saved already: a host may then say it at every start.
            on_step: Told about every step as it ends.
        """
        if unless_saved and (known := self._saved_alike(name, typed)) is not None:
            return SaveReport(known, saved=True)
        report = await self.tried(name, typed, on_step=on_step)
        configuration = report.configuration
        if configuration is not None and (report.passing or unverified):
            self._book.save(configuration, health_of(report, self.now()))
            self.state.drafts.remove(name)
            return SaveReport(report, saved=True)
        self.state.drafts.save(name, self._without_secrets(typed))
        return SaveReport(report, saved=False)

    def _saved_alike(self, name: str, typed: Mapping[str, object]) -> CheckReport | None:
        """Return how the last check went when exactly this is saved, passing or not; None otherwise."""
        record = self.state.configurations.get(name)
        if record is None or record.health is None:
            return None
        try:
            wanted = read_configuration(self.manifest.form, self._book.completed(name, typed))
            saved = self._book.load(name)
        except ConfigurationError:
            return None
        if not wanted.is_default:  # the first one that is saved is the default without being asked
            wanted = wanted.model_copy(update={"is_default": saved.is_default})
        if wanted != saved:
            return None
        return CheckReport(record.health.passing, (), (), record.health.milliseconds or 0, saved)

    async def tried(self, name: str, typed: Mapping[str, object], *, on_step: OnStep | None = None) -> CheckReport:
        """Return how the check goes with what was typed for a name; nothing is stored."""
        try:
            values = self._book.completed(name, typed)
        except ConfigurationInvalidError as problem:
            report = CheckReport.refused(self.manifest.connection_check, problem, "secret_needed")
            if on_step is not None:
                on_step(report.steps[0])
            return report
        return await self.check(values, on_step)

    async def test(self, name: str, *, on_step: OnStep | None = None) -> CheckReport:
        """Check a saved configuration and remember its health.

        Raises:
            ConfigurationMissingError: There is none of this name.
        """
        report = await self.check(self._book.load(name).model_dump(), on_step)
        self._book.set_health(name, health_of(report, self.now()))
        return report

    @property
    def _book(self) -> ConfigurationBook:
        return ConfigurationBook(self.manifest.form, self.state)

    def _without_secrets(self, typed: Mapping[str, object]) -> dict[str, object]:
        form = self.manifest.form
        kept = {key: typed[key] for key in form.properties if key in typed and key not in form.secrets}
        if "@" in str(kept.get("api_url", "")):
            del kept["api_url"]  # an address may carry a user and a password, and a draft is readable
        return {key: value for key, value in kept.items() if is_plain(value)}


def health_of(report: CheckReport, at: float) -> Health:
    """Return what is kept of a check: passing, the failing step's code, milliseconds, seconds since 1970."""
    failed = next((step.code for step in report.steps if not step.passed), None)
    return Health(report.passing, failed, report.milliseconds, at)
