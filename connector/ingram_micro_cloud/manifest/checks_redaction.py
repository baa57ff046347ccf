"""Whether the places that an action declares secret exist: a misspelt one would keep nothing secret."""

from collections.abc import Iterator, Mapping

from ingram_micro_cloud.manifest.described import resolved
from ingram_micro_cloud.manifest.files import Location
from ingram_micro_cloud.manifest.models import ActionSpec, JsonSchema


def redaction_problems(action: ActionSpec) -> Iterator[tuple[Location, str]]:
    """Yield place and sentence of every declared path that leads to no declared member."""
    for part, schema in (("input", action.input), ("output", action.output)):
        for position, path in enumerate(getattr(action.redact, part)):
            if not _leads_somewhere(schema, schema, path.split(".")):
                yield ("redact", part, position), f"{path!r} is no member of {part}"


def _leads_somewhere(schema: JsonSchema, root: JsonSchema, steps: list[str]) -> bool:
    if not steps:
        return True
    schema, (head, *rest) = resolved(schema, root), steps
    for combined in ("allOf", "anyOf", "oneOf"):
        parts = schema.get(combined)
        if isinstance(parts, list) and any(_leads_somewhere(part, root, steps) for part in parts):
            return True
    properties, items, others = schema.get("properties"), schema.get("items"), schema.get("additionalProperties")
    if head == "*":
        inner = [items, others, *(properties.values() if isinstance(properties, Mapping) else ())]
    else:
        inner = [properties.get(head) if isinstance(properties, Mapping) else None, others]
    return any(isinstance(each, Mapping) and _leads_somewhere(each, root, rest) for each in inner)
