"""The gateway as a process: how it begins, whom it lets in, and how it ends without abandoning an order."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal
from support.gateway_process import PATIENCE, GatewayProcess, running, save

ORDER = "/actions/create_order"


def test_the_first_line_says_where_and_with_which_key_and_a_signal_ends_it_well(terminal: Terminal) -> None:
    save(terminal)
    for number in (signal.SIGTERM, signal.SIGINT):
        with running(terminal) as gateway:
            assert gateway.url.startswith("http://127.0.0.1:")
            with gateway.client() as client:
                assert client.get("/actions/list_customers", params={"limit": 1}).json()["items"]
                assert client.get("/health", headers={"Authorization": ""}).json() == {"status": "ok"}
                served = client.get("/openapi.json").json()["servers"][0]["url"]
            gateway.signal(number)
            assert gateway.ended() == 0
            assert gateway.process.stdout is not None
            assert gateway.process.stdout.read() == ""
        assert served == gateway.url
        assert "everything it had begun has ended" in gateway.written
        assert "Traceback" not in gateway.written


def test_a_key_of_one_run_is_worth_nothing_in_the_next(terminal: Terminal) -> None:
    with running(terminal) as first:
        key = first.key
    assert key is not None
    with running(terminal, "--no-run-key", "--public-url", "https://gateway.example.com") as second:
        assert second.key is None
        with second.client(key) as client:
            assert client.get("/actions").status_code == 401
            named = client.get("/openapi.json", headers={"Host": "gateway.example.com"})
            assert named.json()["servers"][0]["url"] == "https://gateway.example.com"
            assert client.get("/openapi.json", headers={"Host": "evil.example"}).status_code == 403
        made = terminal("keys", "add", "n8n", "--org", "org-1", "--json").json
        with second.client(made["key"]) as client:
            assert client.get("/actions").status_code == 200
            terminal("keys", "remove", "n8n")
            assert client.get("/actions").status_code == 401


def test_other_machines_are_not_let_in_without_a_stored_key(terminal: Terminal) -> None:
    refused = terminal("serve", "--host", "0.0.0.0", "--port", "0", "--json")  # noqa: S104  # what is refused
    assert refused.status == 2
    assert "there is no key" in refused.error["message"]
    assert "im-cloud keys add" in refused.error["hint"]
    assert terminal("keys", "add", "short", "--org", "org-1", "--days", "0.01", "--json").status == 0
    with running(terminal, "--host", "0.0.0.0") as gateway:  # noqa: S104  # as asked for
        assert gateway.key is None
        port = gateway.url.rsplit(":", 1)[1]
        assert httpx.get(f"http://127.0.0.1:{port}/actions").status_code == 401


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--host", "no.such.host.invalid"), "no key"),
        (("--public-url", "gateway.example.com"), "not an https address"),
        (("--public-url", "http://gateway.example.com"), "readable"),
        (("--max-requests", "0"), "max-requests"),
        (("--port", "70000"), "port"),
    ],
)
def test_what_cannot_be_served_is_told_and_nothing_is_started(
    terminal: Terminal, options: tuple[str, ...], told: str
) -> None:
    ended = terminal("serve", *options, "--json")
    assert ended.status == 2
    assert told in ended.error["message"]
    assert ended.error["hint"]


def test_a_taken_port_is_told(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = terminal("serve", "--port", str(taken.getsockname()[1]), "--json")
    assert ended.status == 2
    assert "--port 0" in ended.error["hint"]


@pytest.mark.parametrize("client_stays", [True, False])
def test_an_order_in_flight_is_finished_and_written_down_before_the_process_ends(
    terminal: Terminal, shared_marketplace: RunningMarketplace, client_stays: bool
) -> None:
    save(terminal)
    delay(shared_marketplace, "createOrder", 2.0)
    answers: list[httpx.Response] = []
    with running(terminal) as gateway:
        if client_stays:
            asking = in_background(lambda: answers.append(ask(gateway, ORDER, order(shared_marketplace))))
        else:
            asking = None
            send_and_leave(
                gateway, ORDER, order(shared_marketplace), lambda: counted(shared_marketplace, "createOrder")
            )
        wait_until(lambda: bool(answers) or counted(shared_marketplace, "createOrder") == 1)
        assert not answers, answers[0].text
        gateway.signal()
        assert gateway.ended() == 0
        if asking is not None:
            asking.join(PATIENCE)
    (entry,) = terminal("journal", "--json").json
    assert (entry["state"], entry["key"]) == ("submitted", "po-500")
    assert entry["order_id"]
    assert counted(shared_marketplace, "createOrder") == 1
    if client_stays:
        assert answers[0].json()["item"]["id"] == entry["order_id"]


def test_it_ends_with_the_program_that_started_it_and_finishes_an_order_before(
    terminal: Terminal, shared_marketplace: RunningMarketplace
) -> None:
    save(terminal)
    delay(shared_marketplace, "createOrder", 2.0)
    reading, writing = os.pipe()
    with running(terminal, "--until-stdin-closes", stdin=reading) as gateway:
        os.close(reading)
        body = order(shared_marketplace)
        send_and_leave(gateway, ORDER, body, lambda: counted(shared_marketplace, "createOrder"))
        assert gateway.process.poll() is None
        os.close(writing)  # what the system does with the pipe of a process that was killed
        assert gateway.ended() == 0
    (entry,) = terminal("journal", "--json").json
    assert entry["state"] == "submitted"
    assert entry["order_id"]


def test_without_being_asked_to_it_outlives_its_standard_input(terminal: Terminal) -> None:
    save(terminal)
    with running(terminal, stdin=subprocess.DEVNULL) as gateway, gateway.client() as client:
        assert client.get("/actions").status_code == 200
        time.sleep(0.5)
        assert gateway.process.poll() is None


def test_reads_are_cut_by_a_second_signal_and_orders_are_not(
    terminal: Terminal, shared_marketplace: RunningMarketplace
) -> None:
    save(terminal)
    delay(shared_marketplace, "getOrders", 60.0)
    delay(shared_marketplace, "createOrder", 3.0)
    answers: dict[str, httpx.Response] = {}

    def keep(name: str, path: str, body: object) -> Callable[[], None]:
        return lambda: answers.update({name: ask(gateway, path, body)})

    with running(terminal) as gateway:
        asking = [
            in_background(keep("order", ORDER, order(shared_marketplace))),
            in_background(keep("read", "/actions/list_orders", {})),
        ]
        for operation in ("createOrder", "getOrders"):
            wait_until(lambda operation=operation: counted(shared_marketplace, operation) == 1)  # type: ignore[misc]
        began = time.monotonic()
        gateway.signal()
        time.sleep(0.3)
        gateway.signal(signal.SIGINT)
        assert gateway.ended() == 0
        took = time.monotonic() - began
        for each in asking:
            each.join(PATIENCE)
    assert took < 9  # ten seconds is what a read has without the second signal
    assert (answers["read"].status_code, answers["read"].json()["error"]["code"]) == (503, "stopping")
    assert answers["order"].json()["item"]["id"]


def test_slow_clients_do_not_keep_a_stopping_gateway(terminal: Terminal) -> None:
    with running(terminal) as gateway:
        host, port = gateway.url.removeprefix("http://").split(":")
        with (
            socket.create_connection((host, int(port))) as silent,
            socket.create_connection((host, int(port))) as headers,
            socket.create_connection((host, int(port))) as body,
        ):
            headers.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow:")
            lines = ["POST /actions/list_orders HTTP/1.1", "Host: localhost", f"Authorization: Bearer {gateway.key}",
                     "Content-Type: application/json", "Content-Length: 100", "", "{"]  # fmt: skip
            body.sendall("\r\n".join(lines).encode())
            with gateway.client() as client:
                assert client.get("/health").status_code == 200
            began = time.monotonic()
            gateway.signal()
            assert gateway.ended() == 0
            assert time.monotonic() - began < 5
            assert b"503" in body.recv(100)
            assert silent.recv(1) == b""


def test_two_requests_at_once_sign_in_once(terminal: Terminal, shared_marketplace: RunningMarketplace) -> None:
    save(terminal)
    # The token of the check is still kept and no longer good: each request finds that out, and one signs in for all.
    shared_marketplace.marketplace.steer(lambda control: control.advance(7200))
    shared_marketplace.marketplace.steer(lambda control: control.reset_calls())
    with running(terminal) as gateway:
        answers: list[httpx.Response] = []
        several = [
            in_background(lambda: answers.append(ask(gateway, "/actions/list_customers", {"limit": 1})))
            for _ in range(8)
        ]
        for each in several:
            each.join(PATIENCE)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert counted(shared_marketplace, "generateAuthToken") == 1


def order(marketplace: RunningMarketplace) -> dict[str, object]:
    rows: Any = marketplace.marketplace.steer(lambda control: control.state("customers"))
    customer = next(row["id"] for row in rows if row["status"] == "active")
    return {"order_type": "sales", "customerId": customer, "products": [{"mpn": "HMP-STD-M", "quantity": 2}]}


def delay(marketplace: RunningMarketplace, operation: str, seconds: float) -> None:
    fault: dict[str, object] = {"operation": operation, "fault": "delay", "seconds": seconds}
    marketplace.marketplace.steer(lambda control: control.add_fault(fault))


def counted(marketplace: RunningMarketplace, operation: str) -> int:
    found: Any = marketplace.marketplace.steer(lambda control: control.calls())
    return int(found["by_operation"].get(operation, 0))


def ask(gateway: GatewayProcess, path: str, body: object) -> httpx.Response:
    params = {"purchase_key": "po-500"} if path == ORDER else {}
    with gateway.client() as client:
        return client.post(path, json=body, params=params)


def send_and_leave(gateway: GatewayProcess, path: str, body: object, begun: Callable[[], int]) -> None:
    """Send a request, wait until the vendor has it, and hang up without reading a byte."""
    host, port = gateway.url.removeprefix("http://").split(":")
    content = json.dumps(body).encode()
    lines = [f"POST {path}?purchase_key=po-500 HTTP/1.1", "Host: localhost", f"Authorization: Bearer {gateway.key}",
             "Content-Type: application/json", f"Content-Length: {len(content)}", "", ""]  # fmt: skip
    with socket.create_connection((host, int(port))) as line:
        line.sendall("\r\n".join(lines).encode() + content)
        wait_until(lambda: begun() == 1)


def in_background(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "It did not come about in time."
        time.sleep(0.02)
