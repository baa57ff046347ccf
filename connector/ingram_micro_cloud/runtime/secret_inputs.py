"""Which of a call's inputs are secret: by the action's declaration, and for a generic request by every action's."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import values_at, values_named

GROUPS = ("path_params", "query_params", "json_body")
"""The platform stores inputs in these groups; they mean the same as the flat form."""


def secret_inputs(spec: ActionSpec, given: object, actions: Mapping[str, ActionSpec]) -> tuple[str, ...]:
    """Return the secret values among what was given, not yet checked, flat or in the platform's groups.

    The body of a generic request is searched for what any action declares: it may be that action by another path.
    """
    if not isinstance(given, Mapping):
        return ()
    groups = [given, *(group for name in GROUPS if isinstance(group := given.get(name), Mapping))]
    found = [value for group in groups for path in spec.redact.input for value in values_at(group, path)]
    if spec.effect == "path":
        paths = secret_paths(actions.values())
        found += [value for group in groups for body in _bodies(spec, group) for value in secrets_in(body, paths)]
    return tuple(found)


def secrets_in(body: object, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the secret values in a body of a generic request: by their names, wherever they stand in it.

    A text is read as JSON, whatever escapes its names are spelled with; where it cannot be, it is searched.
    """
    names = secret_names(paths)
    if not isinstance(body, str):
        return tuple(values_named(body, names))
    members: list[object] = []
    with suppress(ValueError, RecursionError):
        # As pairs: of two members of one name, either may be the one that counts.
        json.loads(body, object_pairs_hook=lambda pairs: members.extend({name: value} for name, value in pairs))
    searched = "|".join(re.escape(name) for name in names)
    written = re.findall(rf'(?i)"(?:{searched})"\s*:\s*("(?:[^"\\]|\\.)*")', body) if names else []
    found = [each for text in written for each in (text[1:-1], _read(text)) if each]
    return tuple(dict.fromkeys([*found, *values_named(members, names)]))


def secret_names(paths: Iterable[str]) -> frozenset[str]:
    """Return the names of the members at the end of these paths, casefolded."""
    return frozenset(path.rpartition(".")[2].casefold() for path in paths)


def secret_paths(actions: Iterable[ActionSpec]) -> tuple[str, ...]:
    """Return every path that one of these actions declares secret in its inputs."""
    return tuple(dict.fromkeys(path for action in actions for path in action.redact.input))


def secret_places(spec: ActionSpec, actions: Mapping[str, ActionSpec]) -> tuple[str, ...]:
    """Return the secret paths in the body that an action sends."""
    return secret_paths(actions.values()) if spec.effect == "path" else spec.redact.input


def _bodies(spec: ActionSpec, group: Mapping[str, object]) -> Iterator[object]:
    for name in ("json", "body"):
        aliases = spec.inputs.get(name, {}).get("aliases")
        for each in (name, *(aliases if isinstance(aliases, list) else [])):
            yield group.get(each)


def _read(written: str) -> str:
    try:
        return str(json.loads(written))
    except ValueError:
        return ""
