"""What may be written in an action file. Unknown keys are mistakes; everything is frozen once read."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ingram_micro_cloud.manifest.contradictions import ContradictionError, contradictions

Effect = Literal["read", "write", "buy"]
DeclaredEffect = Literal["read", "write", "buy", "path"]
"""What an action does; ``path`` where method and path of the call decide."""
Scope = Literal["customer", "reseller", "catalogue", "path"]
RetryClass = Literal["safe", "never", "after_check"]
Severity = Literal["action_required", "attention_needed", "updated"]
Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
JsonSchema = Mapping[str, object]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sentence = Annotated[str, Field(min_length=3)]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]

PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Declared(BaseModel):
    """A frozen part of the bundle that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChangelogEntry(Declared):
    """One change of this action that its users can notice."""

    version: Version
    severity: Severity
    note: Sentence


class RequestSpec(Declared):
    """The one HTTP request this action is, and where each input goes."""

    method: Method
    path: Annotated[
        str, Field(pattern=r"^/[A-Za-z{}/]+$", description="Below the API URL; {name} is filled by an input.")
    ]
    query: tuple[str, ...] = Field((), description="Inputs that go into the query string.")
    body: tuple[str, ...] = Field((), description="Inputs that go into the JSON body.")
    rename: Mapping[str, str] = Field({}, description="Input name to vendor name, where they differ.")
    proof: str | None = Field(None, description="A member a 2xx answer must hold; without it the outcome is unknown.")

    def vendor_name(self, name: str) -> str:
        """Return what the vendor calls this input."""
        return self.rename.get(name, name)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The vendor's names in the path, in order."""
        return tuple(PLACEHOLDER.findall(self.path))


class PagingSpec(Declared):
    """How a list is walked to its end."""

    items: str = Field("data", description="The member that holds the rows.")
    page_size: Annotated[int, Field(ge=1, le=500)] = 500


class OwnerLookup(Declared):
    """A read that tells whose an id is."""

    input: str = Field(description="Dotted path of the id in the inputs; * stands for every entry of a list.")
    action: Name
    member: str


class OwnerSpec(Declared):
    """How it is proven to which customer an answer or an id belongs."""

    answer: str | None = Field(None, description="Member of each answered object that holds the customer's id.")
    by_id: Name | None = Field(
        None, description="For a list that no input narrows to a customer: the action that reads one row by its id."
    )
    lookup: tuple[OwnerLookup, ...] | OwnerLookup = ()

    @property
    def lookups(self) -> tuple[OwnerLookup, ...]:
        """Every declared lookup, one or many."""
        return (self.lookup,) if isinstance(self.lookup, OwnerLookup) else self.lookup


class CheckSpec(Declared):
    """The read that shows whether a write with an unknown outcome was done."""

    action: Name
    input: str


class RedactSpec(Declared):
    """Dotted paths whose values never reach a log, a message or a screen; ``*`` is every element."""

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class Need(Declared):
    """Where an example's value comes from when the example is really run."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    action: Name
    member: str
    where: Mapping[str, object] = {}
    with_input: str | None = Field(None, alias="with", description="Call that action with this already filled input.")


class Example(Declared):
    """One use of the action that validates, and what comes back."""

    title: Sentence
    input: Mapping[str, object]
    output: object
    needs: Mapping[str, Need] = {}


class ActionFile(Declared):
    """One action of the palette. The file's stem is its id."""

    title: Sentence
    aliases: tuple[str, ...] = Field((), description="Other names this action is found under in stored workflows.")
    summary: Sentence
    description: str | None = None
    docs: Annotated[str, Field(pattern=r"^https://")]
    origin: Literal["vendor", "intent"] = Field(
        "vendor", description="vendor for what the vendor's API offers; intent for what we make of it."
    )
    group: Name
    since: Version
    changelog: Annotated[tuple[ChangelogEntry, ...], Field(min_length=1)]
    deprecated: str | None = Field(None, description="What to use instead, and why.")
    effect: DeclaredEffect
    scope: Scope
    retry: RetryClass
    operation: str | None = Field(None, description="The operationId of the vendor's document.")
    request: RequestSpec | None = None
    handler: Name | None = Field(None, description="A name from the HANDLERS map, for what cannot be declared.")
    paginate: PagingSpec | None = None
    mapped: str | None = Field(None, description="The input an organization's customer fills.")
    owner: OwnerSpec = OwnerSpec(answer=None, by_id=None)
    check: CheckSpec | None = None
    buy_when: Mapping[str, object] = Field({}, description="Input values that make this write count as buying.")
    irreversible_when: Mapping[str, object] = Field(
        {}, description="Input values that make this write one that cannot be taken back."
    )
    redact: RedactSpec = RedactSpec(input=(), output=())
    refused_inputs: Mapping[str, Sentence] = {}
    ignored_inputs: Mapping[str, tuple[object, ...]] = {}
    seconds_saved: Annotated[int, Field(ge=1)]
    input: JsonSchema
    output: JsonSchema
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for location, sentence in contradictions(self):
            raise ContradictionError(location, sentence)
        return self

    @property
    def inputs(self) -> Mapping[str, JsonSchema]:
        """The declared inputs by name."""
        properties = self.input.get("properties", {})
        return properties if isinstance(properties, Mapping) else {}


class ActionSpec(ActionFile):
    """An action as it was loaded: the file, its id, and schemas that stand on their own.

    ``input`` and ``output`` are complete JSON Schemas (2020-12): shared parts are under ``$defs``.
    """

    id: Name
    ref: str
    source: str = Field(description="The file's path inside the bundle.")

    @property
    def method(self) -> str | None:
        """The HTTP method, or None where the caller chooses it."""
        return self.request.method if self.request else None

    @property
    def path(self) -> str | None:
        """The path below the API URL, or None where the caller chooses it."""
        return self.request.path if self.request else None

    @property
    def lists(self) -> bool:
        """Whether the result is a merged list."""
        return self.paginate is not None

    def as_row(self) -> dict[str, object]:
        """Return the row of a palette, as `actions --json` and the gateway's palette give it."""
        return {
            "id": self.id,
            "ref": self.ref,
            "title": self.title,
            "aliases": list(self.aliases),
            "group": self.group,
            "effect": self.effect,
            "scope": self.scope,
            "method": self.method,
            "path": self.path,
            "origin": self.origin,
        }
