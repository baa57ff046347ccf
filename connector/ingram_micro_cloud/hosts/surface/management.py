"""What operators do over HTTP, with a key that may manage: configurations, organizations, mapping, approvals."""

from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.hosts.surface.answers import ERROR_ANSWER, plain_list
from ingram_micro_cloud.hosts.surface.endpoints import (
    CONFIGURATION,
    KEY_STATUSES,
    Endpoint,
    EndpointParameter,
    text_parameter,
)
from ingram_micro_cloud.hosts.surface.headings import APPROVALS, CONFIGURATIONS, MAPPING

if TYPE_CHECKING:
    from ingram_micro_cloud.manifest.models import JsonSchema
    from ingram_micro_cloud.plugin import Integration

_WRITES: Final = (*KEY_STATUSES, 409, 413, 415, 422)
_OBJECT: "Final[JsonSchema]" = {"type": "object"}
_ROWS: Final = plain_list(_OBJECT)
_CHECK: "Final[JsonSchema]" = {"$ref": "#/$defs/CheckReport"}
_SAVED: "Final[JsonSchema]" = {
    "type": "object",
    "required": ["saved", "check"],
    "properties": {
        "saved": {"title": "Saved", "description": "Whether it was stored.", "type": "boolean"},
        "check": {"$ref": "#/$defs/CheckReport"},
    },
}
_DECISION: "Final[JsonSchema]" = {
    "type": "object",
    "properties": {
        "organization_id": {"title": "Organization", "description": "Its id.", "type": "string"},
        "action": {"title": "What was decided", "description": "set, exclude or clear.", "type": "string"},
        "changed": {"title": "Changed", "description": "False when it was so already.", "type": "boolean"},
        "customers": {
            "title": "Customers", "description": "Their ids now, the primary one first.", "type": "array",
            "items": {"type": "string"},
        },
        "message": {"title": "In words", "description": "One sentence.", "type": "string"},
    },
}  # fmt: skip
_NAME: Final = text_parameter("configuration_name", "Configuration", "What it is called here.", "path")
_ORGANIZATION_ID: Final = text_parameter("organization_id", "Organization", "The platform's id of it.", "path")


def managing_endpoints(integration: "Integration") -> tuple[Endpoint, ...]:
    """Return the endpoints of operators."""
    return (*_configurations(integration), *_organizations(), *_mapping(), *_approvals())


def _configurations(integration: "Integration") -> tuple[Endpoint, ...]:
    form = integration.manifest.form
    values: JsonSchema = {
        "title": "Form values",
        "description": "A masked or absent secret keeps the stored one.",
        "type": "object",
        "properties": form.properties,
    }
    tested: JsonSchema = {**values, "required": ["name"]}
    unverified = EndpointParameter("unverified", {
        "title": "Unverified", "description": "Store it although the check fails.", "type": "boolean", "default": False,
    })  # fmt: skip
    either: JsonSchema = {"anyOf": [_SAVED, ERROR_ANSWER]}
    saving = {422: either}
    return (
        Endpoint(
            "get_configuration_form", "GET", "/configuration-form", "Configuration form",
            "The form as JSON Schema with hints for its layout.", CONFIGURATIONS, _OBJECT,
        ),
        Endpoint(
            "list_configurations", "GET", "/configurations", "List configurations", "Saved ones, with their health.",
            CONFIGURATIONS, _ROWS, needs="manage",
        ),
        Endpoint(
            "get_configuration", "GET", "/configurations/{configuration_name}", "Show a configuration",
            "Its values, secrets masked.", CONFIGURATIONS, _OBJECT, (_NAME,), needs="manage",
        ),
        Endpoint(
            "save_configuration", "PUT", "/configurations/{configuration_name}", "Save a configuration",
            "Checks the connection first, and stores it only when that passes or unverified is set.", CONFIGURATIONS,
            _SAVED, (_NAME, unverified), body=values, statuses=_WRITES, answers=saving, needs="manage",
        ),
        Endpoint(
            "remove_configuration", "DELETE", "/configurations/{configuration_name}", "Remove a configuration",
            "With its secrets.", CONFIGURATIONS, _OBJECT, (_NAME,), needs="manage",
        ),
        Endpoint(
            "test_configuration", "POST", "/configurations/{configuration_name}/test", "Test a configuration",
            "Runs the connection check on a saved one and keeps its health.", CONFIGURATIONS, _CHECK, (_NAME,),
            statuses=_WRITES, needs="manage",
        ),
        Endpoint(
            "test_configuration_values", "POST", "/configuration-tests", "Test form values",
            "Runs the connection check on values that are stored nowhere.", CONFIGURATIONS, _CHECK, body=tested,
            statuses=_WRITES, needs="manage",
        ),
    )  # fmt: skip


def _organizations() -> tuple[Endpoint, ...]:
    organizations: JsonSchema = {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {
                "title": "Organizations",
                "description": "Each with id and name; domains, external_ids, country and tags where known.",
                "type": "array",
                "items": {"type": "object"},
            }
        },
    }
    source = text_parameter("source", "Source", "Under which name they are kept.", "path")
    return (
        Endpoint(
            "list_organizations", "GET", "/organizations", "List organizations", "Those that were brought in.", MAPPING,
            _ROWS, needs="manage",
        ),
        Endpoint(
            "put_organizations", "PUT", "/organizations/{source}", "Bring organizations in",
            "What the same source gave before is replaced.", MAPPING, _OBJECT, (source,), body=organizations,
            statuses=_WRITES, needs="manage",
        ),
    )  # fmt: skip


def _mapping() -> tuple[Endpoint, ...]:
    band: JsonSchema = {
        "type": "object",
        "required": ["band"],
        "properties": {"band": {
            "title": "Band", "description": "What is accepted at once.", "type": "string", "const": "certain",
        }},
    }  # fmt: skip
    pair: JsonSchema = {
        "type": "object",
        "required": ["customer_id"],
        "properties": {
            "customer_id": {"title": "Customer", "description": "The vendor's id.", "type": "string", "minLength": 1},
            "also": {"title": "Also", "description": "Beside those it has.", "type": "boolean", "default": False},
        },
    }
    reason: JsonSchema = {
        "type": "object",
        "required": ["reason"],
        "properties": {
            "reason": {"title": "Reason", "description": "Kept with the decision.", "type": "string", "minLength": 1}
        },
    }
    one, here = "/mapping/organizations/{organization_id}", (CONFIGURATION,)
    named = (_ORGANIZATION_ID, CONFIGURATION)
    vendor = (*_WRITES, 429, 502, 504)
    return (
        Endpoint(
            "show_mapping", "GET", "/mapping", "Show the mapping", "How every organization stands.", MAPPING, _ROWS,
            here, needs="manage",
        ),
        Endpoint(
            "suggest_mapping", "GET", "/mapping/suggestions", "Suggest a mapping", "What fits whom, and why.", MAPPING,
            _ROWS, here, needs="manage",
        ),
        Endpoint(
            "report_mapping", "GET", "/mapping/report", "Report on the mapping", "How far it is, and what needs eyes.",
            MAPPING, _OBJECT, here, needs="manage",
        ),
        Endpoint(
            "refresh_mapping", "POST", "/mapping/refresh", "Refresh the mapping", "Reads the vendor's customers.",
            MAPPING, _OBJECT, here, statuses=vendor, needs="manage",
        ),
        Endpoint(
            "accept_mapping", "POST", "/mapping/acceptance", "Accept what is certain", "Saves every certain pair.",
            MAPPING, _OBJECT, here, body=band, statuses=_WRITES, needs="manage",
        ),
        Endpoint(
            "map_organization", "PUT", one, "Map an organization", "Lets it stand for a customer.", MAPPING, _DECISION,
            named, body=pair, statuses=vendor, needs="manage",
        ),
        Endpoint(
            "unmap_organization", "DELETE", one, "Clear an organization", "Forgets its customers and its exclusion.",
            MAPPING, _DECISION, named, needs="manage",
        ),
        Endpoint(
            "exclude_organization", "PUT", f"{one}/exclusion", "Exclude an organization", "Not mapped at all.", MAPPING,
            _DECISION, named, body=reason, statuses=_WRITES, needs="manage",
        ),
    )  # fmt: skip


def _approvals() -> tuple[Endpoint, ...]:
    preview = text_parameter("preview_id", "Preview", "The id that preview_order gave.", "path")
    return (
        Endpoint(
            "approve_preview", "POST", "/orders/previews/{preview_id}/approval", "Approve a preview",
            "Lets a purchase go through that waits for a person.", APPROVALS, _OBJECT, (preview, CONFIGURATION),
            statuses=_WRITES, needs="manage",
        ),
        Endpoint(
            "list_journal", "GET", "/journal", "List the journal", "Every purchase that was attempted, newest first.",
            APPROVALS, _ROWS, (CONFIGURATION,), needs="manage",
        ),
    )  # fmt: skip
