"""Flows as Node-RED's files hold them, and what fills a dialog of ours."""

from collections.abc import Mapping
from typing import Any

import httpx

from hosts.node_red_host import NodeRed
from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.node_red.palette import palette

FILLED: Mapping[str, tuple[str, str]] = {
    "text": ("str", "abc"),
    "number": ("num", "3"),
    "toggle": ("bool", "false"),
    "date": ("day", "2026-11-02"),
    "moment": ("moment", "2026-11-02T09:30:00Z"),
    "json": ("json", '[{"mpn":"A"}]'),
}
"""Type and value a node holds for each kind of field; a choice holds one of its own."""


def deploy(node_red: NodeRed, *nodes: Mapping[str, Any]) -> None:
    answer = httpx.post(
        f"{node_red.url}/flows", json=[{"id": "t1", "type": "tab", "label": "Flow 1"}, *nodes], timeout=60
    )
    assert answer.status_code == 204


def placed(node_id: str, kind: str, x: int, y: int, *wires: str, **more: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "z": "t1", "x": x, "y": y, "wires": [list(wires)], **more}


def asked_over_http(*between: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A flow of one action, ``list``, behind ``POST /ask``: the body is the payload, an error comes back."""
    rule = {"t": "set", "p": "payload", "pt": "msg", "to": '{"error": im_cloud_error}', "tot": "jsonata"}
    return [
        placed("asked", "http in", 140, 120, "list", url="/ask", method="post"),
        *(dict(each) for each in between),
        placed("caught", "catch", 140, 220, "shaped", scope=None, uncaught=False),
        placed("shaped", "change", 340, 220, "answer", rules=[rule]),
        placed("answer", "http response", 560, 120),
    ]


def inject(*wires: str) -> dict[str, Any]:
    return placed("in", "inject", 140, 120, *wires, name="now", props=[], repeat="", crontab="")


def debug(node_id: str, y: int, shown: str) -> dict[str, Any]:
    extra = {"active": True, "tosidebar": True, "complete": shown, "targetType": "msg"}
    return {**placed(node_id, "debug", 560, y, name=node_id), **extra, "wires": []}


def filled(field: Mapping[str, Any]) -> dict[str, str]:
    if field["kind"] == "choice":
        return {"type": "choice", "value": field["choices"][-1]["value"]}
    kind, value = FILLED[field["kind"]]
    return {"type": kind, "value": value}


def actions_of_every_shape(integration: Integration) -> list[dict[str, Any]]:
    """Enough actions that every kind of field, with and without a list from the vendor, is in one of them."""
    actions: Any = palette(integration)["actions"]
    seen: set[tuple[object, ...]] = set()
    chosen = []
    for action in actions:
        shapes: set[tuple[object, ...]] = {
            (field["kind"], "from_vendor" in field, field["required"]) for field in action["inputs"]
        }
        shapes |= {("effect", action["effect"]), ("buys", action["buys"])}
        if shapes - seen:
            chosen.append(action)
        seen |= shapes
    return chosen
