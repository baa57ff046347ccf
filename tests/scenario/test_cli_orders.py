"""Buying from the command line: preview, approve, submit, follow, check, journal, audit."""

import csv
import io
import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal

Bought = Callable[[], int]
ROW = {"key", "state", "preview_id", "customer_id", "order_id", "price", "created_at", "updated_at"}
SOON = "9"
"""Seconds of a deadline that ends before the first look for a lost order, which is after ten."""


def state(terminal: Terminal, kind: str) -> list[dict[str, Any]]:
    found = terminal.running.marketplace.steer(lambda control: control.state(kind))
    assert isinstance(found, list)
    return found


def lose_the_answer(terminal: Terminal, fault: str) -> None:
    wanted: dict[str, object] = {"operation": "createOrder", "fault": fault, "times": 1}
    terminal.running.marketplace.steer(lambda control: control.add_fault(wanted))


def calls(terminal: Terminal) -> dict[str, int]:
    found = terminal.running.marketplace.steer(lambda control: control.calls()["by_operation"])
    assert isinstance(found, dict)
    return found


def customer(terminal: Terminal) -> str:
    return next(str(row["id"]) for row in state(terminal, "customers") if row["status"] == "active")


def sale(terminal: Terminal, quantity: int = 3) -> list[str]:
    product = ["products.0.mpn=HMP-STD-M", f"products.0.quantity={quantity}"]
    return ["type=sales", f"customerId={customer(terminal)}", *product]


def previewed(terminal: Terminal, quantity: int = 3) -> str:
    return str(terminal("order", "preview", *sale(terminal, quantity), "--json").json["preview_id"])


def journal(terminal: Terminal) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = terminal("journal", "--json").json
    assert all(row.keys() == ROW for row in rows)
    return rows


def command(hint: str) -> list[str]:
    """The first command that a hint names."""
    return hint.partition("im-cloud ")[2].partition(". ")[0].split()


def tampered(terminal: Terminal, statement: str) -> None:
    with closing(sqlite3.connect(terminal.home / "state.db")) as connection, connection:
        assert connection.execute(statement).rowcount == 1


@pytest.fixture(scope="module")
def settled(shared_marketplace: RunningMarketplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after a configuration was saved and checked, which is done once because it takes long."""
    first = Terminal(tmp_path_factory.mktemp("settled") / "home", shared_marketplace)
    assert first.save(allow="buy", calls_per_minute=100_000).status == 0
    return first.home


@pytest.fixture
def buyer(terminal: Terminal, settled: Path) -> Terminal:
    shutil.copytree(settled, terminal.home)
    return terminal


@pytest.fixture
def bought(buyer: Terminal) -> Bought:
    """How many orders the marketplace has got since the test began."""
    before = len(state(buyer, "orders"))
    return lambda: len(state(buyer, "orders")) - before


def test_a_preview_is_a_table_with_totals_and_buys_nothing(buyer: Terminal, bought: Bought) -> None:
    ended = buyer("order", "preview", *sale(buyer))
    assert ended.status == 0
    for told in ("HMP-STD-M", "Total", "Billed for this order: USD 9.60.", "Every buying rule allows it."):
        assert told in ended.out
    assert command(ended.out)[:2] == ["order", "submit"]
    assert (bought(), calls(buyer).get("createOrder", 0)) == (0, 0)


def test_no_date_or_amount_is_broken_over_two_lines_of_a_preview(buyer: Terminal) -> None:
    (change,) = buyer("order", "preview", *sale(buyer, 9), "--json").json["changes"]
    out = buyer("order", "preview", *sale(buyer, 9)).out
    assert change["renewal"] in out
    assert out.count("USD 28.80  ") == 4, "per month and per term, of the line and of the total"


def test_a_preview_as_json_has_the_price_the_changes_the_verdict_and_the_exact_request(
    buyer: Terminal, tmp_path: Path
) -> None:
    wanted = {"type": "sales", "customerId": customer(buyer), "products": [{"mpn": "HMP-STD-M", "quantity": 3}]}
    (tmp_path / "order.json").write_text(json.dumps(wanted))
    found = buyer("order", "preview", "--input-file", str(tmp_path / "order.json"), "--json").json
    assert set(found) == {"preview_id", "price", "changes", "warnings", "verdict", "request", "expires_at"}
    assert found["price"] == {"currency": "USD", "amount": "9.60"}
    assert found["request"] == wanted
    assert [(each["seats_before"], each["seats_after"]) for each in found["changes"]] == [(None, 3)]
    assert found["verdict"]["allowed"]
    assert all(rule["passed"] for rule in found["verdict"]["rules"])
    assert found["expires_at"] == pytest.approx(time.time() + 86_400, abs=60)


def test_a_refusal_names_rule_limit_value_and_the_command_that_approves(buyer: Terminal, bought: Bought) -> None:
    found = buyer("order", "preview", *sale(buyer, 9), "--json")
    (broken,) = [rule for rule in found.json["verdict"]["rules"] if not rule["passed"]]
    assert (found.status, found.json["verdict"]["allowed"]) == (0, False)
    assert (broken["rule"], broken["limit"], broken["value"]) == ("max_seat_change", "5", "+9 seats")
    name = found.json["preview_id"]
    refused = buyer("order", "submit", name, "--json")
    assert (refused.status, refused.error["code"]) == (6, "not_approved")
    assert refused.error["message"].startswith("Not ordered. +9 seats exceeds your limit of 5. Cost: USD 28.80")
    assert refused.error["fields"][0]["code"] == "max_seat_change"
    assert command(refused.error["hint"]) == command(broken["fix"]) == ["order", "approve", name]
    assert bought() == 0


def test_what_was_approved_is_ordered_once(buyer: Terminal, bought: Bought) -> None:
    name = previewed(buyer, 9)
    approved = buyer("order", "approve", name, "--json")
    assert (approved.status, approved.json["preview_id"], bool(approved.json["approved_by"])) == (0, name, True)
    first = buyer("order", "submit", name, "--json")
    assert (first.status, first.json["state"], first.json["preview_id"]) == (0, "submitted", name)
    assert state(buyer, "orders")[0]["id"] == first.json["order_id"]
    again = buyer("order", "submit", name, "--json")
    assert (again.status, again.error["code"]) == (6, "preview_used")
    assert first.json["key"] in again.error["message"]
    assert buyer("order", "approve", name).status == 6
    assert bought() == 1


def test_a_purchase_that_was_refused_goes_through_once_it_is_approved(buyer: Terminal, bought: Bought) -> None:
    purchase = ["run", "create_order", *sale(buyer, 9), "--json"]
    refused = buyer(*purchase)
    assert (refused.status, refused.error["code"], bought()) == (6, "buying_rule", 0)
    assert buyer(*command(refused.error["hint"])).status == 0
    assert (buyer(*purchase).status, buyer(*purchase).status, bought()) == (0, 6, 1)


def test_the_same_key_again_returns_the_first_outcome(buyer: Terminal, bought: Bought) -> None:
    submit = ["order", "submit", previewed(buyer), "--key", "ticket-7", "--json"]
    first, again = buyer(*submit), buyer(*submit)
    assert (first.status, again.status, bought()) == (0, 0, 1)
    assert first.json["key"] == "ticket-7"
    assert again.json["order_id"] == first.json["order_id"]
    other = buyer("order", "submit", previewed(buyer, 2), "--key", "ticket-7", "--json")
    assert (other.status, other.error["code"], bought()) == (6, "key_reused", 1)


def test_the_same_purchase_within_minutes_needs_a_key_of_its_own(buyer: Terminal, bought: Bought) -> None:
    first = buyer("order", "submit", previewed(buyer), "--json").json
    name = previewed(buyer)
    refused = buyer("order", "submit", name, "--json")
    assert (refused.status, refused.error["code"], bought()) == (6, "possible_duplicate", 1)
    assert first["order_id"] in refused.error["message"]
    assert "--key KEY" in refused.error["hint"]
    assert buyer(*command(refused.error["hint"]), "--json").json[0]["order_id"] == first["order_id"]
    assert buyer("order", "submit", name, "--key", "once more").status == 0
    assert bought() == 2


def test_a_lost_answer_is_called_unknown_and_found_by_reading_only(buyer: Terminal, bought: Bought) -> None:
    name = previewed(buyer)
    lose_the_answer(buyer, "reset_after")
    lost = buyer("run", "submit_order", f"preview_id={name}", "--deadline", SOON, "--json")
    assert (lost.status, lost.error["code"], lost.error["retry"]) == (7, "outcome_unknown", "after_check")
    assert lost.error["message"].startswith("Ingram may or may not have this order. Do not order again.")
    assert journal(buyer)[0]["state"] == "unknown"
    blocked = buyer("run", "create_order", *sale(buyer), "--json")
    assert (blocked.status, blocked.error["code"]) == (6, "possible_duplicate")
    buyer.running.marketplace.steer(lambda control: control.reset_calls())
    (found,) = buyer(*command(lost.error["hint"]), "--json").json
    assert (found["state"], found["order_id"]) == ("submitted", state(buyer, "orders")[0]["id"])
    assert all(operation.startswith("get") for operation in calls(buyer))
    assert bought() == 1


def test_what_cannot_be_seen_yet_stays_unknown(buyer: Terminal, bought: Bought) -> None:
    lose_the_answer(buyer, "reset_before")
    assert buyer("run", "create_order", *sale(buyer), "--deadline", SOON).status == 7
    assert [row["state"] for row in buyer("order", "check", "--all", "--json").json] == ["unknown"]
    assert "Do not order again" in buyer("journal").out
    assert bought() == 0


def test_an_order_is_followed_to_its_end_and_its_seats_are_verified(buyer: Terminal) -> None:
    placed = buyer("order", "submit", previewed(buyer), "--json").json
    running = buyer("order", "follow", placed["preview_id"], "--seconds", "0")
    assert (running.status, "Go on: im-cloud order follow" in running.out) == (0, True)
    buyer.running.marketplace.steer(lambda control: control.advance(900))
    done = buyer("order", "follow", placed["key"], "--seconds", "0", "--json").json
    assert (done["id"], done["state"], done["history"][-1]["state"]) == (placed["order_id"], "completed", "completed")
    assert "3 seats, as ordered" in done["seats"]
    assert [row["state"] for row in journal(buyer)] == ["completed"]


def test_the_journal_knows_every_state_as_table_json_and_csv(buyer: Terminal) -> None:
    previewed(buyer, 1)
    buyer("order", "approve", previewed(buyer, 9))
    # A spreadsheet must not take a key for a formula.
    buyer("order", "submit", previewed(buyer, 2), "--key", "=1+1")
    buyer("run", "create_order", *sale(buyer, 8))
    known = journal(buyer)
    states = {row["state"]: row for row in known}
    assert states.keys() == {"previewed", "approved", "submitted", "refused"}
    assert states["submitted"]["price"] == {"currency": "USD", "amount": "6.40"}
    table = buyer("journal").out
    assert all(word in table for word in (*states, "USD 6.40", customer(buyer)))
    rows = list(csv.DictReader(io.StringIO(buyer("journal", "--csv").out)))
    assert [row["state"] for row in rows] == [row["state"] for row in known]
    (ordered,) = [row for row in rows if row["state"] == "submitted"]
    assert (ordered["key"], ordered["currency"], ordered["amount"]) == ("'=1+1", "USD", "6.40")


def test_the_audit_is_whole_until_a_record_is_tampered_with(buyer: Terminal) -> None:
    assert buyer("order", "submit", previewed(buyer)).status == 0
    whole = buyer("audit", "verify", "--json")
    assert (whole.status, whole.json["whole"], whole.json["broken_at"]) == (0, True, None)
    tampered(buyer, "UPDATE order_intents SET key = '[b]k', amount = '0.00'")
    changed = buyer("audit", "verify", "--json")
    assert (changed.status, changed.json["whole"], changed.json["intent"]) == (3, False, "[b]k")
    assert "the key [b]k was changed" in " ".join(buyer("audit", "verify").out.split())
    tampered(buyer, "UPDATE audit_records SET who = 'eve' WHERE sequence = 2")
    broken = buyer("audit", "verify", "--json")
    assert (broken.status, broken.json["whole"], broken.json["broken_at"]) == (3, False, 2)
    assert "Record 2 " in buyer("audit", "verify").out


def test_a_preview_of_yesterday_is_too_old(buyer: Terminal, bought: Bought) -> None:
    name = previewed(buyer)
    # The command line takes no clock, so the preview is made older where it is kept.
    tampered(buyer, "UPDATE order_previews SET expires_at = expires_at - 86401")
    for ended in (buyer("order", "submit", name, "--json"), buyer("order", "approve", name, "--json")):
        assert (ended.status, ended.error["code"], bought()) == (6, "preview_expired", 0)
    assert "im-cloud order preview" in ended.error["hint"]
