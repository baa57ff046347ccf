"""What a call gives, flat or in the groups the platform stores inputs in, by the action's own names. Pure."""

from collections.abc import Collection, Mapping, Sequence

from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.secret_inputs import GROUPS


def given_value(spec: ActionSpec, given: Mapping[str, object], name: str) -> object:
    """Return what is given for an input, wherever and by whichever of its names; None where nothing is."""
    names = {name, *aliases(spec.inputs.get(name, {}))}
    places = [given, *(group for key in _groups(spec, given) if isinstance(group := given[key], Mapping))]
    return next((place[each] for place in places for each in names if each in place and place[each] is not None), None)


def without(spec: ActionSpec, given: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    """Return what is given without some inputs, wherever and by whichever of their names they stand."""
    dropped = {*names, *(alias for name in names for alias in aliases(spec.inputs.get(name, {})))}
    groups = _groups(spec, given)
    kept: dict[str, object] = {}
    for name, value in given.items():
        if name in groups and isinstance(value, Mapping):
            kept[name] = {key: member for key, member in value.items() if key not in dropped}
        elif name not in dropped:
            kept[name] = value
    return kept


def aliases(schema: Mapping[str, object]) -> Sequence[str]:
    """Return the other names of an input."""
    named = schema.get("aliases")
    return [str(each) for each in named] if isinstance(named, list) else []


def _groups(spec: ActionSpec, given: Mapping[str, object]) -> set[str]:
    return {name for name in GROUPS if name in given and name not in spec.inputs}
