"""What customers hold and what renews when, and seats as intent, from the command line."""

import csv
import io
import shutil
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ingram_micro_cloud.sandbox.control import Control
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal

LISTED = {
    "organization_id", "customer_id", "customer_name", "external_id", "subscription_id", "product", "mpn", "status",
    "seats", "term", "billing", "renewal_date", "auto_renew", "unit_price", "price", "cost", "monthly_price",
}  # fmt: skip
Subscription = Mapping[str, Any]


@pytest.fixture(scope="module")
def settled(shared_marketplace: RunningMarketplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state after a configuration was saved and checked, which is done once because it takes long."""
    first = Terminal(tmp_path_factory.mktemp("settled") / "home", shared_marketplace)
    assert first.save(allow="buy", calls_per_minute=100_000, approve_new_annual_commitment=False).status == 0
    return first.home


@pytest.fixture
def buyer(terminal: Terminal, settled: Path) -> Terminal:
    shutil.copytree(settled, terminal.home)
    return terminal


def state(terminal: Terminal, kind: str) -> list[dict[str, Any]]:
    found = terminal.running.marketplace.steer(lambda control: control.state(kind))
    assert isinstance(found, list)
    return found


def calls(terminal: Terminal) -> dict[str, int]:
    """Calls since this was asked last, by operation."""

    def taken(control: Control) -> object:
        found = control.calls()["by_operation"]
        control.reset_calls()
        return found

    counted = terminal.running.marketplace.steer(taken)
    assert isinstance(counted, dict)
    return counted


def held(terminal: Terminal, term: str, mpn: str = "") -> Subscription:
    """The newest active subscription of a customer that may order, by its term."""
    active = {row["id"] for row in state(terminal, "customers") if row["status"] == "active"}
    return next(
        row for row in state(terminal, "subscriptions")
        if row["customerId"] in active and row["status"] == "active" and row["subscriptionPeriod"]["type"] == term
        and mpn in ("", row["products"][0]["mpn"])
    )  # fmt: skip


def quantity(terminal: Terminal, key: str) -> int:
    return int(next(row for row in state(terminal, "subscriptions") if row["id"] == key)["products"][0]["quantity"])


def test_seats_are_told_as_table_json_and_csv_by_external_id(buyer: Terminal) -> None:
    rows = buyer("seats", "--json").json
    standing = {row["id"] for row in state(buyer, "subscriptions") if row["status"] not in ("terminated", "removed")}
    assert {row["subscription_id"] for row in rows} == standing
    assert all(row.keys() >= LISTED for row in rows)
    buyer.environ["COLUMNS"] = "160"
    table = buyer("seats")
    assert (table.status, table.out.splitlines()[0].strip()) == (0, "Seats")
    assert rows[0]["customer_name"] in table.out
    assert f"of {len(rows)}" in table.out, "a terminal shows the first fifty"
    listed = list(csv.DictReader(io.StringIO(buyer("seats", "--csv").out)))
    known = {row["id"]: row.get("externalId") or "" for row in state(buyer, "customers")}
    assert len(listed) == len(rows)
    assert [row["external_id"] for row in listed] == [known[row["customer_id"]] for row in listed]
    with_id = [row["external_id"] for row in listed if row["external_id"]]
    assert [row["external_id"] for row in listed[: len(with_id)]] == sorted(with_id)


def test_renewals_keep_annual_cliffs_apart_and_tell_the_money_by_month(buyer: Terminal) -> None:
    found = buyer("renewals", "--months", "6", "--json").json
    assert set(found) == {"renewals", "months"}
    assert {row["kind"] for row in found["renewals"]} == {"annual", "monthly"}
    assert len({row["month"] for row in found["months"]}) <= 6
    table = buyer("renewals", "--months", "6").out
    assert table.index("Annual cliffs") < table.index("Monthly rollovers") < table.index("Money at risk by month")
    listed = list(csv.DictReader(io.StringIO(buyer("renewals", "--months", "6", "--csv").out)))
    assert [row["renewal_date"] for row in listed] == sorted(row["renewal_date"] for row in found["renewals"])
    assert {row["currency"] for row in listed} == {"USD"}


def test_the_second_run_reads_details_again_only_where_something_moved(buyer: Terminal) -> None:
    first = buyer("seats", "--json").json
    once = calls(buyer)
    assert once["getSubscription"] >= len(first)
    assert buyer("seats", "--json").json == first
    assert "getSubscription" not in (twice := calls(buyer))
    assert sum(twice.values()) * 10 < sum(once.values())


def test_details_beyond_the_number_allowed_are_left_for_the_next_run(buyer: Terminal) -> None:
    first = buyer("seats", "--most-details", "5", "--json")
    assert calls(buyer)["getSubscription"] == 5
    assert "left for the next run" in first.err
    second = buyer("seats", "--most-details", "5", "--json")
    assert calls(buyer)["getSubscription"] == 5
    assert len(second.json) > len(first.json)


def test_seats_in_use_show_what_could_be_given_back(buyer: Terminal, tmp_path: Path) -> None:
    one = held(buyer, "month", "HMP-STD-M")
    file = tmp_path / "used.csv"
    file.write_text(f"customer,product,used\n{one['customerId']},HMP-STD-M,1\n9999999,HMP-STD-M,4\n")
    ended = buyer("seats", "--in-use", str(file), "--json")
    rows = [row for row in ended.json if (row["customer_id"], row["mpn"]) == (one["customerId"], "HMP-STD-M")]
    assert sum(row["in_use"] for row in rows) == 1
    assert sum(row["spare"] for row in rows) == sum(row["seats"] for row in rows) - 1
    assert "9999999 HMP-STD-M" in ended.err
    assert "spare" in buyer("renewals", "--in-use", str(file)).out
    file.write_text("customer,product,used\nA,B,many\n")
    wrong = buyer("seats", "--in-use", str(file), "--json")
    assert (wrong.status, wrong.error["fields"][0]["pointer"].rpartition("/")[2]) == (2, "used")


def test_a_picture_of_money_at_risk_is_drawn_as_svg_and_as_png(buyer: Terminal, tmp_path: Path) -> None:
    svg, png = tmp_path / "risk.svg", tmp_path / "risk.PNG"
    assert buyer("renewals", "--picture", str(svg), "--json").status == 0
    assert buyer("renewals", "--picture", str(png), "--json").status == 0
    drawn = ElementTree.fromstring(svg.read_text("utf-8"))  # noqa: S314  # our own text
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "USD" in "".join(drawn.itertext())
    painted = png.read_bytes()
    assert painted.startswith(b"\x89PNG\r\n\x1a\n")
    assert painted.endswith(b"IEND\xaeB`\x82")
    assert min(struct.unpack(">II", painted[16:24])) >= 300


def test_a_picture_of_another_kind_is_refused_before_anything_is_read(buyer: Terminal, tmp_path: Path) -> None:
    calls(buyer)
    ended = buyer("renewals", "--picture", str(tmp_path / "risk.gif"), "--json")
    assert (ended.status, ended.error["code"]) == (2, "usage")
    assert calls(buyer) == {}


def test_the_actions_say_what_the_commands_say(buyer: Terminal) -> None:
    seats = buyer("run", "list_seats", "--json").json
    assert (seats["complete"], seats["total"], seats["warnings"]) == (True, len(seats["result"]), [])
    assert seats["result"] == buyer("seats", "--json").json
    renewals = buyer("run", "list_renewals", "months=3", "--json").json
    assert renewals["result"] == buyer("renewals", "--months", "3", "--json").json["renewals"]
    one = held(buyer, "month")["customerId"]
    own = buyer("run", "list_seats", f"customerId={one}", "--json").json["result"]
    assert {row["customer_id"] for row in own} == {one}


def test_seats_that_are_there_already_cost_one_read_and_no_order(buyer: Terminal) -> None:
    one = held(buyer, "month")
    seats = one["products"][0]["quantity"]
    ended = buyer("run", "set_subscription_seats", f"id={one['id']}", f"seats={seats}", "--json").json
    assert (ended["result"]["state"], ended["result"]["changed"]) == ("unchanged", False)
    assert ended["result"]["message"].endswith("nothing was ordered.")
    assert calls(buyer) == {"getSubscription": 1}
    assert buyer("journal", "--json").json == []


def test_more_seats_are_ordered_as_a_total_and_verified(buyer: Terminal) -> None:
    one = held(buyer, "month", "HMP-STD-M")
    before = quantity(buyer, one["id"])
    ended = buyer("run", "set_subscription_seats", f"id={one['id']}", "increase=2", "--json").json["result"]
    assert (ended["changed"], ended["state"]) == (True, "submitted")
    (change,) = ended["changes"]
    assert (change["seats_before"], change["seats_after"], change["when"]) == (before, before + 2, "now")
    assert state(buyer, "orders")[0]["products"][0]["quantity"] == before + 2
    buyer.running.marketplace.steer(lambda control: control.advance(900))
    followed = buyer("order", "follow", ended["key"], "--seconds", "0")
    assert f"{before + 2} seats, as ordered" in followed.out
    assert quantity(buyer, one["id"]) == before + 2


def test_fewer_seats_of_a_running_year_wait_for_its_renewal(buyer: Terminal) -> None:
    one = held(buyer, "year")
    wish = ["run", "set_subscription_seats", f"id={one['id']}", "decrease=1", "--json"]
    refused = buyer(*wish, "when=now")
    assert (refused.status, refused.error["code"]) == (6, "seats_outside_window")
    assert "when: renewal" in refused.error["hint"]
    assert one["renewalDate"] in refused.error["hint"]
    assert "createOrder" not in calls(buyer)
    waiting = buyer(*wish, "when=renewal").json["result"]
    assert (waiting["changes"][0]["when"], waiting["state"]) == ("renewal", "submitted")
    assert quantity(buyer, one["id"]) == one["products"][0]["quantity"]


def test_enough_free_seats_are_left_alone_and_missing_ones_are_added(buyer: Terminal) -> None:
    customer = held(buyer, "month", "HMP-STD-M")["customerId"]
    mine = [row for row in buyer("seats", "--json").json if row["customer_id"] == customer]
    seats = sum(row["seats"] for row in mine if row["mpn"] == "HMP-STD-M")
    wish = ["run", "ensure_free_seats", f"customerId={customer}", "product=HMP-STD-M", f"in_use={seats - 2}", "--json"]
    calls(buyer)
    assert buyer(*wish, "free=2").json["result"]["state"] == "unchanged"
    assert "createOrder" not in calls(buyer)
    grown = buyer(*wish, "free=4").json["result"]
    assert (grown["changed"], calls(buyer)["createOrder"]) == (True, 1)
    assert sum(each["seats_after"] - each["seats_before"] for each in grown["changes"]) == 2


def test_a_report_becomes_a_file_and_its_signed_address_is_told_nowhere(buyer: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "seats.csv"
    start = datetime.now(UTC).date() - timedelta(days=20)
    wish = ["run", "download_report", "name=Seats by customer", f"startDate={start}", f"path={file}", "seconds=0"]
    told = [buyer(*wish, "--json")]
    assert told[0].json["result"]["state"] == "running"
    assert not file.exists()
    buyer.running.marketplace.steer(lambda control: control.advance(900))
    told += [buyer(*wish, "--json"), buyer(*wish), buyer("audit", "verify", "--json")]
    done = told[1].json["result"]
    assert (done["state"], done["path"], done["size"]) == ("downloaded", str(file), file.stat().st_size)
    assert file.read_text().startswith("subscription,customer,")
    assert calls(buyer)["createReport"] == 1, "asked again, it goes on with the report it had made"
    for ended in told:
        assert not any(part in ended.out + ended.err for part in ("sig=", "/storage/", done["report_id"] + ".csv"))
