"""A canary in every secret: it must surface in no output, no log, no state file, no error."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.access import Credentials
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal

PASSWORD, KEY, CONTACT = "Canary-password-1", "canary-subscription-key-0123456789", "Canary-contact-7"
PERSON = {
    "type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#",
    "login": "ada.moreau", "password": CONTACT,
}  # fmt: skip
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
CUSTOMER = {"name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [PERSON]}
BROKEN = {**CUSTOMER, "contactPersons": [{"password": CONTACT}]}


def buy(do: Callable[..., None], marketplace: Marketplace, folder: Path) -> None:
    """Order within the rules, beyond them and with the answer lost; then look everywhere."""
    customer = next(row["id"] for row in marketplace.control.state("customers") if row["status"] == "active")
    line = {"mpn": "HMP-STD-M", "quantity": 9}
    order = {"type": "sales", "customerId": customer, "products": [line]}
    do("order", "preview", "--input", "-", stdin=json.dumps(order))
    do("run", "create_order", "--input", json.dumps(order))
    line["quantity"] = 2
    lost: dict[str, object] = {"operation": "createOrder", "fault": "reset_after", "times": 1}
    marketplace.steer(lambda control: control.add_fault(lost))
    do("run", "create_order", "--key", "lost", "--deadline", "9", "--input", json.dumps(order))
    do("order", "check", "lost")
    do("order", "follow", "lost", "--seconds", "0")
    do("order", "submit", "AAAAAAAA")
    do("order", "approve", "AAAAAAAA")
    do("journal")
    do("audit", "verify")
    do("seats")
    do("renewals", "--picture", str(folder / "risk.svg"))


def test_no_secret_surfaces_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    marketplace = Marketplace(
        seed=7, customers=5, unlimited=True, credentials=Credentials("ann.api", PASSWORD, KEY, "us")
    )
    written: list[str] = []
    with RunningMarketplace(marketplace) as running:
        terminal = Terminal(tmp_path / "home", running)

        def do(*arguments: str, stdin: str = "") -> None:
            for extra in ([], ["--json"]):
                ended = terminal(*arguments, *extra, stdin=stdin)
                written.extend((ended.out, ended.err))

        fields = json.dumps(terminal.fields(allow="buy", calls_per_minute=100_000))
        do("config", "save", "main", "--from", "-", stdin=fields)
        do("config", "save", "main", "--from", "-", stdin=json.dumps(terminal.fields(password="Canary-wrong-2")))
        do("config", "save", "main", "--from", "-", stdin="{canary: [Canary-broken-3")
        do("config", "show", "main")
        do("config", "list")
        do("config", "test", "main")
        do("run", "list_customers")
        do("run", "create_customer", "--input", "-", stdin=json.dumps(CUSTOMER))
        do("run", "create_customer", "--input", "-", "--dry-run", stdin=json.dumps(CUSTOMER))
        do(
            "run",
            "create_customer",
            "--input",
            "-",
            stdin=json.dumps(BROKEN),
        )
        do("run", "create_customer", "--input", json.dumps(CUSTOMER))
        do("run", "generic_request", "path=/customers", 'headers={"Authorization": "Bearer canary-header-4"}')
        do("describe", "create_customer")
        for status in (400, 401, 500):
            fault: dict[str, object] = {"operation": "*", "fault": "status", "status": status, "times": 2}
            marketplace.steer(lambda control, fault=fault: control.add_fault(fault))  # type: ignore[misc]
            do("run", "get_customer", "id=nobody")
        marketplace.steer(lambda control: control.clear_faults())
        buy(do, marketplace, tmp_path)
        tokens = list(marketplace._access._tokens)
    kept = b"".join(file.read_bytes() for file in terminal.home.iterdir() if file.name != "secret.key")
    everything = "\n".join(written) + caplog.text
    assert len(written) > 80
    assert tokens
    for secret in (PASSWORD, KEY, CONTACT, "Canary-wrong-2", "Canary-broken-3", "canary-header-4", *tokens):
        assert secret not in everything
        assert secret.encode() not in kept
