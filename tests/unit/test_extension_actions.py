"""Folders of actions that extensions add: they appear and run as ours do, and a mistake names extension, file, line."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ingram_micro_cloud import Integration, hookspecs, load_integration
from ingram_micro_cloud.errors import BundleError, GuardRefusedError, UsageError, VetoedError
from ingram_micro_cloud.hosts.platform import PlatformHooks
from support.extensions import Folders, Watcher, extended, written
from support.marketplace import Workplace

READ = """
title: Find Customer by Name
aliases: [lookup_customer]
summary: Find customers whose name holds a text.
docs: https://apidocs.cloud.im/1.15/
group: customers
since: 0.1.0
changelog: [{version: 0.1.0, severity: updated, note: New.}]
effect: read
scope: reseller
retry: safe
request: {method: GET, path: /customers, query: [name]}
seconds_saved: 30
input:
  type: object
  additionalProperties: false
  required: [name]
  properties:
    name: {$ref: schemas/their_name.yaml}
output: {type: object}
examples:
  - {title: Alder, input: {name: Alder}, output: {data: []}}
"""
SCHEMA = "{title: Name, description: Part of a name., type: string, minLength: 2}\n"
WRITE = READ.replace("Find Customer by Name", "Wake Customer").replace("lookup_customer", "wake").replace(
    "effect: read", "effect: write"
).replace("retry: safe", "retry: never").replace(
    "{method: GET, path: /customers, query: [name]}", "{method: POST, path: /wakeups, body: [name]}"
)  # fmt: skip


def folder(root: Path, files: Mapping[str, str]) -> Path:
    made = root / "their_actions"
    for name, text in {"schemas/their_name.yaml": SCHEMA, **files}.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    return made


def loaded(root: Path, files: Mapping[str, str]) -> Integration:
    return load_integration(extensions=hookspecs.extensions_of({"theirs": Folders([folder(root, files)])}))


@pytest.mark.anyio
async def test_an_added_action_appears_and_runs_like_ours(undocumented: Workplace, tmp_path: Path) -> None:
    made = folder(tmp_path, {"customers/find_customer.yaml": READ})
    workplace = extended(undocumented, theirs=Folders((str(made),)))
    spec = workplace.integration.lookup("lookup_customer")
    assert (spec.ref, spec.inputs["name"]) == ("im_cloud.find_customer", {"$ref": "#/$defs/their_name"})
    assert spec.input["$defs"]
    name = str(next(iter(workplace.marketplace.control.state("customers")))["name"])
    async with workplace.connect(allow="look") as connection:
        assert "find_customer" in connection.actions
        outcome = await connection.run("Find Customer by Name", {"name": name})
    assert outcome.result["data"][0]["name"] == name  # type: ignore[index]


@pytest.mark.anyio
async def test_an_added_write_needs_permission_and_is_looked_at(undocumented: Workplace, tmp_path: Path) -> None:
    watcher = Watcher(lambda _: "no")
    made = folder(tmp_path, {"customers/wake_customer.yaml": WRITE})
    workplace = extended(undocumented, theirs=Folders([made]), watcher=watcher)
    async with workplace.connect(allow="look") as connection:
        assert "wake_customer" not in connection.actions
    async with workplace.connect(allow="edit") as connection:
        with pytest.raises(VetoedError, match="'watcher' objects"):
            await connection.run("wake_customer", {"name": "Alder"})
    assert watcher.shown[0]["path"] == "/wakeups"
    assert written(workplace) == 0


def test_platforms_see_added_actions(tmp_path: Path) -> None:
    integration = loaded(tmp_path, {"customers/find_customer.yaml": READ})
    told = PlatformHooks(load=lambda: integration).describe_integration("im_cloud")
    assert isinstance(told, dict)
    assert "find_customer" in told["palette"]["customers"]


def test_the_installed_integration_stays_as_it_is(tmp_path: Path) -> None:
    loaded(tmp_path, {"customers/find_customer.yaml": READ})
    assert "find_customer" not in load_integration(extensions=hookspecs.extensions_of({})).actions


def test_a_folder_without_schemas_is_enough(tmp_path: Path) -> None:
    plain = READ.replace("{$ref: schemas/their_name.yaml}", "{title: Name, description: A name., type: string}")
    made = tmp_path / "plain"
    (made / "customers").mkdir(parents=True)
    (made / "customers" / "find_customer.yaml").write_text(plain, encoding="utf-8")
    assert "find_customer" in load_integration(extensions=hookspecs.extensions_of({"a": Folders([made])})).actions


BROKEN: Mapping[str, tuple[str, str, int, str]] = {
    "not YAML": ("customers/find_customer.yaml", READ + "\n: : [", 24, "not valid YAML"),
    "a misspelt key": ("customers/find_customer.yaml", READ.replace("summary:", "sumary:"), 4, "did you mean"),
    "an unknown group": (
        "customers/find_customer.yaml", READ.replace("group: customers", "group: rockets"), 6, "no group",
    ),
    "our schema": (
        "customers/find_customer.yaml", READ.replace("their_name.yaml", "money.yaml"), 19,
        "names no file under extension theirs: their_actions/schemas/",
    ),
    "an id of ours": ("customers/list_customers.yaml", READ, 1, "actions/customers/list_customers.yaml"),
    "a title of ours": (
        "customers/find_customer.yaml", READ.replace("Find Customer by Name", "List Customers"), 1, "is taken by",
    ),
    "an alias of ours": (
        "customers/find_customer.yaml", READ.replace("[lookup_customer]", "[get_order]"), 1, "is taken by",
    ),
    "code instead of a declaration": (
        "customers/find_customer.yaml",
        READ.replace("request: {method: GET, path: /customers, query: [name]}", "handler: generic_request"), 12,
        "needs request:",
    ),
    "a second way to order": (
        "orders/quick_order.yaml", WRITE.replace("/wakeups", "/orders"), 12, "create_order (actions/orders/",
    ),
    "a second way by another placeholder": (
        "orders/quick_order.yaml",
        WRITE.replace("{method: POST, path: /wakeups, body: [name]}", "{method: PATCH, path: '/customers/{name}'}"),
        12, "update_customer (actions/customers/",
    ),
    "a second way to order by a placeholder": (
        "orders/quick_order.yaml",
        WRITE.replace("{method: POST, path: /wakeups, body: [name]}", "{method: POST, path: '/{name}'}"),
        12, "makes this request already",
    ),
    "a second way by a word where ours has a placeholder": (
        "orders/quick_order.yaml",
        WRITE.replace("method: POST, path: /wakeups", "method: PATCH, path: /Orders/all"),
        12, "update_order (actions/orders/",
    ),
    "a second way by two slashes": (
        "orders/quick_order.yaml", WRITE.replace("/wakeups", "//orders"), 12, "between two single slashes",
    ),
    "a second way by part of a word": (
        "orders/quick_order.yaml",
        WRITE.replace("{method: POST, path: /wakeups, body: [name]}", "{method: POST, path: '/ord{name}'}"),
        12, "between two single slashes",
    ),
    "a read that sends": (
        "orders/quick_order.yaml",
        WRITE.replace("effect: write", "effect: read").replace("retry: never", "retry: safe"), 9, "only a GET",
    ),
    "an effect that the path decides": (
        "orders/quick_order.yaml", WRITE.replace("effect: write", "effect: path"), 9, "makes one request",
    ),
    "a scope that the path decides": (
        "customers/find_customer.yaml", READ.replace("scope: reseller", "scope: path"), 10, "makes one request",
    ),
    "a read of ours for everybody": (
        "customers/find_customer.yaml", READ.replace("scope: reseller", "scope: catalogue"), 10,
        "list_customers (actions/customers/",
    ),
    "a read of ours without its guard": (
        "customers/find_customer.yaml", READ.replace("scope: reseller", "scope: customer"), 10,
        "take its scope, mapped and owner",
    ),
    "reads of ours by a placeholder": (
        "customers/find_customer.yaml",
        READ.replace("scope: reseller", "scope: catalogue").replace(
            "{method: GET, path: /customers, query: [name]}", "{method: GET, path: '/{name}'}"
        ),
        10, "makes this request already",
    ),
    "a write to prove whose an id is": (
        "customers/find_customer.yaml",
        READ + "owner: {lookup: {input: name, action: update_customer, member: id}}\n", 1, "is no declared read",
    ),
    "a list that writes": (
        "customers/wake_customer.yaml", WRITE + "paginate: {}\n", 23, "only a read is walked page by page",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_names_extension_file_and_line(tmp_path: Path, name: str) -> None:
    file, text, line, said = BROKEN[name]
    with pytest.raises(BundleError) as caught:
        loaded(tmp_path, {file: text})
    message = str(caught.value)
    assert "extension theirs: their_actions/" in message
    assert f"extension theirs: their_actions/{file}:{line}:" in message
    assert said in message


def test_a_broken_schema_names_extension_and_file(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"^extension theirs: their_actions/schemas/other\.yaml:1: not valid YAML"):
        loaded(tmp_path, {"schemas/other.yaml": ": : ["})


def test_a_read_of_ours_with_the_same_guard_is_taken(tmp_path: Path) -> None:
    text = READ.replace("scope: reseller", "scope: customer") + "owner: {answer: id, by_id: get_customer}\n"
    assert loaded(tmp_path, {"customers/find_customer.yaml": text}).lookup("find_customer").scope == "customer"


@pytest.mark.anyio
async def test_a_request_that_turns_out_to_be_a_write_of_ours_is_refused(undocumented: Workplace) -> None:
    """Loading refuses such an action; were its check to miss one, running it still would."""
    bundle = undocumented.integration._bundle
    order = bundle.actions["create_order"]
    twin = order.model_copy(update={"id": "twin", "title": "Twin", "effect": "write", "retry": "never"})
    undocumented.integration = Integration(
        replace(bundle, actions={**bundle.actions, "twin": twin}, added=frozenset({"twin"}))
    )
    inputs = {"type": "sales", "customerId": "1", "products": [{"mpn": "HMP-STD-M", "quantity": 1}]}
    async with undocumented.connect(allow="edit") as connection:
        with pytest.raises(GuardRefusedError, match="Twin would be Create Order by another way"):
            await connection.run("twin", inputs)
    assert written(undocumented) == 0


LOST = [
    "customers/find_customer.yml", "customers/find_customer.YAML", "find_customer.yaml", "find_customer.yml",
    "customers/more/find_customer.yaml", "schemas/other.yml", "schemas/more/other.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_a_file_that_nobody_would_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleError, match=f"^extension theirs: their_actions/{name}:1: this file is not read"):
        loaded(tmp_path, {name: READ})


def test_files_that_are_no_yaml_do_not_matter(tmp_path: Path) -> None:
    files = {"README.md": "", "customers/__init__.py": "", ".hidden.yaml": "", "customers/more/notes.txt": ""}
    assert "find_customer" in loaded(tmp_path, {**files, "customers/find_customer.yaml": READ}).actions


FIRST, SECOND = "schemas/their_name.yaml", "schemas/other.yaml"
ITSELF: Mapping[str, Mapping[str, str]] = {
    "at once": {FIRST: f"{{$ref: {FIRST}}}"},
    "by another": {FIRST: f"{{$ref: {SECOND}}}", SECOND: f"{{$ref: {FIRST}}}"},
    "as one of several": {FIRST: f"{{anyOf: [{{type: string}}, {{not: {{$ref: {FIRST}}}}}]}}"},
}


@pytest.mark.parametrize("name", ITSELF)
def test_a_schema_that_is_itself_is_refused_by_name(tmp_path: Path, name: str) -> None:
    files = {"customers/find_customer.yaml": READ, **ITSELF[name]}
    with pytest.raises(BundleError, match=r"their_actions/schemas/\w+\.yaml:1: this schema is itself"):
        loaded(tmp_path, files)


def test_a_schema_of_a_tree_is_taken_and_described(tmp_path: Path) -> None:
    tree = "{title: Name, description: A tree., type: object, properties: {below: {$ref: schemas/their_name.yaml}}}"
    integration = loaded(tmp_path, {"customers/find_customer.yaml": READ, "schemas/their_name.yaml": tree})
    told = PlatformHooks(load=lambda: integration).describe_integration("im_cloud")
    assert isinstance(told, dict)
    assert "find_customer" in told["palette"]["customers"]


def test_two_extensions_with_one_action_are_both_named(tmp_path: Path) -> None:
    files = {"customers/find_customer.yaml": READ}
    one, two = folder(tmp_path / "1", files), folder(tmp_path / "2", files)
    both = hookspecs.extensions_of({"one": Folders([one]), "two": Folders([two])})
    with pytest.raises(BundleError) as caught:
        load_integration(extensions=both)
    assert "extension one:" in str(caught.value)
    assert "extension two:" in str(caught.value)


@pytest.mark.parametrize("given", [None, "actions", [7], [None], ["/nowhere/at/all"], [Path(__file__)]])
def test_what_is_no_folder_is_refused_by_name(given: object) -> None:
    with pytest.raises(UsageError, match="The extension 'odd' cannot be used: action_folders"):
        load_integration(extensions=hookspecs.extensions_of({"odd": Folders(given)}))
