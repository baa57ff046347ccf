"""Whether mapping/ and the actions agree: the source, the reads, and every input a mapped customer fills."""

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable

from ingram_micro_cloud.errors import BundleError
from ingram_micro_cloud.manifest.files import Location, line_of
from ingram_micro_cloud.manifest.loader import MAPPING, Bundle
from ingram_micro_cloud.manifest.models import ActionSpec


def mapping_problems(root: Traversable, bundle: Bundle) -> Iterator[str]:
    """Yield every disagreement between mapping/ and actions/, as ``file:line: sentence``."""
    file = root / "mapping" / MAPPING.rpartition("/")[2]
    for location, sentence in [*_source(bundle), *_reads(bundle)]:
        yield f"{MAPPING}:{line_of(file, location)}: {sentence}"
    for action in bundle.actions.values():
        written = root / "actions" / action.source.removeprefix("actions/")
        for location, sentence in _filled(action, bundle):
            yield f"{action.source}:{line_of(written, location)}: {sentence}"
    try:
        _ = bundle.words
    except BundleError as problem:
        yield problem.message


def _source(bundle: Bundle) -> Iterator[tuple[Location, str]]:
    source = bundle.mapping.source
    action = bundle.actions.get(source.action)
    if action is None or not action.lists:
        yield ("source", "action"), f"there is no list action {source.action!r}"
        return
    members = _members(action)
    for role in ("key", "label", "external_id", "status"):
        if (name := getattr(source, role)) not in members:
            yield ("source", role), f"rows of {source.action} have no member {name!r}"


def _reads(bundle: Bundle) -> Iterator[tuple[Location, str]]:
    for role in ("details", "holdings", "parameters"):
        read = getattr(bundle.mapping.reads, role)
        action = bundle.actions.get(read.action)
        if action is None or action.effect != "read":
            yield ("reads", role, "action"), f"there is no action {read.action!r} that reads"
        elif read.input not in action.inputs:
            yield ("reads", role, "input"), f"{read.action} has no input {read.input!r}"


def _filled(action: ActionSpec, bundle: Bundle) -> Iterator[tuple[Location, str]]:
    source, named = bundle.mapping.source, [name for name in bundle.mapping.guard.inputs if name in action.inputs]
    if action.scope == "customer" and action.mapped is None and named:
        yield ("input", "properties", named[0]), f"{named[0]!r} carries a customer's id, so mapped: has to name it"
    if action.mapped is None:
        return
    options = action.inputs[action.mapped].get("options")
    wanted = {"action": source.action, "value": source.key, "label": source.label}
    found = dict(options) if isinstance(options, Mapping) else {}
    if {key: found.get(key) for key in wanted} != wanted:
        place = ("input", "properties", action.mapped, "options")
        yield (
            place,
            f"a mapped input is chosen by {source.key} and {source.label} of {source.action}, as {MAPPING} says",
        )


def _members(action: ActionSpec) -> Mapping[str, object]:
    schema: object = action.output.get("items", {})
    if isinstance(schema, Mapping) and isinstance(reference := schema.get("$ref"), str):
        shared: object = action.output
        for step in reference.removeprefix("#/").split("/"):
            shared = shared.get(step, {}) if isinstance(shared, Mapping) else {}
        schema = shared
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return properties if isinstance(properties, Mapping) else {}
