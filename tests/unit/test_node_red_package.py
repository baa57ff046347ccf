"""The npm package: the same bytes every time, nothing missing, nothing of a machine in it."""

import gzip
import io
import json
import re
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.hosts.node_red.package import build_package, file_name, package_files
from ingram_micro_cloud.hosts.node_red.page import script_json
from ingram_micro_cloud.hosts.node_red.tarball import tarball

NEW_ACTION = "actions/customers/find_customer.yaml"


@pytest.fixture(scope="module")
def package(integration: Integration) -> dict[str, str]:
    return package_files(integration)


@pytest.fixture(scope="module")
def manifest(package: dict[str, str]) -> Any:
    return json.loads(package["package.json"])


def types_of(files: dict[str, str]) -> dict[str, Any]:
    return {action["type"]: action for action in json.loads(files["palette.json"])["actions"]}


def test_the_tarball_is_the_same_every_time(integration: Integration) -> None:
    assert build_package(integration) == build_package(load_integration())


def test_the_tarball_says_nothing_of_when_and_by_whom_it_was_made(integration: Integration) -> None:
    packed = build_package(integration)
    assert packed[4:8] == bytes(4)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
        entries = archive.getmembers()
    names = [entry.name for entry in entries]
    assert names == sorted(names)
    assert all(name.startswith("package/") for name in names)
    assert {(entry.uid, entry.gid, entry.uname, entry.gname, entry.mode) for entry in entries} == {
        (0, 0, "", "", 0o644)
    }
    assert len({entry.mtime for entry in entries}) == 1


def test_the_order_in_which_files_are_given_does_not_matter() -> None:
    assert tarball({"b": b"2", "a": b"1"}) == tarball({"a": b"1", "b": b"2"})


def test_the_file_is_named_after_package_and_version(integration: Integration, manifest: Any) -> None:
    assert file_name(integration) == f"{manifest['name']}-{manifest['version']}.tgz"
    assert manifest["version"] == integration.version


def test_node_red_finds_the_package_and_nothing_else_is_to_be_installed(package: dict[str, str], manifest: Any) -> None:
    assert "node-red" in manifest["keywords"]
    assert manifest["name"].startswith("node-red-contrib-")
    assert manifest["license"] == "Apache-2.0"
    assert set(manifest["node-red"]["nodes"].values()) <= package.keys()
    assert "dependencies" not in manifest
    assert "scripts" not in manifest


def test_every_module_and_icon_that_is_asked_for_is_there(package: dict[str, str]) -> None:
    for name, text in package.items():
        folder = "lib/" if name.startswith("lib/") else ""
        for wanted in re.findall(r'require\("\./([^"]+)"\)', text):
            assert folder + wanted in package, f"{name} requires {wanted}"
    for action in types_of(package).values():
        assert f"icons/{action['icon']}" in package


def test_only_modules_of_node_itself_are_used(package: dict[str, str]) -> None:
    wanted = {name for text in package.values() for name in re.findall(r'require\("([^."][^"]*)"\)', text)}
    assert all(name.startswith("node:") for name in wanted)


def test_every_action_has_template_and_help_in_the_page(package: dict[str, str]) -> None:
    page = package["im-cloud.html"]
    for kind in types_of(package):
        assert page.count(f'data-template-name="{kind}"') == 1
        assert page.count(f'data-help-name="{kind}"') == 1


def test_no_script_names_an_action(integration: Integration, package: dict[str, str]) -> None:
    # The palette is data; what is written by hand must do for actions that do not exist yet.
    written = {name: text for name, text in package.items() if name.endswith(".js")}
    page = package["im-cloud.html"]
    written["editor"] = page[page.index("// What is wrong with a typed value") : page.index("</script>")]
    for name, text in written.items():
        for action in integration.actions:
            assert action not in text, f"{name} names {action}"


def test_the_read_me_lists_every_action_and_says_how_to_install(
    integration: Integration, package: dict[str, str]
) -> None:
    readme = package["README.md"]
    assert file_name(integration) in readme
    assert "`pip install ingram_micro_cloud-" in readme
    assert "make wheel" in readme
    for spec in integration.actions.values():
        assert f"- {spec.title}: {spec.summary}" in readme


def test_the_read_me_says_how_the_command_line_works_on_node_reds_state(package: dict[str, str]) -> None:
    readme = package["README.md"]
    assert "export IM_CLOUD_HOME=~/.node-red/im-cloud" in readme
    assert "im-cloud mapping report --config node-red-" in readme
    for told in ("only until the next deploy", "two seconds", "secret_needed"):
        assert told in " ".join(readme.split())


def test_nothing_says_to_install_the_connector_from_a_registry_it_is_not_in(package: dict[str, str]) -> None:
    for name, text in package.items():
        assert "pip install ingram-micro-cloud" not in text, name


def test_every_secret_has_a_place_for_the_address_it_was_typed_for(
    integration: Integration, package: dict[str, str]
) -> None:
    for name in (*integration.manifest.form.secrets, "gateway_key"):
        for wanted in (name, f"{name}_for"):
            assert package["im-cloud.html"].count(f'id="node-config-input-{wanted}"') == 1


def test_the_example_flow_uses_types_that_exist_and_wires_that_lead_somewhere(package: dict[str, str]) -> None:
    flow = json.loads(package["examples/list-customers.json"])
    known = {*types_of(package), json.loads(package["palette.json"])["configuration"], "inject", "debug", "catch"}
    ids = {node["id"] for node in flow}
    for node in flow:
        assert node["type"] in known
        assert {target for port in node.get("wires", []) for target in port} <= ids
        assert node.get("configuration", next(iter(ids))) in ids


def test_one_more_yaml_file_is_one_more_node(integration: Integration, tmp_path: Path) -> None:
    source = Path(str(bundle_root()))
    shutil.copytree(source, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*", "build", "docs", "tests"))
    action = (tmp_path / "actions/customers/get_customer.yaml").read_text()
    action = action.replace("title: Get Customer\n", "title: Find Customer\n").replace("operation: getCustomer\n", "")
    (tmp_path / NEW_ACTION).write_text(action)
    before, after = types_of(package_files(integration)), types_of(package_files(load_integration(tmp_path)))
    assert after.keys() - before.keys() == {"im-cloud-find-customer"}
    assert after["im-cloud-find-customer"]["label"] == "Find Customer"


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "\u2028", "a & b"])
def test_no_text_can_end_the_script_it_stands_in(text: str) -> None:
    written = script_json({"text": text})
    assert json.loads(written) == {"text": text}
    assert not set("<>&\u2028") & set(written)
