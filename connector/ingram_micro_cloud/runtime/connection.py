"""One open connection to a marketplace: runs actions, streams pages, closes cleanly."""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import Redactor
from ingram_micro_cloud.runtime import permissions
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.execution import Execution
from ingram_micro_cloud.runtime.extensions import NO_EXTENSIONS, Extensions
from ingram_micro_cloud.runtime.options import Option, narrowing, option_source, options_of
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome, Page
from ingram_micro_cloud.runtime.runs import Run
from ingram_micro_cloud.runtime.secret_inputs import secret_inputs
from ingram_micro_cloud.runtime.told_outcomes import Telling

if TYPE_CHECKING:
    from pathlib import Path

    from ingram_micro_cloud.ordering.fleet.holdings import SeatRow
    from ingram_micro_cloud.ordering.follow import OnProgress
    from ingram_micro_cloud.organizations.book import MappingBook
    from ingram_micro_cloud.organizations.exchange.importing import ExchangeReport
    from ingram_micro_cloud.organizations.models import KnownCustomer
    from ingram_micro_cloud.organizations.refresh import OnProgress as RefreshProgress
    from ingram_micro_cloud.organizations.refresh import RefreshReport

log = logging.getLogger(__name__)
OnWait = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What customers hold, what should be said about it, and the calls it cost."""

    rows: "tuple[SeatRow, ...]"
    warnings: tuple[Notice, ...]
    calls: int


class Connection:
    """Runs actions with one configuration. Made by ``Integration.connect`` and used with ``async with``."""

    def __init__(
        self,
        bundle: Bundle,
        configuration: Configuration,
        client: MarketplaceClient,
        execution: Execution,
        *,
        timing: Timing,
        allowance: permissions.Allowance,
        extensions: Extensions = NO_EXTENSIONS,
        on_wait: OnWait | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.configuration = configuration
        self._allowance = allowance
        self._telling = Telling(extensions, bundle, timing.now)
        self._bundle = bundle
        self._client = client
        self._execution = execution
        self._timing = timing
        self._on_wait = on_wait
        self._on_close = on_close

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
        """The actions this connection allows; those above its permission are not listed."""
        return {name: spec for name, spec in self._bundle.actions.items() if self._allowance.permits(spec.effect)}

    async def run(
        self,
        action: str,
        inputs: Mapping[str, object] | None = None,
        *,
        organization: str | None = None,
        dry_run: bool = False,
        deadline_seconds: float | None = None,
        key: str | None = None,
        on_page: Callable[[Page], None] | None = None,
        on_progress: "OnProgress | None" = None,
        on_wait: OnWait | None = None,
    ) -> Outcome:
        """Run one action to its end and return what came of it.

        Args:
            action: Id, reference, title or alias.
            inputs: By the vendor's names, flat or in the platform's groups.
            organization: Run for this organization's customer, behind the customer guard.
            dry_run: Build and check the request and send no write. Nothing at all is sent without an organization; with
                one, reads may be, to prove whose an id is.
            deadline_seconds: Give up, waiting included, after so long.
            key: Your own name for a purchase: the same key again returns the first outcome and sends nothing.
            on_page: Told about every page of a list as it arrives.
            on_progress: Told about the states an order or a report goes through while it is followed.
            on_wait: Told ``(seconds, reason)`` whenever a call of this run has to wait.

        Raises:
            IngramMicroCloudError: Whatever went wrong; ``calls`` says how many requests had been sent.
        """
        spec, given = self._bundle.lookup(action), _given(inputs)
        meter = self._meter(deadline_seconds, on_wait)
        run = Run(meter, organization, key, on_page, on_progress)
        try:
            outcome = await self._execution.outcome(spec, given, run, dry_run=dry_run)
        except IngramMicroCloudError as problem:
            self._finish(problem, spec, given, meter)
            log.info("%s failed: %s, %d calls, %s", spec.id, problem.specific_code, meter.calls, problem.correlation_id)
            await self._telling.failed(problem, spec, given, self._client.redactor, run, dry_run=dry_run)
            raise
        log.info("%s done: status %s, %d calls", spec.id, outcome.status_code, outcome.calls)
        return await self._telling.done(outcome, spec, given, self._client.redactor, run)

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
            async with aclosing(self._execution.pages(spec, _given(inputs), Run(meter, organization))) as pages:
                async for page in pages:
                    meter.request_ids.clear()  # nobody asks for them here, and a long list would gather many
                    yield page
        except IngramMicroCloudError as problem:
            self._finish(problem, spec, _given(inputs), meter)
            raise

    async def holdings(
        self,
        inputs: Mapping[str, object] | None = None,
        *,
        organization: str | None = None,
        deadline_seconds: float | None = None,
    ) -> "Holdings":
        """Return what customers hold, as rows with decimals; the inputs are those of `list_seats`.

        Raises:
            IngramMicroCloudError: As for ``run``.
        """
        spec, meter = self._bundle.actions["list_seats"], self._meter(deadline_seconds)
        try:
            rows, notices = await self._execution.holdings(spec, _given(inputs), Run(meter, organization))
        except IngramMicroCloudError as problem:
            self._finish(problem, spec, _given(inputs), meter)
            raise
        return Holdings(tuple(rows), notices, meter.calls)

    async def refresh_mapping(
        self, book: "MappingBook", *, most_calls: int | None = None, on_progress: "RefreshProgress | None" = None
    ) -> "RefreshReport":
        """Read the vendor's customers to the last page; see ``runtime.mapping_work.refresh_mapping``."""
        from ingram_micro_cloud.runtime import mapping_work  # it needs this class

        return await mapping_work.refresh_mapping(self, book, most_calls=most_calls, on_progress=on_progress)

    async def find_customer(self, book: "MappingBook", customer_id: str) -> "KnownCustomer":
        """Return one of the vendor's customers, to give to ``MappingBook.set``."""
        from ingram_micro_cloud.runtime import mapping_work  # it needs this class

        return await mapping_work.find_customer(self, book, customer_id)

    async def import_mapping(
        self, book: "MappingBook", file: "Path", *, replace: bool = False, pack_config_id: str | None = None
    ) -> "ExchangeReport":
        """Take a mapping in from a file, all of it or nothing; see ``runtime.mapping_work.import_mapping``."""
        from ingram_micro_cloud.runtime import mapping_work  # it needs this class

        return await mapping_work.import_mapping(self, book, file, replace=replace, pack_config_id=pack_config_id)

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
        secrets = secret_inputs(spec, given, self._bundle.actions)
        if secrets and problem.vendor_message:
            # The vendor may quote what it refuses, a new contact's password included.
            problem.vendor_message = Redactor(secrets).text(problem.vendor_message)

    def _meter(self, deadline_seconds: float | None, on_wait: OnWait | None = None) -> CallMeter:
        deadline = None if deadline_seconds is None else self._timing.now() + deadline_seconds
        return CallMeter(deadline=deadline, on_wait=on_wait or self._on_wait)


def _given(inputs: Mapping[str, object] | None) -> Mapping[str, object]:
    # None is nothing given; an empty list, 0 or "" is not, and whoever reads the inputs says so.
    return {} if inputs is None else inputs
