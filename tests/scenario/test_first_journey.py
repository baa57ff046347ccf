"""What a newcomer does first: the demo, a marketplace of 5,000 customers, two processes, help."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT
from typing import Any

import httpx
import pytest

from support.cli import Terminal

COMMAND = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli"]
INTERRUPTIBLE = [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
                 "from ingram_micro_cloud.hosts.cli import main; main()"]  # fmt: skip
"""The same, to be interrupted: what starts the tests may ignore SIGINT (nohup, &), and children inherit that."""


@contextmanager
def sandbox(*options: str) -> Iterator[dict[str, str]]:
    with subprocess.Popen([*COMMAND, "sandbox", "--json", *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def environ(known: dict[str, str], home: Path) -> dict[str, str]:
    made = {f"IM_CLOUD_{key.upper()}": value for key, value in known.items() if key != "control_url"}
    return {**os.environ, **made, "IM_CLOUD_HOME": str(home)}


def run(known: dict[str, str], home: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [*COMMAND, "run", *arguments, "--json"], env=environ(known, home), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_five_thousand_customers_cost_eleven_calls_and_then_ten(tmp_path: Path) -> None:
    with sandbox("--customers", "5000") as known:
        for most in (11, 10):
            outcome = run(known, tmp_path, "list_customers")
            assert len({row["id"] for row in outcome["result"]}) == outcome["total"] == 5000
            assert outcome["complete"]
            assert outcome["calls"] <= most
        counted = httpx.get(f"{known['control_url']}/calls").json()
        assert counted["total"] == 21
        assert counted["tokens"] == 1


def test_two_processes_at_once_stay_within_the_vendors_limit(tmp_path: Path) -> None:
    with sandbox("--customers", "4000") as known:
        commands = [*COMMAND, "run", "list_customers", "--json", "--deadline", "50"]
        settings = {**environ(known, tmp_path), "IM_CLOUD_CALLS_PER_MINUTE": "100"}
        workers = [subprocess.Popen(commands, env=settings, stdout=subprocess.PIPE, text=True) for _ in range(6)]
        outcomes = [json.loads(worker.communicate()[0]) for worker in workers]
        assert [len(outcome["result"]) for outcome in outcomes] == [4000] * 6
        assert httpx.get(f"{known['control_url']}/calls").json()["refused"] == 0


def test_the_demo_tells_the_whole_journey_and_touches_nothing_of_the_user(terminal: Terminal) -> None:
    ended = terminal("demo")
    assert ended.status == 0
    assert ended.err == ""
    for said in (
        "practice marketplace",
        "Signed in",
        "Customers readable",
        "List Customers",
        "25",
        "im-cloud config save",
    ):
        assert said in ended.out
    assert not terminal.home.exists()
    told = terminal("demo", "--json").json
    assert told["check"]["passing"]
    assert len(told["list_customers"]["result"]) == 25
    assert told["refused"]["code"] == "permission_refused"


def test_help_imports_nothing_it_does_not_use() -> None:
    unused = ("sqlalchemy", "httpx", "uvicorn", "starlette", "cryptography", "keyring", "alembic", "jsonschema")
    code = (
        "import sys\nfrom ingram_micro_cloud.hosts.cli.app import run_command_line\n"
        "assert run_command_line(['--help']) == 0\n"
        f"print([name for name in {unused!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["config", "save", "--help"], ["sandbox", "-h"]])
def test_every_help_is_printed_and_succeeds(terminal: Terminal, arguments: list[str]) -> None:
    ended = terminal(*arguments)
    assert ended.status == 0
    assert "Usage: im-cloud" in ended.out


def test_completion_offers_actions(tmp_path: Path) -> None:
    settings = {
        **os.environ, "_IM_CLOUD_COMPLETE": "complete_bash", "COMP_WORDS": "im-cloud run list_c", "COMP_CWORD": "2",
    }  # fmt: skip
    done = subprocess.run(COMMAND, env=settings, capture_output=True, text=True, check=False)
    assert "list_customers" in done.stdout.split()


def test_a_reader_that_leaves_early_causes_no_noise(tmp_path: Path) -> None:
    with sandbox("--unlimited", "--customers", "3000") as known:
        line = f"{sys.executable} -m ingram_micro_cloud.hosts.cli run list_customers --json | head -c 100"
        done = subprocess.run(
            ["/bin/sh", "-c", line], env=environ(known, tmp_path), capture_output=True, text=True, check=True
        )
        assert len(done.stdout) == 100
        assert done.stderr == ""


def test_an_interrupted_run_says_what_that_means(tmp_path: Path) -> None:
    with sandbox("--unlimited") as known:
        httpx.post(
            f"{known['control_url']}/faults", json={"operation": "getCustomers", "fault": "delay", "seconds": 30}
        )
        process = subprocess.Popen(
            [*INTERRUPTIBLE, "run", "list_customers"], env=environ(known, tmp_path), stderr=subprocess.PIPE, text=True
        )
        try:
            calls = 0
            while calls < 2 and process.poll() is None:
                calls = httpx.get(f"{known['control_url']}/calls").json()["total"]
            process.send_signal(SIGINT)
            assert "nothing more will be" in process.communicate(timeout=10)[1]
            assert process.returncode == 130
        finally:
            process.kill()
            process.wait()
