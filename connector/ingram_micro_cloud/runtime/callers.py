"""Hands lower rooms a way to call the vendor: through a connection, with its limits, pages, errors and guard."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing

from ingram_micro_cloud.runtime.connection import Connection


class ConnectionCaller:
    """Calls actions of one connection, for the reseller or behind the guard of one organization."""

    def __init__(self, connection: Connection, organization: str | None = None) -> None:
        self._connection, self._organization = connection, organization

    async def rows(self, action: str, inputs: Mapping[str, object]) -> AsyncIterator[Sequence[object]]:
        """Yield the rows of a list action, page by page, to its end."""
        async with aclosing(self._connection.pages(action, inputs, organization=self._organization)) as pages:
            async for page in pages:
                yield page.rows

    async def one(self, action: str, inputs: Mapping[str, object]) -> object:
        """Return the object an action answers with."""
        return (await self._connection.run(action, inputs, organization=self._organization)).result
