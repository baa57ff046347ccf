"""Lists over MCP stop at a hundred rows unless the caller says otherwise, and say how to get more."""

from collections.abc import Mapping
from typing import Any

import pytest

from ingram_micro_cloud.hosts.mcp.arguments import argument_names
from ingram_micro_cloud.hosts.mcp.windows import MOST, Window, stops_by, window
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.outcomes import Notice, Outcome
from ingram_micro_cloud.sandbox.engine import Marketplace
from support.marketplace import Workplace
from support.mcp_tools import access, assistant, saved

pytestmark = pytest.mark.anyio
CUSTOMERS = 130


@pytest.fixture
def office(workplace: Workplace) -> Workplace:
    workplace.marketplace = Marketplace(seed=7, customers=CUSTOMERS, unlimited=True, now=workplace.clock.now)
    saved(workplace)
    return workplace


def outcome(rows: object, *, complete: bool = True, total: int | None = None, dry_run: bool = False) -> Outcome:
    return Outcome("x", None, rows, complete, total, 1, 1, (), 200, dry_run=dry_run)


def codes(answer: Mapping[str, Any]) -> list[str]:
    return [each["code"] for each in answer["warnings"]]


@pytest.mark.parametrize(
    "arguments",
    [{}, {"max_items": None}, {"limit": None, "query_params": {"max_items": None}}],
)
async def test_a_list_stops_and_says_how_to_get_more(office: Workplace, arguments: dict[str, object]) -> None:
    async with assistant(office, access()) as somebody:
        answer = await somebody.call("list_customers", **arguments)
        assert (len(answer["result"]), answer["complete"], answer["total"]) == (MOST, False, CUSTOMERS)
        (told,) = [each["message"] for each in answer["warnings"] if each["code"] == "more_rows"]
        assert told.startswith("These are 100 of 130 rows.")
        assert "larger max_items or go on with offset 100" in told
        rest = await somebody.call("list_customers", offset=100)
        assert len(rest["result"]) == 30
        assert "more_rows" not in codes(rest)
        assert {row["id"] for row in answer["result"]}.isdisjoint(row["id"] for row in rest["result"])


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        ({"max_items": 1000}, CUSTOMERS),
        ({"max_items": 3}, 3),
        ({"max_items": "7"}, 7),
        ({"limit": 120}, 120),
        ({"query_params": {"max_items": 1000}}, CUSTOMERS),
        ({"json_body": {"limit": 4}}, 4),
    ],
)
async def test_the_caller_says_how_many(office: Workplace, arguments: dict[str, object], rows: int) -> None:
    async with assistant(office, access()) as somebody:
        answer = await somebody.call("list_customers", **arguments)
        assert len(answer["result"]) == rows
        assert answer["complete"] is (rows == CUSTOMERS)
        assert "more_rows" not in codes(answer)


async def test_every_list_stops_by_what_it_declares(office: Workplace) -> None:
    found = {name: stops_by(spec) for name, spec in office.integration.actions.items()}
    for name, spec in office.integration.actions.items():
        if spec.lists:
            assert found[name] == "input", name
        elif spec.output.get("type") == "array" and spec.effect == "read":
            assert found[name] == "cut", name
        else:
            assert found[name] is None, name
    assert set(found.values()) == {"input", "cut", None}
    async with assistant(office, access("buy")) as somebody:
        for each in (await somebody.client.list_tools()).tools:
            shown = each.input_schema["properties"].get("max_items", {})
            assert shown.get("default") == (None if found[each.name] is None else MOST), each.name
            assert ("Answers with 100 rows" in str(each.description)) is (found[each.name] is not None), each.name


async def test_a_list_that_no_input_stops_is_cut(office: Workplace) -> None:
    spec = cut_action(office)
    async with assistant(office, access()) as somebody:
        whole = await somebody.call(spec.id, max_items=10_000)
        assert len(whole["result"]) > 3
        part = await somebody.call(spec.id, max_items=3)
        assert part["result"] == whole["result"][:3]
        assert (part["complete"], part["total"]) == (False, len(whole["result"]))
        assert codes(part)[-1] == "more_rows"
        assert "offset" not in part["warnings"][-1]["message"]


@pytest.mark.parametrize("wrong", [0, -1, True, "many", 1.5, []])
async def test_a_wrong_number_of_rows_is_told_and_a_right_one_works(office: Workplace, wrong: object) -> None:
    spec = cut_action(office)
    async with assistant(office, access()) as somebody:
        error = await somebody.refused(spec.id, max_items=wrong)
        assert (error["code"], error["fields"][0]["pointer"]) == ("invalid_input", "/max_items")
        assert len((await somebody.call(spec.id, max_items=1))["result"]) == 1


def cut_action(office: Workplace) -> ActionSpec:
    return next(
        spec
        for spec in office.integration.actions.values()
        if stops_by(spec) == "cut" and not spec.input.get("required") and "max_items" in argument_names(spec)
        and office.integration.actions["list_seats"].output == spec.output
    )  # fmt: skip


@pytest.mark.parametrize(
    ("part", "given", "rows", "warned"),
    [
        (Window({}, cut=2), outcome([1, 2, 3]), [1, 2], True),
        (Window({}, cut=3), outcome([1, 2, 3]), [1, 2, 3], False),
        (Window({}, cut=2), outcome(None, dry_run=True), None, False),
        (Window({}, cut=2), outcome({"id": 1}), {"id": 1}, False),
        (Window({}, silent=True), outcome([0] * MOST, complete=False), [0] * MOST, True),
        (Window({}, silent=True), outcome([0] * MOST, total=MOST), [0] * MOST, False),
        (Window({}, silent=True, offset=50), outcome([0] * MOST, complete=False, total=150), [0] * MOST, False),
        (Window({}, silent=True, offset=50), outcome([0] * MOST, complete=False, total=151), [0] * MOST, True),
        (Window({}, silent=True, offset=50), outcome([0] * 20, complete=False), [0] * 20, False),
        (Window({}), outcome([0] * MOST, complete=False), [0] * MOST, False),
    ],
)
def test_more_rows_are_told_of_only_where_there_are_more(
    part: Window, given: Outcome, rows: object, warned: bool
) -> None:
    made = part.of(given)
    assert made.result == rows
    assert bool(made.warnings) is warned
    if warned:
        assert made.complete is False


def test_what_else_was_to_be_known_stays(workplace: Workplace) -> None:
    earlier = Notice("withheld", "Some rows are others'.")
    given = Outcome("x", None, [1, 2, 3], True, None, 1, 1, (), 200, warnings=(earlier,))
    assert Window({}, cut=1).of(given).warnings[0] is earlier
    spec = workplace.integration.actions["get_customer"]
    assert window(spec, {"id": "1"}, None) == Window({"id": "1"})
