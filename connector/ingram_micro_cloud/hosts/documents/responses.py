"""The answers of an operation: every one with content, errors with the one error object."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ingram_micro_cloud.hosts.documents.components import Components
from ingram_micro_cloud.hosts.documents.translation import Json
from ingram_micro_cloud.hosts.surface.answers import DEFINITIONS, ERROR_ANSWER, STATUSES
from ingram_micro_cloud.hosts.surface.endpoints import JSON
from ingram_micro_cloud.manifest.models import JsonSchema

CORRELATION: Final = "X-Correlation-ID"
RETRY: Final = "Retry-After"
HEADERS: Final[Mapping[str, Json]] = {
    CORRELATION: {
        "description": "Taken from the request, or made; it is also in the gateway's log.",
        "schema": {"type": "string"},
    },
    RETRY: {"description": "Seconds, where known.", "schema": {"type": "string"}},
}
"""Headers of answers, under ``components``."""
_WAITING: Final = (429, 503)


def responses(
    components: Components,
    success: Json,
    statuses: Iterable[int],
    *,
    answers: Mapping[int, JsonSchema] = MappingProxyType({}),
    said: str = "Done.",
    example: object = None,
    media: str = JSON,
) -> Json:
    """Return the responses of an operation.

    Args:
        components: Where shared schemas are collected.
        success: The translated body of 200.
        statuses: What else may come.
        answers: Bodies of those that are not the one error object.
        said: What 200 means.
        example: A body of 200, or None.
        media: Content type of 200.
    """
    body: Json = {"schema": success} | ({} if example is None else {"example": example})
    found: Json = {"200": {"description": said, "headers": _headers(CORRELATION), "content": {media: body}}}
    for status in sorted(set(statuses)):
        found[str(status)] = _failure(components, STATUSES[status], answers.get(status, ERROR_ANSWER))
        if status in _WAITING:
            found[str(status)]["headers"] = _headers(RETRY)
    found["default"] = _failure(components, "Anything else that went wrong.", ERROR_ANSWER)
    return found


def _failure(components: Components, description: str, schema: JsonSchema) -> Json:
    body = components.translated(schema, DEFINITIONS, "input")
    return {"description": description, "content": {JSON: {"schema": body}}}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
