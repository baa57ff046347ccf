"""The marketplace over real sockets: its address, its control interface, broken connections, a signed download."""

import json
import subprocess
import sys
from collections.abc import Iterator
from signal import SIGINT, SIGTERM

import httpx
import pytest

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace

INTERRUPTIBLE = [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
                 "from ingram_micro_cloud.hosts.cli import main; main()"]  # fmt: skip
"""What starts the tests may ignore SIGINT (nohup, &), and children inherit that."""


@pytest.fixture
def running() -> Iterator[RunningMarketplace]:
    with RunningMarketplace(Marketplace(seed=7, customers=25, unlimited=True)) as made:
        yield made


@pytest.fixture
def http(running: RunningMarketplace) -> Iterator[httpx.Client]:
    """Another client of the API, signed in."""
    known = running.announcement()
    key = {"X-Subscription-Key": known["subscription_key"]}
    with httpx.Client(base_url=known["api_url"], headers=key, timeout=10) as client:
        answer = client.post(
            "/token", auth=(known["username"], known["password"]), json={"marketplace": known["marketplace"]}
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


def test_another_client_of_the_api_is_answered_as_well(http: httpx.Client) -> None:
    answer = http.get("/customers", params={"limit": 3})
    assert len(answer.json()["data"]) == 3
    assert answer.headers["X-Correlation-ID"]
    assert answer.headers["Content-Type"] == "application/json"


def test_the_control_interface_counts_and_steers(running: RunningMarketplace, http: httpx.Client) -> None:
    with httpx.Client(base_url=running.control_url) as control:
        assert control.get("/calls").json() == {
            "total": 1, "by_operation": {"generateAuthToken": 1}, "tokens": 1, "refused": 0,
        }  # fmt: skip
        http.get("/customers")
        http.get("/nothing")
        assert control.get("/calls").json()["total"] == 3
        assert control.delete("/calls").status_code == 200
        assert control.get("/calls").json() == {"total": 0, "by_operation": {}, "tokens": 0, "refused": 0}
        control.post("/faults", json={"operation": "getCustomers", "fault": "status", "times": 1, "status": 418})
        assert http.get("/customers").status_code == 418
        assert http.get("/customers").status_code == 200
        control.post("/faults", json={"operation": "*", "fault": "html", "times": 5})
        control.delete("/faults")
        assert http.get("/customers").status_code == 200
        control.post("/clock", json={"advance_seconds": 1500})
        assert http.get("/customers").status_code == 401
        assert len(control.get("/state/customers").json()) == 25
        assert control.get("/state/secrets").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {"operation": "getNothing", "fault": "html"}),
        ("/faults", {"fault": "tiredness"}),
        ("/faults", {"fault": "html", "time": 3}),
        ("/faults", {"fault": "html", "times": 0}),
        ("/faults", {"fault": "delay", "seconds": -1}),
        ("/faults", []),
        ("/clock", {"advance_seconds": -5}),
        ("/clock", {}),
        ("/clock", {"advance_seconds": 10**30}),
        ("/clock", {"advance_seconds": True}),
        ("/faults", {"fault": "delay", "seconds": 10**30}),
        ("/faults", {"fault": "html", "times": 10**30}),
        ("/faults", {"fault": "status", "status": 99}),
        ("/faults", {"fault": "status", "status": 150}),
        ("/faults", {"fault": "status", "status": 600}),
        ("/faults", {"fault": "status", "status": 418.5}),
        ("/faults", {"fault": "status", "status": "418"}),
        ("/faults", {"fault": "status", "headers": {"X-A": "日本"}}),
        ("/faults", {"fault": "status", "headers": {"X-A": "a\r\nX-B: c"}}),
        ("/faults", {"fault": "status", "headers": {"X A": "b"}}),
        ("/faults", {"fault": "status", "headers": {"": "b"}}),
    ],
)
def test_a_wrong_order_to_the_control_interface_is_explained(
    running: RunningMarketplace, path: str, body: object
) -> None:
    answer = httpx.post(f"{running.control_url}{path}", json=body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10


@pytest.mark.parametrize("path", ["/clock", "/faults"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"advance_seconds": NaN, "fault": "delay", "seconds": NaN}',
        b'{"advance_seconds": Infinity, "fault": "delay", "seconds": Infinity}',
        b'{"advance_seconds": -Infinity, "fault": "html", "times": NaN}',
        b"[" * 100_000,
        b"\xff",
        b"",
    ],
    ids=["nan", "infinity", "minus", "deep", "binary", "nothing"],
)
def test_an_order_that_is_no_json_or_no_number_is_explained(
    running: RunningMarketplace, http: httpx.Client, path: str, body: bytes
) -> None:
    answer = httpx.post(f"{running.control_url}{path}", content=body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10
    assert http.get("/customers").status_code == 200, "and nothing has changed"


def test_a_fault_for_every_operation_is_for_signing_in_as_well(running: RunningMarketplace) -> None:
    running.marketplace.control.add_fault({"operation": "*", "fault": "status", "status": 503, "times": 1})
    known = running.announcement()
    answers = [
        httpx.post(
            f"{known['api_url']}/token",
            headers={"X-Subscription-Key": known["subscription_key"]},
            auth=(known["username"], known["password"]),
            json={"marketplace": known["marketplace"]},
        ).status_code
        for _ in range(2)
    ]
    assert answers == [503, 200]


@pytest.mark.parametrize(("status", "counted"), [(401, 1), (429, 1), (403, 0), (500, 0)])
def test_what_a_fault_refuses_is_counted_as_refused(
    running: RunningMarketplace, http: httpx.Client, status: int, counted: int
) -> None:
    control = running.marketplace.control
    control.reset_calls()
    headers = {"X-Told": "Zoé"}
    control.add_fault({"operation": "getOrders", "fault": "status", "status": status, "headers": headers})
    answer = http.get("/orders")
    assert (answer.status_code, answer.headers["X-Told"]) == (status, "Zoé")
    assert control.calls()["refused"] == counted


@pytest.mark.parametrize(("fault", "kept"), [("reset_before", 25), ("reset_after", 26)])
def test_a_reset_breaks_the_connection_before_or_after_the_state_changed(
    running: RunningMarketplace, http: httpx.Client, fault: str, kept: int
) -> None:
    httpx.post(f"{running.control_url}/faults", json={"operation": "createCustomer", "fault": fault, "times": 1})
    template = httpx.get(f"{running.control_url}/state/customers").json()[0]
    body = {key: template[key] for key in ("name", "language", "address", "contactPersons")}
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        http.post("/customers", json=body)
    assert len(httpx.get(f"{running.control_url}/state/customers").json()) == kept
    assert http.get("/customers").status_code == 200


def test_faults_queue_up_in_order_and_a_delay_comes_with_the_next(
    running: RunningMarketplace, http: httpx.Client
) -> None:
    for body in (
        {"operation": "getOrders", "fault": "status", "status": 500, "times": 1},
        {"operation": "getOrders", "fault": "delay", "seconds": 0.01, "times": 1},
        {"operation": "*", "fault": "status", "status": 502, "times": 1},
    ):
        httpx.post(f"{running.control_url}/faults", json=body)
    assert [http.get("/orders").status_code for _ in range(3)] == [500, 502, 200]


def test_a_report_file_is_fetched_without_credentials(running: RunningMarketplace, http: httpx.Client) -> None:
    made = http.post("/reports", json={"name": "x", "startDate": "2026-10-01", "format": "csv"}).json()
    httpx.post(f"{running.control_url}/clock", json={"advance_seconds": 1200})
    (row,) = [each for each in running.marketplace.control.state("reports") if each["id"] == made["id"]]
    assert row["status"] == "completed"
    shown = running.marketplace._reports.get(made["id"])
    assert httpx.get(str(shown["downloadUrl"])).text.startswith("subscription,customer")
    assert httpx.get(str(shown["downloadUrl"]) + "0").status_code == 403


@pytest.mark.parametrize("signal", [SIGTERM, SIGINT])
def test_the_command_announces_itself_serves_and_stops_cleanly(signal: int) -> None:
    command = [*INTERRUPTIBLE, "sandbox", "--port", "0", "--seed", "5", "--customers", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            known = json.loads(process.stdout.readline())
            assert list(known) == ["api_url", "username", "password", "subscription_key", "marketplace", "control_url"]
            assert httpx.get(f"{known['control_url']}/state/customers").json() == []
            assert len(httpx.get(f"{known['control_url']}/state/products").json()) > 3
            process.send_signal(signal)
            rest, errors = process.communicate(timeout=20)
        finally:
            process.kill()
        assert rest == ""
        assert "Traceback" not in errors
        if signal == SIGINT:
            assert process.returncode == 0
            assert "closed" in errors


def test_a_taken_port_is_told(running: RunningMarketplace) -> None:
    port = running.root.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "sandbox", "--port", port, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "taken" in json.loads(done.stdout)["error"]["message"]


def test_it_listens_on_loopback_only(running: RunningMarketplace) -> None:
    assert running._socket.getsockname()[0] == "127.0.0.1"
