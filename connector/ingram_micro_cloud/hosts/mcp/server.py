"""The MCP server: tools and resources for whoever a request comes from."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from mcp.server import Server, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextResourceContents,
)

from ingram_micro_cloud.hosts.mcp import resources
from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
from ingram_micro_cloud.hosts.mcp.calls import ToolDesk
from ingram_micro_cloud.hosts.mcp.windows import MOST
from ingram_micro_cloud.hosts.mcp.writes import Writes, writing
from ingram_micro_cloud.hosts.serving.access import Access

NAME: Final = "im-cloud"
INSTRUCTIONS: Final = (
    "Works on an Ingram Micro Cloud Marketplace account: customers, subscriptions, orders, products, reports. Give "
    "organization to act for one of the mapped organizations; only its own customer can then be touched. Tools that "
    "would buy make a preview and buy nothing; show it to the person, and only when they agree submit it. Every tool "
    "answers with result, complete, total, calls (requests it cost) and warnings, after a dry run also with request, "
    f"or with error alone. A list stops at {MOST} rows unless max_items says otherwise; complete is then false, total "
    "says how many there are if that is known, and a warning how to get more. An error says what happened and what to "
    "do; with retry 'no' or 'after_check' do not simply call again. Read im-cloud://buying before buying and "
    "im-cloud://actions/{id} for one tool's full reference: every member of inputs and results is described there."
)
Context = ServerRequestContext[Writes, Any]
AccessOf = Callable[[Context], Access]
"""Tells whom a request comes from."""
Lifespan = Callable[[Server[Writes]], AbstractAsyncContextManager[Writes]]


def make_server(service: PreviewingService, access_of: AccessOf, lifespan: Lifespan | None = None) -> Server[Writes]:
    """Return the server.

    Args:
        service: What it serves.
        access_of: Tells whom a request comes from.
        lifespan: Gives the place where writes run; by default one of its own, which ends only when they have ended.
    """
    desk, actions = ToolDesk(service), service.integration.actions

    async def list_tools(context: Context, _: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=desk.tools(access_of(context)))

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        return await desk.called(
            access_of(context), params.name, params.arguments or {}, context.session.report_progress,
            context.lifespan_context,
        )  # fmt: skip

    async def list_resources(context: Context, _: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=resources.listed(desk.allowed(access_of(context))))

    async def list_templates(_context: Context, _: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=[resources.TEMPLATE])

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        text = resources.page(str(params.uri), desk.allowed(access_of(context)), actions)
        if text is None:
            raise MCPError(INVALID_PARAMS, f"There is no such resource. Read {resources.ACTIONS} for what there is.")
        content = TextResourceContents(uri=str(params.uri), mime_type=resources.MARKDOWN, text=text)
        return ReadResourceResult(contents=[content])

    return Server(
        NAME,
        version=service.integration.version,
        title=service.integration.manifest.title,
        instructions=INSTRUCTIONS,
        lifespan=lifespan or _own_writes,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


@asynccontextmanager
async def _own_writes(_: Server[Writes]) -> AsyncIterator[Writes]:
    async with writing() as writes:
        yield writes
