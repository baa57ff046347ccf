"""The slow checks of the bundle, run by `make check` and by authors: what loading does not look at."""

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match

from ingram_micro_cloud.manifest.checks_mapping import mapping_problems
from ingram_micro_cloud.manifest.files import Location, line_of, repeated_keys
from ingram_micro_cloud.manifest.loader import Bundle, load_bundle
from ingram_micro_cloud.manifest.models import ActionSpec


def bundle_problems(root: Traversable) -> Iterator[str]:
    """Yield every mistake the loader does not catch, as ``file:line: sentence``.

    Raises:
        BundleError: The bundle cannot even be loaded.
    """
    bundle = load_bundle(root)
    for source, file in _all_files(root):
        for line, key in repeated_keys(file):
            yield f"{source}:{line}: the key {key!r} is written twice"
    yield from _integration_problems(root, bundle)
    yield from mapping_problems(root, bundle)
    for action in bundle.actions.values():
        file = root / "actions" / action.source.removeprefix("actions/")
        for location, sentence in _action_problems(action, bundle):
            yield f"{action.source}:{line_of(file, location)}: {sentence}"


def _all_files(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    yield "integration.yaml", root / "integration.yaml"
    for name in ("organizations.yaml", "company_words.yaml"):
        yield f"mapping/{name}", root / "mapping" / name
    for folder in sorted((root / "actions").iterdir(), key=lambda each: each.name):
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda each: each.name):
                if file.name.endswith(".yaml"):
                    yield f"actions/{folder.name}/{file.name}", file


def _integration_problems(root: Traversable, bundle: Bundle) -> Iterator[str]:
    def at(*location: str | int) -> str:
        return f"integration.yaml:{line_of(root / 'integration.yaml', location)}"

    form, check = bundle.integration.form, bundle.integration.connection_check
    if (problem := _schema_problem(form.form_schema)) is not None:
        yield f"{at('form', 'schema')}: {problem}"
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


def _action_problems(action: ActionSpec, bundle: Bundle) -> Iterator[tuple[Location, str]]:
    broken = False
    for part in ("input", "output"):
        if (problem := _schema_problem(getattr(action, part))) is not None:
            broken = True
            yield (part,), f"not a JSON Schema: {problem}"
    if broken:
        return
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


def _schema_problem(schema: Mapping[str, object]) -> str | None:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as problem:
        return f"{'/'.join(str(step) for step in problem.absolute_path)}: {problem.message}"
    return None
