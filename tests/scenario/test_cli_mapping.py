"""Mapping from the command line: import, refresh, suggest, decide, run for an organization, export, undo."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.cli import Terminal

ROW = {
    "organization_id", "organization_name", "state", "customer_id", "customer_name", "score", "band", "lead",
    "runner_up", "signals", "reason",
}  # fmt: skip


@pytest.fixture
def customers(terminal: Terminal) -> list[dict[str, Any]]:
    assert terminal.save().status == 0
    found = terminal.running.marketplace.steer(lambda control: control.state("customers"))
    assert isinstance(found, list)
    return found


@pytest.fixture
def named(terminal: Terminal, customers: list[dict[str, Any]], tmp_path: Path) -> Mapping[str, str]:
    """Four organizations: one that is certain by name and domain, one in conflict, one to exclude, one of nobody."""
    kestrel = next(row for row in customers if row["name"].startswith("Kestrel"))
    domain = kestrel["contactPersons"][0]["email"].partition("@")[2]
    file = tmp_path / "organizations.csv"
    file.write_text(
        "id,name,domains,external_ids,country,tags\n"
        f"org-1,{kestrel['name'].replace('&', 'and')},{domain},,,gold;managed\n"
        "org-2,Alder Finch Dental,,,,\norg-3,Our own tests,,,,\norg-4,Harborview Podiatry,,,,\n",
        encoding="utf-8",
    )
    ended = terminal("organizations", "import", str(file), "--json")
    assert (ended.status, ended.json["added"], ended.json["problems"]) == (0, 4, [])
    assert terminal("mapping", "refresh", "--json").json["customers"] == len(customers)
    return {"org-1": kestrel["id"]}


def calls(terminal: Terminal) -> int:
    counted = terminal.running.marketplace.steer(lambda control: control.calls()["total"])
    assert isinstance(counted, int)
    return counted


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    assert all(row.keys() == ROW for row in rows)
    return {row["organization_id"]: row for row in rows}


def test_suggestions_explain_themselves_and_save_nothing(terminal: Terminal, named: Mapping[str, str]) -> None:
    found = by_id(terminal("mapping", "suggest", "--json").json)
    assert {key: row["state"] for key, row in found.items()} == {
        "org-1": "suggested", "org-2": "conflict", "org-3": "unmapped", "org-4": "unmapped",
    }  # fmt: skip
    sure = found["org-1"]
    assert (sure["customer_id"], sure["band"]) == (named["org-1"], "certain")
    assert {"name", "score", "weight", "detail"} == sure["signals"][0].keys()
    assert "domain" in sure["reason"] or "example" in sure["reason"]
    torn = found["org-2"]
    assert torn["band"] in ("possible", "none")
    assert torn["runner_up"].keys() == {"customer_id", "customer_name", "score"}
    assert {row["state"] for row in terminal("mapping", "show", "--json").json} == {"suggested", "conflict", "unmapped"}
    assert terminal("run", "list_subscriptions", "--org", "org-1", "--json").status == 4


def test_only_what_is_certain_is_accepted_and_only_when_told(terminal: Terminal, named: Mapping[str, str]) -> None:
    refused = terminal("mapping", "suggest", "--accept", "likely", "--json")
    assert (refused.status, refused.error["code"]) == (2, "usage")
    rows = by_id(terminal("mapping", "suggest", "--accept", "certain", "--json").json)
    assert {key: row["state"] for key, row in rows.items() if row["state"] == "mapped"} == {"org-1": "mapped"}
    outcome = terminal("run", "list_subscriptions", "--org", "org-1", "--json").json
    assert outcome["organization"] == "org-1"
    assert {row["customerId"] for row in outcome["result"]} == {named["org-1"]}


def test_an_unmapped_organization_exits_4_with_the_best_match_and_the_command(
    terminal: Terminal, named: Mapping[str, str]
) -> None:
    before = calls(terminal)
    ended = terminal("run", "list_subscriptions", "--org", "org-1", "--json")
    assert (ended.status, ended.error["code"]) == (4, "organization_not_mapped")
    assert calls(terminal) == before
    assert "Nothing was sent." in ended.error["message"]
    assert f"({named['org-1']})" in ended.error["message"]
    command = ended.error["hint"].partition("im-cloud ")[2].split()
    assert command == ["mapping", "set", "org-1", named["org-1"]]
    assert terminal(*command).status == 0
    assert terminal("run", "list_subscriptions", "--org", "org-1", "--json").status == 0


def test_deciding_by_hand_and_taking_it_back(
    terminal: Terminal, named: Mapping[str, str], customers: list[dict[str, Any]]
) -> None:
    mine, other = named["org-1"], customers[3]["id"]
    assert terminal("mapping", "set", "org-1", mine, "--json").json["customers"] == [mine]
    taken = terminal("mapping", "set", "org-2", mine, "--json")
    assert (taken.status, taken.error["fields"][0]["code"]) == (2, "customer_taken")
    assert "org-1" in taken.error["message"]
    assert terminal("mapping", "set", "org-2", mine, "--also", "--json").json["customers"] == [mine]
    assert terminal("mapping", "set", "org-1", other, "--also", "--json").json["customers"] == [mine, other]
    shared = terminal("run", "list_customers", "--org", "org-1", "--json").json
    assert [row["id"] for row in shared["result"]] == [mine, other]
    assert terminal("mapping", "undo", "--json").json["action"] == "set"
    assert by_id(terminal("mapping", "show", "--json").json)["org-1"]["customer_id"] == mine
    assert terminal("mapping", "exclude", "org-3", "--reason", "ours, buys nothing", "--json").status == 0
    excluded = terminal("run", "get_customer", "--org", "org-3", "--json")
    assert (excluded.status, excluded.error["code"]) == (4, "organization_excluded")
    assert "ours, buys nothing" in excluded.error["message"]
    assert terminal("mapping", "clear", "org-3", "--json").json["changed"]
    made = terminal("mapping", "history", "--json").json
    assert {change["action"] for change in made} >= {"set", "exclude", "clear", "undo"}
    assert all(change["who"] and change["at"] for change in made)


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["mapping", "set", "org-1", "9999999"], 2, "unknown_customer"),
        (["mapping", "set", "org-9", "9999999"], 2, "unknown_organization"),
        (["mapping", "set", "org-1", "../orders"], 2, None),
        (["mapping", "exclude", "org-9", "--reason", "x"], 2, "unknown_organization"),
        (["mapping", "exclude", "org-1"], 2, None),
        (["mapping", "clear", "org-9"], 2, "unknown_organization"),
        (["mapping", "show", "org-9"], 2, "unknown_organization"),
        (["mapping", "export", "--format", "xml"], 2, None),
        (["mapping", "import", "no-such-file.json"], 2, None),
        (["organizations", "import"], 2, None),
        (["organizations", "import", "no-such-file.csv"], 2, None),
        (["organizations", "import", "--source", "nobody"], 2, None),
    ],
)
def test_mistakes_are_told_and_change_nothing(
    terminal: Terminal, named: Mapping[str, str], arguments: list[str], status: int, code: str | None
) -> None:
    ended = terminal(*arguments, "--json")
    assert ended.status == status
    if code is not None:
        assert [field["code"] for field in ended.error["fields"]] == [code]
    assert terminal("mapping", "history", "--json").json == []


@pytest.mark.parametrize("form", ["json", "csv", "platform"])
def test_an_export_comes_back_as_it_was(
    terminal: Terminal, named: Mapping[str, str], customers: list[dict[str, Any]], tmp_path: Path, form: str
) -> None:
    mine, other = named["org-1"], customers[3]["id"]
    for arguments in (
        ["set", "org-1", mine],
        ["set", "org-1", other, "--also"],
        ["exclude", "org-3", "--reason", "=ours"],
    ):
        assert terminal("mapping", *arguments).status == 0
    before = terminal("mapping", "show", "--json").json
    file = tmp_path / f"mapping.{form}"
    written = terminal(
        "mapping", "export", "--format", form, "--output", str(file), "--pack-config-id", "pc-7", "--json"
    )
    assert written.status == 0
    if form == "platform":
        payload = json.loads(file.read_text(encoding="utf-8"))["org_vars"]
        primary = next(each for each in payload if each["name"] == "imCloud_CustomerId")
        assert primary == {
            "name": "imCloud_CustomerId", "value": mine, "org_id": "org-1", "cascade": False, "category": "system",
            "pack_config_id": "pc-7",
        }  # fmt: skip
    for _ in range(3):
        terminal("mapping", "undo")
    assert {row["state"] for row in terminal("mapping", "show", "--json").json}.isdisjoint({"mapped", "excluded"})
    assert terminal("mapping", "import", str(file), "--json").status == 0
    assert terminal("mapping", "show", "--json").json == before
    assert terminal("mapping", "undo", "--json").json["undone"] == 2


def test_the_report_says_how_far_it_is(terminal: Terminal, named: Mapping[str, str]) -> None:
    terminal("mapping", "set", "org-1", named["org-1"])
    terminal("mapping", "exclude", "org-3", "--reason", "ours")
    found = terminal("mapping", "report", "--json").json
    assert found["percentage"] == pytest.approx(33.3)
    assert {each["id"] for each in found["unmapped_organizations"]} == {"org-2", "org-4"}
    assert named["org-1"] not in {each["id"] for each in found["unmapped_customers"]}
    assert found["stale"] == []
    told = terminal("mapping", "report")
    assert "33.3 % mapped" in told.out


def test_the_mapping_outlives_its_configuration(terminal: Terminal, named: Mapping[str, str]) -> None:
    terminal("mapping", "set", "org-1", named["org-1"])
    assert terminal("config", "remove", "main", "--yes").status == 0
    assert terminal.save().status == 0
    assert terminal("run", "get_customer", "--org", "org-1", "--json").json["result"]["id"] == named["org-1"]


def test_a_configuration_made_again_for_another_user_leaves_pairs_unconfirmed(
    terminal: Terminal, named: Mapping[str, str]
) -> None:
    terminal("mapping", "set", "org-1", named["org-1"])
    terminal("config", "remove", "main", "--yes")
    again = json.dumps(terminal.fields(username="somebody.else.api"))
    assert terminal("config", "save", "main", "--from", "-", "--unverified", stdin=again).status == 3
    ended = terminal("run", "get_customer", "--org", "org-1", "--json")
    assert (ended.status, ended.error["code"]) == (4, "mapping_unconfirmed")
    assert by_id(terminal("mapping", "show", "--json").json)["org-1"]["state"] == "suggested"


def test_tables_are_for_people(terminal: Terminal, named: Mapping[str, str]) -> None:
    told = terminal("mapping", "suggest")
    assert told.status == 0
    assert "Accept one: im-cloud mapping set ORG CUSTOMER" in told.out
    assert "conflict" in told.out
    terminal("mapping", "suggest", "--accept", "certain")
    assert "mapped" in terminal("mapping", "show").out
    assert "gold" not in terminal("organizations", "list").err
    listed = terminal("organizations", "list", "--json").json
    assert listed[0]["tags"] == ["gold", "managed"]


def test_saving_what_is_certain_never_says_that_nothing_was_saved(terminal: Terminal, named: Mapping[str, str]) -> None:
    told = terminal("mapping", "suggest", "--accept", "certain").out
    assert told.index("1 of 4 are certain.") < told.index("Saved 1. Take them back: im-cloud mapping undo")
    assert "Nothing was saved" not in told
    again = terminal("mapping", "suggest", "--accept", "certain").out
    assert "Nothing was saved." in again
    assert "undo" not in again


def test_a_mapped_customer_makes_way_for_a_files_only_when_told(
    terminal: Terminal, named: Mapping[str, str], customers: list[dict[str, Any]], tmp_path: Path
) -> None:
    mine, other = named["org-1"], customers[3]["id"]
    terminal("mapping", "set", "org-1", mine)
    file = tmp_path / "pairs.csv"
    file.write_text(f"organization_id,customer_id\norg-1,{other}\n")
    refused = terminal("mapping", "import", str(file), "--json")
    assert (refused.status, [each["code"] for each in refused.error["fields"]]) == (2, ["already_mapped"])
    told = terminal("mapping", "import", str(file))
    assert f"Row 2, customer_id: {by_id(terminal('mapping', 'show', '--json').json)['org-1']['organization_name']}" in (
        told.err
    )
    report = terminal("mapping", "import", str(file), "--replace", "--json").json
    assert [each["before"]["customers"][0]["customer_id"] for each in report["replaced"]] == [mine]
    terminal("mapping", "undo")
    told = terminal("mapping", "import", str(file), "--replace")
    assert f"({mine})" in told.out
    assert f"({other})" in told.out
    assert "undo" in told.out
    assert "undo" not in terminal("mapping", "import", str(file)).out


def test_variables_of_several_configurations_are_chosen_from(
    terminal: Terminal, named: Mapping[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "variables.json"
    told = [("org-1", named["org-1"], "pc-1"), ("org-2", "9999999", "pc-2")]
    listed = [
        {"name": "imCloud_CustomerId", "org_id": key, "value": value, "pack_config_id": owner}
        for key, value, owner in told
    ]
    file.write_text(json.dumps({"org_vars": listed}))
    refused = terminal("mapping", "import", str(file), "--json")
    assert (refused.status, refused.error["fields"][0]["code"]) == (2, "several_pack_configs")
    assert terminal("mapping", "import", str(file), "--pack-config-id", "pc-1", "--json").json["mapped"] == 1


def test_an_import_tells_its_columns_and_what_it_left_out(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "psa.csv"
    rows = "".join(f"{number},Company {number},N/A,red\n" for number in range(1, 31))
    file.write_text(f"Company Id,Company Name,Website,Colour\n{rows},Nobody,,\n")
    told = terminal("organizations", "import", str(file))
    assert "Columns: id from Company Id, name from Company Name, domains from Website; not used: Colour." in told.out
    assert "30 cells were left out" in told.err
    assert (told.err.count("'N/A'"), "10 more" in told.err) == (20, True)
    assert "1 row was left out:" in told.err
    assert "Row 32, id:" in told.err
    report = terminal("organizations", "import", str(file), "--json").json
    assert (report["unchanged"], len(report["problems"]), len(report["warnings"])) == (30, 1, 30)
    assert report["warnings"][0].keys() == report["problems"][0].keys() == {"row", "field", "code", "message"}
    assert report["columns"] == {"id": "Company Id", "name": "Company Name", "domains": "Website"}
    assert report["unused"] == ["Colour"]


def test_a_list_of_tenants_loads_as_it_is(terminal: Terminal, named: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "tenants.csv"
    file.write_bytes("Tenant;Display name\r\nt-1;Müller Präzisionstechnik\r\n;Nobody\r\n".encode("utf-16"))
    columns = ["--column", "id=Tenant", "--column", "name=Display name"]
    report = terminal("organizations", "import", str(file), *columns, "--source", "tenants", "--json").json
    assert (report["added"], len(report["problems"])) == (1, 1)
    assert (report["problems"][0]["row"], report["problems"][0]["field"]) == (3, "id")
    file.write_bytes(b"id,name\nt-1,M\xfcller\n")
    wrong = terminal("organizations", "import", str(file), "--source", "tenants", "--json")
    assert wrong.status == 2
    assert "UTF-8" in wrong.error["message"] + str(wrong.error["hint"])
    assert {each["id"] for each in terminal("organizations", "list", "--json").json} >= {"t-1", "org-1"}
