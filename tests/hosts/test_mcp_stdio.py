"""`im-cloud mcp` as a child process, as assistants start it: the protocol on its streams, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal

COMMAND = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "mcp"]
FREE: dict[str, Any] = {
    "allow": "buy",
    "max_seat_change": None,
    "max_seat_change_percent": None,
    "approve_new_annual_commitment": False,
}
HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
CUSTOMER = {
    "name": "Alder LLC", "language": "en_US",
    "address": {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL",
                "countryCode": "US"},
    "contactPersons": [{"type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example",
                        "phoneNumber": "1##3125550142#"}],
}  # fmt: skip


def environment(terminal: Terminal) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IM_CLOUD_")}
    return {**kept, "IM_CLOUD_HOME": str(terminal.home)}


def message(number: int, method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def talked(terminal: Terminal, messages: list[dict[str, object]], *options: str) -> tuple[list[Any], str, int]:
    """Send lines, close the input, and return what was written until the process ended by itself."""
    lines = [HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}, *messages]
    text = "".join(json.dumps(each) + "\n" for each in lines)
    ended = subprocess.run(
        [*COMMAND, *options], input=text, capture_output=True, text=True, env=environment(terminal), timeout=60,
        check=False,
    )  # fmt: skip
    return [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr, ended.returncode


def test_an_assistant_reads_previews_and_submits(terminal: Terminal, shared_marketplace: RunningMarketplace) -> None:
    assert terminal.save(**FREE).status == 0
    preview_id = anyio.run(bought, terminal)
    counted = shared_marketplace.marketplace.control.calls()["by_operation"]
    assert isinstance(counted, dict)
    assert counted["createOrder"] == 1
    assert preview_id in [row["preview_id"] for row in terminal("journal", "--json").json]


async def bought(terminal: Terminal) -> str:
    """Read, preview and submit as an assistant does, and return the preview's id."""
    parameters = StdioServerParameters(
        command=COMMAND[0], args=[*COMMAND[1:], "--allow", "buy", "--reseller"], env=environment(terminal)
    )
    with anyio.fail_after(60), (terminal.home / "errors.txt").open("w+", encoding="utf-8") as told:
        async with Client(stdio_client(parameters, errlog=told)) as client:
            names = {each.name for each in (await client.list_tools()).tools}
            assert {"list_customers", "create_order", "submit_order"} <= names
            customers = (await client.call_tool("list_customers", {})).structured_content
            active = next(row["id"] for row in customers["result"] if row["status"] == "active")
            order = {"type": "sales", "customerId": active, "products": [{"mpn": "HMP-STD-M", "quantity": 1}]}
            preview = (await client.call_tool("create_order", order)).structured_content["result"]
            done = await client.call_tool("submit_order", {"preview_id": preview["preview_id"]})
            assert done.structured_content["result"]["state"] in ("submitted", "completed")
        told.seek(0)
        assert "ready on standard streams. It may buy, acting for the reseller." in told.read()
    return str(preview["preview_id"])


def test_standard_output_carries_the_protocol_and_the_end_of_input_ends_it(terminal: Terminal) -> None:
    assert terminal.save().status == 0
    odd: list[dict[str, object]] = [{"jsonrpc": "2.0", "id": 7, "method": "no/such"}]
    answers, errors, status = talked(terminal, [message(2, "tools/list"), *odd], "--allow", "edit")
    assert status == 0
    by_id = {each["id"]: each for each in answers}
    assert "create_customer" in {tool["name"] for tool in by_id[2]["result"]["tools"]}
    assert by_id[1]["result"]["serverInfo"]["name"] == "im-cloud"
    assert by_id[7]["error"]["code"] == -32601
    assert "acts for nobody yet" in errors
    assert "--org ID" in errors
    assert "Traceback" not in errors


def test_lines_that_are_no_messages_do_not_end_it(terminal: Terminal) -> None:
    ended = subprocess.run(
        COMMAND, input='{"broken\n[]\n' + json.dumps(HELLO) + "\n", capture_output=True, text=True, timeout=60,
        env=environment(terminal), check=False,
    )  # fmt: skip
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert any(each.get("id") == 1 and "result" in each for each in answers)
    assert ended.returncode == 0


def test_a_write_that_was_begun_is_finished_after_the_input_ended(
    terminal: Terminal, shared_marketplace: RunningMarketplace
) -> None:
    assert terminal.save(allow="edit").status == 0
    slow = {"operation": "createCustomer", "fault": "delay", "seconds": 1, "times": 1}
    shared_marketplace.marketplace.steer(lambda control: control.add_fault(slow))
    before = len(shared_marketplace.marketplace.control.state("customers"))
    writing = message(2, "tools/call", name="create_customer", arguments=CUSTOMER)
    _, errors, status = talked(terminal, [writing], "--allow", "edit", "--reseller")
    assert status == 0, errors
    assert len(shared_marketplace.marketplace.control.state("customers")) == before + 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are POSIX")
def test_a_signal_ends_it_once_a_write_is_finished(terminal: Terminal, shared_marketplace: RunningMarketplace) -> None:
    assert terminal.save(allow="edit").status == 0
    slow = {"operation": "createCustomer", "fault": "delay", "seconds": 1, "times": 1}
    shared_marketplace.marketplace.steer(lambda control: control.add_fault(slow))
    before = len(shared_marketplace.marketplace.control.state("customers"))
    writing = message(2, "tools/call", name="create_customer", arguments=CUSTOMER)
    with subprocess.Popen(
        [*COMMAND, "--allow", "edit", "--reseller"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment(terminal),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        for each in (HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}, writing):
            process.stdin.write(json.dumps(each) + "\n")
        process.stdin.flush()
        until = time.monotonic() + 20
        while "createCustomer" not in _arrived(shared_marketplace) and time.monotonic() < until:
            time.sleep(0.05)
        process.terminate()
        assert process.wait(timeout=20) == 128 + signal.SIGTERM
    assert len(shared_marketplace.marketplace.control.state("customers")) == before + 1


def _arrived(marketplace: RunningMarketplace) -> Mapping[str, object]:
    counted = marketplace.marketplace.control.calls()["by_operation"]
    assert isinstance(counted, Mapping)
    return counted


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--org", "a", "--all-organizations"), "exclude each other"),
        (("--allow", "everything"), "everything"),
        (("--http", "--host", "192.0.2.1"), "there is no access key yet"),
        (("--host", "0.0.0.0"), "--host means nothing on standard streams"),  # noqa: S104  # refused, not bound
        (("--host", "127.0.0.1", "--port", "0"), "--host and --port mean nothing"),
        (("--public-url", "https://mcp.example.com"), "Add --http"),
        (("--json",), "--json means nothing"),
        (("--http", "--public-url", "notaurl"), "'notaurl' is not an https address"),
        (("--http", "--public-url", "http://mcp.example.com"), "plain http is only for this machine"),
        (("--http", "--public-url", "https://u:p@mcp.example.com"), "must not hold credentials"),
    ],
)
def test_wrong_options_are_told(terminal: Terminal, options: tuple[str, ...], told: str) -> None:
    ended = terminal("mcp", *options)
    assert ended.status == 2
    assert told in (ended.err or ended.out)


@pytest.mark.parametrize("way", [(), ("--http",)])
def test_a_configuration_that_is_not_there_is_told_at_once(terminal: Terminal, way: tuple[str, ...]) -> None:
    assert terminal.save().status == 0
    ended = terminal("mcp", "--config", "nope", *way)
    assert ended.status != 0
    assert "There is no configuration 'nope'." in ended.err
    assert "ready" not in ended.err
    answers, errors, status = talked(terminal, [message(2, "tools/list")], "--config", "main", "--reseller")
    assert status == 0, errors
    assert answers[-1]["result"]["tools"]


def test_an_organization_that_nobody_knows_is_warned_of(terminal: Terminal) -> None:
    assert terminal.save().status == 0
    listed = terminal.home / "organizations.csv"
    listed.write_text("id,name\norg-1,Alder LLC\n", encoding="utf-8")
    assert terminal("organizations", "import", str(listed)).status == 0
    _, errors, status = talked(terminal, [], "--org", "nope", "--org", "org-1")
    assert status == 0
    assert "No organization nope is known here" in errors
    assert "im-cloud organizations import FILE" in errors
    assert "ready on standard streams" in errors
    _, errors, _ = talked(terminal, [], "--org", "org-1")
    assert "known here" not in errors


def test_a_client_that_stops_reading_ends_it_quietly_and_its_write_is_done(
    terminal: Terminal, shared_marketplace: RunningMarketplace
) -> None:
    assert terminal.save(allow="edit").status == 0
    slow = {"operation": "createCustomer", "fault": "delay", "seconds": 1, "times": 1}
    shared_marketplace.marketplace.steer(lambda control: control.add_fault(slow))
    before = len(shared_marketplace.marketplace.control.state("customers"))
    writing = message(2, "tools/call", name="create_customer", arguments=CUSTOMER)
    with subprocess.Popen(
        [*COMMAND, "--allow", "edit", "--reseller"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment(terminal),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps(HELLO) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdout.close()
        for each in ({"jsonrpc": "2.0", "method": "notifications/initialized"}, writing, message(3, "tools/list")):
            process.stdin.write(json.dumps(each) + "\n")
        process.stdin.close()
        told = process.stderr.read()
        assert process.wait(timeout=20) == 0, told
    assert len(told.splitlines()) == 1, told
    assert "ready on standard streams" in told
    assert len(shared_marketplace.marketplace.control.state("customers")) == before + 1


def test_help_loads_no_server(tmp_path: Path) -> None:
    code = (
        "import sys; from ingram_micro_cloud.hosts.cli.app import run_command_line\n"
        "run_command_line(['mcp', '--help'])\n"
        "sys.exit(any(name in sys.modules for name in ('mcp', 'starlette', 'uvicorn')))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0
    assert "--all-organizations" in ended.stdout
