"""Whatever is typed or piped in, one typed error comes out, never a traceback and never a secret."""

import io
import json
import sys
from pathlib import Path

import pytest

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import app
from ingram_micro_cloud.hosts.cli.arguments import standard_input
from support.cli import Ended, Terminal

CANARY = "Canary-7-secret"
DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"timeout_seconds": NaN}', "timeout_seconds"),
        ('{"description": "\\ud800"}', "description"),
        ("description: 2026-01-01", "description"),
        ("timeout_seconds: .nan", "timeout_seconds"),
        ("description: {1: 2}", "description"),
    ],
)
def test_odd_form_values_fail_the_form_step(terminal: Terminal, text: str, field: str) -> None:
    ended = terminal("config", "save", "main", "--from", "-", "--json", stdin=text)
    assert ended.status == 3
    (step,) = ended.json["steps"]
    assert (step["name"], step["passed"]) == ("form", False)
    assert field in step["fields"]
    assert terminal("config", "save", "main", "--from", "-", stdin=text).status == 3


@pytest.mark.parametrize("key", ["calls_per_minute", "calls_per_day"])
@pytest.mark.parametrize("value", [1e300, 10**30])
def test_a_limit_beyond_any_number_of_calls_fails_the_form_step(terminal: Terminal, key: str, value: float) -> None:
    def saved(number: float) -> Ended:
        text = json.dumps(terminal.fields(**{key: number}))
        return terminal("config", "save", "main", "--from", "-", "--json", stdin=text)

    ended = saved(value)
    assert ended.status == 3
    assert ended.json["steps"][0]["fields"] == [key]
    assert saved(2**62).status == 0


@pytest.mark.parametrize("text", [DEEP, "a: " + DEEP], ids=["json", "yaml"])
def test_a_form_nested_without_end_is_a_usage_error(terminal: Terminal, text: str) -> None:
    ended = terminal("config", "save", "main", "--from", "-", "--json", stdin=text)
    assert (ended.status, ended.error["code"]) == (2, "usage")


def test_inputs_nested_without_end_are_a_usage_error(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "deep.json"
    file.write_text(f'{{"name": {DEEP}}}')
    ended = terminal("run", "list_customers", "--input-file", str(file), "--json")
    assert (ended.status, ended.error["code"]) == (2, "usage")
    assert "too deeply" in ended.error["message"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", "list_customers", "name=\udcff"], "usage"),
        (["config", "show", "\udcff"], "usage"),
        (["run", "list_customers", "--input", '{"name": "\\udc00"}'], "invalid_input"),
        (["run", "list_customers", "--input", '{"limit": NaN}'], "invalid_input"),
        (["run", "get_customer", "id=a/b"], "invalid_input"),
        (["run", "get_customer", "id=.."], "invalid_input"),
        (["run", "list_customers", "--deadline", "nan"], "usage"),
    ],
)
def test_odd_arguments_are_one_error_object(terminal: Terminal, arguments: list[str], code: str) -> None:
    terminal.save()
    ended = terminal(*arguments, "--json")
    assert (ended.status, ended.error["code"]) == (2, code)
    if code == "invalid_input":
        assert [each["pointer"] for each in ended.error["fields"]] in (["/name"], ["/limit"], ["/id"])
    assert terminal(*arguments).status == 2


def test_standard_input_that_is_not_utf8_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"name": "\xff"}'), encoding="utf-8"))
    with pytest.raises(UsageError, match="UTF-8"):
        standard_input()


@pytest.mark.parametrize("debug", ["", "1"])
def test_what_nobody_foresaw_is_one_error_without_a_secret(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    def broken() -> object:
        try:
            raise KeyError(CANARY)
        except KeyError as first:
            raise ValueError(f"no {CANARY}") from first

    monkeypatch.setattr(app, "commands", broken)
    terminal.environ["IM_CLOUD_DEBUG"] = debug
    ended = terminal("actions", "--json")
    assert ended.status == 1
    assert (ended.error["code"], ended.error["retry"]) == ("internal", "no")
    assert "IM_CLOUD_DEBUG" in ended.error["hint"]
    assert ("builtins.KeyError" in ended.err) == ("test_odd_text.py" in ended.err) == bool(debug)
    spoken = terminal("actions")
    assert (spoken.status, spoken.out) == (1, "")
    assert "✗" in spoken.err
    assert CANARY not in ended.out + ended.err + spoken.out + spoken.err


PERSON = {"type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#"}
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}


def new_customer(**more: str) -> dict[str, object]:
    contact = {**PERSON, "login": "ada.moreau", "password": CANARY, **more}
    return {"name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [contact]}


@pytest.mark.parametrize("form", ["json", "raw_json", "body", "data"])
@pytest.mark.parametrize("path", ["/customers", "/resellers/1100001/customers", "/customers/1", "/somewhere/new"])
def test_a_generic_request_keeps_the_secrets_of_the_action_it_is(terminal: Terminal, form: str, path: str) -> None:
    terminal.save(allow="buy")
    body = new_customer()
    given = {"method": "POST", "path": path, form: json.dumps(body) if form in ("body", "data") else body}
    text = json.dumps(given)
    refused = terminal("run", "generic_request", "--input", text, "--json")
    assert (refused.status, refused.error["code"]) == (2, "usage")
    assert "command line" in refused.error["message"]
    shown = terminal("run", "generic_request", "--input", "-", "--dry-run", "--json", stdin=text)
    assert shown.status == 0
    assert CANARY not in shown.out
    assert "Alder LLC" in shown.out
    assert CANARY not in terminal("run", "generic_request", "--input", "-", "--dry-run", stdin=text).out
    if path == "/customers":
        pair = "json.contactPersons.0.password=" if "json" in form else f"{form}={json.dumps(body)}"
        assert terminal("run", "generic_request", "method=POST", "path=/customers", pair + CANARY).status == 2


def test_the_vendors_words_about_a_secret_are_masked_for_a_generic_request(terminal: Terminal) -> None:
    terminal.save(allow="buy")
    given = {"method": "POST", "path": "/customers", "json": {**new_customer(), CANARY: 1, "address": {}}}
    ended = terminal("run", "generic_request", "--input", "-", "--json", stdin=json.dumps(given))
    assert ended.status == 5
    assert CANARY not in ended.out
    assert ended.error["vendor_message"]


def test_a_signed_address_is_masked_on_screen_and_whole_in_json(terminal: Terminal) -> None:
    terminal.save()
    outcome = terminal("run", "list_reports", "--json").json
    assert "sig=" in outcome["result"][0]["downloadUrl"]
    terminal.environ["COLUMNS"] = "400"
    for arguments in (["list_reports"], ["get_report", f"reportId={outcome['result'][0]['id']}"]):
        ended = terminal("run", *arguments)
        assert "sig=" not in ended.out
        assert "--json" in ended.out


def test_an_example_that_needs_ids_says_where_to_get_them(terminal: Terminal) -> None:
    hint = "im-cloud describe create_order --sample --config NAME"
    sample = terminal("describe", "create_order", "--sample")
    assert sample.json["customerId"]
    assert hint in sample.err
    assert terminal("describe", "list_customers", "--sample").err == ""
    terminal.environ["COLUMNS"] = "200"
    assert hint in terminal("describe", "create_order").out


def test_what_cannot_be_taken_back_is_told_before_it_is_sent(terminal: Terminal) -> None:
    terminal.save(allow="buy")
    assert "Cannot be taken back when: type = cancellation" in terminal("describe", "create_order").out
    assert terminal("describe", "create_order", "--json").json["irreversible_when"] == {"type": "cancellation"}
    order = {"customerId": "1", "subscriptionId": "2"}
    told = {}
    for kind in ("cancellation", "renewal"):
        text = json.dumps({**order, "type": kind})
        told[kind] = terminal("run", "create_order", "--input", text, "--dry-run", "--json").json["warnings"]
    assert [each["code"] for each in told["cancellation"]] == ["irreversible"]
    assert told["renewal"] == []


def test_a_variable_left_behind_says_that_it_is_used(terminal: Terminal) -> None:
    terminal.save()
    terminal.environ["IM_CLOUD_USERNAME"] = "somebody.api"
    ended = terminal("run", "list_customers", "--json")
    assert ended.status == 3
    assert "IM_CLOUD_USERNAME" in ended.error["message"]
    assert "--config main" in ended.error["hint"]
    assert {each["pointer"] for each in ended.error["fields"]} >= {"/password", "/api_url"}
    assert terminal("run", "list_customers", "--config", "main", "--json").status == 0
    terminal.environ |= {f"IM_CLOUD_{key.upper()}": str(value) for key, value in terminal.fields().items()}
    whole = terminal("run", "list_customers", "--json")
    assert whole.status == 0
    assert "not the saved 'main'" in whole.err
    assert "--config main" in whole.err
    assert str(terminal.fields()["password"]) not in whole.err
