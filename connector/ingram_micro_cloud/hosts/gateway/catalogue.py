"""All routes: the actions from the bundle, and what serves each declared endpoint beside them."""

from collections.abc import Mapping
from typing import Final

from ingram_micro_cloud.hosts.gateway import (
    approval_routes,
    configuration_routes,
    file_routes,
    mapping_routes,
    option_routes,
    own_routes,
)
from ingram_micro_cloud.hosts.gateway.action_routes import action_entries
from ingram_micro_cloud.hosts.gateway.routing import Entry, Handler
from ingram_micro_cloud.hosts.surface.operator import endpoints
from ingram_micro_cloud.plugin import Integration

HANDLERS: Final[Mapping[str, Handler]] = {
    handler.__name__: handler
    for handler in (
        own_routes.get_health,
        own_routes.get_readiness,
        own_routes.get_openapi_document,
        own_routes.list_actions,
        option_routes.list_options,
        option_routes.list_customers_for_mapping,
        configuration_routes.get_configuration_form,
        configuration_routes.list_configurations,
        configuration_routes.get_configuration,
        configuration_routes.save_configuration,
        configuration_routes.remove_configuration,
        configuration_routes.test_configuration,
        configuration_routes.test_configuration_values,
        mapping_routes.list_organizations,
        mapping_routes.put_organizations,
        mapping_routes.show_mapping,
        mapping_routes.suggest_mapping,
        mapping_routes.report_mapping,
        mapping_routes.refresh_mapping,
        mapping_routes.accept_mapping,
        mapping_routes.map_organization,
        mapping_routes.unmap_organization,
        mapping_routes.exclude_organization,
        approval_routes.approve_preview,
        approval_routes.list_journal,
        file_routes.get_file,
    )
}
"""What serves an endpoint, by the endpoint's id."""
READING: Final = frozenset({"refresh_mapping", "test_configuration", "test_configuration_values"})
"""What only reads at the vendor although it is no GET: it may be cut short, and what it keeps is kept whole."""


def entries(integration: Integration) -> list[Entry]:
    """Return every entry; an endpoint that nobody serves is a mistake of ours, and found when the gateway starts."""
    beside = [
        Entry(
            each.method, each.path, HANDLERS[each.id], needs=each.needs,
            reads=each.method == "GET" or each.id in READING,
        )
        for each in endpoints(integration)
    ]  # fmt: skip
    return [*action_entries(integration), *beside]
