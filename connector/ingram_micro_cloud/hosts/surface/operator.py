"""The gateway's endpoints beside the actions: drop-downs, the mapping table, its own state, and what operators need."""

from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.hosts.surface.answers import plain_list
from ingram_micro_cloud.hosts.surface.drop_downs import drop_downs
from ingram_micro_cloud.hosts.surface.endpoints import (
    BYTES,
    CONFIGURATION,
    KEY_STATUSES,
    LIMIT,
    OFFSET,
    ORGANIZATION,
    VENDOR_STATUSES,
    Endpoint,
    text_parameter,
)
from ingram_micro_cloud.hosts.surface.headings import DROP_DOWNS, GATEWAY, MAPPING
from ingram_micro_cloud.hosts.surface.management import managing_endpoints

if TYPE_CHECKING:
    from ingram_micro_cloud.manifest.models import JsonSchema
    from ingram_micro_cloud.plugin import Integration

OPTIONS_ID: Final = "list_options"
MAPPING_TABLE_ID: Final = "list_customers_for_mapping"

_ALL: Final = (*KEY_STATUSES, *VENDOR_STATUSES)
_OBJECT: "Final[JsonSchema]" = {"type": "object"}
_ROWS: Final = plain_list(_OBJECT)


def endpoints(integration: "Integration") -> tuple[Endpoint, ...]:
    """Return every endpoint that is not an action, in the order of a reference."""
    return (
        options_endpoint(integration),
        MAPPING_TABLE,
        FILE,
        *_gateway(),
        *managing_endpoints(integration),
    )


def options_endpoint(integration: "Integration") -> Endpoint:
    """Return the endpoint that fills drop-downs; what narrows a list of this bundle is declared with it."""
    specs = integration.actions
    narrowing = {each.narrowed_by for spec in specs.values() for each in drop_downs(spec, specs) if each.narrowed_by}
    return Endpoint(
        id=OPTIONS_ID,
        method="GET",
        path="/options/{action_id}/{input}",
        summary="List Options",
        description="The entries of an input's drop-down; an organization gets only its own. What is already chosen "
        "narrows the list.",
        tag=DROP_DOWNS,
        parameters=(
            text_parameter("action_id", "Action", "Whose input it is.", "path"),
            text_parameter("input", "Input", "The vendor's name of the input; a nested one by dots.", "path"),
            text_parameter("search", "Search", "Only entries that hold this text."),
            OFFSET,
            LIMIT,
            *(text_parameter(name, name, "What is already chosen, to narrow the list.") for name in sorted(narrowing)),
            CONFIGURATION,
            ORGANIZATION,
        ),
        answer={"$ref": "#/$defs/OptionList"},
        statuses=_ALL,
        imported=True,
    )  # fmt: skip


MAPPING_TABLE: Final = Endpoint(
    id=MAPPING_TABLE_ID,
    method="GET",
    path="/mapping/customers",
    summary="List Customers for Mapping",
    description="Every customer of the reseller as id and name, for the platform's table that maps organizations. "
    "Only for keys that act for the reseller.",
    tag=MAPPING,
    parameters=(OFFSET, LIMIT, CONFIGURATION),
    answer={"$ref": "#/$defs/OptionList"},
    statuses=_ALL,
    imported=True,
)


FILE: Final = Endpoint(
    id="get_file",
    method="GET",
    path="/files/{file_name}",
    summary="Get File",
    description="A file that an action of the same key has written, such as a downloaded report.",
    tag=GATEWAY,
    parameters=(text_parameter("file_name", "File", "The name the action answered as its path.", "path"),),
    answer={"type": "string", "format": "binary"},
    media=BYTES,
)


def _gateway() -> tuple[Endpoint, ...]:
    readiness: JsonSchema = {
        "type": "object",
        "required": ["ready", "checks"],
        "properties": {
            "ready": {"title": "Ready", "description": "Whether calls can be served.", "type": "boolean"},
            "checks": {"title": "Checks", "description": "What was looked at.", "type": "array", "items": {}},
        },
    }
    health: JsonSchema = {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"title": "Status", "description": "ok.", "type": "string"}},
    }
    return (
        Endpoint(
            "get_health", "GET", "/health", "Health", "Answers as long as the process lives.", GATEWAY, health,
            statuses=(), needs="none",
        ),
        Endpoint(
            "get_readiness", "GET", "/ready", "Readiness", "Whether the gateway can serve calls now.", GATEWAY,
            readiness, statuses=(503,), answers={503: readiness}, needs="none",
        ),
        Endpoint(
            "get_openapi_document", "GET", "/openapi.json", "OpenAPI document", "This document.", GATEWAY, _OBJECT,
            statuses=(), needs="none",
        ),
        Endpoint(
            "list_actions", "GET", "/actions", "List Actions", "The palette, within the key's permission.", GATEWAY,
            _ROWS, (CONFIGURATION,), statuses=KEY_STATUSES,
        ),
    )  # fmt: skip
