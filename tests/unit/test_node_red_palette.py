"""What the palette says of each action: group, colour, icon, fields."""

from typing import Any

import pytest

from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.node_red.colours import ICON_CONTRAST, LABEL, LABEL_CONTRAST, contrast, mixed, node_colour
from ingram_micro_cloud.hosts.node_red.fields import form_fields, kind_of
from ingram_micro_cloud.hosts.node_red.help_texts import action_help, configuration_help
from ingram_micro_cloud.hosts.node_red.palette import node_type, palette
from ingram_micro_cloud.hosts.surface.operations import operations


@pytest.fixture(scope="module")
def actions(integration: Integration) -> dict[str, Any]:
    shown: Any = palette(integration)["actions"]
    return {action["id"]: action for action in shown}


def field(action: Any, name: str) -> Any:
    return next(each for each in action["inputs"] if each["name"] == name)


def test_every_action_stands_in_its_group_in_the_groups_colour(
    integration: Integration, actions: dict[str, Any]
) -> None:
    groups = {group.id: group for group in integration.manifest.groups}
    assert actions.keys() == integration.actions.keys()
    for spec in integration.actions.values():
        shown, group = actions[spec.id], groups[spec.group]
        assert shown["category"].endswith(group.title)
        assert shown["colour"] == node_colour(group.color)
        assert shown["type"] == node_type(spec.id)


def test_groups_follow_each_other_as_declared(integration: Integration, actions: dict[str, Any]) -> None:
    shown = list(dict.fromkeys(action["category_summary"] for action in actions.values()))
    assert shown == [group.summary for group in integration.manifest.groups if group.summary in shown]


def test_labels_and_icons_can_be_read_on_every_groups_colour(integration: Integration) -> None:
    colours = [group.color for group in integration.manifest.groups]
    for declared in colours:
        tint = node_colour(declared)
        assert contrast(tint, LABEL) >= LABEL_CONTRAST
        assert contrast(tint, declared) >= ICON_CONTRAST
    assert len({node_colour(declared) for declared in colours}) == len(colours)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#333333", "#333333", 1.0), ("#ffffff", "#767676", 4.54)]
)
def test_contrast_is_reckoned_as_the_standard_does(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_a_colour_on_which_nothing_can_be_read_becomes_white() -> None:
    assert node_colour("#ffffff") == "#ffffff"
    assert mixed("#000000", 0) == "#ffffff"
    assert mixed("#0b5cad", 100) == "#0b5cad"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": ["string", "null"]}, "text"),
        ({"type": "string", "enum": ["a"]}, "choice"),
        ({"type": "integer"}, "number"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "toggle"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "moment"),
        ({"type": "string", "format": "uuid"}, "text"),
        ({"type": "array"}, "json"),
        ({"type": "object"}, "json"),
        ({"type": ["string", "integer"]}, "json"),
        ({}, "json"),
    ],
)
def test_each_schema_has_its_kind_of_field(schema: dict[str, object], kind: str) -> None:
    assert kind_of(schema) == kind


def test_fields_say_what_is_required_offered_filled_and_checked(actions: dict[str, Any]) -> None:
    order = actions["create_order"]
    assert field(order, "customerId")["required"]
    assert field(order, "customerId")["from_vendor"]
    assert field(order, "customerId")["filled_by_organization"]
    assert [each["value"] for each in field(order, "type")["choices"]][:2] == ["sales", "change"]
    assert field(order, "products")["example"] == [{"mpn": "HMP-STD-M", "quantity": 5}]
    assert not field(order, "poNumber")["required"]
    limit = field(actions["list_customers"], "limit")
    assert limit["rules"] == {"type": "integer", "minimum": 1, "maximum": 1000}
    assert field(actions["follow_order"], "seconds")["default"] == 300


def test_what_can_commit_money_takes_a_purchase_key_and_lists_are_known(actions: dict[str, Any]) -> None:
    assert actions["create_order"]["buys"]
    assert not actions["list_customers"]["buys"]
    assert actions["list_customers"]["lists"]
    assert not actions["get_customer"]["lists"]


def test_the_form_has_every_key_its_widget_and_its_default(integration: Integration) -> None:
    form = integration.manifest.form
    fields: Any = {each["name"]: each for each in form_fields(form)}
    assert list(fields) == list(form.properties)
    assert {name for name, each in fields.items() if each["secret"]} == set(form.secrets)
    assert fields["max_order_amount"]["nullable"]
    assert fields["max_order_amount"]["default"] == "500"
    assert fields["approve_new_annual_commitment"]["default"] is True
    assert fields["marketplace"]["free_text"]
    assert {"value": "us", "label": "United States"} in fields["marketplace"]["choices"]
    assert fields["api_url"]["choices"][0]["value"].startswith("https://")
    assert fields["allow"]["choices"][0] == {"value": "look", "label": "look"}
    assert not fields["allow"]["free_text"]


def test_help_begins_with_the_summary_and_tells_every_input_and_output(integration: Integration) -> None:
    shown = {each.action.id: action_help(each) for each in operations(integration)}
    assert shown.keys() == integration.actions.keys()
    help_text = shown["create_order"]
    assert help_text.startswith("<p>Places an order. This commits money.</p>")
    for told in ("products[].mpn", "purchase key", "<code>buy</code>", "type = cancellation", "payload.orderNumber"):
        assert told in help_text
    assert "payload[].externalId" in shown["list_customers"]
    assert "im_cloud_error" in shown["get_customer"]


def test_help_of_the_configuration_tells_the_steps_of_the_check(integration: Integration) -> None:
    shown = configuration_help(integration.manifest)
    assert all(step.title.lower() in shown for step in integration.manifest.connection_check.steps)
    assert "IM_CLOUD_COMMAND" in shown


def test_help_of_the_configuration_tells_what_a_deploy_does(integration: Integration) -> None:
    shown = configuration_help(integration.manifest)
    for told in ("<code>node-red-</code>", "config allow", "make wheel", "does not wait for an order", "secret_needed"):
        assert told in shown
