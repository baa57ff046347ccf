"""One measured row, and the tools to measure ratios with."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.runtime.configuration import Configuration


@dataclass(frozen=True)
class Row:
    """What was measured, against what it should be at most (or at least)."""

    what: str
    value: float
    limit: float
    at_least: bool = False
    digits: int = 2
    note: str = ""

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def shown(self) -> str:
        return f"{self.value:.{self.digits}f}"

    @property
    def mark(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Server:
    """A practice marketplace in another process, so that its work is not counted as ours."""

    announced: dict[str, str]

    def values(self, **changes: object) -> dict[str, object]:
        keys = ("api_url", "username", "password", "subscription_key", "marketplace")
        plenty = {"calls_per_minute": 10_000_000, "calls_per_day": 1_000_000_000}
        return {"name": "bench", **{key: self.announced[key] for key in keys}, **plenty, **changes}

    def configuration(self, integration: Integration, **changes: object) -> Configuration:
        return integration.configuration(self.values(**changes))


@contextmanager
def server(*options: str) -> Iterator[Server]:
    """Start `im-cloud sandbox` on a free port."""
    import json

    command = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "sandbox", "--port", "0", "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Server(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


@contextmanager
def fresh_home() -> Iterator[Path]:
    """Give this process and its children a state folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("IM_CLOUD_HOME")
        os.environ["IM_CLOUD_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["IM_CLOUD_HOME"]
            else:
                os.environ["IM_CLOUD_HOME"] = before


def alternating(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> float:
    """Return the median ratio of pairs measured one after the other, so that a busy machine hits both."""
    return median(ours() / theirs() for _ in range(rounds))


def processor_seconds(work: Callable[[], object]) -> float:
    """Return the processor time this process spends on some work."""
    before = time.process_time()
    work()
    return time.process_time() - before


__all__ = ["Row", "Server", "alternating", "fresh_home", "load_integration", "processor_seconds", "server"]
