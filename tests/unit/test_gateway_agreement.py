"""The routes and the document are the same set, made from the bundle; an action file more is a route more."""

import shutil
from pathlib import Path

import pytest

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.hosts.documents.openapi import whole_document
from ingram_micro_cloud.hosts.gateway.catalogue import HANDLERS, READING, entries
from ingram_micro_cloud.hosts.surface.operator import endpoints
from support.gateway import URL, gateway_place
from support.marketplace import Workplace


def routes(integration: Integration) -> set[tuple[str, str]]:
    return {(each.method, each.path) for each in entries(integration) if each.documented}


def documented(integration: Integration) -> set[tuple[str, str]]:
    paths = whole_document(integration, URL)["paths"]
    return {(method.upper(), path) for path, item in paths.items() for method in item}


def test_every_route_is_in_the_document_and_the_reverse(integration: Integration) -> None:
    assert routes(integration) == documented(integration)


def test_nothing_is_served_twice_and_nobody_serves_what_is_not_declared(integration: Integration) -> None:
    every = [(each.method, each.path) for each in entries(integration)]
    assert len(every) == len(set(every))
    declared = {each.id for each in endpoints(integration)}
    assert set(HANDLERS) == declared
    assert declared >= READING


def test_only_what_the_document_does_not_say_is_left_out_on_purpose(integration: Integration) -> None:
    hidden = {(each.method, each.path) for each in entries(integration) if not each.documented}
    reads = {("POST", each.path) for each in entries(integration) if each.method == "GET" and "/actions/" in each.path}
    assert hidden == (reads | {("GET", "/actions/{action_id}")})


def test_what_changes_something_is_never_taken_for_a_read(integration: Integration) -> None:
    effects = {spec.id: spec.effect for spec in integration.actions.values()}
    for each in entries(integration):
        action = effects.get(each.path.removeprefix("/actions/"))
        if action is not None:
            assert each.reads is (action == "read"), each.path


@pytest.mark.anyio
async def test_an_action_file_more_is_a_route_more(workplace: Workplace, tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    shutil.copytree(str(bundle_root() / "actions"), root / "actions")
    shutil.copytree(str(bundle_root() / "mapping"), root / "mapping")
    shutil.copy(str(bundle_root() / "integration.yaml"), root)
    text = (root / "actions/customers/get_customer.yaml").read_text(encoding="utf-8")
    text = text.replace("title: Get Customer", "title: Look at Customer", 1)
    (root / "actions/customers/look_at_customer.yaml").write_text(text, encoding="utf-8")
    more = load_integration(root)
    assert routes(more) - routes(load_integration()) == {("GET", "/actions/look_at_customer")}
    assert routes(more) == documented(more)
    workplace.integration = more
    async with gateway_place(workplace) as place:
        answer = await place.ask("everything", "GET", f"/actions/look_at_customer?customer_id={place.customers[0]}")
    assert answer.json()["item"]["id"] == place.customers[0]
