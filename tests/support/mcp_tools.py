"""The MCP server in this process, an official client at its other end, and what that client was told."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mcp import Client
from mcp_types import CallToolResult

from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
from ingram_micro_cloud.hosts.mcp.server import make_server
from ingram_micro_cloud.hosts.mcp.started import StartedAccess, started_access
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.runtime.permissions import Permission
from ingram_micro_cloud.store.configurations import Health
from support.marketplace import Workplace

FREE = {
    "allow": "buy", "approve_new_annual_commitment": False, "max_seat_change": None, "max_seat_change_percent": None,
    "max_order_amount": None, "max_day_amount": None,
}  # fmt: skip
"""Buying rules that let an ordinary order through."""


def access(
    permission: Permission = "look",
    *,
    organizations: Sequence[str] | None = (),
    reseller: bool = True,
    configurations: Sequence[str] | None = None,
) -> StartedAccess:
    return started_access(permission, organizations=organizations, reseller=reseller, configurations=configurations)


@dataclass
class Assistant:
    """Somebody who calls tools."""

    client: Client
    progress: list[tuple[float, float | None, str | None]] = field(default_factory=list)

    async def call(self, tool: str, /, **arguments: Any) -> Any:
        """Call a tool that must go well; the client holds the answer against the tool's output schema."""
        result = await self.result(tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    async def refused(self, tool: str, /, **arguments: Any) -> Any:
        """Call a tool that must not go well, and return the error object."""
        result = await self.result(tool, **arguments)
        assert result.is_error, result.structured_content
        assert result.content[0].type == "text"
        assert result.structured_content["error"]["message"] in result.content[0].text
        return result.structured_content["error"]

    async def result(self, tool: str, /, **arguments: Any) -> CallToolResult:
        return await self.client.call_tool(tool, arguments, progress_callback=self._told)

    async def _told(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append((progress, total, message))


def saved(workplace: Workplace, name: str = "main", **changes: object) -> None:
    configuration = workplace.configuration(**{"name": name, **FREE, **changes})
    workplace.integration.book(workplace.state).save(configuration, Health(True, None, 1, 0.0))


def serving(workplace: Workplace) -> PreviewingService:
    return PreviewingService(
        workplace.integration, workplace.state, timing=workplace.timing, transport=workplace.transport, environ={},
        files=workplace.files,
    )  # fmt: skip


@asynccontextmanager
async def assistant(workplace: Workplace, whom: Access, *, mode: str = "legacy") -> AsyncIterator[Assistant]:
    """Connect over memory streams, as over any other stream."""
    async with serving(workplace) as service:
        server = make_server(service, lambda _: whom)
        async with Client(server, mode=mode) as client:
            await client.list_tools()
            yield Assistant(client)
