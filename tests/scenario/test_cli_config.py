"""`im-cloud config` as a person and as a script use it."""

import json
import stat
from pathlib import Path

import pytest
import yaml

from ingram_micro_cloud.redaction import MASK
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal


def test_the_first_save_checks_stores_and_becomes_the_default(terminal: Terminal) -> None:
    ended = terminal.save()
    assert ended.status == 0
    assert ended.json["passing"]
    assert set(ended.json) == {"passing", "steps", "warnings", "milliseconds"}
    assert set(ended.json["steps"][0]) == {"name", "passed", "code", "fields", "message", "milliseconds"}
    (row,) = terminal("config", "list", "--json").json
    assert set(row) == {"name", "api_url", "marketplace", "is_default", "allow", "passing", "checked_at"}
    assert (row["name"], row["is_default"], row["allow"], row["passing"]) == ("main", True, "edit", True)
    assert row["checked_at"] > 1_700_000_000


def test_a_failed_save_stores_nothing_keeps_what_was_typed_and_then_recovers(terminal: Terminal) -> None:
    ended = terminal.save(password="canary-wrong", description="Head office")
    assert ended.status == 3
    last = ended.json["steps"][-1]
    assert (last["name"], last["code"]) == ("sign_in", "sign_in_refused")
    assert terminal("config", "list", "--json").json == []
    raw = b"".join(file.read_bytes() for file in terminal.home.iterdir() if file.name != "secret.key")
    assert b"Head office" in raw, "what was typed is kept"
    assert b"canary-wrong" not in raw, "except secrets"
    assert terminal.save().status == 0
    assert len(terminal("config", "list", "--json").json) == 1


def test_unverified_stores_what_fails_and_marks_it(terminal: Terminal) -> None:
    text = json.dumps(terminal.fields(password="wrong-password"))
    ended = terminal("config", "save", "main", "--from", "-", "--unverified", "--json", stdin=text)
    assert ended.status == 3
    (row,) = terminal("config", "list", "--json").json
    assert row["passing"] is False
    assert terminal("config", "test", "main", "--json").status == 3
    assert terminal.save().status == 0
    assert terminal("config", "test", "main", "--json").status == 0
    assert terminal("config", "list", "--json").json[0]["passing"] is True


def test_unverified_does_not_store_a_form_that_is_wrong(terminal: Terminal) -> None:
    text = json.dumps(terminal.fields(marketplace="not a code"))
    assert terminal("config", "save", "main", "--from", "-", "--unverified", "--json", stdin=text).status == 3
    assert terminal("config", "list", "--json").json == []


def test_a_broken_configuration_of_the_same_name_does_not_replace_a_good_one(terminal: Terminal) -> None:
    terminal.save()
    assert terminal.save(password="wrong-password").status == 3
    assert terminal("config", "test", "main", "--json").status == 0


def test_what_show_prints_can_be_saved_again_without_the_secrets(terminal: Terminal) -> None:
    terminal.save()
    shown = terminal("config", "show", "main", "--json").json
    assert shown["password"] == shown["subscription_key"] == MASK
    again = terminal("config", "save", "main", "--from", "-", "--json", stdin=json.dumps({**shown, "description": "x"}))
    assert again.status == 0
    assert terminal("config", "show", "main", "--json").json["description"] == "x"


def test_another_host_needs_the_secrets_again_and_gets_nothing(terminal: Terminal) -> None:
    terminal.save()
    shown = terminal("config", "show", "main", "--json").json
    with RunningMarketplace(Marketplace(seed=7, customers=0, unlimited=True)) as stranger:
        moved = json.dumps({**shown, "api_url": stranger.api_url})
        for extra in ([], ["--unverified"]):
            ended = terminal("config", "save", "main", "--from", "-", "--json", *extra, stdin=moved)
            assert ended.status == 3
            (step,) = ended.json["steps"]
            assert (step["name"], step["code"]) == ("form", "secret_needed")
            assert step["fields"] == ["password", "subscription_key"]
        assert stranger.marketplace.control.calls()["total"] == 0
        assert "another host" in terminal("config", "save", "main", "--from", "-", stdin=moved).out
    assert terminal("config", "show", "main", "--json").json["api_url"] == shown["api_url"]


def test_a_yaml_file_and_a_warning_when_others_can_read_it(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "main.yaml"
    file.write_text(yaml.safe_dump(terminal.fields(name="main")))
    file.chmod(0o644)
    ended = terminal("config", "save", "main", "--from", str(file))
    assert ended.status == 0
    assert "chmod 600" in ended.err
    file.chmod(0o600)
    assert "chmod" not in terminal("config", "save", "main", "--from", str(file)).err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"name": "other"}', "names the configuration 'other'"),
        ("[1]", "one object"),
        ("{canary: [", "neither JSON nor YAML"),
        ("", "one object"),
        ("5: x", "one object"),
    ],
)
def test_fields_that_cannot_be_read_are_a_usage_error(terminal: Terminal, text: str, said: str) -> None:
    ended = terminal("config", "save", "main", "--from", "-", "--json", stdin=text)
    assert ended.status == 2
    assert said in ended.error["message"]
    assert "canary" not in ended.out


def test_without_a_terminal_and_without_a_file_it_says_how(terminal: Terminal) -> None:
    ended = terminal("config", "save", "main")
    assert ended.status == 2
    assert "--from" in ended.err


def test_a_missing_file_says_so(terminal: Terminal) -> None:
    assert terminal("config", "save", "main", "--from", "nowhere.yaml", "--json").status == 2


def test_allowing_more_is_said_once_and_survives(terminal: Terminal) -> None:
    terminal.save()
    told = {"name": "main", "allow": "buy", "max_order_amount": "500"}
    assert terminal("config", "allow", "main", "buy", "--json").json == told
    assert terminal("config", "show", "main", "--json").json["allow"] == "buy"
    assert "within the buying rules" in terminal("config", "allow", "main", "BUY").out
    assert terminal("config", "allow", "main", "everything", "--json").status == 2


@pytest.mark.parametrize(("given", "kept"), [("250", "250"), ("99.50", "99.50"), ("none", None)])
def test_the_most_of_one_order_is_set_with_it(terminal: Terminal, given: str, kept: str | None) -> None:
    terminal.save()
    ended = terminal("config", "allow", "main", "buy", "--max-order", given, "--json")
    assert ended.json == {"name": "main", "allow": "buy", "max_order_amount": kept}
    shown = terminal("config", "show", "main", "--json").json
    assert (shown["allow"], shown["max_order_amount"], shown["max_day_amount"]) == ("buy", kept, "2000")
    assert terminal("config", "test", "main", "--json").status == 0


@pytest.mark.parametrize("given", ["-5", "much", "1e9", "5,50"])
def test_an_amount_that_is_none_changes_nothing(terminal: Terminal, given: str) -> None:
    terminal.save()
    ended = terminal("config", "allow", "main", "buy", f"--max-order={given}", "--json")
    assert (ended.status, ended.error["code"]) == (3, "invalid_configuration")
    assert [field["pointer"] for field in ended.error["fields"]] == ["/max_order_amount"]
    assert terminal("config", "show", "main", "--json").json["allow"] == "edit"


def test_removing_asks_and_forgets(terminal: Terminal) -> None:
    terminal.save()
    assert terminal("config", "remove", "main", "--json").status == 2
    assert terminal("config", "remove", "main", "--yes", "--json").json == {"removed": "main"}
    assert terminal("config", "remove", "main", "--yes", "--json").status == 3
    assert terminal("config", "list", "--json").json == []


@pytest.mark.parametrize("command", [["show", "nobody"], ["test", "nobody"], ["allow", "nobody", "buy"]])
def test_a_name_nobody_saved_says_how_to_make_it(terminal: Terminal, command: list[str]) -> None:
    ended = terminal("config", *command, "--json")
    assert ended.status == 3
    assert "im-cloud config save nobody" in ended.error["hint"]


def test_several_configurations_and_one_default(terminal: Terminal) -> None:
    terminal.save("one")
    terminal.save("two", is_default=True)
    rows = terminal("config", "list", "--json").json
    assert [(row["name"], row["is_default"]) for row in rows] == [("one", False), ("two", True)]
    terminal("config", "remove", "two", "--yes")
    assert terminal("config", "list", "--json").json[0]["is_default"] is True


def test_the_form_is_json_schema(terminal: Terminal) -> None:
    form = terminal("config", "form", "--json").json
    assert form["$schema"].endswith("2020-12/schema")
    assert form["properties"]["password"]["writeOnly"] is True
    assert {"username", "password", "subscription_key", "api_url", "marketplace"} <= set(form["required"])


@pytest.mark.parametrize("command", [["form"], ["list"], ["show", "main"], ["test", "main"]])
def test_people_get_text_that_fits_and_no_secret(terminal: Terminal, command: list[str]) -> None:
    terminal.save()
    ended = terminal("config", *command)
    assert ended.status == 0
    assert max(len(line) for line in ended.out.splitlines()) <= 100
    for secret in ("password", "subscription_key"):
        assert str(terminal.fields()[secret]) not in ended.out + ended.err


def test_the_state_folder_is_private(terminal: Terminal) -> None:
    terminal.save()
    assert stat.S_IMODE(terminal.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((terminal.home / "secret.key").stat().st_mode) == 0o600


def test_a_lost_key_is_told_and_nothing_is_touched(terminal: Terminal) -> None:
    terminal.save()
    key = (terminal.home / "secret.key").read_bytes()
    (terminal.home / "secret.key").unlink()
    ended = terminal("config", "list", "--json")
    assert (ended.status, ended.error["code"]) == (3, "state_wrong_key")
    (terminal.home / "secret.key").write_bytes(key)
    (terminal.home / "secret.key").chmod(0o600)
    assert terminal("config", "test", "main", "--json").status == 0
