"""The slow checks of the bundle, run by `make check` and by authors: what loading does not look at."""

from collections.abc import Collection, Iterator, Mapping
from importlib.resources.abc import Traversable

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from ingram_micro_cloud.manifest.action_folders import SCHEMAS
from ingram_micro_cloud.manifest.checks_mapping import mapping_problems
from ingram_micro_cloud.manifest.checks_redaction import redaction_problems
from ingram_micro_cloud.manifest.checks_schemas import NO_SCHEMA, schema_problems
from ingram_micro_cloud.manifest.files import Location, line_of, read_yaml, repeated_keys
from ingram_micro_cloud.manifest.loader import Bundle, load_bundle
from ingram_micro_cloud.manifest.models import ActionSpec


def bundle_problems(root: Traversable, handlers: Collection[str] | None = None) -> Iterator[str]:
    """Yield every mistake the loader does not catch, as ``file:line: sentence``.

    Args:
        root: The folder of the bundle.
        handlers: The names that ``handler:`` may have, where the caller knows them.

    Raises:
        BundleError: The bundle cannot even be loaded.
    """
    bundle = load_bundle(root)
    yield from _stray_files(root)
    shared = list(_shared_problems(root))
    yield from shared
    for source, file in _all_files(root):
        for line, key in repeated_keys(file):
            yield f"{source}:{line}: the key {key!r} is written twice"
    yield from _integration_problems(root, bundle)
    yield from mapping_problems(root, bundle)
    for action in bundle.actions.values():
        file = root / "actions" / action.source.removeprefix("actions/")
        for location, sentence in _action_problems(action, bundle, read_yaml(file, action.source), sound=not shared):
            yield f"{action.source}:{line_of(file, location)}: {sentence}"
        if handlers is not None and action.handler is not None and action.handler not in handlers:
            yield f"{action.source}:{line_of(file, ('handler',))}: there is no handler {action.handler!r}"


def _all_files(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    yield "integration.yaml", root / "integration.yaml"
    for name in ("organizations.yaml", "company_words.yaml"):
        yield f"mapping/{name}", root / "mapping" / name
    for folder in sorted((root / "actions").iterdir(), key=lambda each: each.name):
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda each: each.name):
                if file.name.endswith(".yaml"):
                    yield f"actions/{folder.name}/{file.name}", file


def _stray_files(root: Traversable) -> Iterator[str]:
    for entry in sorted((root / "actions").iterdir(), key=lambda each: each.name):
        inside = sorted(entry.iterdir(), key=lambda each: each.name) if entry.is_dir() else [entry]
        for file in inside:
            name = f"actions/{file.name}" if file is entry else f"actions/{entry.name}/{file.name}"
            wrong = file is entry or file.is_dir() or not file.name.endswith(".yaml")
            if wrong and not file.name.startswith((".", "__")) and not file.name.endswith(".md"):
                yield f"{name}:1: nobody reads this; an action is actions/RESOURCE/NAME.yaml"


def _shared_problems(root: Traversable) -> Iterator[str]:
    for source, file in _all_files(root):
        if source.startswith(f"actions/{SCHEMAS}/"):
            for location, sentence in schema_problems(read_yaml(file, source)):
                yield f"{source}:{line_of(file, location)}: {sentence}"


def _integration_problems(root: Traversable, bundle: Bundle) -> Iterator[str]:
    def at(*location: str | int) -> str:
        return f"integration.yaml:{line_of(root / 'integration.yaml', location)}"

    form, check = bundle.integration.form, bundle.integration.connection_check
    for location, sentence in schema_problems(form.form_schema, ("form", "schema")):
        yield f"{at(*location)}: {sentence}"
    if check.action not in bundle.actions:
        yield f"{at('connection_check', 'action')}: there is no action {check.action!r}"
    for code, message in check.messages.items():
        for field in message.fields:
            if field not in form.properties:
                yield f"{at('connection_check', 'messages', code)}: the form has no field {field!r}"
    used = {action.group for action in bundle.actions.values()}
    for position, group in enumerate(bundle.integration.groups):
        if group.id not in used:
            yield f"{at('groups', position)}: no action is in the group {group.id!r}"
    for key, schema in form.properties.items():
        for needed in ("title", "description", "ui"):
            if needed not in schema:
                yield f"{at('form', 'schema', 'properties', key)}: the field {key!r} has no {needed}"


def _action_problems(action: ActionSpec, bundle: Bundle, raw: object, *, sound: bool) -> Iterator[tuple[Location, str]]:
    """Yield what is wrong with one action; ``sound`` tells whether the shared schemas are in order."""
    written = raw if isinstance(raw, Mapping) else {}
    found = [each for part in ("input", "output") for each in schema_problems(written.get(part), (part,))]
    yield from found
    if not sound or any(sentence.startswith(NO_SCHEMA) for _, sentence in found):
        return  # nothing can be validated with a broken schema
    yield from redaction_problems(action)
    yield from _input_problems(action, bundle)
    yield from _example_problems(action, bundle)
    listed = {"limit", "offset", "max_items"}
    if action.paginate is not None and not listed <= set(action.inputs):
        yield ("paginate",), "a list needs the inputs limit, offset and max_items"
    if action.scope == "customer" and action.owner.answer is None and not (action.owner.lookups or action.mapped):
        yield ("scope",), "customer scope needs an owner: how is it proven whose it is?"
    names = [*action.refused_inputs, *action.ignored_inputs]
    yield from (((name,), f"{name!r} is an input as well") for name in names if name in action.inputs)


def _input_problems(action: ActionSpec, bundle: Bundle) -> Iterator[tuple[Location, str]]:
    for name, schema in action.inputs.items():
        place = ("input", "properties", name)
        if "$ref" not in schema:
            for needed in ("title", "description"):
                if needed not in schema:
                    yield place, f"the input {name!r} has no {needed}"
        options = schema.get("options")
        if isinstance(options, Mapping) and options.get("action") not in bundle.actions:
            yield (*place, "options"), f"there is no action {options.get('action')!r} to fill the drop-down"


def _example_problems(action: ActionSpec, bundle: Bundle) -> Iterator[tuple[Location, str]]:
    for position, example in enumerate(action.examples):
        for part in ("input", "output"):
            validator = Draft202012Validator(getattr(action, part), format_checker=Draft202012Validator.FORMAT_CHECKER)
            problem = best_match(validator.iter_errors(getattr(example, part)))
            if problem is not None:
                place = ("examples", position, part, *problem.absolute_path)
                yield place, f"the example's {part} does not validate: {problem.message}"
        for path, need in example.needs.items():
            if need.action not in bundle.actions:
                yield ("examples", position, "needs", path), f"there is no action {need.action!r}"
