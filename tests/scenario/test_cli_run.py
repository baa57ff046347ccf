"""`im-cloud run`, `actions` and `describe`: one JSON object, the right exit status, and words that help."""

import json
from functools import partial
from pathlib import Path

import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.sandbox.control import Control
from support.cli import Terminal

ACTIONS = sorted(load_integration().actions)
PERSON = {"type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#"}
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
NEW = {"name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [PERSON]}


GENEROUS = {"allow": "buy", "approve_new_annual_commitment": False, "max_day_amount": None}


@pytest.fixture
def saved(terminal: Terminal) -> Terminal:
    assert terminal.save(allow="buy").status == 0
    terminal.running.marketplace.steer(lambda control: control.reset_calls())
    return terminal


@pytest.mark.parametrize("name", ACTIONS)
def test_each_action_succeeds_with_the_example_of_its_own_file(saved: Terminal, name: str, tmp_path: Path) -> None:
    assert saved("config", "save", "main", "--from", "-", stdin=json.dumps(saved.fields(**GENEROUS))).status == 0
    sample = saved("describe", name, "--sample", "--config", "main", "--json")
    assert sample.status == 0, sample.out
    given = {**sample.json, **special(saved, name, tmp_path)}
    ended = saved("run", name, "--input", "-", "--json", stdin=json.dumps(given))
    assert ended.status == 0, ended.out
    outcome = ended.json
    assert list(outcome) == [
        "action", "organization", "result", "complete", "total", "calls", "pages", "request_ids", "status_code",
        "dry_run", "warnings",
    ]  # fmt: skip
    assert (outcome["action"], outcome["organization"], outcome["warnings"]) == (name, None, [])
    intent = load_integration().actions[name].origin == "intent"
    assert outcome["status_code"] in range(200, 300) or (intent and outcome["status_code"] is None)


def special(terminal: Terminal, name: str, folder: Path) -> dict[str, object]:
    """What an example cannot know: a preview of its own, a file to write, and that this marketplace's clock stands."""
    if name == "submit_order":
        order = terminal("describe", "preview_order", "--sample", "--config", "main", "--json").out
        return {"preview_id": terminal("order", "preview", "--input", "-", "--json", stdin=order).json["preview_id"]}
    return {"path": str(folder / "report.csv"), "seconds": 0} if name == "download_report" else {}


def counted(terminal: Terminal) -> int:
    total = terminal.running.marketplace.steer(lambda control: control.calls()["total"])
    assert isinstance(total, int)
    return total


def customers(terminal: Terminal) -> int:
    """How many there are: the actions of other tests may have added some."""
    return len(terminal.running.marketplace.control.state("customers"))


def test_calls_are_what_the_marketplace_counted(saved: Terminal) -> None:
    outcome = saved("run", "list_customers", "--json").json
    assert outcome["calls"] == counted(saved) == 1, "the token of the check is used again"
    assert len(outcome["result"]) == outcome["total"] == customers(saved)


def test_key_value_pairs_are_read_by_the_schema(saved: Terminal) -> None:
    outcome = saved("run", "list_customers", "limit=3", "name=a", "--json").json
    assert len(outcome["result"]) == 3
    assert not outcome["complete"]
    request = saved("run", "create_order", "type=SALES", "customerId=1", "products.0.mpn=A", "products.0.quantity=2",
                    'attributes={"a": "1"}', "--dry-run", "--json").json["request"]  # fmt: skip
    assert request["json"] == {
        "type": "sales", "customerId": "1", "products": [{"mpn": "A", "quantity": 2}], "attributes": {"a": "1"},
    }  # fmt: skip


def test_a_dry_run_shows_the_request_and_sends_nothing(saved: Terminal) -> None:
    ended = saved("run", "create_customer", "--input", json.dumps(NEW), "--dry-run", "--json").json
    assert (ended["dry_run"], ended["result"], ended["calls"]) == (True, None, 0)
    assert (ended["request"]["method"], ended["request"]["path"]) == ("POST", "/customers")
    assert counted(saved) == 0
    assert "nothing was sent" in saved("run", "create_customer", "--input", json.dumps(NEW), "--dry-run").out


def test_inputs_from_a_file_and_several_places(saved: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "inputs.json"
    file.write_text('{"limit": 2}')
    assert len(saved("run", "list_customers", "--input-file", str(file), "--json").json["result"]) == 2
    twice = saved("run", "list_customers", "limit=3", "--input-file", str(file), "--json")
    assert (twice.status, twice.error["fields"][0]["pointer"]) == (2, "/limit")


FAULTS: dict[int, list[dict[str, object]]] = {
    3: [{"operation": "generateAuthToken", "fault": "status", "status": 401, "times": 1}],
    5: [{"operation": "getCustomers", "fault": "status", "status": 404, "times": 1}],
    7: [{"operation": "createCustomer", "fault": "reset_after", "times": 1}],
}


@pytest.mark.parametrize(
    ("status", "arguments", "code", "retry"),
    [
        (2, ["run", "list_custmers"], "unknown_action", "no"),
        (2, ["run", "list_customers", "nmae=x"], "invalid_input", "no"),
        (2, ["run", "list_customers", "nonsense"], "usage", "no"),
        (2, ["run", "list_customers", "--input", "{"], "usage", "no"),
        (2, ["run", "list_customers", "--input", "[]"], "usage", "no"),
        (2, ["run", "list_customers", "--input-file", "nowhere.json"], "usage", "no"),
        (2, ["run", "list_customers", "--no-such-option"], "usage", "no"),
        (2, ["run"], "usage", "no"),
        (2, ["nonsense"], "usage", "no"),
        (2, ["run", "create_order", "--key", "k", "--input", "{}"], "invalid_input", "no"),
        (2, ["run", "list_customers", "--key", "k"], "usage", "no"),
        (3, ["run", "list_customers", "--config", "nobody"], "configuration_missing", "no"),
        (3, ["run", "list_customers"], "sign_in_refused", "no"),
        (4, ["run", "list_customers", "--org", "org-7"], "organization_unknown", "no"),
        (5, ["run", "list_customers"], "not_found", "no"),
        (6, ["run", "create_order", "--input", '{"type":"sales","customerId":"1"}'], "permission_refused", "no"),
        (6, ["run", "list_resellers", "--org", "org-7"], "guard_refused", "no"),
        (6, ["run", "generic_request", "path=https://evil.example"], "egress_refused", "no"),
        (7, ["run", "create_customer", "--input", json.dumps(NEW)], "outcome_unknown", "after_check"),
    ],
)
def test_every_ending_has_its_status_and_one_error_object(
    terminal: Terminal, status: int, arguments: list[str], code: str, retry: str
) -> None:
    terminal.save()
    if code == "sign_in_refused":
        terminal.running.marketplace.steer(lambda control: control.advance(2000))
    if code in ("sign_in_refused", "not_found", "outcome_unknown"):
        for fault in FAULTS[status]:
            terminal.running.marketplace.steer(partial(Control.add_fault, wanted=fault))
    ended = terminal(*arguments, "--json")
    assert ended.status == status, ended.out
    assert list(ended.json) == ["error"]
    assert list(ended.error) == [
        "code", "message", "hint", "status_code", "correlation_id", "vendor_message", "retry", "fields",
    ]  # fmt: skip
    assert (ended.error["code"], ended.error["retry"]) == (code, retry)
    spoken = terminal(*arguments) if status not in FAULTS else None
    assert spoken is None or spoken.status == status
    if spoken is not None:
        assert spoken.out == ""
        assert "✗" in spoken.err


def test_no_configuration_names_the_command_that_makes_one(terminal: Terminal) -> None:
    ended = terminal("run", "list_customers", "--json")
    assert ended.status == 3
    assert "im-cloud config save" in ended.error["hint"]


def test_the_environment_is_enough_for_one_run(terminal: Terminal) -> None:
    terminal.environ = {f"IM_CLOUD_{key.upper()}": str(value) for key, value in terminal.fields().items()}
    assert len(terminal("run", "list_customers", "--json").json["result"]) == customers(terminal)
    refused = terminal("run", "create_order", "--input", '{"type":"sales","customerId":"1"}', "--json")
    assert refused.status == 6
    assert "IM_CLOUD_ALLOW=buy" in refused.error["hint"]


def test_a_secret_is_not_taken_from_the_command_line(saved: Terminal) -> None:
    person = {**PERSON, "login": "ada.moreau", "password": "Canary-5-pass"}
    text = json.dumps({**NEW, "contactPersons": [person]})
    ended = saved("run", "create_customer", "--input", text, "--json")
    assert ended.status == 2
    assert "Canary" not in ended.out
    pair = saved("run", "create_customer", "contactPersons.0.password=Canary-5-pass", "--json")
    assert pair.status == 2
    assert counted(saved) == 0
    done = saved("run", "create_customer", "--input", "-", "--json", stdin=text)
    assert done.status == 0
    assert "Canary" not in done.out


def test_a_terminal_shows_the_first_fifty_and_how_many_there_are(saved: Terminal) -> None:
    few = saved("run", "list_customers")
    assert few.status == 0
    assert max(len(line) for line in few.out.splitlines()) <= 100
    some = saved("run", "list_customers", "limit=4")
    assert f"4 of {customers(saved)}" in some.out


def test_a_deadline_must_make_sense(saved: Terminal) -> None:
    assert saved("run", "list_customers", "--deadline", "-1", "--json").status == 2
    assert saved("run", "list_customers", "--deadline", "soon", "--json").status == 2
    assert saved("run", "list_customers", "--deadline", "60", "--json").status == 0


def test_the_palette(terminal: Terminal) -> None:
    rows = terminal("actions", "--json").json
    assert len(rows) == len(load_integration().actions)
    assert all(
        list(row) == ["id", "ref", "title", "aliases", "group", "effect", "scope", "method", "path", "origin"]
        for row in rows
    )
    assert [row["origin"] for row in rows].count("vendor") == 30
    assert {row["origin"] for row in rows} == {"vendor", "intent"}
    text = terminal("actions").out
    assert all(row["id"] in text for row in rows)
    assert terminal("actions", "--group", "orders", "--json").json[0]["group"] == "orders"
    assert terminal("actions", "--group", "nonsense", "--json").status == 2


def test_the_palette_of_a_configuration_leaves_out_what_it_does_not_allow(terminal: Terminal) -> None:
    terminal.save(allow="look")
    effects = {row["effect"] for row in terminal("actions", "--config", "main", "--json").json}
    assert effects == {"read", "path"}


@pytest.mark.parametrize("name", ACTIONS)
def test_each_action_is_described_in_full(terminal: Terminal, name: str) -> None:
    described = terminal("describe", name, "--json").json
    assert {"id", "effect", "input", "output", "examples", "changelog"} <= set(described)
    text = terminal("describe", name)
    assert text.status == 0
    assert described["title"] in text.out
    assert all(member in text.out for member in described["input"].get("properties", {}))
    output = described["output"]
    shared = output.get("items", output).get("$ref", "").rpartition("/")[2]
    members = output.get("$defs", {}).get(shared, output.get("items", output)).get("properties", {})
    assert "Result" in text.out
    assert all(member in text.out for member in members)


def test_an_action_is_found_by_any_of_its_names(terminal: Terminal) -> None:
    for name in ("list_customers", "im_cloud.list_customers", "List Customers", "LIST CUSTOMERS"):
        assert terminal("describe", name, "--json").json["id"] == "list_customers"
    ended = terminal("describe", "list_costumers", "--json")
    assert ended.status == 2
    assert "list_customers" in ended.error["hint"]
