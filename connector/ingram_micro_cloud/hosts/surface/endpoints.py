"""How an endpoint that is not an action is declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ingram_micro_cloud.manifest.models import JsonSchema

JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
Needs = Literal["none", "key", "manage"]
KEY_STATUSES: Final = (400, 401, 403, 404, 424, 503)
VENDOR_STATUSES: Final = (409, 422, 429, 502, 504)


@dataclass(frozen=True, slots=True)
class EndpointParameter:
    """A parameter in the path or the query string; those in the path are required."""

    name: str
    schema: JsonSchema
    place: Literal["path", "query"] = "query"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of the gateway beside the actions.

    Attributes:
        id: Its operation id.
        method: As it is called.
        path: With ``{name}`` for the parameters in it.
        summary: At most 100 characters, unique.
        description: What it does, for a person.
        tag: The heading it stands under.
        parameters: In the order they are shown.
        body: What it takes, or None.
        answer: The body of a success.
        statuses: What else it can answer; 500 always may.
        answers: Bodies of such statuses where they are not the one error object.
        needs: ``none``: no key; ``key``: any; ``manage``: one that may manage.
        imported: Whether importers of platforms are given it.
        media: Content type of a success.
    """

    id: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    summary: str
    description: str
    tag: str
    answer: JsonSchema
    parameters: tuple[EndpointParameter, ...] = ()
    body: JsonSchema | None = None
    statuses: tuple[int, ...] = KEY_STATUSES
    answers: Mapping[int, JsonSchema] = field(default_factory=dict)
    needs: Needs = "key"
    imported: bool = False
    media: str = JSON


def text_parameter(
    name: str, title: str, description: str, place: Literal["path", "query"] = "query"
) -> EndpointParameter:
    """Return a parameter that is a text."""
    return EndpointParameter(
        name, {"title": title, "description": description, "type": "string", "minLength": 1, "maxLength": 255}, place
    )


CONFIGURATION: Final = text_parameter(
    "configuration", "Configuration", "A saved configuration by name; left out, the default one."
)
ORGANIZATION: Final = text_parameter("organization", "Organization", "Act for this organization's customer.")
OFFSET: Final = EndpointParameter(
    "offset", {"title": "Offset", "description": "Rows to skip.", "type": "integer", "minimum": 0, "default": 0}
)
LIMIT: Final = EndpointParameter(
    "limit",
    {
        "title": "Limit", "description": "Rows to answer; left out, all of them.", "type": "integer", "minimum": 1,
        "maximum": 1000,
    },
)  # fmt: skip
