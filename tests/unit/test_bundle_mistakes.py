"""A mistake in any file of the bundle is reported with file, line and what was expected."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import BundleError
from ingram_micro_cloud.handlers import HANDLERS, INTENTS
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


MARKED = "  # here"
PLACED: dict[str, tuple[str, Change, str]] = {
    "an unknown reference deep inside": (
        LIST, swap("limit: {$ref: schemas/limit.yaml}", "limit:\n      $ref: schemas/limet.yaml  # here"),
        "names no file"),
    "an unknown reference in a shared schema": (
        "actions/schemas/order_product.yaml",
        swap("specialPrice: {$ref: schemas/special_price.yaml}", "specialPrice: {$ref: schemas/price.yml}  # here"),
        "names no file"),
    "mapped to nothing": (PLAN, lambda text: text + "\nmapped: customer  # here\n", "not an input"),
    "request and handler": (PLAN, lambda text: text + "\nhandler: generic_request  # here\n", "not both"),
    "a query of nothing": (LIST, swap("  query: [", "  query:\n    [nothing,  # here\n     "), "'nothing' is not"),
    "a path without its input": (
        PLAN, swap('{method: GET, path: "/plans/{id}"}', '\n  method: GET\n  path: "/plans/{planId}"  # here'),
        "has no input"),
    "an input that goes nowhere": (
        LIST, swap("  properties:\n", "  properties:\n    idle: {type: string}  # here\n"), "goes nowhere"),
    "a read that may not repeat": (PLAN, swap("retry: safe", "retry: never  # here"), "always safe"),
    "buying when nothing": (
        "actions/subscriptions/update_subscription.yaml",
        swap("buy_when: {renewalStatus: true}", "buy_when:\n  renewStatus: true  # here"), "not an input"),
    "irreversible when nothing": (
        "actions/orders/create_order.yaml",
        swap("irreversible_when: {type: cancellation}", "irreversible_when:\n  kind: cancellation  # here"),
        "not an input"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACED)
def test_the_line_is_that_of_the_mistake_wherever_it_is(bundle: Path, name: str) -> None:
    file, change, said = PLACED[name]
    text = change((bundle / file).read_text(encoding="utf-8"))
    (bundle / file).write_text(text, encoding="utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), start=1) if each.endswith(MARKED))
    with pytest.raises(BundleError) as caught:
        load_integration(bundle)
    assert str(caught.value).startswith(f"{file}:{line}:"), caught.value
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00binary", b"title: \x00\x01\x02", b"\x7fELF\x02\x01\x01\x00", b"[" * 5000]
)
@pytest.mark.parametrize("file", [PLAN, SHARED, "integration.yaml", "mapping/organizations.yaml"])
def test_a_file_that_is_no_text_is_named_with_the_reason(bundle: Path, file: str, content: bytes) -> None:
    (bundle / file).write_bytes(content)
    with pytest.raises(BundleError) as caught:
        load_integration(bundle)
    assert str(caught.value).startswith(f"{file}:")
    assert len(str(caught.value)) > len(file) + 20


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
    "a secret place that is none": (
        "actions/customers/create_customer.yaml", swap("contactPersons.*.password]", "contactPersons.*.pasword]"),
        "'contactPersons.*.pasword' is no member of input"),
    "a secret answer that is none": (
        "actions/reports/list_reports.yaml", swap('"*.downloadUrl"', "downloadUrl"), "is no member of output"),
    "a misspelt word of JSON Schema": (LIST, swap("minLength", "minLenght"), "did you mean 'minLength'?"),
    "a word in a shared schema": (SHARED, swap("pattern", "patern"), "did you mean 'pattern'?"),
    "a pattern that is none in a shared schema": (SHARED, swap("^[A-Z]{3}$", "^[A-Z"), "is not a 'regex'"),
    "a pattern that is none": (LIST, swap("minLength: 1", "pattern: '(['"), "is not a 'regex'"),
    "a form with a misspelt word": ("integration.yaml", swap("maxLength", "maxLenght"), "did you mean 'maxLength'?"),
    "a name required and not declared": (PLAN, swap("required: [id]", "required: [id, ident]"), "'ident' is required"),
    "a handler nobody has": (
        "actions/requests/generic_request.yaml", swap("handler: generic_request", "handler: generic_reqest"),
        "no handler 'generic_reqest'"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["actions/lost.yaml", "actions/plans/deeper/lost.yaml", "actions/plans/lost.yml"])
def test_a_file_where_nobody_looks_is_pointed_out(bundle: Path, name: str) -> None:
    (bundle / name).parent.mkdir(exist_ok=True)
    shutil.copy(bundle / PLAN, bundle / name)
    (found,) = list(bundle_problems(bundle))
    assert name.startswith(found.split(":")[0])
    assert "nobody reads this" in found


@pytest.mark.parametrize("file", [SHARED, "actions/schemas/period.yaml"])
def test_a_shared_schema_is_blamed_once_and_not_those_who_use_it(bundle: Path, file: str) -> None:
    text = (bundle / file).read_text(encoding="utf-8").replace("type: object", "type: objekt  # here", 1)
    (bundle / file).write_text(text, encoding="utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), start=1) if each.endswith(MARKED))
    (found,) = list(bundle_problems(bundle))
    assert found.startswith(f"{file}:{line}:")


def test_what_make_calls_finds_a_handler_nobody_has() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingram_micro_cloud.handlers"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "bundle: in order\n")


@pytest.mark.parametrize("name", CHECKED)
def test_the_slow_check_finds_what_loading_does_not_look_at(bundle: Path, name: str) -> None:
    file, change, said = CHECKED[name]
    path = bundle / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = list(bundle_problems(bundle, {*HANDLERS, *INTENTS}))
    assert any(said in problem and problem.startswith(f"{file}:") for problem in found), found


@pytest.mark.anyio
async def test_one_more_file_is_one_more_action_that_runs(bundle: Path, undocumented: Workplace) -> None:
    text = (bundle / LIST).read_text(encoding="utf-8")
    text = swap("title: List Customers", "title: List Clients")(text)
    (bundle / "actions/customers/list_clients.yaml").write_text(text, encoding="utf-8")
    undocumented.integration = load_integration(bundle)
    assert len(undocumented.integration.actions) == len(load_integration().actions) + 1
    async with undocumented.connect() as connection:
        outcome = await connection.run("List Clients", {"limit": 3})
    assert outcome.action == "list_clients"
    assert isinstance(outcome.result, list)
    assert len(outcome.result) == 3
