"""The connection without `await`: one blocking portal per connection, no second copy of any logic."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.connection import Connection, Holdings
from ingram_micro_cloud.runtime.options import Option
from ingram_micro_cloud.runtime.outcomes import Outcome, Page

if TYPE_CHECKING:
    from pathlib import Path

    from ingram_micro_cloud.ordering.follow import OnProgress
    from ingram_micro_cloud.organizations.book import MappingBook
    from ingram_micro_cloud.organizations.exchange.importing import ExchangeReport
    from ingram_micro_cloud.organizations.models import KnownCustomer
    from ingram_micro_cloud.organizations.refresh import OnProgress as RefreshProgress
    from ingram_micro_cloud.organizations.refresh import RefreshReport


class BlockingConnection:
    """What ``connect_sync`` gives: the same methods as Connection, each waiting for its result."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Self:
        _refuse_inside_a_loop()
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal())
            stack.enter_context(self._opened(self._portal))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._portal = None
        self._stack.__exit__(kind, problem, trace)

    @property
    def configuration(self) -> Configuration:
        """The configuration this connection uses."""
        return self._connection.configuration

    @property
    def actions(self) -> Mapping[str, ActionSpec]:
        """The actions this configuration allows."""
        return self._connection.actions

    def run(
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
    ) -> Outcome:
        """Run one action to its end; see ``Connection.run``."""
        call = partial(
            self._connection.run, action, inputs, organization=organization, dry_run=dry_run,
            deadline_seconds=deadline_seconds, key=key, on_page=on_page,
            on_progress=on_progress,
        )  # fmt: skip
        return self._open_portal().call(call)

    def pages(
        self,
        action: str,
        inputs: Mapping[str, object] | None = None,
        *,
        organization: str | None = None,
        deadline_seconds: float | None = None,
    ) -> Iterator[Page]:
        """Stream a list page by page; see ``Connection.pages``."""
        portal = self._open_portal()
        walked = self._connection.pages(action, inputs, organization=organization, deadline_seconds=deadline_seconds)

        async def next_page() -> Page | None:
            return await anext(walked, None)

        try:
            while (page := portal.call(next_page)) is not None:
                yield page
        finally:
            portal.call(walked.aclose)

    def options(
        self,
        action: str,
        input_name: str,
        *,
        query: str = "",
        given: Mapping[str, object] = MappingProxyType({}),
        organization: str | None = None,
        deadline_seconds: float | None = None,
    ) -> tuple[Option, ...]:
        """Return the entries of an input's drop-down; see ``Connection.options``."""
        call = partial(
            self._connection.options, action, input_name, query=query, given=given, organization=organization,
            deadline_seconds=deadline_seconds,
        )  # fmt: skip
        return self._open_portal().call(call)

    def holdings(
        self,
        inputs: Mapping[str, object] | None = None,
        *,
        organization: str | None = None,
        deadline_seconds: float | None = None,
    ) -> Holdings:
        """Return what customers hold; see ``Connection.holdings``."""
        call = partial(self._connection.holdings, inputs, organization=organization, deadline_seconds=deadline_seconds)
        return self._open_portal().call(call)

    def refresh_mapping(
        self, book: "MappingBook", *, most_calls: int | None = None, on_progress: "RefreshProgress | None" = None
    ) -> "RefreshReport":
        """Read the vendor's customers to the last page; see ``Connection.refresh_mapping``."""
        call = partial(self._connection.refresh_mapping, book, most_calls=most_calls, on_progress=on_progress)
        return self._open_portal().call(call)

    def find_customer(self, book: "MappingBook", customer_id: str) -> "KnownCustomer":
        """Return one of the vendor's customers; see ``Connection.find_customer``."""
        return self._open_portal().call(self._connection.find_customer, book, customer_id)

    def import_mapping(
        self, book: "MappingBook", file: "Path", *, replace: bool = False, pack_config_id: str | None = None
    ) -> "ExchangeReport":
        """Take a mapping in from a file; see ``Connection.import_mapping``."""
        call = partial(self._connection.import_mapping, book, file, replace=replace, pack_config_id=pack_config_id)
        return self._open_portal().call(call)

    def _opened(self, portal: BlockingPortal) -> AbstractContextManager[object]:
        return portal.wrap_async_context_manager(self._connection)

    def _open_portal(self) -> BlockingPortal:
        if self._portal is None:
            raise UsageError("The connection is closed.", hint="Use it inside its `with` block.")
        _refuse_inside_a_loop()
        return self._portal


def _refuse_inside_a_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError(
        "connect_sync would block the running event loop.",
        hint="Inside async code use: async with integration.connect(…)",
    )
