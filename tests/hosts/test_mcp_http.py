"""`im-cloud mcp --http` on loopback: keys, what each sees, and which pages may not talk to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.mcp.place import Place, url_of
from ingram_micro_cloud.hosts.mcp.sessions import MOST
from ingram_micro_cloud.hosts.serving.keys import KeyRing
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from ingram_micro_cloud.store.state import State
from support.cli import Terminal

pytestmark = pytest.mark.anyio
EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing is bound but where a test says so, and on port 0
HEADERS = {"Accept": "application/json, text/event-stream"}
HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


@dataclass
class Running:
    """A server process, and the key it printed."""

    process: "subprocess.Popen[str]"
    url: str
    key: str
    home: Path

    def post(self, *, key: str | None = None, message: object = HELLO, **headers: str) -> httpx.Response:
        sent = {**HEADERS, **headers}
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        return httpx.post(self.url, json=message, headers=sent, timeout=10)

    def issue(self, name: str, **allowed: Any) -> str:
        with State.open(environ={"IM_CLOUD_HOME": str(self.home)}) as state:
            return KeyRing(state, time.time).issue(name, by="ada", **allowed).token.get_secret_value()

    def revoke(self, name: str) -> None:
        with State.open(environ={"IM_CLOUD_HOME": str(self.home)}) as state:
            KeyRing(state, time.time).revoke(name)


@contextmanager
def started(marketplace: RunningMarketplace, home: Path) -> Iterator[Running]:
    assert Terminal(home, marketplace).save(allow="buy").status == 0
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IM_CLOUD_")}
    command = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "mcp", "--http", "--json", "--reseller"]
    process = subprocess.Popen(
        [*command, "--allow", "edit"], stdout=subprocess.PIPE, text=True, env={**kept, "IM_CLOUD_HOME": str(home)}
    )
    assert process.stdout is not None
    with process, process.stdout as out:
        told = json.loads(out.readline())
        try:
            yield Running(process, told["url"], told["key"], home)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def running(shared_marketplace: RunningMarketplace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(shared_marketplace, tmp_path_factory.mktemp("mcp")) as made:
        yield made


@asynccontextmanager
async def client(running: Running, key: str, *, mode: str = "auto") -> AsyncIterator[Client]:
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30)
    with anyio.fail_after(60):
        async with http, Client(streamable_http_client(running.url, http_client=http), mode=mode) as made:
            yield made


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_key_of_this_run_calls_tools_and_hears_of_progress(running: Running, mode: str) -> None:
    told: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(progress)

    async with client(running, running.key, mode=mode) as made:
        assert "create_customer" in {each.name for each in (await made.list_tools()).tools}
        result = await made.call_tool("list_customers", {}, progress_callback=hear)
        assert len(result.structured_content["result"]) == 25
        assert told
        refused = await made.call_tool("create_order", {"type": "sales"})
        assert refused.structured_content["error"]["code"] == "permission_refused"


async def test_each_key_sees_its_own_tools(running: Running) -> None:
    looking = running.issue("looking", organizations=["org-1"])
    buying = running.issue("buying", permission="buy", every_organization=True, reseller=True)
    async with client(running, looking) as made:
        tools = {each.name: each for each in (await made.list_tools()).tools}
        assert not {"create_customer", "submit_order"} & tools.keys()
        assert tools["list_customers"].input_schema["required"] == ["organization"]
        other = await made.call_tool("list_customers", {"organization": "org-2"})
        assert other.structured_content["error"]["code"] == "organization_refused"
    async with client(running, buying) as made:
        tools = {each.name: each for each in (await made.list_tools()).tools}
        assert {"create_customer", "submit_order"} <= tools.keys()
        assert "required" not in tools["list_customers"].input_schema


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer", "Basic YTpi", "wrong"])
def test_without_a_good_key_nobody_comes_in(running: Running, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    refused = running.post(**headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["error"]["code"] in ("key_missing", "key_unknown")


def test_a_revoked_key_and_a_session_of_somebody_else_are_refused(running: Running) -> None:
    first, second = running.issue("first", reseller=True), running.issue("second", reseller=True)
    opened = running.post(key=first)
    assert opened.status_code == 200
    session = {"mcp-session-id": opened.headers["mcp-session-id"], "mcp-protocol-version": "2025-06-18"}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    initialized = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert running.post(key=first, message=initialized, **session).status_code == 202
    assert running.post(key=first, message=listing, **session).status_code == 200
    assert running.post(key=second, message=listing, **session).status_code == 404
    running.revoke("first")
    assert running.post(key=first, message=listing, **session).status_code == 401


def test_one_key_does_not_take_the_sessions_of_the_others(running: Running) -> None:
    greedy, modest = running.issue("greedy", reseller=True), running.issue("modest", reseller=True)
    answers = [running.post(key=greedy) for _ in range(MOST + 1)]
    assert {each.status_code for each in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]["code"] == "too_many_sessions"
    assert running.post(key=modest).status_code == 200
    closing = {"Authorization": f"Bearer {greedy}", "mcp-session-id": answers[0].headers["mcp-session-id"]}
    assert httpx.delete(running.url, headers=closing, timeout=10).status_code == 200
    assert running.post(key=greedy).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:x@evil"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:99.evil.com"}, 403),
        ({"Origin": "http://localhost:6274"}, 200),
    ],
)
def test_pages_of_other_sites_cannot_talk_to_it(running: Running, headers: dict[str, str], status: int) -> None:
    assert running.post(key=running.key, **headers).status_code == status


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
def test_what_is_no_message_is_refused(running: Running, body: bytes) -> None:
    headers = {**HEADERS, "Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
    assert httpx.post(running.url, content=body, headers=headers).status_code == 400
    assert running.post(key=running.key).status_code == 200


def test_a_body_that_is_too_large_is_refused(running: Running) -> None:
    assert running.post(key=running.key, message={"text": "x" * 2_000_000}).status_code == 413


def test_a_write_in_flight_is_finished_when_the_server_is_stopped(
    shared_marketplace: RunningMarketplace, tmp_path: Path
) -> None:
    slow = {"operation": "updateCustomer", "fault": "delay", "seconds": 2, "times": 1}
    shared_marketplace.marketplace.steer(lambda control: control.add_fault(slow))
    customer = shared_marketplace.marketplace.control.state("customers")[0]["id"]
    call = {
        "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": {"name": "update_customer", "arguments": {"id": customer, "name": "Renamed LLC"}},
    }  # fmt: skip
    with started(shared_marketplace, tmp_path) as running:
        opened = running.post(key=running.key)
        session = {"mcp-session-id": opened.headers["mcp-session-id"], "mcp-protocol-version": "2025-06-18"}
        running.post(key=running.key, message={"jsonrpc": "2.0", "method": "notifications/initialized"}, **session)
        sent = {**HEADERS, **session, "Authorization": f"Bearer {running.key}"}
        with httpx.Client(timeout=10) as caller, caller.stream("POST", running.url, json=call, headers=sent):
            until = time.monotonic() + 10
            while not _arrived(shared_marketplace, "updateCustomer") and time.monotonic() < until:
                time.sleep(0.05)
            running.process.send_signal(signal.SIGTERM)
        running.process.wait(timeout=20)
    found = next(row for row in shared_marketplace.marketplace.control.state("customers") if row["id"] == customer)
    assert found["name"] == "Renamed LLC"


def _arrived(marketplace: RunningMarketplace, operation: str) -> bool:
    counted = marketplace.marketplace.control.calls()["by_operation"]
    return isinstance(counted, dict) and operation in counted


def test_it_listens_where_others_reach_it_only_with_a_stored_key_and_a_name(terminal: Terminal) -> None:
    with State.open(environ={"IM_CLOUD_HOME": str(terminal.home)}) as state:
        keys = KeyRing(state, time.time)
        with pytest.raises(UsageError, match="no access key yet"):
            Place(EVERYWHERE).bound(keys)
        keys.issue("one", by="ada", reseller=True)
        with pytest.raises(UsageError, match="must know the name"):
            Place(EVERYWHERE).bound(keys)
        with Place("127.0.0.1").bound(keys) as taken, pytest.raises(UsageError, match="cannot be had"):
            Place("127.0.0.1", taken.getsockname()[1]).bound(keys)
        named = Place(EVERYWHERE, public_url="https://mcp.example.com")
        assert named.refusal({"host": "mcp.example.com", "origin": "https://mcp.example.com"}) is None
        with named.bound(keys) as bound:
            assert url_of(named, bound) == "https://mcp.example.com/mcp"
