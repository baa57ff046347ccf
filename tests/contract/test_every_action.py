"""Every action runs against the practice marketplace with an example from its own file."""

from pathlib import Path

import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.errors import PermissionRefusedError
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.runtime.samples import working_example
from support.marketplace import Workplace
from support.vendor_document import VendorDocument

EXAMPLES = [
    pytest.param(name, position, id=f"{name}-{position}")
    for name, spec in load_integration().actions.items()
    for position in range(len(spec.examples))
]

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("name", "position"), EXAMPLES)
async def test_the_examples_of_an_action_work(
    workplace: Workplace, vendor_document: VendorDocument | None, tmp_path: Path, name: str, position: int
) -> None:
    before = len(vendor_document.mismatches) if vendor_document else 0
    async with workplace.connect(allow="buy", approve_new_annual_commitment=False) as connection:
        spec = workplace.integration.actions[name]
        inputs = await working_example(connection, spec.examples[position])
        if name == "submit_order":
            inputs["preview_id"] = await _previewed(connection)
        if name == "download_report":
            inputs["path"] = str(tmp_path / "report.csv")
        outcome = await connection.run(name, inputs)
    assert outcome.status_code is None or 200 <= outcome.status_code < 300
    assert outcome.status_code is not None or spec.origin == "intent"
    assert outcome.complete
    assert outcome.warnings == ()
    assert isinstance(outcome.result, list) == (spec.output.get("type") == "array")
    assert spec.origin == "intent" or len(outcome.request_ids) == outcome.calls
    if vendor_document is not None:
        assert vendor_document.mismatches[before:] == []


async def _previewed(connection: Connection) -> str:
    spec = load_integration().actions["preview_order"]
    outcome = await connection.run("preview_order", await working_example(connection, spec.examples[0]))
    assert isinstance(outcome.result, dict)
    return str(outcome.result["preview_id"])


@pytest.mark.parametrize("name", sorted(n for n, spec in load_integration().actions.items() if spec.request))
async def test_both_input_forms_build_the_same_request(workplace: Workplace, name: str) -> None:
    spec = workplace.integration.actions[name]
    flat = dict(spec.examples[0].input)
    assert spec.request is not None
    grouped = {
        "path_params": {n: v for n, v in flat.items() if n not in (*spec.request.query, *spec.request.body)},
        "query_params": {n: v for n, v in flat.items() if n in spec.request.query},
        "json_body": {n: v for n, v in flat.items() if n in spec.request.body} or None,
    }
    async with workplace.connect(allow="buy") as connection:
        plain = await connection.run(name, flat, dry_run=True)
        same = await connection.run(name, grouped, dry_run=True)
    assert plain.request == same.request
    assert plain.calls == 0


@pytest.mark.parametrize("name", sorted(load_integration().actions))
async def test_an_action_above_the_permission_is_refused_and_nothing_is_sent(workplace: Workplace, name: str) -> None:
    spec = workplace.integration.actions[name]
    below = {"read": None, "write": "look", "buy": "edit", "path": "edit"}[spec.effect]
    inputs = dict(spec.examples[0].input)
    if spec.effect == "path":
        inputs = {"method": "DELETE", "path": "/orders/2041877"}
    async with workplace.connect(allow=below or "look") as connection:
        if below is None:
            assert name in connection.actions
            return
        assert (name in connection.actions) == (spec.effect == "path")
        with pytest.raises(PermissionRefusedError, match="Nothing was sent") as caught:
            await connection.run(name, inputs)
    assert f"config allow practice {'edit' if below == 'look' else 'buy'}" in str(caught.value.hint)
    assert workplace.marketplace.control.calls()["total"] == 0
