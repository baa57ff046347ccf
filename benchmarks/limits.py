"""Two processes that share one key for two minutes: never over the vendor's limit, little left unused."""

import os
import subprocess
import sys
import time

import httpx

from benchmarks.row import Row, fresh_home, server

SECONDS = 130
ALLOWED = 300
"""Calls the vendor lets through in that time: 100 at once, 100 more after each whole minute."""
WORKER = """
import sys, time, anyio
from ingram_micro_cloud import load_integration
from ingram_micro_cloud.plugin import open_state
from ingram_micro_cloud.errors import CallBudgetError

async def work(until):
    integration = load_integration()
    with open_state() as state:
        async with integration.connect(integration.choose(None, state), state=state) as connection:
            while time.time() < until:
                try:
                    await connection.run("list_service_plans", {"limit": 1}, deadline_seconds=until - time.time())
                except CallBudgetError:
                    return

anyio.run(work, float(sys.argv[1]))
"""


def rows() -> list[Row]:
    """Let two processes work as fast as they may, on the real clock, and ask the marketplace what it saw."""
    with server() as marketplace, fresh_home():
        values = marketplace.values(calls_per_minute=100, calls_per_day=10_000, allow="edit")
        environ = {f"IM_CLOUD_{key.upper()}": str(value) for key, value in values.items() if key != "name"}
        until = str(time.time() + SECONDS)
        workers = [
            subprocess.Popen([sys.executable, "-c", WORKER, until], env={**os.environ, **environ}) for _ in range(2)
        ]
        for worker in workers:
            worker.wait()
        seen = httpx.get(f"{marketplace.announced['control_url']}/calls").json()
    used = seen["total"] - seen["refused"]
    note = f"  {used} calls in {SECONDS} s, {seen['tokens']} sign-in"
    return [
        Row("calls refused for limits, two processes on one key", seen["refused"], 0, digits=0),
        Row("share of the allowed calls that were used", used / ALLOWED, 0.9, at_least=True, note=note),
    ]
