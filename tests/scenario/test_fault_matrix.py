"""Every action against every fault ends in the designed outcome, and a write is sent at most once."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from ingram_micro_cloud import IngramMicroCloudError, load_integration
from ingram_micro_cloud.errors import (
    OutcomeUnknownError,
    RateLimitedError,
    StatusError,
    UnreachableError,
)
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.outcomes import Outcome
from ingram_micro_cloud.runtime.samples import working_example
from ingram_micro_cloud.sandbox import Marketplace
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio

ACTIONS = {name: spec for name, spec in load_integration().actions.items() if spec.operation is not None}
DONE = "done"
Expected = type[IngramMicroCloudError] | str


@dataclass(frozen=True)
class Fault:
    """A fault and what it must end in: for what may be repeated, and for what may not."""

    name: str
    settings: Mapping[str, object]
    repeatable: Expected
    write: Expected
    buy: Expected | None = None
    changes_state: bool = False


FAULTS = [
    Fault("refuse", {}, DONE, RateLimitedError),
    Fault("reset_before", {}, DONE, OutcomeUnknownError),
    Fault("reset_after", {}, DONE, OutcomeUnknownError, buy=DONE, changes_state=True),
    Fault("html", {}, DONE, OutcomeUnknownError),
    Fault("empty", {}, DONE, DONE, changes_state=True),
    Fault("broken_json", {}, DONE, OutcomeUnknownError, buy=DONE, changes_state=True),
    Fault("delay", {"seconds": 1}, DONE, DONE, changes_state=True),
    Fault("delay", {"seconds": 10_000}, DONE, OutcomeUnknownError, buy=DONE),
    Fault("status", {"status": 503}, DONE, OutcomeUnknownError),
    Fault("status", {"status": 503, "headers": {"Retry-After": "3"}}, DONE, OutcomeUnknownError),
    Fault("status", {"status": 500}, DONE, OutcomeUnknownError),
    Fault("status", {"status": 429, "headers": {"Retry-After": "3"}}, DONE, RateLimitedError),
    Fault("status", {"status": 400}, StatusError, StatusError),
    Fault("status", {"status": 401}, DONE, DONE, changes_state=True),
    Fault("status", {"status": 403}, StatusError, StatusError),
    Fault("status", {"status": 404}, StatusError, StatusError),
    Fault("status", {"status": 409}, StatusError, StatusError),
    Fault(
        "status",
        {"status": 302, "headers": {"Location": "https://elsewhere.example/"}},
        StatusError,
        OutcomeUnknownError,
    ),
    Fault("wrong_total", {}, DONE, DONE, changes_state=True),
    Fault("shifted_page", {}, DONE, DONE, changes_state=True),
]


def _label(fault: Fault) -> str:
    return "-".join([fault.name, *(str(value) for key, value in fault.settings.items() if key != "headers")])


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{_label(fault)}-{n}" for n, fault in enumerate(FAULTS)])
@pytest.mark.parametrize("name", sorted(ACTIONS))
async def test_a_fault_ends_as_designed(undocumented: Workplace, name: str, fault: Fault) -> None:
    spec = ACTIONS[name]
    expected = _expected(spec, fault)
    async with undocumented.connect(allow="buy", timeout_seconds=30) as connection:
        inputs = await working_example(connection, spec.examples[0])
        control = undocumented.marketplace.control
        control.reset_calls()
        control.add_fault({"operation": spec.operation, "fault": fault.name, "times": 1, **fault.settings})
        ended: Outcome | IngramMicroCloudError
        try:
            ended = await connection.run(name, inputs)
        except IngramMicroCloudError as problem:
            ended = problem
        by_operation = control.calls()["by_operation"]
        arrivals = by_operation.get(spec.operation, 0) if isinstance(by_operation, dict) else 0
        _holds(ended, expected, spec)
        if spec.retry != "safe":
            assert arrivals <= (2 if fault.settings.get("status") == 401 else 1)
        again = await connection.run(name, inputs) if spec.retry == "safe" else None
    assert again is None or again.complete
    if spec.lists and expected == DONE:
        assert isinstance(ended, Outcome)
        assert again is not None
        assert _ids(ended) == _ids(again), "the rows are all there, as without the fault"


def _ids(outcome: Outcome) -> list[object]:
    assert isinstance(outcome.result, list)
    return [row["id"] for row in outcome.result]


def _expected(spec: ActionSpec, fault: Fault) -> Expected:
    if spec.retry == "safe":
        return fault.repeatable
    if spec.request is not None and spec.request.proof is not None and fault.buy is not None:
        return fault.buy
    return fault.write


def _holds(ended: Outcome | IngramMicroCloudError, expected: Expected, spec: ActionSpec) -> None:
    if expected == DONE:
        assert isinstance(ended, Outcome), f"{ended!r}"
        return
    assert isinstance(expected, type)
    assert isinstance(ended, expected), f"{ended!r}"
    assert isinstance(ended, IngramMicroCloudError)
    assert ended.hint, "an error says what to do next"
    if isinstance(ended, OutcomeUnknownError):
        assert ended.exit_status == 7
        assert ended.retry == "after_check"
    else:
        assert ended.exit_status == 5


@pytest.mark.parametrize("times", [1, 2, 9])
@pytest.mark.parametrize("fault", ["shifted_page", "wrong_total"])
@pytest.mark.parametrize("customers", [1000, 1200])
async def test_a_list_of_several_pages_comes_whole_or_not_at_all(
    undocumented: Workplace, customers: int, fault: str, times: int
) -> None:
    undocumented.marketplace = Marketplace(seed=7, customers=customers, unlimited=True, now=undocumented.clock.now)
    undocumented.marketplace.control.add_fault({"operation": "getCustomers", "fault": fault, "times": times})
    async with undocumented.connect(allow="look") as connection:
        outcome = await connection.run("list_customers")
    everyone = [str(row["id"]) for row in undocumented.marketplace.control.state("customers")]
    assert sorted(map(str, _ids(outcome))) == sorted(everyone)
    assert outcome.complete
    assert outcome.calls <= 2 * 4 + 4


@pytest.mark.parametrize("name", sorted(n for n, spec in ACTIONS.items() if spec.retry == "safe"))
async def test_a_read_that_keeps_failing_gives_up_and_then_recovers(undocumented: Workplace, name: str) -> None:
    spec = ACTIONS[name]
    async with undocumented.connect(allow="look") as connection:
        inputs = await working_example(connection, spec.examples[0])
        control = undocumented.marketplace.control
        control.add_fault({"operation": spec.operation, "fault": "reset_before", "times": 50})
        with pytest.raises(UnreachableError) as caught:
            await connection.run(name, inputs)
        assert caught.value.retry == "yes"
        assert 1 < caught.value.calls <= 10
        control.clear_faults()
        assert (await connection.run(name, inputs)).complete
