"""The gateway behind nginx, with the very configuration of deploy/nginx.conf: only names and ports are others."""

import json
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from ingram_micro_cloud.errors import OutcomeUnknownError
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal
from support.gateway_process import GatewayProcess, running, save
from support.npm_tools import REPOSITORY, program

HOST = "connector.example.com"


@dataclass(frozen=True)
class Proxy:
    """A running nginx: where it listens, whom it trusts, what it logged."""

    plain: int
    encrypted: int
    certificate: Path
    log: Path

    def client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.encrypted}",
            verify=trusted,
            headers={"Host": HOST},
            trust_env=False,
            timeout=30,
        )


@pytest.fixture(scope="module")
def marketplace() -> Iterator[RunningMarketplace]:
    with RunningMarketplace(Marketplace(seed=3, customers=40, unlimited=True)) as running:
        yield running


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, marketplace: RunningMarketplace) -> Iterator[GatewayProcess]:
    terminal = Terminal(tmp_path_factory.mktemp("operator") / "home", marketplace)
    save(terminal)
    with running(terminal, "--public-url", f"https://{HOST}") as process:
        yield process


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, gateway: GatewayProcess) -> Iterator[Proxy]:
    with nginx_before(urlsplit(gateway.url).port, tmp_path_factory.mktemp("nginx")) as made:
        yield made


@contextmanager
def nginx_before(port: int | None, folder: Path, changes: Mapping[str, str] = MappingProxyType({})) -> Iterator[Proxy]:
    """Give an nginx with the deployed configuration before whatever listens on a port, while the block lasts."""
    nginx, openssl = program("nginx", install="nginx-light"), program("openssl", install="openssl")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1", "-keyout", folder / "privkey.pem",
         "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    made = Proxy(free_port(), free_port(), folder / "fullchain.pem", folder / "im-cloud.log")
    text = (REPOSITORY / "deploy" / "nginx.conf").read_text()
    for before, after in {
        "server 127.0.0.1:8520;": f"server 127.0.0.1:{port};",
        "listen 80;": f"listen 127.0.0.1:{made.plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{made.encrypted} ssl http2;",
        "/etc/ssl/im-cloud/": f"{folder}/",
        "/var/log/nginx/im-cloud.log": str(made.log),
        **changes,
    }.items():
        assert before in text, before
        text = text.replace(before, after)
    main = folder / "nginx.conf"
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    main.write_text(f"{around}http {{\n{paths}{text}\n}}\n")
    subprocess.run([nginx, "-t", "-c", main, "-p", folder], check=True, capture_output=True)
    process = subprocess.Popen([nginx, "-c", main, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        with made.client() as client:
            wait_for(client)
        yield made
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """Return a port of loopback that nobody listens on just now; nginx cannot be told to take any."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for(client: httpx.Client) -> None:
    """Wait until nginx has bound its port; it tells nobody when."""
    for _ in range(50):
        try:
            client.get("/health")
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nginx did not answer within five seconds")


def test_a_platform_lists_customers_through_tls(proxy: Proxy, gateway: GatewayProcess) -> None:
    with proxy.client() as client:
        answer = client.get(
            "/actions/list_customers",
            headers={"Authorization": f"Bearer {gateway.key}", "X-Correlation-ID": "from-the-platform"},
        )
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) == answer.json()["total"] == 40
    assert answer.headers["X-Correlation-ID"] == "from-the-platform"


def test_without_a_key_nobody_comes_in_and_the_gateway_says_so(proxy: Proxy) -> None:
    with proxy.client() as client:
        answer = client.get("/actions/list_customers")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "key_missing")


def test_plain_http_is_sent_to_tls_and_nothing_is_passed_on(proxy: Proxy, gateway: GatewayProcess) -> None:
    with httpx.Client(trust_env=False) as client:
        answer = client.post(
            f"http://127.0.0.1:{proxy.plain}/actions/list_customers",
            headers={"Host": HOST, "Authorization": f"Bearer {gateway.key}"},
            json={},
        )
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"https://{HOST}/actions/list_customers"


def test_a_name_the_gateway_is_not_known_by_is_refused(proxy: Proxy, gateway: GatewayProcess) -> None:
    with proxy.client() as client:
        answer = client.get("/actions", headers={"Host": "other.example.com", "Authorization": f"Bearer {gateway.key}"})
    assert answer.status_code in (400, 403, 421)
    assert "items" not in answer.text


def test_a_body_over_the_limit_ends_at_the_proxy(proxy: Proxy, gateway: GatewayProcess) -> None:
    with proxy.client() as client:
        answer = client.post(
            "/actions/create_customer",
            headers={"Authorization": f"Bearer {gateway.key}", "Content-Type": "application/json"},
            content=json.dumps({"name": "x" * 1_100_000}),
        )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "status", "code", "retry"),
    [
        ("GET", 502, "gateway_lost", "yes"),
        ("POST", 409, "outcome_unknown", "after_check"),
        ("PUT", 409, "outcome_unknown", "after_check"),
        ("DELETE", 409, "outcome_unknown", "after_check"),
    ],
)
@pytest.mark.parametrize("listens", [True, False], ids=["silent gateway", "no gateway"])
def test_no_answer_is_never_taken_for_nothing_done(
    tmp_path: Path, listens: bool, method: str, status: int, code: str, retry: str
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen(8)
        port = silent.getsockname()[1]
        short = {"proxy_read_timeout 900s;": "proxy_read_timeout 1s;"}
        with nginx_before(port, tmp_path, short) as lonely, lonely.client() as client:
            answer = client.request(method, "/actions/create_order", headers={"X-Correlation-ID": "run-7"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Correlation-ID"] == "run-7"
    error: dict[str, Any] = answer.json()["error"]
    assert (error["code"], error["retry"]) == (code, retry)
    assert set(error) == set(OutcomeUnknownError("x").as_json())


def test_what_the_gateway_itself_answers_passes_as_it_is(
    proxy: Proxy, gateway: GatewayProcess, marketplace: RunningMarketplace
) -> None:
    with proxy.client() as client:
        answer = client.post(
            "/actions/list_customers?deadline_seconds=0.000001",
            headers={"Authorization": f"Bearer {gateway.key}"},
            json={},
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "deadline")


def test_the_log_holds_neither_inputs_nor_keys(proxy: Proxy, gateway: GatewayProcess) -> None:
    with proxy.client() as client:
        client.get(
            "/actions/list_customers",
            params={"customer_name": "canary-7"},
            headers={"Authorization": f"Bearer {gateway.key}", "X-Correlation-ID": "looked-for"},
        )
    wanted = re.compile(r" 200 GET /actions/list_customers [\d.]+ looked-for\n")
    for _ in range(50):  # nginx answers first and writes then
        if wanted.search(written := proxy.log.read_text()):
            break
        time.sleep(0.1)
    assert wanted.search(written)
    assert "canary-7" not in written
    assert str(gateway.key) not in written
