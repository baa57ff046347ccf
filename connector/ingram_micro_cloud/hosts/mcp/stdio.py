"""Serves one client over standard streams, until it closes its end."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import anyio
from anyio import TASK_STATUS_IGNORED
from anyio.abc import TaskStatus
from mcp.server import Server
from mcp.server.stdio import stdio_server

from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
from ingram_micro_cloud.hosts.mcp.last_answers import answering
from ingram_micro_cloud.hosts.mcp.server import make_server
from ingram_micro_cloud.hosts.mcp.writes import Writes, writing
from ingram_micro_cloud.hosts.serving.access import Access

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


async def serve_streams(service: PreviewingService, access: Access) -> None:
    """Serve over standard input and output; returns when either has ended, and what was being written as well."""
    async with writing() as writes, anyio.create_task_group() as tasks:

        @asynccontextmanager
        async def lifespan(_: Server[Writes]) -> AsyncIterator[Writes]:
            yield writes

        server = make_server(service, lambda _: access, lifespan)
        if sys.platform != "win32":
            await tasks.start(_until_signal, writes)
        async with service:
            try:
                async with stdio_server() as (incoming, outgoing):
                    await server.run(*answering(incoming, outgoing), server.create_initialization_options())
            except* (BrokenPipeError, ConnectionResetError):
                pass  # a client that reads no more has gone as well
            # What it asked to be written still is.
            await writes.idle()
        tasks.cancel_scope.cancel()


async def _until_signal(writes: Writes, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
    """End the process at a signal, once nothing is being written."""
    with anyio.open_signal_receiver(*_SIGNALS) as signals:
        task_status.started()
        async for number in signals:
            await writes.idle()
            # A thread waits for input that may never come, and no ending in good order gets past it.
            os._exit(128 + number)
