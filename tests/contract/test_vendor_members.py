"""Every input is held against the vendor's document, nested ones to the bottom, where the document is at hand."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.api.requests import NO_BODY
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.inputs import InputReader
from ingram_micro_cloud.runtime.planning import plan_declared
from support.schema_strategies import fitting
from support.vendor_document import VendorDocument
from support.vendor_members import our_members, vendor_members

ACTIONS: Final = {name: spec for name, spec in load_integration().actions.items() if spec.operation is not None}
ANSWERED_ONLY: Final = (
    "products.*.newProductId", "products.*.newSubscription", "products.*.tcvs", "products.*.type", "subscriptions",
)  # fmt: skip
LEFT_OUT: Final[Mapping[str, tuple[str, ...]]] = {
    # The document marks these writable, but its own text says that answers have them.
    "create_order": ANSWERED_ONLY,
    "estimate_order_price": ANSWERED_ONLY,
    "schedule_one_time_report": ("downloadUrl",),
    # The seed's two actions for one operation: this one has the inputs of its older page.
    "update_subscription": ("products",),
}
"""What the document has and an action does not offer, each with everything inside it."""
OURS: Final = {"max_items"}
"""What an action takes for itself and never sends."""


@pytest.fixture
def document(vendor_document: VendorDocument | None) -> VendorDocument:
    if vendor_document is None:
        pytest.skip("SIMPLEAPI_DOCUMENT is not set; the run's last lines say so as well")
    return vendor_document


def differences(spec: ActionSpec, document: VendorDocument) -> list[str]:
    assert spec.operation is not None
    theirs, ours = vendor_members(document, spec.operation), our_members(spec)
    left_out = LEFT_OUT.get(spec.id, ())
    found = [f"{name} cannot be set" for name in theirs if name not in ours and not _inside(name, left_out)]
    found += [f"{name} is left out no longer" for name in left_out if name in ours or name not in theirs]
    found += [f"{name} is not the vendor's" for name in ours if name not in theirs and name not in OURS]
    return found + [
        f"{name} is {kind}, the vendor's is {theirs[name]}"
        for name, kind in ours.items()
        if name in theirs and kind != theirs[name]
    ]


def _inside(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_inputs_are_the_documents_writable_members(document: VendorDocument, name: str) -> None:
    assert differences(ACTIONS[name], document) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("newMPN", {"products.*.newMPN cannot be set", "products.*.newMpn is not the vendor's"}),
        ("newId", {"products.*.newId cannot be set"}),
        ("quantity", {"products.*.quantity is string, the vendor's is number"}),
    ],
)
def test_a_nested_member_renamed_removed_or_of_another_type_is_noticed(
    document: VendorDocument, name: str, said: set[str]
) -> None:
    spec = ACTIONS["create_order"]
    definitions = dict(spec.input["$defs"])  # type: ignore[call-overload]  # an object, as embedding made it
    line = definitions["order_product"]
    members = {key: value for key, value in line["properties"].items() if key != name}
    if name == "newMPN":
        members["newMpn"] = line["properties"][name]
    if name == "quantity":
        members["quantity"] = {"type": "string"}
    definitions["order_product"] = {**line, "properties": members}
    broken = spec.model_copy(update={"input": {**spec.input, "$defs": definitions}})
    assert set(differences(broken, document)) == said


@pytest.mark.parametrize("name", sorted(name for name, spec in ACTIONS.items() if spec.request and spec.request.body))
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_every_body_that_fits_an_action_fits_the_document(
    document: VendorDocument, name: str, data: st.DataObject
) -> None:
    spec = ACTIONS[name]
    assert spec.operation is not None
    inputs = data.draw(fitting(spec.input, spec.input))
    assert isinstance(inputs, dict)
    assert spec.request is not None
    ids = {key: "1000001" for key in spec.inputs if spec.request.vendor_name(key) in spec.request.placeholders}
    request = plan_declared(spec, InputReader(spec).read({**inputs, **ids})).request
    assert request.json is not NO_BODY
    assert document.body_problems(spec.operation, request.json) == []
