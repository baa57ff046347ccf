"""Whatever is put in, nothing but typed errors comes out."""

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.errors import IngramMicroCloudError, InputError
from ingram_micro_cloud.runtime.inputs import InputReader
from support.marketplace import Workplace
from support.schema_strategies import ANY_JSON, fitting, nearly_fitting

ACTIONS = dict(load_integration().actions)
QUICK = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("name", sorted(ACTIONS))
@QUICK
@given(data=st.data())
def test_inputs_made_from_the_schema_are_accepted(name: str, data: st.DataObject) -> None:
    spec = ACTIONS[name]
    inputs = data.draw(fitting(spec.input, spec.input))
    assert isinstance(inputs, dict)
    read = InputReader(spec).read(inputs)
    assert set(read) <= set(inputs)


@pytest.mark.parametrize("name", sorted(ACTIONS))
@QUICK
@given(data=st.data())
def test_running_any_input_ends_in_an_outcome_or_a_typed_error(
    undocumented: Workplace, name: str, data: st.DataObject
) -> None:
    spec = ACTIONS[name]
    inputs = data.draw(fitting(spec.input, spec.input) | nearly_fitting(spec.input))
    assert isinstance(inputs, dict)

    async def run() -> None:
        async with undocumented.connect(allow="buy") as connection:
            outcome = await connection.run(name, inputs)
            assert outcome.action == name

    try:
        anyio.run(run)
    except IngramMicroCloudError as problem:
        assert problem.message
        assert problem.exit_status in range(2, 8)


@pytest.mark.parametrize("name", sorted(ACTIONS))
@QUICK
@given(inputs=st.dictionaries(st.text(max_size=10), ANY_JSON, max_size=4))
def test_any_json_at_all_is_either_read_or_refused_by_name(name: str, inputs: dict[str, object]) -> None:
    try:
        InputReader(ACTIONS[name]).read(inputs)
    except InputError as problem:
        assert problem.fields
        assert all(field.message for field in problem.fields)
