"""A mistake in any file of the bundle is reported with file, line and what was expected."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import BundleError
from ingram_micro_cloud.manifest.checks import bundle_problems
from support.marketplace import Workplace

PLAN = "actions/plans/get_service_plan.yaml"
LIST = "actions/customers/list_customers.yaml"
SHARED = "actions/schemas/money.yaml"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the real bundle, to break."""
    source = Path(str(bundle_root()))
    shutil.copy(source / "integration.yaml", tmp_path)
    shutil.copytree(source / "actions", tmp_path / "actions")
    shutil.copytree(source / "mapping", tmp_path / "mapping")
    return tmp_path


Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, f"{old!r} is no longer in the file"
        return text.replace(old, new, 1)

    return change


BROKEN: dict[str, tuple[str, Change, str, str]] = {
    "not YAML": (PLAN, lambda text: text + "\n: : [", "", "not valid YAML"),
    "not a mapping": (PLAN, lambda _: "- a\n- b\n", ":1", "expected a mapping"),
    "empty": (PLAN, lambda _: "", ":1", "expected a mapping"),
    "misspelt key": (PLAN, swap("summary:", "sumary:"), "", "did you mean 'summary'"),
    "unknown effect": (PLAN, swap("effect: read", "effect: reed"), "", "'read'"),
    "missing title": (PLAN, swap("title: Get Service Plan\n", ""), "", "Field required"),
    "no input goes there": (PLAN, swap("/plans/{id}", "/plans/{planId}"), "", "{planId} has no input"),
    "an absolute path": (PLAN, swap("/plans/{id}", "https://x/{id}"), "", "should match pattern"),
    "a read that may not repeat": (PLAN, swap("retry: safe", "retry: never"), "", "a read is always safe"),
    "an unknown group": (PLAN, swap("group: plans", "group: planes"), "", "no group of integration.yaml"),
    "a missing schema": (PLAN, swap("schemas/plan_answer.yaml", "schemas/plane.yaml"), "", "names no file"),
    "id written": (PLAN, lambda text: "id: x\n" + text, ":1", "never written"),
    "version no version": (PLAN, swap("since: 0.1.0", "since: soon"), "", "should match pattern"),
    "an alias that is taken": (PLAN, swap("aliases: []", "aliases: [list_customers]"), ":1", "is taken by"),
    "request and handler": (PLAN, lambda text: text + "\nhandler: generic_request\n", "", "not both"),
    "any input allowed": (
        PLAN,
        swap("additionalProperties: false", "additionalProperties: true"),
        "",
        "misspelt names",
    ),
    "a broken shared schema": (SHARED, lambda text: text + "\n: : [", "", "not valid YAML"),
    "integration unknown key": ("integration.yaml", lambda text: "colour: red\n" + text, ":1", "unknown key 'colour'"),
    "integration bad color": ("integration.yaml", swap("#0b5cad", "blue"), "", "should match pattern"),
    "integration bad step": ("integration.yaml", swap("{id: reach,", "{id: wish,"), "", "'reach'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_names_itself_its_line_and_what_was_expected(bundle: Path, name: str) -> None:
    file, change, line, said = BROKEN[name]
    path = bundle / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(BundleError) as caught:
        load_integration(bundle)
    assert str(caught.value).startswith(f"{file}{line}")
    assert said in str(caught.value)
    place = str(caught.value).removeprefix(file)
    assert place.startswith(":"), "a line is named"
    assert place[1:].split(":")[0].isdecimal()


def test_the_line_is_the_one_with_the_mistake(bundle: Path) -> None:
    path = bundle / PLAN
    text = path.read_text(encoding="utf-8").replace("effect: read", "effect: reed")
    path.write_text(text, encoding="utf-8")
    line = text.splitlines().index("effect: reed") + 1
    with pytest.raises(BundleError, match=f"{PLAN}:{line}: effect:"):
        load_integration(bundle)


def test_a_missing_folder_or_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"integration\.yaml: cannot be read"):
        load_integration(tmp_path)


WRONG = "  - title: Wrong\n    input: {limit: x}\n    output: []\n"
CHECKED: dict[str, tuple[str, Change, str]] = {
    "a key twice": (PLAN, lambda text: text + "\nseconds_saved: 5\n", "written twice"),
    "an example that does not fit": (LIST, swap("  - title:", WRONG + "  - title:"),
                                     "example's input does not validate"),
    "a drop-down from nowhere": (PLAN, swap("action: list_service_plans", "action: planes"), "no action 'planes'"),
    "an input without help": (PLAN, swap("description: Which plan", "comment: Which plan"), "has no description"),
    "a check of nothing": ("integration.yaml", swap("action: list_customers", "action: list_nothing"), "no action"),
    "a message for no field": ("integration.yaml", swap("[subscription_key]", "[key]"), "no field 'key'"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKED)
def test_the_slow_check_finds_what_loading_does_not_look_at(bundle: Path, name: str) -> None:
    file, change, said = CHECKED[name]
    path = bundle / file
    assert list(bundle_problems(bundle)) == []
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = list(bundle_problems(bundle))
    assert any(said in problem and problem.startswith(f"{file}:") for problem in found), found


@pytest.mark.anyio
async def test_one_more_file_is_one_more_action_that_runs(bundle: Path, undocumented: Workplace) -> None:
    text = (bundle / LIST).read_text(encoding="utf-8")
    text = swap("title: List Customers", "title: List Clients")(text)
    (bundle / "actions/customers/list_clients.yaml").write_text(text, encoding="utf-8")
    undocumented.integration = load_integration(bundle)
    assert len(undocumented.integration.actions) == 31
    async with undocumented.connect() as connection:
        outcome = await connection.run("List Clients", {"limit": 3})
    assert outcome.action == "list_clients"
    assert isinstance(outcome.result, list)
    assert len(outcome.result) == 3
