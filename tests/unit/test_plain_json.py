"""What is no plain JSON is refused at the edge, with its place, before anything that recurses or encodes meets it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from ingram_micro_cloud import Integration
from ingram_micro_cloud.errors import ConfigurationInvalidError, InputError
from ingram_micro_cloud.runtime.plain_json import DEEPEST, is_plain
from support.marketplace import Workplace

NAN = float("nan")
HALF = "\ud800"


def nested(levels: int) -> object:
    value: object = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


def looped() -> object:
    value: list[object] = []
    value += [value, value]
    return value


ODD: list[tuple[str, Callable[[], Any], str, str]] = [
    ("a list", lambda: [1], "", "not_json"),
    ("a text", lambda: "limit", "", "not_json"),
    ("a name that is a number", lambda: {1: 2}, "", "not_json"),
    ("a set", lambda: {"name": {"a"}}, "/name", "not_json"),
    ("bytes", lambda: {"name": b"a"}, "/name", "not_json"),
    ("a decimal", lambda: {"name": Decimal(1)}, "/name", "not_json"),
    ("no number", lambda: {"limit": NAN}, "/limit", "not_json"),
    ("an endless number", lambda: {"limit": float("-inf")}, "/limit", "not_json"),
    ("a number of 5,000 digits", lambda: {"limit": 10**5000}, "/limit", "not_json"),
    ("half a character", lambda: {"name": f"A{HALF}"}, "/name", "not_json"),
    ("half a character in a name", lambda: {f"na{HALF}me": "A"}, "", "not_json"),
    ("half a character inside", lambda: {"query_params": {"name": HALF}}, "/query_params/name", "not_json"),
    ("nested too deeply", lambda: {"name": nested(DEEPEST + 1)}, "/name/a/…", "too_deep"),
    ("nested 100,000 times", lambda: {"name": nested(100_000)}, "/name/a/…", "too_deep"),
    ("something that holds itself", lambda: {"name": looped()}, "/name/1/…", "too_deep"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("make", "pointer", "code"), [each[1:] for each in ODD], ids=[each[0] for each in ODD])
async def test_odd_inputs_are_refused_with_their_place(
    undocumented: Workplace, make: Callable[[], Any], pointer: str, code: str
) -> None:
    async with undocumented.connect(allow="buy") as connection:
        for action in ("list_customers", "create_order"):
            with pytest.raises(InputError) as caught:
                await connection.run(action, make())
            (problem, *_) = caught.value.fields
            assert (problem.pointer, problem.code) == (pointer, code)
            caught.value.message.encode()
    assert undocumented.marketplace.control.calls()["total"] == 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    "given",
    [
        {"json": {"a": NAN}},
        {"json": {"a": [HALF]}},
        {"json": nested(500)},
        {"body": HALF},
        {"body": "[" * 100_000},
        {"headers": {"X-A": HALF}},
        {"query": {"a": {"b": 1}}},
        {"query": {"a": [[1]]}},
    ],
    ids=str,
)
async def test_the_generic_request_is_held_to_the_same(undocumented: Workplace, given: dict[str, object]) -> None:
    async with undocumented.connect(allow="buy") as connection:
        with pytest.raises(InputError) as caught:
            await connection.run("generic_request", {"method": "POST", "path": "/orders", **given})
    assert caught.value.fields[0].pointer.startswith(f"/{next(iter(given))}")
    assert undocumented.marketplace.control.calls()["total"] == 0


@pytest.mark.anyio
async def test_a_header_in_latin_letters_is_sent(undocumented: Workplace) -> None:
    async with undocumented.connect() as connection:
        outcome = await connection.run("generic_request", {"path": "/plans", "headers": {"X-Name": "Zoé"}})
    assert outcome.status_code == 200


@pytest.mark.parametrize("levels", [1, DEEPEST - 1])
def test_what_is_plain_passes(levels: int) -> None:
    assert is_plain(nested(levels))
    assert is_plain({"a": [None, True, 1, -2.5, "Zoë 🙂", (1, 2)], "b": {}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("timeout_seconds", NAN),
        ("timeout_seconds", float("inf")),
        ("calls_per_minute", 1e300),
        ("calls_per_day", 10**30),
        ("description", HALF),
        ("password", HALF * 5),
        ("password", SecretStr(HALF * 5)),
        ("api_url", HALF * 5),
        ("subscription_key", "schlüssel-für-alle"),
        ("description", nested(500)),
        ("description", {"a"}),
        ("name", HALF),
    ],
)
def test_odd_fields_of_the_form_are_marked(
    integration: Integration, workplace: Workplace, key: str, value: object
) -> None:
    with pytest.raises(ConfigurationInvalidError) as caught:
        integration.configuration(workplace.values(**{key: value}))
    assert {each.pointer.split("/")[1] for each in caught.value.fields} == {key}
    assert "schl" not in str(caught.value)


def test_a_form_that_is_no_object_is_refused(integration: Integration) -> None:
    with pytest.raises(ConfigurationInvalidError):
        integration.configuration([1])  # type: ignore[arg-type]  # as a careless caller does


@pytest.mark.anyio
async def test_half_a_character_from_the_vendor_does_not_lose_the_answer(undocumented: Workplace) -> None:
    table = undocumented.marketplace.control._world.customers
    row = next(iter(table.all()))
    row["name"] = f"Half {HALF}"
    async with undocumented.connect() as connection:
        outcome = await connection.run("get_customer", {"id": str(row["id"])})
    assert isinstance(outcome.result, dict)
    assert outcome.result["name"] == "Half ?"
