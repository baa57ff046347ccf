"""Reads the whole bundle into frozen models; a mistake is reported with file, line and what was expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ingram_micro_cloud.errors import BundleError, UnknownActionError
from ingram_micro_cloud.manifest.action_folders import SCHEMAS, ActionFolder
from ingram_micro_cloud.manifest.added_actions import mistakes_of_added
from ingram_micro_cloud.manifest.contradictions import ContradictionError
from ingram_micro_cloud.manifest.files import Location, line_of, read_yaml
from ingram_micro_cloud.manifest.integration import IntegrationFile
from ingram_micro_cloud.manifest.mapping import CompanyWords, MappingFile
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.manifest.references import SharedSchemas, endless, references, shared_name

MAPPING = "mapping/organizations.yaml"
WORDS = "mapping/company_words.yaml"
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)  # no slots: `words` is kept once it was asked for
class Bundle:
    """Everything that is declared: the integration, its actions by id, and how organizations are mapped.

    Attributes:
        added: The ids of the actions that extensions added.
    """

    integration: IntegrationFile
    actions: Mapping[str, ActionSpec]
    mapping: MappingFile
    root: Traversable
    added: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> CompanyWords:
        """The words around company names; read when first asked for, because only matching needs them.

        Raises:
            BundleError: The file is wrong.
        """
        return load_company_words(self.root)

    def lookup(self, name: str) -> ActionSpec:
        """Return the action with this id, reference, title or alias (without case).

        Raises:
            UnknownActionError: None goes by this name; the hint names the nearest ones.
        """
        action = self.actions.get(name)
        if action is not None:
            return action
        known = {each.casefold(): spec for spec in self.actions.values() for each in names_of(spec)}
        wanted = name.strip().casefold()
        if wanted in known:
            return known[wanted]
        near = dict.fromkeys(known[match].id for match in get_close_matches(wanted, known, n=6, cutoff=0.5))
        hint = f"Did you mean {', '.join(list(near)[:3])}?" if near else "List them all: im-cloud actions"
        raise UnknownActionError(f"There is no action {name!r}.", hint=hint)


def names_of(action: ActionSpec) -> Iterator[str]:
    """Yield every name an action answers to, its id first."""
    yield action.id
    yield action.ref
    yield action.title
    for alias in action.aliases:
        yield alias
        yield f"{action.ref.split('.')[0]}.{alias}"


def load_bundle(root: Traversable, added: Sequence[ActionFolder] = ()) -> Bundle:
    """Read integration.yaml, every file under actions/ and in the added folders, and mapping/organizations.yaml.

    Args:
        root: The folder of the bundle.
        added: Folders of extensions, in order; each refers to schemas of its own.

    Raises:
        BundleError: A file is wrong; the message names file, line and what was expected.
    """
    integration = _read(root / "integration.yaml", "integration.yaml", IntegrationFile, {})
    actions: dict[str, ActionSpec] = {}
    added_ids: set[str] = set()
    for folder in (ActionFolder(root / "actions", "actions"), *added):
        shared = _shared(folder)
        for name, source, file in folder.files():
            if name in actions:
                raise BundleError(f"{source}:1: another file is named {name} as well: {actions[name].source}.")
            action = _action(file, source, name, integration, shared)
            if folder.extension is not None:
                for place, why in mistakes_of_added(action, actions):
                    raise _mistake(file, source, place, why)
                added_ids.add(name)
            actions[name] = action
    _check_names(actions)
    mapping_file = _under(root, MAPPING)
    mapping = _read(mapping_file, MAPPING, MappingFile, {})
    for location, expected in mapping.mistakes():
        raise _mistake(mapping_file, MAPPING, location, expected)
    return Bundle(integration, MappingProxyType(dict(sorted(actions.items()))), mapping, root, frozenset(added_ids))


def load_company_words(root: Traversable) -> CompanyWords:
    """Read mapping/company_words.yaml.

    Raises:
        BundleError: The file is wrong; the message names file, line and what was expected.
    """
    file = _under(root, WORDS)
    words = _read(file, WORDS, CompanyWords, {})
    for location, expected in words.mistakes():
        raise _mistake(file, WORDS, location, expected)
    return words


def _under(root: Traversable, path: str) -> Traversable:
    for step in path.split("/"):
        root = root / step
    return root


def _shared(folder: ActionFolder) -> SharedSchemas:
    found = list(folder.schema_files())
    raw = {name: read_yaml(file, source) for name, source, file in found}
    shared = SharedSchemas(raw, f"{folder.label}/{SCHEMAS}/")
    for name, source, file in found:
        _check_references(raw[name], (), shared, file, source)
    for name, source, file in found:
        if endless(raw, name):
            raise _mistake(file, source, (), "this schema is itself: its $ref leads back to it with nothing in between")
    return shared


def _check_references(
    schema: object, location: Location, shared: SharedSchemas, file: Traversable, source: str
) -> None:
    for place, reference in references(schema, tuple(location)):
        if (named := shared_name(reference)) is None or named not in shared:
            raise _mistake(file, source, place, f"{reference!r} names no file under {shared.folder}")


def _action(
    file: Traversable, source: str, name: str, integration: IntegrationFile, shared: SharedSchemas
) -> ActionSpec:
    identity = {"id": name, "ref": f"{integration.id}.{name}", "source": source}
    action = _read(file, source, ActionSpec, identity, shared)
    for part in ("input", "output"):
        _check_references(getattr(action, part), (part,), shared, file, source)
    if action.group not in {group.id for group in integration.groups}:
        known = ", ".join(group.id for group in integration.groups)
        raise _mistake(file, source, ("group",), f"{action.group!r} is no group of integration.yaml ({known})")
    return action.model_copy(update={"input": shared.embed(action.input), "output": shared.embed(action.output)})


def _read(
    file: Traversable,
    source: str,
    model: type[Model],
    extra: Mapping[str, str],
    shared: SharedSchemas | None = None,
) -> Model:
    raw = read_yaml(file, source)
    if not isinstance(raw, dict):
        raise BundleError(f"{source}:1: expected a mapping of keys, found {type(raw).__name__}.")
    if clash := extra.keys() & raw.keys():
        raise _mistake(file, source, (min(clash),), f"{min(clash)!r} is never written: the path says it")
    if shared is not None:
        raw = {**raw, "input": shared.begun(raw.get("input"))}
    try:
        return model.model_validate({**raw, **extra})
    except ValidationError as problem:
        found = problem.errors(include_url=False)
        # A key misspelt is also a key missing; the first is what its author wants to hear.
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
        inner = first.get("ctx", {}).get("error")
        location = inner.location if isinstance(inner, ContradictionError) else first["loc"]
        raise _mistake(file, source, location, _expectation(first["msg"], first["loc"], model)) from problem


def _expectation(message: str, location: Location, model: type[BaseModel]) -> str:
    if message == "Extra inputs are not permitted" and len(location) == 1:
        near = get_close_matches(str(location[0]), list(model.model_fields), n=1)
        suggestion = f"; did you mean {near[0]!r}?" if near else ""
        return f"unknown key {location[0]!r}{suggestion}"
    if message == "Extra inputs are not permitted":
        return f"unknown key {location[-1]!r}"
    return message.removeprefix("Value error, ")


def _mistake(file: Traversable, source: str, location: Location, expected: str) -> BundleError:
    place = ".".join(str(step) for step in location)
    where = f" {place}:" if place else ""
    return BundleError(f"{source}:{line_of(file, location)}:{where} {expected}.")


def _check_names(actions: Mapping[str, ActionSpec]) -> None:
    taken: dict[str, ActionSpec] = {}
    for action in actions.values():
        for name in names_of(action):
            other = taken.setdefault(name.casefold(), action)
            if other is not action:
                raise BundleError(f"{action.source}:1: the name {name!r} is taken by {other.source}.")
        named = [lookup.action for lookup in action.owner.lookups] + ([action.check.action] if action.check else [])
        named += [action.owner.by_id] if action.owner.by_id else []
        for name in named:
            if name not in actions:
                raise BundleError(f"{action.source}:1: names the action {name!r}, which does not exist.")
            if actions[name].effect != "read" or actions[name].request is None:
                # It is run unasked, to prove whose an id is or to look what became of a write.
                raise BundleError(f"{action.source}:1: names the action {name!r}, which is no declared read.")
