"""Wires everything together: the bundle, the state, the network. The one place that does.

Loading the bundle is all that an import of this module makes possible at once; the HTTP stack and the database are
imported by the methods that need them, so that drawing a palette waits for neither.
"""

import getpass
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, lru_cache, partial
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.manifest.action_folders import ActionFolder
from ingram_micro_cloud.manifest.integration import IntegrationFile
from ingram_micro_cloud.manifest.loader import Bundle, load_bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.extensions import EXTENSIONS, NO_EXTENSIONS, Extensions
from ingram_micro_cloud.runtime.form import rendered_form

if TYPE_CHECKING:
    from ingram_micro_cloud.api.client import MarketplaceClient
    from ingram_micro_cloud.api.timing import Timing
    from ingram_micro_cloud.api.transport import Transport
    from ingram_micro_cloud.manifest.mapping import VariableSpec
    from ingram_micro_cloud.organizations.book import MappingBook
    from ingram_micro_cloud.organizations.sources import OrganizationBook
    from ingram_micro_cloud.runtime.blocking import BlockingConnection
    from ingram_micro_cloud.runtime.book import ConfigurationBook
    from ingram_micro_cloud.runtime.check import CheckReport, StepResult
    from ingram_micro_cloud.runtime.configuration import Configuration
    from ingram_micro_cloud.runtime.connection import Connection
    from ingram_micro_cloud.runtime.office import Office
    from ingram_micro_cloud.runtime.permissions import Grant
    from ingram_micro_cloud.runtime.saving import ConfigurationDesk, OnStep
    from ingram_micro_cloud.store.state import State

OnWait = Callable[[float, str], None]


def load_integration(root: Traversable | None = None, *, extensions: Extensions | None = None) -> "Integration":
    """Read and check the bundle; touches neither network nor state.

    Args:
        root: A folder with integration.yaml and actions/; by default the one that is installed, read once per process.
        extensions: Who takes part, from ``hookspecs.extensions_of``; by default those that are installed.

    Raises:
        BundleError: A file is wrong; the message names file, line and what was expected.
        UsageError: An extension does not fit its specification; it is named.
    """
    taking_part = _installed_extensions() if extensions is None else extensions
    added = tuple(taking_part.action_folders())
    bundle = _installed_bundle(added) if root is None else load_bundle(root, added)
    return Integration(bundle, taking_part)


@lru_cache(maxsize=4)
def _installed_bundle(added: tuple[ActionFolder, ...]) -> Bundle:
    return load_bundle(bundle_root(), added)


@cache
def _installed_extensions() -> Extensions:
    from importlib.metadata import entry_points

    if not entry_points(group=EXTENSIONS):
        return NO_EXTENSIONS  # pluggy is imported once there is something to plug in
    from ingram_micro_cloud.hookspecs import installed_extensions

    return installed_extensions()


class Integration:
    """The loaded integration: its actions, its form, and the way to connect."""

    def __init__(self, bundle: Bundle, extensions: Extensions = NO_EXTENSIONS) -> None:
        self._bundle, self._extensions = bundle, extensions

    @property
    def manifest(self) -> IntegrationFile:
        """Identity, groups, form and connection check as declared."""
        return self._bundle.integration

    @property
    def name(self) -> str:
        """The pack reference that action references begin with."""
        return self.manifest.id

    @property
    def version(self) -> str:
        """This connector's version."""
        return self.manifest.version

    @property
    def actions(self) -> Mapping[str, ActionSpec]:
        """Every action by id."""
        return self._bundle.actions

    @property
    def variable(self) -> "VariableSpec":
        """The organization variables that a mapping is stored in on a platform."""
        return self._bundle.mapping.variable

    def lookup(self, name: str) -> ActionSpec:
        """Return the action with this id, reference, title or alias.

        Raises:
            UnknownActionError: None goes by this name; the hint names the nearest.
        """
        return self._bundle.lookup(name)

    def configuration_form(self) -> dict[str, object]:
        """Return the form, ready to render: JSON Schema 2020-12 with UI hints."""
        return rendered_form(self.manifest)

    def configuration(self, values: Mapping[str, object]) -> "Configuration":
        """Return a checked configuration from form values; nothing is sent or stored.

        Raises:
            ConfigurationInvalidError: Each wrong field is marked.
        """
        from ingram_micro_cloud.runtime.configuration import read_configuration

        return read_configuration(self.manifest.form, values)

    def book(self, state: "State") -> "ConfigurationBook":
        """Return the saved configurations of a state."""
        from ingram_micro_cloud.runtime.book import ConfigurationBook  # the database loads only for this

        return ConfigurationBook(self.manifest.form, state)

    def organizations(self, state: "State", *, now: Callable[[], float] = time.time) -> "OrganizationBook":
        """Return the organizations of a state: importing them from files, lists and sources."""
        from ingram_micro_cloud.organizations.sources import OrganizationBook

        return OrganizationBook(state, self._bundle.mapping, now=now)

    def mapping(
        self,
        configuration: "Configuration",
        state: "State",
        *,
        who: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> "MappingBook":
        """Return the mapping of one configuration: which organization stands for which customers.

        Args:
            configuration: Whose mapping; it is kept under its name.
            state: Where it is kept.
            who: Kept with every change; by default the operating system's user.
            now: Seconds since 1970.
        """
        from ingram_micro_cloud.organizations.book import MappingBook
        from ingram_micro_cloud.runtime.mappings import account_of

        account = account_of(configuration, state)
        return MappingBook(
            self._bundle.mapping, lambda: self._bundle.words, state, account, who=who or getpass.getuser(), now=now
        )

    def choose(self, name: str | None, state: "State", environ: Mapping[str, str] = os.environ) -> "Configuration":
        """Return the configuration for one run: the named one, else the environment's, else the default one.

        Raises:
            ConfigurationMissingError: There is none; the hint is the command that makes one.
            ConfigurationInvalidError: The environment's is incomplete or wrong.
        """
        from ingram_micro_cloud.runtime.environment import environment_values

        values = None if name is not None else environment_values(self.manifest.form, environ)
        return self.configuration(values) if values is not None else self.book(state).load(name)

    def connect(
        self,
        configuration: "Configuration",
        *,
        state: "State | None" = None,
        transport: "Transport | None" = None,
        timing: "Timing | None" = None,
        grant: "Grant | None" = None,
        on_wait: OnWait | None = None,
    ) -> "Connection":
        """Return a connection to use with ``async with``; nothing is sent before its first call.

        Secrets that a store keeps are read in this thread, however long that takes; ``opened`` reads them beside it.

        Args:
            configuration: From ``configuration`` or ``choose``.
            state: Where tokens and call permits are shared; by default the one in IM_CLOUD_HOME.
            transport: Stands in for the network.
            timing: Stands in for clock, sleep and randomness.
            grant: Who acts, and the most they may do; by default the operating system's user, and what the
                configuration allows.
            on_wait: Told ``(seconds, reason)`` whenever a call has to wait.
        """
        from ingram_micro_cloud.runtime.secret_references import revealed_here

        revealed = revealed_here(configuration, self.manifest.form, self._extensions)
        return self._connected(configuration, revealed, state, transport, timing, grant, on_wait)

    async def opened(
        self,
        configuration: "Configuration",
        *,
        state: "State | None" = None,
        transport: "Transport | None" = None,
        timing: "Timing | None" = None,
        grant: "Grant | None" = None,
        on_wait: OnWait | None = None,
    ) -> "Connection":
        """Return the connection that ``connect`` returns, for whoever serves several: nobody waits for a secret store.

        Raises:
            ConfigurationInvalidError: A secret cannot be read, or its store took more than 30 seconds.
        """
        revealed = await self._revealed(configuration)
        return self._connected(configuration, revealed, state, transport, timing, grant, on_wait)

    def _connected(
        self,
        configuration: "Configuration",
        revealed: "Configuration",
        state: "State | None",
        transport: "Transport | None",
        timing: "Timing | None",
        grant: "Grant | None",
        on_wait: OnWait | None,
    ) -> "Connection":
        from ingram_micro_cloud.api.timing import Timing
        from ingram_micro_cloud.runtime.connection import Connection
        from ingram_micro_cloud.runtime.execution import Execution
        from ingram_micro_cloud.runtime.mappings import SavedMappings, SavedOwners, account_of
        from ingram_micro_cloud.runtime.permissions import Allowance
        from ingram_micro_cloud.runtime.planner import Planner

        opened = state or open_state()
        timing = timing or Timing()
        client = self._client(revealed, opened, timing, transport)
        closing = None if state is not None else opened.close
        mappings = SavedMappings(lambda: self.mapping(configuration, opened, now=timing.now))
        owners = SavedOwners(opened, account_of(configuration, opened), timing.now)
        allowance = Allowance(configuration.name, configuration.allow, grant)
        planner = Planner(self._bundle, allowance, mappings, owners)
        office = self.office(configuration, opened, grant=grant, timing=timing, transport=transport)
        execution = Execution(self._bundle, client, planner, office, self._extensions)
        return Connection(
            self._bundle, configuration, client, execution, timing=timing, allowance=allowance,
            extensions=self._extensions, on_wait=on_wait, on_close=closing,
        )  # fmt: skip

    def office(
        self,
        configuration: "Configuration",
        state: "State",
        *,
        grant: "Grant | None" = None,
        timing: "Timing | None" = None,
        transport: "Transport | None" = None,
    ) -> "Office":
        """Return where buying happens for a configuration: its rules, journal, previews and audit.

        Args:
            configuration: Whose.
            state: Where they are kept.
            grant: Who acts, kept with approvals and in the audit, and where files may go; by default the operating
                system's user, and wherever that one says.
            timing: Stands in for clock and sleep.
            transport: Stands in for the network where files are fetched.
        """
        from ingram_micro_cloud.api.timing import Timing
        from ingram_micro_cloud.runtime.mappings import account_of
        from ingram_micro_cloud.runtime.office import Office

        account = account_of(configuration, state)
        who, files = (getpass.getuser(), None) if grant is None else (grant.who, grant.files)
        return Office(configuration, account, state, timing or Timing(), who, transport, files)

    def connect_sync(
        self,
        configuration: "Configuration",
        *,
        state: "State | None" = None,
        transport: "Transport | None" = None,
        timing: "Timing | None" = None,
        on_wait: OnWait | None = None,
    ) -> "BlockingConnection":
        """Return the same connection for code without ``await``; use it with ``with``."""
        from ingram_micro_cloud.runtime.blocking import BlockingConnection

        return BlockingConnection(
            self.connect(configuration, state=state, transport=transport, timing=timing, on_wait=on_wait)
        )

    async def check(
        self,
        values: Mapping[str, object],
        *,
        state: "State | None" = None,
        transport: "Transport | None" = None,
        timing: "Timing | None" = None,
        on_step: "Callable[[StepResult], None] | None" = None,
    ) -> "CheckReport":
        """Run the connection check on form values; stores nothing and never raises for a bad value."""
        from ingram_micro_cloud.api.timing import Timing
        from ingram_micro_cloud.runtime.check import ConnectionChecker

        opened = state or open_state()
        timing = timing or Timing()
        opening = partial(self._client, state=opened, timing=timing, transport=transport)
        try:
            return await ConnectionChecker(self.manifest, opening, timing, self._revealed).check(values, on_step)
        finally:
            if state is None:
                opened.close()

    def desk(
        self, state: "State", *, transport: "Transport | None" = None, timing: "Timing | None" = None
    ) -> "ConfigurationDesk":
        """Return where filled forms are checked and saved, in a state."""
        from ingram_micro_cloud.api.timing import Timing
        from ingram_micro_cloud.runtime.saving import ConfigurationDesk

        clock = timing or Timing()

        def check(values: Mapping[str, object], on_step: "OnStep | None") -> "Awaitable[CheckReport]":
            return self.check(values, state=state, transport=transport, timing=clock, on_step=on_step)

        return ConfigurationDesk(self.manifest, state, check, clock.now)

    async def _revealed(self, configuration: "Configuration") -> "Configuration":
        from ingram_micro_cloud.runtime.secret_references import revealed

        return await revealed(configuration, self.manifest.form, self._extensions)

    def _client(
        self,
        configuration: "Configuration",
        state: "State",
        timing: "Timing",
        transport: "Transport | None",
    ) -> "MarketplaceClient":
        from ingram_micro_cloud.runtime.ports import open_client

        agent = f"{self.manifest.distribution}/{self.version}"
        return open_client(configuration, state, user_agent=agent, timing=timing, transport=transport)


def open_state(environ: Mapping[str, str] = os.environ) -> "State":
    """Open the state named by IM_CLOUD_DATABASE_URL or kept in IM_CLOUD_HOME.

    Raises:
        StateError: It cannot be used; nothing was changed.
    """
    from ingram_micro_cloud.store.state import State  # the database loads only when it is needed

    return State.open(environ=environ)
