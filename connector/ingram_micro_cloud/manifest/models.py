"""What may be written in an action file. Unknown keys are mistakes; everything is frozen once read."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    redact: RedactSpec = RedactSpec(input=(), output=())
    refused_inputs: Mapping[str, Sentence] = {}
    ignored_inputs: Mapping[str, tuple[object, ...]] = {}
    seconds_saved: Annotated[int, Field(ge=1)]
    input: JsonSchema
    output: JsonSchema
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for problem in _contradictions(self):
            raise ValueError(problem)
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


def _contradictions(action: ActionFile) -> list[str]:  # one line per rule reads best
    found: list[str] = []
    names = set(action.inputs)
    if (action.request is None) == (action.handler is None):
        found.append("has request: or handler:, one of them and not both")
    if action.input.get("additionalProperties") is not False:
        found.append("input: needs additionalProperties: false, so that misspelt names are refused")
    if action.request is not None:
        used = [*action.request.query, *action.request.body]
        filled = {action.request.vendor_name(name) for name in names - set(used)}
        found += [f"request: {name!r} is not an input" for name in used if name not in names]
        found += [f"request.path: {{{p}}} has no input" for p in action.request.placeholders if p not in filled]
        extra = {"max_items"} if action.paginate else set()
        idle = names - set(used) - extra - _path_inputs(action)
        found += [f"input: {name!r} goes nowhere; name it in request.query or request.body" for name in sorted(idle)]
    if action.effect == "read" and action.retry != "safe":
        found.append("retry: a read is always safe")
    if action.effect == "buy" and action.retry == "safe":
        found.append("retry: nothing that buys may be repeated")
    if (action.retry == "after_check") != (action.check is not None):
        found.append("check: belongs to retry: after_check, and after_check needs it")
    if action.mapped is not None and action.mapped not in names:
        found.append(f"mapped: {action.mapped!r} is not an input")
    if action.check is not None and action.check.input not in names:
        found.append(f"check.input: {action.check.input!r} is not an input")
    found += [
        f"owner.lookup: {each.input!r} is not an input"
        for each in action.owner.lookups
        if each.input.partition(".")[0] not in names
    ]
    found += [f"buy_when: {name!r} is not an input" for name in action.buy_when if name not in names]
    found += [f"refused_inputs: {name!r} is an input as well" for name in action.refused_inputs if name in names]
    found += [f"ignored_inputs: {name!r} is an input as well" for name in action.ignored_inputs if name in names]
    return found


def _path_inputs(action: ActionFile) -> set[str]:
    if action.request is None:
        return set()
    placeholders = set(action.request.placeholders)
    return {name for name in action.inputs if action.request.vendor_name(name) in placeholders}
