"""What may be written in integration.yaml: identity, palette groups, form, connection check."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from ingram_micro_cloud.manifest.models import Declared, JsonSchema, Name, Sentence, Version

CheckStepId = Literal["form", "url", "reach", "sign_in", "marketplace", "customers"]


class VendorApi(Declared):
    """Which API, in which version, the actions were written against."""

    name: str
    version: str


class PaletteGroup(Declared):
    """One heading of the palette."""

    id: Name
    title: str
    summary: Sentence
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class VendorLimits(Declared):
    """What the vendor allows, and how we page."""

    vendor_calls_per_minute: int
    vendor_calls_per_day: int
    page_size: Annotated[int, Field(ge=1, le=500)]
    token_seconds: int


class FormSpec(Declared):
    """The configuration form. Raising ``version`` needs a migration in runtime/form_versions.py."""

    version: Annotated[int, Field(ge=1)]
    title: Sentence
    description: Sentence
    form_schema: JsonSchema = Field(alias="schema")

    @property
    def properties(self) -> Mapping[str, Mapping[str, object]]:
        """The fields by key."""
        properties = self.form_schema["properties"]
        return properties if isinstance(properties, Mapping) else {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Keys of the fields that are never shown, logged or read back."""
        return tuple(key for key, field in self.properties.items() if field.get("writeOnly"))


class CheckStep(Declared):
    """One step of the connection check."""

    id: CheckStepId
    title: Sentence


class CheckMessage(Declared):
    """What a person is told when a step fails, and the form fields it marks."""

    fields: tuple[str, ...] = ()
    message: Sentence


class ConnectionCheck(Declared):
    """The connection check: its steps in order, and every sentence it can say."""

    action: Name
    steps: tuple[CheckStep, ...]
    messages: Mapping[Name, CheckMessage]
    warnings: Mapping[Name, Sentence]


class IntegrationFile(Declared):
    """The whole of integration.yaml."""

    id: Name
    version: Version
    distribution: str
    title: Sentence
    summary: Sentence
    docs: Annotated[str, Field(pattern=r"^https://")]
    vendor_api: VendorApi
    groups: Annotated[tuple[PaletteGroup, ...], Field(min_length=1)]
    limits: VendorLimits
    egress: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    form: FormSpec
    connection_check: ConnectionCheck
