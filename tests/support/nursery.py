"""The test's end of the nursery: begin orders in processes of their own, end them, hear what came of them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from ingram_micro_cloud.sandbox import Answer, Call, Dropped, Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support import crash_child
from support.journals import marker_in

Json = dict[str, Any]


class WatchedMarketplace(Marketplace):
    """Remembers every order that arrived, by its marker, whatever became of it."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.arrived: list[Json] = []

    def answer(self, call: Call) -> Answer | Dropped:
        if (call.method, call.path) == ("POST", "/orders"):
            self.arrived.append(json.loads(call.body))
        return super().answer(call)

    def arrivals(self, number: str) -> list[Json]:
        """Orders that came with a purchase number."""
        return [body for body in self.arrived if body.get("poNumber") == number]

    def marked(self) -> list[Json]:
        """Orders that exist and carry a marker."""
        found = self.steer(lambda control: control.state("orders"))
        return [row for row in found if marker_in(row) is not None]  # type: ignore[attr-defined]


@dataclass
class Nursery:
    """One running nursery; what it says is kept by the order's name."""

    child: subprocess.Popen[str]
    lines: "Queue[Json]" = field(default_factory=Queue)
    ended: dict[str, int] = field(default_factory=dict)
    told: dict[str, Json] = field(default_factory=dict)

    def begin(self, name: str, **wanted: object) -> None:
        self._say(id=name, place=wanted)

    def kill(self, name: str) -> None:
        self._say(id=name, kill=True)

    def listen(self, seconds: float = 0.0) -> None:
        """Take in what was said, waiting so long for a first line."""
        try:
            line = self.lines.get(timeout=seconds) if seconds else self.lines.get_nowait()
            while True:
                if "ended" in line:
                    self.ended[line["id"]] = line["ended"]
                if "told" in line:
                    self.told[line["id"]] = line
                line = self.lines.get_nowait()
        except Empty:
            pass

    def wait(self, until: Callable[[], bool], seconds: float = 60.0) -> None:
        """Listen until something is so."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, "the nursery takes too long"
            assert self.child.poll() is None, "the nursery has ended"
            self.listen(0.002)

    def _say(self, **what: object) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(what) + "\n")
        self.child.stdin.flush()


@contextmanager
def nursery(place: str, running: RunningMarketplace) -> Iterator[Nursery]:
    """Run a nursery whose orders go to a marketplace and into the state at a place."""
    given = {"place": place, "url": running.api_url, "credentials": asdict(running.marketplace.credentials)}
    tests = Path(crash_child.__file__).parents[1]
    path = os.pathsep.join([str(tests), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    child = subprocess.Popen(
        [sys.executable, crash_child.__file__, json.dumps(given)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    made = Nursery(child)

    def read() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            made.lines.put(json.loads(line))

    reader = Thread(target=read, daemon=True)
    reader.start()
    try:
        yield made
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(timeout=30)
        reader.join(timeout=10)
        assert child.stdout is not None
        child.stdout.close()
