"""The example packages and the examples of docs/extending.md, in this process; tests/hosts runs them installed."""

import importlib.util
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingram_micro_cloud import hookspecs, load_integration
from ingram_micro_cloud.errors import VetoedError
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
SATURDAY, MONDAY = 1_795_255_200.0, 1_795_428_000.0


def module(package: str) -> ModuleType:
    file = ROOT / "examples" / package / f"{package.replace('-', '_')}.py"
    found = importlib.util.spec_from_file_location(file.stem, file)
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


@dataclass
class Host:
    """The example host with a marketplace behind it: its command line, and how each command ended."""

    folder: Path
    run: Callable[[list[str]], int]
    capture: pytest.CaptureFixture[str]

    def __call__(self, *line: str) -> tuple[int, Any]:
        status = self.run(list(line))
        return status, json.loads(self.capture.readouterr().out)

    def file(self, name: str, value: object) -> str:
        (self.folder / name).write_text(json.dumps(value), encoding="utf-8")
        return str(self.folder / name)


@pytest.fixture
def host(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Host:
    monkeypatch.setenv("IM_CLOUD_HOME", str(terminal.home))
    made = Host(tmp_path, module("example-host").main, capsys)
    made.file("values.json", {"name": "example", "allow": "edit", **terminal.fields()})
    return made


def test_the_host_finds_the_integration_and_draws_its_form(host: Host) -> None:
    assert host("integrations") == (0, ["im_cloud"])
    status, form = host("form", "im_cloud")
    assert (status, form) == (0, load_integration().configuration_form())


def test_the_host_checks_maps_and_runs(host: Host) -> None:
    values = ["--values", str(host.folder / "values.json")]
    status, report = host("check", "im_cloud", *values)
    assert (status, report["passing"]) == (0, True)
    status, options = host("options", "im_cloud", "create_order.customerId", *values)
    assert (status, len(options)) == (0, 25)
    organizations = host.file("organizations.json", [{"id": "org-1", "name": options[0]["label"]}])
    status, (suggestion,) = host("map", "im_cloud", *values, "--organizations", organizations)
    assert (status, suggestion["customer_id"]) == (0, options[0]["value"])
    status, outcome = host("run", "im_cloud", "list_customers", *values)
    assert (status, len(outcome["result"]), outcome["complete"]) == (0, 25, True)
    status, rehearsed = host(
        "run", "im_cloud", "update_customer", *values, "--dry-run", "--inputs", '{"id": "1", "name": "N"}'
    )
    assert (status, rehearsed["request"]["path"]) == (0, "/customers/1")


def test_the_host_offers_no_mapping_before_a_passing_check(host: Host, terminal: Terminal) -> None:
    wrong = host.file("wrong.json", {"name": "example", **terminal.fields(password="Wrong-password-1")})
    organizations = host.file("organizations.json", [{"id": "org-1", "name": "Alder"}])
    status, report = host("map", "im_cloud", "--values", wrong, "--organizations", organizations)
    assert (status, report["passing"]) == (1, False)
    right = str(host.folder / "values.json")
    assert host("map", "im_cloud", "--values", right, "--organizations", organizations)[0] == 0


def test_the_host_tells_errors(host: Host) -> None:
    values = ["--values", str(host.folder / "values.json")]
    status, told = host("run", "im_cloud", "list_customer_s", *values)
    assert (status, told["error"]["code"]) == (1, "unknown_action")
    status, told = host("form", "nobody")
    assert (status, told["error"]["hint"]) == (1, "There are: im_cloud.")


@pytest.mark.parametrize("content", [None, b"{", b"\xff"])
def test_the_host_says_so_when_a_file_is_no_json(host: Host, content: bytes | None) -> None:
    file = host.folder / "odd.json"
    if content is not None:
        file.write_bytes(content)
    status, told = host("check", "im_cloud", "--values", str(file))
    assert (status, told["error"]["code"]) == (1, "usage")
    assert f"{file} cannot be read as JSON" in told["error"]["message"]


def test_the_marketplace_announces_the_form_but_for_what_the_readme_names() -> None:
    readme = (ROOT / "examples" / "example-host" / "README.md").read_text(encoding="utf-8")
    form = load_integration().manifest.form
    with RunningMarketplace(Marketplace(seed=1, customers=1)) as running:
        announced = set(running.announcement())
    needed = form.form_schema["required"]
    assert isinstance(needed, list)
    missing, strangers = set(needed) - announced, announced - set(form.properties)
    assert (missing, strangers) == ({"name"}, {"control_url"})
    for name in (*missing, *strangers):
        assert f"`{name}`" in readme


def test_the_extension_gives_organizations_and_keeps_weekends_free(terminal: Terminal, tmp_path: Path) -> None:
    rows = [{"id": "org-1", "name": "Alder"}]
    (tmp_path / "theirs.json").write_text(json.dumps(rows), encoding="utf-8")
    environ = {"EXAMPLE_ORGANIZATIONS": str(tmp_path / "theirs.json")}
    clock = [SATURDAY]
    made = module("example-extension").Example(now=lambda: clock[0], environ=environ)
    extensions = hookspecs.extensions_of({"example": made})
    assert extensions.organization_source("example")() == rows
    integration = load_integration(extensions=extensions)
    configuration = integration.configuration({"name": "example", "allow": "edit", **terminal.fields()})
    with terminal_state(terminal) as state, integration.connect_sync(configuration, state=state) as connection:
        customers = connection.run("list_customers").result
        wanted = {"id": customers[0]["id"], "name": "New Name"}  # type: ignore[index]
        with pytest.raises(VetoedError, match=r"'example' objects: .*nothing is changed on a saturday"):
            connection.run("update_customer", wanted)
        clock[0] = MONDAY
        connection.run("update_customer", wanted)
        environ["EXAMPLE_FROZEN_DAYS"] = "Sunday, Monday"
        with pytest.raises(VetoedError, match="on a monday"):
            connection.run("update_customer", wanted)


def terminal_state(terminal: Terminal) -> Any:
    from ingram_micro_cloud.store.state import State

    return State.open(terminal.home, environ={}, find_keyring=lambda _: None)


def test_the_packages_publish_what_is_there() -> None:
    host = tomllib.loads((ROOT / "examples" / "example-host" / "pyproject.toml").read_text(encoding="utf-8"))
    assert host["project"]["scripts"] == {"example-host": "example_host:main"}
    theirs = tomllib.loads((ROOT / "examples" / "example-extension" / "pyproject.toml").read_text(encoding="utf-8"))
    assert theirs["project"]["entry-points"] == {hookspecs.EXTENSIONS: {"example": "example_extension:example"}}
    hookspecs.extensions_of({"example": module("example-extension").example})


# --- docs/extending.md -----------------------------------------------------------------------------------------------

PLATFORM, EXTENSION = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_platform_of_the_page_runs(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(host.folder)
    exec(compile(PLATFORM, "extending.md", "exec"), {})  # noqa: S102  # our own text
    first, passing, customers = host.capture.readouterr().out.splitlines()
    assert re.fullmatch(r"Ingram Micro Cloud Marketplace \d+ actions, \d+ fields", first)
    assert (passing, customers) == ("passing", "25 customers")


def test_the_extension_of_the_page_vetoes(terminal: Terminal) -> None:
    plugin = ModuleType("no_large_orders")
    exec(compile(EXTENSION, "extending.md", "exec"), vars(plugin))  # noqa: S102  # our own text
    integration = load_integration(extensions=hookspecs.extensions_of({"no_large_orders": plugin}))
    free = {
        "allow": "buy", "max_order_amount": None, "max_day_amount": None, "max_seat_change": None,
        "max_seat_change_percent": None, "approve_new_annual_commitment": False,
    }  # fmt: skip
    configuration = integration.configuration({"name": "example", **terminal.fields(**free)})
    with terminal_state(terminal) as state, integration.connect_sync(configuration, state=state) as connection:
        customers: Any = connection.run("list_customers").result
        customer = next(row["id"] for row in customers if row["status"] == "active")
        order = {"type": "sales", "customerId": customer, "products": [{"mpn": "HMP-STD-M", "quantity": 51}]}
        with pytest.raises(VetoedError, match="51 seats at once are more than 50"):
            connection.run("create_order", order)
        order["products"] = [{"mpn": "HMP-STD-M", "quantity": 2}]
        assert connection.run("create_order", order).result


def test_the_page_shows_every_member_of_a_preview() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
    told = hookspecs.ExtensionSpecifications.before_write.__doc__
    assert told is not None
    for member in {*json.loads(shown), *json.loads(shown)["order"]}:
        assert member in told
