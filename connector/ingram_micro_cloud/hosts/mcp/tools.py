"""Actions as tools: names, descriptions, schemas and hints, all from what the action files declare."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mcp_types import Tool, ToolAnnotations

from ingram_micro_cloud.hosts.mcp.arguments import own_arguments
from ingram_micro_cloud.hosts.mcp.buying import Actions, Way, explained, preview_output, way_of
from ingram_micro_cloud.hosts.mcp.schemas import input_schema, output_schema
from ingram_micro_cloud.hosts.mcp.shared_parts import tightened
from ingram_micro_cloud.hosts.mcp.windows import MAX_ITEMS, MOST, stops_by
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.manifest.described import conditions, resolved
from ingram_micro_cloud.manifest.models import ActionSpec, JsonSchema

_REPEATED: Final = {
    "never": "It is sent at most once. When its outcome is unknown, look before calling it again.",
    "after_check": "Called again, it may be done twice: look first whether it was done.",
}


def tool_of(spec: ActionSpec, actions: Actions, access: Access, configurations: Sequence[str]) -> Tool:
    """Return the tool of one action.

    Args:
        spec: The action.
        actions: The whole palette: it says how purchases are previewed.
        access: Whom the caller acts for.
        configurations: The saved configurations the caller may use.
    """
    way = way_of(spec, actions)
    return Tool(
        name=spec.id,
        title=spec.title,
        description="\n\n".join(_paragraphs(spec, way, actions, access)),
        input_schema=_input(spec, way, access, configurations),
        output_schema=_output(spec, way, actions),
        annotations=annotations(spec),
    )


def annotations(spec: ActionSpec) -> ToolAnnotations:
    """Return the hints of a tool, by what its action is declared to do.

    A client that asks a person before a destructive tool then asks once too often before a preview, never too seldom.
    """
    reads = spec.effect == "read"
    # A POST that names nothing that exists adds something; everything else overwrites, a file of ours included.
    adds = spec.method == "POST" and not spec.owner.lookups and not spec.irreversible_when
    return ToolAnnotations(
        read_only_hint=reads,
        destructive_hint=not reads and not (spec.effect == "write" and not spec.buy_when and adds),
        idempotent_hint=reads or spec.retry == "safe",
        open_world_hint=True,
    )


def _paragraphs(spec: ActionSpec, way: Way, actions: Actions, access: Access) -> Iterator[str]:
    if way.kind == "previews":
        yield explained(spec, way, actions)
    yield " ".join(f"{spec.summary} {spec.description or ''}".split())
    if way.kind not in ("none", "previews"):
        yield explained(spec, way, actions)
    if spec.irreversible_when:
        yield f"With {conditions(spec.irreversible_when)} it cannot be taken back."
    if spec.effect == "write" and spec.retry in _REPEATED:
        yield f"Changes things. {_REPEATED[spec.retry]}"
    if spec.scope == "reseller" and not access.reseller:
        yield "It acts for the reseller, which this access may not; a call is refused."
    if stops_by(spec) is not None:
        yield f"Answers with {MOST} rows unless max_items says otherwise."
    if spec.deprecated:
        yield f"Deprecated: {spec.deprecated}"


def _input(spec: ActionSpec, way: Way, access: Access, configurations: Sequence[str]) -> dict[str, object]:
    made = input_schema(spec.input)
    members, needed = made.get("properties"), made.get("required")
    rehearsable = spec.effect != "read" and way.kind != "previews"
    own, required = own_arguments(spec, access, configurations, rehearsable=rehearsable)
    kept = {**members, **_own_words(spec)} if isinstance(members, dict) else {}
    # With an organization its customer fills this one; without, the action itself says that it is missing.
    filled = {spec.mapped} if own else set()
    made["type"] = "object"
    made["properties"] = {**{name: each for name, each in kept.items() if name not in way.left_out}, **own}
    wanted = [*(name for name in needed if name not in filled), *required] if isinstance(needed, list) else required
    made.pop("required", None)
    if wanted:
        made["required"] = wanted
    return tightened(made)


def _own_words(spec: ActionSpec) -> dict[str, object]:
    """Return the inputs of a list that mean something else here, where it stops by itself."""
    if stops_by(spec) != "input":
        return {}
    most = {"description": "Rows to answer with.", "type": "integer", "minimum": 1, "default": MOST}
    page = {"description": "Rows of one page, instead of max_items.", "type": "integer", "minimum": 1, "maximum": 1000}
    return {name: each for name, each in (("limit", page), (MAX_ITEMS, most)) if name in spec.inputs}


def _output(spec: ActionSpec, way: Way, actions: Actions) -> dict[str, object]:
    # Nothing is required: some clients hold an error against this schema as well, and would hide it. What every
    # answer has besides is told once, in the server's instructions.
    # A write answers with what it wrote, which the tools that read it describe.
    result = output_schema(_declared(spec, way, actions), spec.inputs, names_alone=spec.effect == "write")
    members: dict[str, object] = {"result": result}
    if stops_by(spec) is not None:
        members |= {"complete": {"type": "boolean"}, "total": {}}
    return {"type": "object", "properties": members}


def _declared(spec: ActionSpec, way: Way, actions: Actions) -> JsonSchema:
    """Return the declared output; a tool that previews may answer with a preview as well."""
    if way.runs is not spec:
        return way.runs.output
    preview = preview_output(actions) if way.kind == "previews" else None
    if preview is None:
        return spec.output
    both = [resolved(each, each) for each in (spec.output, preview)]
    return {
        "description": "A preview; or, when nothing has to be bought, how things stand.",
        **{
            key: {name: each for schema in both for name, each in _members(schema, key)}
            for key in ("properties", "$defs")
        },
    }


def _members(schema: JsonSchema, key: str) -> Iterator[tuple[str, object]]:
    members = schema.get(key)
    if isinstance(members, Mapping):
        yield from members.items()
