"""The error tree: what every surface relies on."""

from pathlib import Path

import pytest

from ingram_micro_cloud.errors import FieldProblem, IngramMicroCloudError, StateError, UnreachableError, error_classes
from ingram_micro_cloud.manifest.docs_errors import errors_page

CLASSES = list(error_classes())


def test_every_code_belongs_to_one_class() -> None:
    codes = [code for kind in CLASSES for code in {kind.code, *kind.__dict__.get("codes", {})}]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_class_says_what_it_means(kind: type[IngramMicroCloudError]) -> None:
    assert kind.summary.endswith(".")
    assert kind.exit_status in {1, 2, 3, 4, 5, 6, 7}
    assert kind.default_retry in {"yes", "no", "after_check"}
    assert (kind.exit_status == 7) == (kind.default_retry == "after_check")


def test_the_reference_lists_every_code() -> None:
    page = errors_page()
    for kind in CLASSES[1:]:
        for code in {kind.code, *kind.codes}:
            assert f"`{code}`" in page


def test_a_code_that_was_never_declared_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="does not declare"):
        UnreachableError("No.", code="tired")


def test_the_json_of_an_error_is_the_contract() -> None:
    problem = StateError(
        "Locked.",
        code="state_busy",
        hint="Wait.",
        status_code=503,
        correlation_id="c-1",
        vendor_message="busy",
        retry="yes",
        fields=[FieldProblem("/a", "type", "a must be a text.")],
    )
    assert problem.as_json() == {
        "code": "state_busy",
        "message": "Locked.",
        "hint": "Wait.",
        "status_code": 503,
        "correlation_id": "c-1",
        "vendor_message": "busy",
        "retry": "yes",
        "fields": [{"pointer": "/a", "code": "type", "message": "a must be a text."}],
    }


def test_the_library_never_exits_by_itself() -> None:
    package = Path(__file__).parents[2] / "connector" / "ingram_micro_cloud"
    if not package.is_dir():  # the suite runs beside a wheel
        return
    outside_hosts = [file for file in package.rglob("*.py") if "hosts" not in file.parts and file.name != "__main__.py"]
    assert not [file for file in outside_hosts if "sys.exit(" in file.read_text(encoding="utf-8")]
