"""Vendor calls per job, as the marketplace counts them."""

import json
import os
import subprocess
import sys

import anyio
import httpx

from benchmarks.row import Row, Server, fresh_home, load_integration, server
from ingram_micro_cloud.plugin import open_state


def rows() -> list[Row]:
    """Count calls for 5,000 customers, cold and warm, and sign-ins of 50 callers at once."""
    with server("--customers", "5000") as marketplace, fresh_home():
        cold, warm = _listing(marketplace), _listing(marketplace)
        tokens = _counted(marketplace)["tokens"]
    with server("--unlimited") as marketplace, fresh_home():
        anyio.run(_together, marketplace)
        together = _counted(marketplace)["tokens"]
    return [
        Row("calls to list 5,000 customers, cold", cold, 11, digits=0),
        Row("calls to list 5,000 customers, second process", warm, 10, digits=0),
        Row("token calls of both processes", tokens, 1, digits=0),
        Row("sign-ins when 50 callers start together", together, 1, digits=0),
    ]


def _listing(marketplace: Server) -> int:
    environ = {f"IM_CLOUD_{key.upper()}": str(value) for key, value in marketplace.values().items() if key != "name"}
    command = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "run", "list_customers", "--json"]
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    outcome = json.loads(done.stdout)
    assert len(outcome["result"]) == 5000
    return int(outcome["calls"])


async def _together(marketplace: Server) -> None:
    integration = load_integration()
    with open_state() as state:
        configuration = marketplace.configuration(integration)
        async with integration.connect(configuration, state=state) as connection, anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(connection.run, "list_resellers", {"limit": 1})


def _counted(marketplace: Server) -> dict[str, int]:
    found: dict[str, int] = httpx.get(f"{marketplace.announced['control_url']}/calls").json()
    return found
