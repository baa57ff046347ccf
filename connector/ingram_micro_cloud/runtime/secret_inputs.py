"""Which of a call's inputs are secret: by the action's declaration, and for a generic request by every action's."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import values_at

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
    """Return the secret values in a body: at their places in JSON, and by their names in a text that may be JSON."""
    if not isinstance(body, str):
        return tuple(value for path in paths for value in values_at(body, path))
    names = "|".join(re.escape(name) for name in dict.fromkeys(path.rpartition(".")[2] for path in paths))
    written = re.findall(rf'"(?:{names})"\s*:\s*("(?:[^"\\]|\\.)*")', body) if names else []
    return tuple(each for text in written for each in (text[1:-1], _read(text)) if each)


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
