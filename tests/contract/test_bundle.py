"""What is declared hangs together, and everything generated from it is current."""

from collections.abc import Mapping

import pytest

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import UnknownActionError
from ingram_micro_cloud.handlers import HANDLERS, INTENTS, intent
from ingram_micro_cloud.manifest.checks import bundle_problems
from ingram_micro_cloud.runtime.configuration import Configuration

PALETTE: Mapping[str, tuple[str, str, str, str | None, str | None]] = {
    "list_customers": ("List Customers", "read", "customer", "GET", "/customers"),
    "get_customer": ("Get Customer", "read", "customer", "GET", "/customers/{id}"),
    "create_customer": ("Create Customer", "write", "reseller", "POST", "/customers"),
    "update_customer": ("Update Customer", "write", "customer", "PATCH", "/customers/{id}"),
    "list_reseller_customers": ("List Reseller Customers", "read", "reseller", "GET", "/customers"),
    "get_reseller_customers": ("Get Reseller's Customers", "read", "reseller", "GET", "/resellers/{id}/customers"),
    "create_reseller_customer": ("Create Reseller Customer", "write", "reseller", "POST", "/resellers/{id}/customers"),
    "list_resellers": ("List Resellers", "read", "reseller", "GET", "/resellers"),
    "get_reseller": ("Get Reseller", "read", "reseller", "GET", "/resellers/{id}"),
    "create_reseller": ("Create Reseller", "write", "reseller", "POST", "/resellers"),
    "update_reseller": ("Update Reseller", "write", "reseller", "PATCH", "/resellers/{id}"),
    "list_orders": ("List Orders", "read", "customer", "GET", "/orders"),
    "get_order": ("Get Order", "read", "customer", "GET", "/orders/{id}"),
    "list_reseller_orders": ("List Reseller's Orders", "read", "reseller", "GET", "/resellers/{id}/orders"),
    "estimate_order_price": ("Estimate an Order Price", "read", "customer", "POST", "/orders/estimate"),
    "validate_product_activation_parameters": (
        "Validate Product Activation Parameters", "read", "customer", "POST", "/validation/parameters"
    ),
    "create_order": ("Create Order", "buy", "customer", "POST", "/orders"),
    "update_order": ("Update Order", "write", "customer", "PATCH", "/orders/{id}"),
    "list_products": ("List Products", "read", "catalogue", "GET", "/products"),
    "list_service_plans": ("List Service Plans", "read", "catalogue", "GET", "/plans"),
    "get_service_plan": ("Get Service Plan", "read", "catalogue", "GET", "/plans/{id}"),
    "list_reports": ("List Reports", "read", "reseller", "GET", "/reports"),
    "get_report": ("Get Report", "read", "reseller", "GET", "/reports/{reportId}"),
    "schedule_one_time_report": ("Schedule a One Time Report", "write", "reseller", "POST", "/reports"),
    "list_subscriptions": ("List Subscriptions", "read", "customer", "GET", "/subscriptions"),
    "get_subscription": ("Get Subscription", "read", "customer", "GET", "/subscriptions/{id}"),
    "update_subscription": ("Update Subscription", "write", "customer", "PATCH", "/subscriptions/{id}"),
    "update_subscription_details": (
        "Update Some of the Subscription Details", "write", "customer", "PATCH", "/subscriptions/{id}"
    ),
    "update_subscription_pricing": (
        "Update Subscription Pricing Details", "write", "customer", "POST", "/subscriptions/{id}/specialPricing"
    ),
    "generic_request": ("Ingram Micro API Request", "path", "path", None, None),
}  # fmt: skip


def test_every_file_of_the_bundle_is_in_order() -> None:
    assert list(bundle_problems(bundle_root())) == []


def test_the_palette_is_exactly_the_thirty_actions(integration: Integration) -> None:
    found = {
        name: (spec.title, spec.effect, spec.scope, spec.method, spec.path)
        for name, spec in integration.actions.items()
        if spec.origin == "vendor"
    }
    assert found == dict(PALETTE)


def test_intents_are_what_is_not_the_vendors(integration: Integration) -> None:
    intents = {name: spec for name, spec in integration.actions.items() if spec.origin == "intent"}
    assert intents.keys() == INTENTS.keys()
    assert all(spec.handler == name and spec.request is None for name, spec in intents.items())
    assert all(callable(intent(name)) for name in intents)


@pytest.mark.parametrize("name", PALETTE)
def test_an_action_answers_to_id_reference_title_and_alias(integration: Integration, name: str) -> None:
    spec = integration.actions[name]
    for each in (name, f"im_cloud.{name}", spec.title, spec.title.upper(), *spec.aliases):
        assert integration.lookup(each).id == name


def test_an_unknown_action_is_answered_with_the_nearest_names(integration: Integration) -> None:
    with pytest.raises(UnknownActionError) as caught:
        integration.lookup("list_custmers")
    assert "list_customers" in str(caught.value.hint)


def test_handlers_are_exactly_those_the_bundle_names(integration: Integration) -> None:
    assert {spec.handler for spec in integration.actions.values() if spec.handler} == {*HANDLERS, *INTENTS}


def test_the_configuration_is_a_view_of_the_form(integration: Integration) -> None:
    form = integration.manifest.form
    assert set(Configuration.model_fields) == set(form.properties)
    wrapped = {name for name, field in Configuration.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert wrapped == set(form.secrets) == {"password", "subscription_key"}


def test_the_bundle_cannot_be_changed_once_it_is_loaded(integration: Integration) -> None:
    with pytest.raises(Exception, match="frozen"):
        integration.actions["list_customers"].title = "Other"
    with pytest.raises(TypeError):
        integration.actions["another"] = integration.actions["list_customers"]  # type: ignore[index]


def test_loading_twice_gives_the_same(integration: Integration) -> None:
    assert load_integration().actions == integration.actions
