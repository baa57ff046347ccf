"""The OpenAPI 3.0.3 documents: one for importers of platforms, and the whole one that the gateway serves."""

from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.hosts.documents.action_paths import action_operation, endpoint_parameter
from ingram_micro_cloud.hosts.documents.components import Components
from ingram_micro_cloud.hosts.documents.responses import HEADERS, responses
from ingram_micro_cloud.hosts.documents.texts import LONGEST_OVERVIEW, plain
from ingram_micro_cloud.hosts.surface.answers import DEFINITIONS
from ingram_micro_cloud.hosts.surface.endpoints import JSON, Endpoint
from ingram_micro_cloud.hosts.surface.headings import TAGS
from ingram_micro_cloud.hosts.surface.operations import operations
from ingram_micro_cloud.hosts.surface.operator import endpoints

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.documents.translation import Json
    from ingram_micro_cloud.manifest.integration import IntegrationFile
    from ingram_micro_cloud.plugin import Integration

VERSION: Final = "3.0.3"
SCHEME: Final = "AccessKey"


def imported_document(integration: "Integration", public_url: str) -> "Json":
    """Return the document for importers: the actions, the drop-downs and the table that maps organizations.

    Args:
        integration: Whose actions.
        public_url: Where the importing platform reaches the gateway, without a slash at its end.
    """
    return _document(integration, public_url, whole=False)


def whole_document(integration: "Integration", public_url: str) -> "Json":
    """Return the document of everything the gateway answers to, operators' endpoints and health included."""
    return _document(integration, public_url, whole=True)


def _document(integration: "Integration", public_url: str, *, whole: bool) -> "Json":
    manifest, components = integration.manifest, Components()
    titles = {group.id: group.title for group in manifest.groups}
    paths: Json = {}
    for each in operations(integration):
        told = action_operation(each, titles[each.action.group], components, deprecates=whole)
        paths.setdefault(each.path, {})[each.method.lower()] = told
    for endpoint in endpoints(integration):
        if whole or endpoint.imported:
            paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _endpoint(endpoint, components)
    used = {tag for item in paths.values() for told in item.values() for tag in told["tags"]}
    return {
        "openapi": VERSION,
        "info": _info(manifest),
        "externalDocs": {"description": "The vendor's own reference.", "url": manifest.docs},
        "servers": [{"url": public_url, "description": "The gateway."}],
        "security": [{SCHEME: []}],
        "tags": [tag for tag in _tags(manifest) if tag["name"] in used],
        "paths": paths,
        "components": {
            "securitySchemes": {SCHEME: {
                "type": "http", "scheme": "bearer", "description": "An access key of the gateway.",
            }},
            "headers": dict(HEADERS),
            "schemas": dict(sorted(components.schemas.items())),
        },
    }  # fmt: skip


def _info(manifest: "IntegrationFile") -> "Json":
    return {
        "title": manifest.title,
        "description": plain(manifest.summary, LONGEST_OVERVIEW),
        "version": manifest.version,
        "contact": {"name": manifest.distribution},
    }


def _tags(manifest: "IntegrationFile") -> "list[Json]":
    groups = [{"name": group.title, "description": plain(group.summary)} for group in manifest.groups]
    return groups + [{"name": name, "description": text} for name, text in TAGS.items()]


def _endpoint(endpoint: Endpoint, components: Components) -> "Json":
    def told(schema: object) -> "Json":
        return components.translated(schema, DEFINITIONS, "input")

    found: Json = {
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "description": plain(endpoint.description),
        "tags": [endpoint.tag],
        "parameters": [endpoint_parameter(each, components) for each in endpoint.parameters],
    }
    if endpoint.needs == "none":
        found["security"] = []
    if endpoint.body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": told(endpoint.body)}}}
    found["responses"] = responses(
        components, told(endpoint.answer), (*endpoint.statuses, 500), answers=endpoint.answers,
        said=plain(endpoint.description), media=endpoint.media,
    )  # fmt: skip
    return found
