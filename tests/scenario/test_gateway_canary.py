"""A canary in every secret that passes the gateway: in no answer, no log line, no file of the state."""

import json
from pathlib import Path
from typing import Any

import httpx

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.access import Credentials
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal
from support.gateway_process import running

PASSWORD, KEY, CONTACT, WRONG = (
    "Canary-password-1",
    "canary-subscription-key-0123456789",
    "Canary-contact-7",
    "Canary-no-2",
)
HEADER, QUERY, PATH, BROKEN = "canary-header-4", "canary-query-5", "canary-path-6", "canary-broken-8"
PERSON = {
    "type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#",
    "login": "ada.moreau", "password": CONTACT,
}  # fmt: skip
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
CUSTOMER = {"customer_name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [PERSON]}


def test_no_secret_surfaces_in_answers_logs_or_state(tmp_path: Path) -> None:
    marketplace = Marketplace(
        seed=7, customers=5, unlimited=True, credentials=Credentials("ann.api", PASSWORD, KEY, "us")
    )
    answers: list[str] = []
    with RunningMarketplace(marketplace) as market:
        terminal = Terminal(tmp_path / "home", market)
        given = terminal.fields(name="main", allow="buy", is_default=True, calls_per_minute=100_000)
        with running(terminal) as gateway, gateway.client() as client:
            run_key = str(gateway.key)

            def ask(method: str, path: str, **more: Any) -> httpx.Response:
                answer = client.request(method, path, **more)
                answers.append(f"{answer.text}{answer.headers}")
                return answer

            assert ask("PUT", "/configurations/main", json={**given, "password": WRONG}).status_code == 422
            assert ask("PUT", "/configurations/main", json=given).status_code == 200
            ask("POST", "/configuration-tests", json={**given, "password": WRONG})
            ask("GET", "/configurations/main")
            ask("GET", "/configurations")
            made = ask("POST", "/actions/create_customer", json=CUSTOMER)
            assert made.status_code == 200, made.text
            ask("POST", "/actions/create_customer", json=CUSTOMER, params={"dry_run": "true"})
            ask("POST", "/actions/create_customer", json={**CUSTOMER, "contactPersons": [{"password": CONTACT}]})
            ask("POST", "/actions/create_customer", json={"password": CONTACT})
            ask("POST", "/actions/create_customer", content=f'{{"password": "{BROKEN}",,'.encode(),
                headers={"Content-Type": "application/json"})  # fmt: skip
            replaced = {"request_path": "/customers", "request_headers": {"Authorization": f"Bearer {HEADER}"}}
            assert ask("POST", "/actions/generic_request", json=replaced).status_code == 403
            for status in (400, 401, 500):
                fault: dict[str, object] = {"operation": "*", "fault": "status", "status": status, "times": 4}
                marketplace.steer(lambda control, fault=fault: control.add_fault(fault))  # type: ignore[misc]
                ask("POST", "/actions/create_customer", json=CUSTOMER)
                marketplace.steer(lambda control: control.clear_faults())
            ask("GET", f"/actions?token={QUERY}")
            ask("GET", f"/{PATH}")
            ask("GET", f"/actions/{PATH}")
            ask("GET", "/actions", headers={"Authorization": f"Bearer {HEADER}"})
            tokens = list(marketplace._access._tokens)
            gateway.signal()
            assert gateway.ended() == 0
            log = gateway.written
        kept = b"".join(file.read_bytes() for file in terminal.home.iterdir() if file.name != "secret.key")
    told = json.dumps(answers)
    assert tokens
    assert log.count("gateway.access") == len(answers)
    for secret in (PASSWORD, KEY, CONTACT, WRONG, HEADER, BROKEN, run_key, *tokens):
        assert secret not in told, secret
        assert secret not in log, secret
        assert secret.encode() not in kept, secret
    for pasted in (QUERY, PATH):
        assert pasted not in log
