"""A person's journeys in a real Node-RED and a real browser; the vendor is the practice marketplace."""

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from hosts.node_red_browser import Browser, open_browser
from hosts.node_red_editor import Editor
from hosts.node_red_flows import actions_of_every_shape, asked_over_http, debug, deploy, filled, inject, placed
from hosts.node_red_host import PATIENCE, NodeRed, running_gateway, running_marketplace, running_node_red
from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.node_red.package import build_package, file_name
from ingram_micro_cloud.hosts.node_red.palette import CONFIGURATION, node_type

PICTURES = "IM_CLOUD_PICTURES"
"""Names a folder: pictures of the canvas are kept there."""
LIST_CUSTOMERS = node_type("list_customers")
CREDENTIALS = ("username", "password", "subscription_key", "api_url", "marketplace")


@pytest.fixture(scope="module")
def marketplace() -> Iterator[Mapping[str, str]]:
    with running_marketplace() as announced:
        yield announced


@pytest.fixture(scope="module")
def node_red(integration: Integration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeRed]:
    with running_node_red(tmp_path_factory.mktemp("node-red") / "user") as running:
        installed = running.install(file_name(integration), build_package(integration))
        assert installed["version"] == integration.version
        yield running


@pytest.fixture(scope="module")
def browser(node_red: NodeRed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    sharp = PICTURES in os.environ
    with open_browser(node_red.url, tmp_path_factory.mktemp("profile"), sharp=sharp) as opened:
        yield opened


@pytest.fixture
def connected(node_red: NodeRed, marketplace: Mapping[str, str]) -> dict[str, Any]:
    """A configuration that works, as a flow file holds it; its secrets travel beside it, as in a deploy."""
    values = {key: marketplace[key] for key in CREDENTIALS if key not in ("password", "subscription_key")}
    secrets = {key: marketplace[key] for key in ("password", "subscription_key")}
    return {
        "id": "c1",
        "type": CONFIGURATION,
        "name": "main",
        "place": "local",
        "values": values,
        "credentials": secrets,
    }


def ask(node_red: NodeRed, body: object = None, *, method: str = "POST", **query: str) -> Any:
    answers: list[httpx.Response] = []

    def answered() -> bool:
        answers.append(httpx.request(method, f"{node_red.url}/ask", params=query, json=body or {}, timeout=60))
        return answers[-1].status_code != 404  # a deploy answers before its flows have started

    wait_until(answered)
    return answers[-1].json()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "It did not come about in time."
        time.sleep(0.05)


def picture(editor: Editor, name: str) -> None:
    folder = os.environ.get(PICTURES)
    if folder:
        editor.pose()
        editor.page.screenshot(path=Path(folder) / f"{name}.png")


def test_every_action_is_in_the_palette_with_its_group_colour_icon_and_help(
    browser: Browser, integration: Integration
) -> None:
    with browser.editor() as editor:
        shown = editor.registered([node_type(action) for action in integration.actions])
        groups = {group.id: group for group in integration.manifest.groups}
        for spec in integration.actions.values():
            entry = shown[node_type(spec.id)]
            assert entry["category"] == f"Ingram · {groups[spec.group].title}"
            assert entry["label"] == spec.title
            assert entry["first_paragraph"] == spec.summary
            assert entry["icon"]


def test_dialogs_of_every_shape_open_and_keep_what_was_filled_in(
    browser: Browser, node_red: NodeRed, integration: Integration
) -> None:
    nodes = []
    for action in actions_of_every_shape(integration):
        given = {field["name"]: filled(field) for field in action["inputs"]}
        nodes.append(placed(f"n-{action['id']}", action["type"], 200, 200, given=given, configuration=""))
    assert len(nodes) > 5
    deploy(node_red, *nodes)
    with browser.editor() as editor:
        for node in nodes:
            assert editor.reopened(node["id"]) == node["given"], node["type"]


def test_a_person_drags_list_customers_to_the_canvas_and_sees_customers(
    browser: Browser, node_red: NodeRed, marketplace: Mapping[str, str]
) -> None:
    deploy(node_red)
    with browser.editor() as editor:
        editor.collapse_other_groups("Ingram")
        listing = editor.drag(LIST_CUSTOMERS, 380, 120)
        editor.unfold_group("common")
        injecting, shown = editor.drag("inject", 160, 120), editor.drag("debug", 620, 120)
        editor.collapse_other_groups("Ingram")
        editor.wire(injecting, listing)
        editor.wire(listing, shown)
        editor.open(listing)
        editor.new_configuration()
        editor.fill_configuration({"name": "main", **{key: marketplace[key] for key in CREDENTIALS}})
        steps = editor.test_configuration()
        assert steps.last.inner_text() == "Everything works."
        assert steps.count() == 7
        assert editor.marked_fields() == set()
        picture(editor, "node-red-configuration")
        editor.keep_configuration()
        editor.keep_node()
        editor.deploy()
        editor.show_debug()
        editor.inject(injecting)
        editor.debug_messages().first.wait_for()
        assert "array[25]" in editor.debug_messages().first.inner_text()
        assert (editor.status(listing).text_content() or "").startswith("25 rows")
        editor.unfold_debug(rows=3)
        editor.show_group("Ingram · Customers")
        assert "status" in editor.debug_messages().first.inner_text()
        picture(editor, "node-red-canvas")
    written = node_red.everything_written()
    assert marketplace["password"] not in written
    assert marketplace["subscription_key"] not in written
    assert "automation.api" in written
    assert (node_red.folder / "im-cloud").stat().st_mode & 0o777 == 0o700


def test_a_wrong_password_is_named_marks_its_fields_reaches_the_catch_node_and_is_mended(
    browser: Browser, node_red: NodeRed, marketplace: Mapping[str, str], connected: dict[str, Any]
) -> None:
    caught = placed("catch", "catch", 140, 220, "told", "error", scope=None, uncaught=False)
    listing = placed("list", LIST_CUSTOMERS, 340, 120, "shown", configuration="c1", given={})
    debugs = (debug("shown", 120, "payload"), debug("told", 220, "im_cloud_error"), debug("error", 260, "error"))
    deploy(node_red, connected, inject("list"), listing, caught, *debugs)
    with browser.editor() as editor:
        editor.open("list")
        editor.edit_configuration()
        editor.fill_configuration({"password": "not the password"})
        steps = editor.test_configuration()
        failed = editor.page.locator("#im-cloud-steps .im-cloud-failed")
        assert "user, password, key and marketplace travel together" in failed.inner_text()
        assert "Marketplace reached" in steps.all_inner_texts()
        assert editor.marked_fields() == {"username", "password", "subscription_key", "marketplace"}
        picture(editor, "node-red-wrong-password")
        editor.keep_configuration()
        editor.keep_node()
        editor.deploy()
        editor.show_debug()
        editor.inject("in")
        editor.debug_messages().nth(1).wait_for()
        told = "\n".join(editor.debug_messages().all_inner_texts())
        assert told.count('code: "sign_in_refused"') >= 1
        assert editor.status("list").text_content() == "sign_in_refused"
        picture(editor, "node-red-error")
        editor.open("list")
        editor.edit_configuration()
        editor.fill_configuration({"password": marketplace["password"]})
        assert editor.test_configuration().last.inner_text() == "Everything works."
        editor.keep_configuration()
        editor.keep_node()
        editor.deploy()
        editor.inject("in")
        editor.page.locator(".red-ui-debug-msg", has_text="array[25]").wait_for()


def test_a_form_that_is_not_whole_keeps_its_nodes_from_running_and_says_why(
    browser: Browser, node_red: NodeRed, connected: dict[str, Any]
) -> None:
    del connected["credentials"]["password"]
    connected |= {"id": "c2", "name": "half"}
    listing = placed("list", LIST_CUSTOMERS, 340, 120, configuration="c2", given={})
    caught = placed("catch", "catch", 140, 220, "told", scope=None, uncaught=False)
    deploy(node_red, connected, inject("list"), listing, caught, debug("told", 220, "im_cloud_error"))
    with browser.editor() as editor:
        editor.page.locator(".red-ui-flow-node-status-label", has_text="invalid_configuration").wait_for()
        editor.show_debug()
        editor.inject("in")
        editor.page.locator(".red-ui-debug-msg", has_text='code: "invalid_configuration"').wait_for()


def test_an_id_is_chosen_from_the_vendors_list(
    browser: Browser, node_red: NodeRed, marketplace: Mapping[str, str], connected: dict[str, Any]
) -> None:
    customers = httpx.get(f"{marketplace['control_url']}/state/customers").json()
    wanted = customers[7]
    getting = placed("get", node_type("get_customer"), 340, 120, "shown", configuration="c1", given={})
    deploy(node_red, connected, inject("get"), getting, debug("shown", 120, "payload.name"))
    with browser.editor() as editor:
        editor.open("get")
        looked = partial(picture, editor, "node-red-drop-down")
        assert editor.choose_from_vendor("id", wanted["name"][:9], looked) == wanted["name"]
        editor.keep_node()
        editor.deploy()
        editor.show_debug()
        editor.inject("in")
        editor.debug_messages().first.wait_for()
        assert wanted["name"] in editor.debug_messages().first.inner_text()


def test_stored_secrets_stay_with_their_host_until_they_are_typed_again(
    browser: Browser, node_red: NodeRed, marketplace: Mapping[str, str], connected: dict[str, Any]
) -> None:
    connected["id"] = "moving"  # what is bound to a host stays so as long as the node is there
    flow = asked_over_http(placed("list", LIST_CUSTOMERS, 340, 120, "answer", configuration="moving", given={}))
    deploy(node_red, connected, *flow)
    assert len(ask(node_red)) == 25
    address = connected["values"]["api_url"].replace("127.0.0.1", "localhost")
    moved = {**connected, "values": {**connected["values"], "api_url": address}}
    before = httpx.get(f"{marketplace['control_url']}/calls").json()
    deploy(node_red, {key: value for key, value in moved.items() if key != "credentials"}, *flow)
    assert ask(node_red)["error"]["code"] == "secret_needed"
    assert httpx.get(f"{marketplace['control_url']}/calls").json() == before
    told = httpx.get(f"{node_red.url}/credentials/{CONFIGURATION}/moving").json()
    assert set(told.values()) <= {True, False}, "secrets, and what they are bound to, stay in the runtime"
    with browser.editor() as editor:
        editor.open("list")
        editor.edit_configuration()
        assert editor.page.locator("#im-cloud-saved-name").inner_text() == "node-red-moving"
        editor.test_configuration()
        assert editor.marked_fields() == {"password", "subscription_key"}
        # The same ones, for the new host.
        editor.fill_configuration({key: marketplace[key] for key in ("password", "subscription_key")})
        assert editor.test_configuration().last.inner_text() == "Everything works."
        editor.keep_configuration()
        editor.keep_node()
        editor.deploy()
    assert len(ask(node_red)) == 25
    deploy(node_red, {key: value for key, value in connected.items() if key != "credentials"}, *flow)
    assert ask(node_red)["error"]["code"] == "secret_needed"


def test_a_deleted_configuration_leaves_nothing_behind_and_a_changed_one_stays(
    node_red: NodeRed, connected: dict[str, Any]
) -> None:
    flow = asked_over_http(placed("list", LIST_CUSTOMERS, 340, 120, "answer", configuration="kept", given={}))
    kept = {**connected, "id": "kept", "credentials": dict(connected["credentials"])}
    gone = {**connected, "id": "gone", "credentials": dict(connected["credentials"])}
    deploy(node_red, kept, gone, *flow)
    assert len(ask(node_red)) == 25
    assert {"node-red-kept", "node-red-gone"} <= node_red.saved_configurations()
    changed = {**kept, "values": {**kept["values"], "description": "Changed"}}
    del changed["credentials"]
    deploy(node_red, changed, *flow)
    assert len(ask(node_red)) == 25
    left = node_red.saved_configurations()
    assert "node-red-kept" in left
    assert "node-red-gone" not in left


def test_a_deploy_while_an_order_runs_is_not_kept_waiting_and_the_log_says_how_it_ended(
    node_red: NodeRed, marketplace: Mapping[str, str], connected: dict[str, Any]
) -> None:
    control = marketplace["control_url"]
    customer = next(row for row in httpx.get(f"{control}/state/customers").json() if row["status"] == "active")
    connected["values"] |= {"allow": "buy", "approve_new_annual_commitment": False}
    ordering = placed("list", node_type("create_order"), 340, 120, "answer", configuration="c1", from_payload=True,
                      given={}, purchase_key={"type": "str", "value": "po-77"})  # fmt: skip
    flow = asked_over_http(ordering)
    deploy(node_red, connected, *flow)
    fault = {"operation": "createOrder", "fault": "delay", "seconds": 5, "times": 1}
    assert httpx.post(f"{control}/faults", json=fault).status_code < 300
    body = {"type": "sales", "customerId": customer["id"], "products": [{"mpn": "HMP-STD-M", "quantity": 1}]}

    def order() -> None:
        with contextlib.suppress(httpx.HTTPError):  # nobody answers once the flow has gone
            ask(node_red, body)

    threading.Thread(target=order, daemon=True).start()
    wait_until(lambda: "createOrder" in httpx.get(f"{control}/calls").json()["by_operation"])
    began = time.monotonic()
    renamed = [{**each, "name": "renamed"} for each in flow]
    deploy(node_red, {key: value for key, value in connected.items() if key != "credentials"}, *renamed)
    assert time.monotonic() - began < 5
    wait_until(lambda: "ended after its flow was stopped" in node_red.log.read_text())
    log = node_red.log.read_text()
    assert re.search(
        r"Create Order \(create_order\) ended after its flow was stopped: done, id \S+, correlation id", log
    )
    assert "Close timed out" not in log


def test_a_search_that_is_typed_over_is_given_up(
    browser: Browser, node_red: NodeRed, connected: dict[str, Any]
) -> None:
    getting = placed("get", node_type("get_customer"), 340, 120, configuration="c1", given={})
    deploy(node_red, connected, getting)
    with browser.editor() as editor:
        editor.open("get")
        assert editor.searches("id", "al", "alder") == ["", "al"]


def test_inputs_come_from_expressions_and_contexts_as_in_every_node(
    node_red: NodeRed, connected: dict[str, Any]
) -> None:
    asked = placed("asked", "http in", 140, 120, "kept", url="/ask", method="get")
    rule = {"t": "set", "p": "most", "pt": "flow", "to": "payload.most", "tot": "msg"}
    kept = placed("kept", "change", 240, 120, "list", rules=[rule])
    given = {
        "name": {"type": "jsonata", "value": "$uppercase(payload.name)"},
        "max_items": {"type": "flow", "value": "most"},
    }
    listing = placed("list", LIST_CUSTOMERS, 340, 120, "told", configuration="c1", given=given)
    shaped = {"t": "set", "p": "payload", "pt": "msg", "to": '{"rows": payload, "about": im_cloud}', "tot": "jsonata"}
    told = placed("told", "change", 440, 120, "answer", rules=[shaped])
    deploy(node_red, connected, asked, kept, listing, told, placed("answer", "http response", 560, 120))
    answer = ask(node_red, method="GET", name="recruiting", most="1")
    assert len(answer["rows"]) == 1
    assert "Recruiting" in answer["rows"][0]["name"]
    assert answer["about"]["action"] == "list_customers"
    assert not answer["about"]["complete"]
    assert answer["about"]["correlation_id"]


def test_a_gateway_by_url_is_tested_and_used_under_a_configuration_saved_there(
    node_red: NodeRed, marketplace: Mapping[str, str], tmp_path: Path
) -> None:
    with running_gateway(tmp_path / "home") as gateway:
        values = {"name": "shop", **{key: marketplace[key] for key in CREDENTIALS}}
        bearer = {"Authorization": f"Bearer {gateway['key']}"}
        saved = httpx.put(f"{gateway['url']}/configurations/shop", json=values, headers=bearer, timeout=60)
        assert saved.status_code == 200
        typed = {"id": "r1", "place": "remote", "name": "shop", "url": gateway["url"], "gateway_key": gateway["key"]}
        report = httpx.post(f"{node_red.url}/im-cloud/check", json=typed, timeout=60).json()
        assert report["passing"]
        assert [step["name"] for step in report["steps"]][:3] == ["gateway", "key", "form"]
        refused = httpx.post(
            f"{node_red.url}/im-cloud/check", json={**typed, "gateway_key": "other"}, timeout=60
        ).json()
        assert refused["steps"][-1]["fields"] == ["gateway_key"]
        unknown = httpx.post(f"{node_red.url}/im-cloud/check", json={**typed, "name": "nowhere"}, timeout=60).json()
        assert unknown["steps"][-1]["fields"] == ["name"]
        configuration = {"id": "r1", "type": CONFIGURATION, "name": "shop", "place": "remote", "url": gateway["url"],
                         "credentials": {"gateway_key": gateway["key"]}}  # fmt: skip
        asked = placed("asked", "http in", 140, 120, "list", url="/ask", method="get")
        listing = placed("list", LIST_CUSTOMERS, 340, 120, "answer", configuration="r1", given={})
        deploy(node_red, configuration, asked, listing, placed("answer", "http response", 560, 120))
        assert len(ask(node_red, method="GET")) == 25
        assert gateway["key"] not in node_red.everything_written()
