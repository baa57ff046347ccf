"""Secrets in the bodies of generic requests: found and masked however their names and values are spelled."""

import json

import pytest

from ingram_micro_cloud.runtime.secret_inputs import secrets_in
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
PATHS = ("contactPersons.*.password",)
CANARY = "T0psecret!123"
SPELLINGS = {
    "plain": '{"contactPersons": [{"password": "T0psecret!123"}]}',
    "an escape in the name": r'{"contactPersons": [{"pass\u0077ord": "T0psecret!123"}]}',
    "an escape in the value": r'{"contactPersons": [{"password": "T\u0030psecret!123"}]}',
    "capitals": '{"contactPersons": [{"PassWord": "T0psecret!123"}]}',
    "somewhere else": '{"a": {"b": [[{"password": "T0psecret!123"}]]}}',
    "twice, another first": '{"password": "another one", "password": "T0psecret!123"}',
    "twice, another last": '{"password": "T0psecret!123", "password": "another one"}',
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_found_in_a_text_however_it_is_spelled(text: str) -> None:
    assert CANARY in secrets_in(text, PATHS)


def test_a_secret_is_found_in_a_text_that_is_no_json() -> None:
    assert CANARY in secrets_in('{"contactPersons": [{"Password" : "T0psecret!123"', PATHS)


def test_a_text_nested_without_end_is_searched_all_the_same() -> None:
    assert CANARY in secrets_in("[" * 100_000 + '{"password": "T0psecret!123"}', PATHS)


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("as_text", [True, False])
async def test_a_dry_run_shows_no_secret_of_a_body(undocumented: Workplace, text: str, as_text: bool) -> None:
    given = {"body": text, "headers": {"Content-Type": "application/json"}} if as_text else {"json": json.loads(text)}
    async with undocumented.connect(allow="buy") as connection:
        inputs = {"method": "POST", "path": "/customers", **given}
        outcome = await connection.run("generic_request", inputs, dry_run=True)
    shown = json.dumps(outcome.request, ensure_ascii=False)
    assert CANARY not in shown
    assert "psecret" not in shown
    assert "••••" in shown


async def test_a_body_without_secrets_is_shown_as_it_is(undocumented: Workplace) -> None:
    text = '{"name":  "Alder",  "taxRegId": "\\u0031"}'
    async with undocumented.connect(allow="buy") as connection:
        inputs = {"method": "POST", "path": "/customers", "body": text, "headers": {"Content-Type": "application/json"}}
        outcome = await connection.run("generic_request", inputs, dry_run=True)
    assert outcome.request is not None
    assert outcome.request["body"] == text
