"""Runs actions for the holders of keys: within their permission, their organizations, their configurations."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import anyio
import anyio.to_thread

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import ConfigurationError, ConfigurationMissingError
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.drop_downs import RecentOptions
from ingram_micro_cloud.hosts.serving.pool import ConnectionPool
from ingram_micro_cloud.plugin import Integration
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.connection import Connection, OnWait
from ingram_micro_cloud.runtime.options import Option, option_source, searched
from ingram_micro_cloud.runtime.outcomes import Outcome, Page
from ingram_micro_cloud.runtime.permissions import Allowance, Grant
from ingram_micro_cloud.store.state import State, home_folder

if TYPE_CHECKING:
    from ingram_micro_cloud.api.transport import Transport
    from ingram_micro_cloud.manifest.models import ActionSpec
    from ingram_micro_cloud.ordering.follow import OnProgress


@dataclass(frozen=True, slots=True)
class Call:
    """For whom an action runs, and how.

    Attributes:
        configuration: Name of a saved configuration; None for the environment's, else the default.
        organization: The organization; None for the reseller.
        key: The caller's own name for a purchase.
        dry_run: Build and check the request and send no write.
        deadline_seconds: Give up, waiting included, after so long.
    """

    configuration: str | None = None
    organization: str | None = None
    key: str | None = None
    dry_run: bool = False
    deadline_seconds: float | None = None


class Service:
    """The integration and its state as a long-running host uses them. Use with ``async with``."""

    def __init__(
        self,
        integration: Integration,
        state: State,
        *,
        timing: Timing | None = None,
        transport: "Transport | None" = None,
        environ: Mapping[str, str] = os.environ,
        files: Path | None = None,
    ) -> None:
        """Make a service; nothing is opened yet.

        Args:
            integration: What is offered.
            state: Where everything is kept.
            timing: Stands in for clock, sleep and randomness.
            transport: Stands in for the network.
            environ: Where the environment's configuration is read.
            files: Each holder's files go to a folder of its own below; by default ``files`` in IM_CLOUD_HOME.
        """
        self.integration, self.state = integration, state
        self._files = files or home_folder(environ) / "files"
        self._hurried = False
        self.timing = replace(timing or Timing(), hurried=lambda: self._hurried)
        self.transport = transport
        self._environ = environ
        self._pool = ConnectionPool(self._opened)
        self._recent = RecentOptions(self.timing.now)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    def hurry(self) -> None:
        """Have whatever waits for an order or a report at the vendor's answer soon that it is still running."""
        self._hurried = True

    def grant(self, access: Access) -> Grant:
        """Return what narrows a configuration for a holder, and the folder of its files."""
        return replace(access.grant, files=self._files / quote(access.folder or access.who, safe=" @+,()"))

    def configuration(self, access: Access, wanted: str | None) -> Configuration:
        """Return the configuration to use: the named one, else the environment's, else the default.

        Raises:
            KeyRefusedError: The holder may not use it.
            ConfigurationMissingError: There is none.
        """
        try:
            found = self.integration.choose(access.for_configuration(wanted), self.state, self._environ)
        except ConfigurationMissingError as problem:
            if access.manage or not self.integration.book(self.state).names():
                raise
            # The names of the others may be customers' names.
            raise ConfigurationMissingError(problem.message, hint="Ask whoever runs this host for its name.") from None
        access.for_configuration(found.name)
        return found

    def allowed(self, access: Access, configuration: str | None = None) -> "Mapping[str, ActionSpec]":
        """Return the actions the holder may run; without a usable configuration, by the holder's permission alone.

        Raises:
            KeyRefusedError: The holder may not use the configuration that is named.
            ConfigurationMissingError: One is named, and there is none of this name.
        """
        try:
            used = self.configuration(access, configuration)
        except ConfigurationError as problem:
            if configuration is not None and isinstance(problem, ConfigurationMissingError):
                raise
            allowance = Allowance("", access.permission)
        else:
            allowance = Allowance(used.name, used.allow, self.grant(access))
        return {name: spec for name, spec in self.integration.actions.items() if allowance.permits(spec.effect)}

    @asynccontextmanager
    async def connection(self, access: Access, configuration: str | None) -> AsyncIterator[Connection]:
        """Lend an open connection. It asks nobody whether an organization may be acted for: ``run`` does."""
        # In a thread: another process may keep the database waiting, and everybody else goes on meanwhile.
        used = await anyio.to_thread.run_sync(self.configuration, access, configuration)
        grant = self.grant(access)
        async with self._pool.connection(used, grant) as connection:
            yield connection

    async def run(
        self,
        access: Access,
        action: str,
        inputs: Mapping[str, object],
        call: Call,
        *,
        on_page: Callable[[Page], None] | None = None,
        on_progress: "OnProgress | None" = None,
        on_wait: OnWait | None = None,
    ) -> Outcome:
        """Run one action to its end. Whoever stops waiting for it, what is no mere read is not abandoned.

        Args:
            access: The holder.
            action: Id, reference, title or alias.
            inputs: By the vendor's names.
            call: For whom, and how.
            on_page: Told about every page of a list as it arrives.
            on_progress: Told about the states an order or a report goes through while it is followed.
            on_wait: Told ``(seconds, reason)`` whenever a call has to wait.

        Raises:
            IngramMicroCloudError: Whatever went wrong; refusals of the key are among it, before anything is sent.
        """
        spec = self.integration.lookup(action)
        organization = access.for_organization(call.organization, scope=spec.scope)
        async with self.connection(access, call.configuration) as connection:
            with anyio.CancelScope(shield=spec.effect != "read"):
                outcome = await connection.run(
                    spec.id,
                    inputs,
                    organization=organization,
                    dry_run=call.dry_run,
                    deadline_seconds=call.deadline_seconds,
                    key=call.key,
                    on_page=on_page,
                    on_progress=on_progress,
                    on_wait=on_wait,
                )
            if spec.effect != "read":
                self._recent.forget(connection)
        return outcome

    async def options(
        self,
        access: Access,
        action: str,
        input_name: str,
        *,
        query: str = "",
        given: Mapping[str, object] = MappingProxyType({}),
        call: Call = Call(),
    ) -> tuple[Option, ...]:
        """Return the entries of an input's drop-down; for an organization only its own.

        For the reseller they are those of the last two minutes, unless the same holder has changed something since.

        Raises:
            IngramMicroCloudError: As for ``run``; also when the input is no drop-down.
        """
        spec = self.integration.lookup(action)
        source = self.integration.actions[option_source(spec, input_name).action]
        organization = access.for_organization(call.organization, scope=source.scope)
        async with self.connection(access, call.configuration) as connection:
            found = None if organization else self._recent.find(connection, spec.id, input_name, given)
            if found is None:
                found = await connection.options(
                    spec.id, input_name, given=given, organization=organization,
                    deadline_seconds=call.deadline_seconds,
                )  # fmt: skip
                if organization is None:
                    self._recent.keep(connection, spec.id, input_name, given, found)
        return searched(found, query)

    async def _opened(self, configuration: Configuration, grant: Grant) -> Connection:
        return await self.integration.opened(
            configuration, state=self.state, transport=self.transport, timing=self.timing, grant=grant
        )
