"""Runs the command in this process, as fast as a call, with its streams caught."""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingram_micro_cloud.hosts.cli.app import run_command_line
from ingram_micro_cloud.sandbox.server import RunningMarketplace


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return self.json["error"]


@dataclass
class Terminal:
    """A person at a command line, with a state folder of their own and no terminal attached."""

    home: Path
    running: RunningMarketplace
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        out, err = io.StringIO(), io.StringIO()
        settings = {"IM_CLOUD_HOME": str(self.home), "COLUMNS": "100", "NO_COLOR": "1", **self.environ}
        with _environment(settings), _standard_input(stdin), redirect_stdout(out), redirect_stderr(err):
            status = run_command_line(arguments)
        return Ended(status, out.getvalue(), err.getvalue())

    def fields(self, **changes: object) -> dict[str, object]:
        known: Mapping[str, object] = self.running.announcement()
        return {**{key: value for key, value in known.items() if key != "control_url"}, **changes}

    def save(self, name: str = "main", **changes: object) -> Ended:
        return self("config", "save", name, "--from", "-", "--json", stdin=json.dumps(self.fields(**changes)))


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("IM_CLOUD_"):
            del os.environ[name]
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _standard_input(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before
