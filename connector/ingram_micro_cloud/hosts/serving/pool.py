"""Open connections, shared by calls of the same holder to the same configuration, closed when nobody uses them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from ingram_micro_cloud.errors import AuthenticationError, SignInRefusedError
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.runtime.permissions import Grant

MOST_IDLE: Final = 32
"""Connections that are kept open although nobody uses them just now."""
Open: TypeAlias = Callable[[Configuration, Grant], Awaitable[Connection]]


@dataclass(eq=False)
class _Pooled:
    connection: Connection
    users: int = 0
    retired: bool = False


class ConnectionPool:
    """One connection per configuration and grant. A configuration that changed gets a new one."""

    def __init__(self, opening: Open) -> None:
        self._opening = opening
        self._open: dict[tuple[str, Grant], _Pooled] = {}

    @asynccontextmanager
    async def connection(self, configuration: Configuration, grant: Grant) -> AsyncIterator[Connection]:
        """Lend a connection; it stays open for the next call."""
        key = (configuration.name, grant)
        pooled, replaced = self._open.get(key), None
        if pooled is None or pooled.connection.configuration != configuration:
            pooled = _Pooled(await self._opening(configuration, grant))
            replaced = self._open.get(key)  # also one that came while this one was being opened
        self._open.pop(key, None)
        self._open[key] = pooled  # last: the least recently used comes first
        pooled.users += 1
        try:
            if replaced is not None:
                # Only now: whoever comes while it closes finds the new one.
                await self._retire(replaced)
            yield pooled.connection
        except (SignInRefusedError, AuthenticationError):
            # What it signs in with may come from elsewhere and be another by now: the next call asks again.
            pooled.retired = True
            if self._open.get(key) is pooled:
                del self._open[key]
            raise
        finally:
            pooled.users -= 1
            if pooled.retired and pooled.users == 0:
                await pooled.connection.aclose()
            await self._close_idle()

    async def aclose(self) -> None:
        """Close what nobody uses; what is in use is closed by its last user."""
        for key in list(self._open):
            await self._retire(self._open.pop(key))

    async def _close_idle(self) -> None:
        idle = [key for key, pooled in self._open.items() if pooled.users == 0]
        for key in idle[: max(0, len(idle) - MOST_IDLE)]:
            await self._retire(self._open.pop(key))

    async def _retire(self, pooled: _Pooled) -> None:
        pooled.retired = True
        if pooled.users == 0:
            await pooled.connection.aclose()
