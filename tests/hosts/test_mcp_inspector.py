"""The inspector's command line, as people use it to look at a server: lists, calls, resources, streams and HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal
from support.npm_tools import tool

SERVER = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "mcp"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder with a configuration for a practice marketplace."""
    folder = tmp_path_factory.mktemp("inspected")
    with RunningMarketplace(Marketplace(seed=7, customers=5, unlimited=True)) as running:
        assert Terminal(folder, running).save(allow="buy").status == 0
        yield folder


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IM_CLOUD_")}
    return {**kept, "IM_CLOUD_HOME": str(home), "HOME": str(home)}


def inspected(home: Path, *arguments: str, server: tuple[str, ...] | None = None) -> "subprocess.CompletedProcess[str]":
    served = [*SERVER, "--allow", "buy", "--reseller"] if server is None else list(server)
    # It hands a server only the variables it is told to.
    passed = ["-e", f"IM_CLOUD_HOME={home}"] if server is None else []
    return subprocess.run(
        [str(tool("mcp-inspector")), "--cli", *passed, *served, *arguments], capture_output=True, text=True,
        timeout=120, env=environment(home), check=False,
    )  # fmt: skip


def told(ended: "subprocess.CompletedProcess[str]") -> Any:
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_it_lists_every_tool_and_finds_no_schema_that_clients_cannot_take(home: Path) -> None:
    ended = inspected(home, "--method", "tools/list", "--strict")
    tools = {each["name"]: each for each in told(ended)["tools"]}
    assert {"list_customers", "create_order", "submit_order", "generic_request"} <= tools.keys()
    assert tools["list_customers"]["annotations"]["readOnlyHint"] is True
    assert "Error: tool" not in ended.stderr


def test_it_calls_a_tool(home: Path) -> None:
    ended = inspected(home, "--method", "tools/call", "--tool-name", "list_customers", "--tool-arg", "limit=2")
    answer = told(ended)
    assert len(answer["structuredContent"]["result"]) == 2
    assert json.loads(answer["content"][0]["text"]) == answer["structuredContent"]


def test_it_is_told_what_is_wrong(home: Path) -> None:
    ended = inspected(home, "--method", "tools/call", "--tool-name", "get_customer", "--tool-arg", "id=none-such")
    answer = json.loads(ended.stdout)
    assert ended.returncode != 0
    assert answer["isError"] is True
    assert answer["structuredContent"]["error"]["code"] == "not_found"


def test_it_reads_the_reference(home: Path) -> None:
    listed = told(inspected(home, "--method", "resources/list"))["resources"]
    assert "im-cloud://buying" in [each["uri"] for each in listed]
    read = told(inspected(home, "--method", "resources/read", "--uri", "im-cloud://actions/get_customer"))
    assert "## Get Customer" in read["contents"][0]["text"]


def test_it_comes_in_over_http_with_a_key(home: Path) -> None:
    with subprocess.Popen(
        [*SERVER, "--http", "--json", "--reseller"], stdout=subprocess.PIPE, text=True, env=environment(home)
    ) as process:
        assert process.stdout is not None
        try:
            place = json.loads(process.stdout.readline())
            key = ("--header", f"Authorization: Bearer {place['key']}")
            listing = ("--transport", "http", "--method", "tools/list")
            assert len(told(inspected(home, *listing, *key, server=(place["url"],)))["tools"]) > 20
            assert inspected(home, *listing, server=(place["url"],)).returncode != 0
        finally:
            process.terminate()
            process.wait(timeout=20)
