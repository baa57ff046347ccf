"""The gateway as a process of its own, as `im-cloud serve` starts it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from support.cli import Terminal
from support.gateway import FREELY

PATIENCE = 30.0
"""Seconds for a process to begin or to end."""
_MAIN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); " \
        "from ingram_micro_cloud.hosts.cli import main; main()"  # fmt: skip
"""What starts the tests may ignore SIGINT (nohup, &), and children inherit that."""


@dataclass
class GatewayProcess:
    """A running gateway: its address, the key of its run, and what it writes."""

    process: "subprocess.Popen[str]"
    url: str
    key: str | None
    log: Path

    def client(self, key: str | None = None, **more: Any) -> httpx.Client:
        """Return a client that holds a key, by default the one of this run."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, **more)

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for the process to end and return its status."""
        return self.process.wait(PATIENCE)

    @property
    def written(self) -> str:
        """What it has written to its log so far."""
        return self.log.read_text(encoding="utf-8")


def save(terminal: Terminal, name: str = "main", **changes: object) -> None:
    """Save a configuration that lets everything through."""
    rules = {key: value for key, value in FREELY.items() if value is not None}
    none = dict.fromkeys((key for key, value in FREELY.items() if value is None), "none")
    saved = terminal.save(name, **{**rules, **none, "calls_per_minute": 100_000, "calls_per_day": 10**7, **changes})
    assert saved.status == 0, saved.out + saved.err


@contextmanager
def running(
    terminal: Terminal, *options: str, environ: dict[str, str] | None = None, stdin: int | None = None
) -> Iterator[GatewayProcess]:
    """Give a gateway that runs while the block lasts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IM_CLOUD_", "OTEL_"))}
    given = {**kept, "IM_CLOUD_HOME": str(terminal.home), **terminal.environ, **(environ or {})}
    command = [sys.executable, "-c", _MAIN, "serve", "--port", "0", "--json", *options]
    folder = terminal.home.parent / "gateway"
    folder.mkdir(exist_ok=True)
    log = folder / "log.txt"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=errors, text=True, env=given, cwd=folder
        )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, log.read_text(encoding="utf-8")
        told = json.loads(line)
        yield GatewayProcess(process, told["url"], told["key"], log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE)
        process.stdout.close()
