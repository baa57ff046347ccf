"""Makes a schema as short as it can be and still complete: every member stays, what goes without saying does not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from ingram_micro_cloud.manifest.models import JsonSchema

DESCRIBED: Final = 2
"""Levels of members that are described in words; of those further in, names, types and allowed values say it."""
_NOTES: Final = frozenset({"title", "description", "default", "examples"})
_WORDS: Final = ("title", "description")
_PREFIX: Final = "#/$defs/"


def tightened(schema: JsonSchema) -> dict[str, object]:
    """Return a schema in plain dictionaries and lists, with the shared parts it refers to more than once.

    What is referred to once stands in its place. Gone is what no model needs to hear: that a text is not empty, how
    large a number the vendor can store, that nothing else is taken inside, which holds everywhere, and words deep in.
    """
    whole = pruned(schema)
    shared = whole.pop("$defs", {})
    parts = shared if isinstance(shared, dict) else {}
    counted = Counter(_references([whole, *parts.values()]))
    once = {name: part for name, part in parts.items() if counted[_PREFIX + name] == 1}
    placed = {name: _placed(part, once) for name, part in parts.items()}
    rest = _placed(whole, once)
    depths: dict[str, int] = {}
    _measure(rest, placed, 0, depths)
    short = {name: _short(placed[name], depths[name], inside=True) for name in placed if name in depths}
    made = _short(rest, 0)
    return {**(made if isinstance(made, dict) else {}), **({"$defs": short} if short else {})}


def pruned(schema: JsonSchema) -> dict[str, object]:
    """Return a schema in plain dictionaries and lists, with those shared parts alone that it refers to."""
    rest = {str(name): plain(member) for name, member in schema.items() if name != "$defs"}
    shared = schema.get("$defs")
    shared = shared if isinstance(shared, Mapping) else {}
    needed: dict[str, object] = {}
    waiting = [*_references(rest)]
    while waiting:
        name = waiting.pop().removeprefix("#/$defs/")
        if name in shared and name not in needed:
            needed[name] = plain(shared[name])
            waiting += _references(needed[name])
    return {**rest, "$defs": {name: needed[name] for name in shared if name in needed}} if needed else rest


def plain(value: object) -> object:
    """Return a JSON value in plain dictionaries and lists."""
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def _placed(value: object, once: Mapping[str, object]) -> object:
    """Return a schema with references to what is used once replaced, where nothing beside them would be lost."""
    if isinstance(value, list):
        return [_placed(each, once) for each in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("$ref", "")).removeprefix("#/$defs/")
    part = once.get(name)
    beside = {key: each for key, each in value.items() if key != "$ref"}
    if isinstance(part, dict) and beside.keys() <= _NOTES:
        return _placed({**part, **beside}, once)
    return {key: _placed(each, once) for key, each in value.items()}


def _measure(value: object, parts: Mapping[str, object], depth: int, depths: dict[str, int]) -> None:
    """Note how far in each shared part is referred to first."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        if key == "properties" and isinstance(each, dict):
            for member in each.values():
                _measure(member, parts, depth + 1, depths)
        elif key == "$ref":
            name = str(each).removeprefix(_PREFIX)
            if name in parts and depths.get(name, depth + 1) > depth:
                depths[name] = depth
                _measure(parts[name], parts, depth, depths)
        else:
            _measure(each, parts, depth, depths)


def _short(value: object, depth: int, *, inside: bool = False) -> object:
    if isinstance(value, list):
        return [_short(each, depth, inside=True) for each in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, object] = {}
    for key, each in value.items():
        if key == "properties" and isinstance(each, dict):
            made[key] = {name: _short(member, depth + 1, inside=True) for name, member in each.items()}
        elif key in _WORDS and depth > DESCRIBED:
            if not {"type", "$ref", "enum"} & value.keys():
                made[key] = each  # nothing else says what may stand here
        elif not _goes_without_saying(key, each, inside=inside):
            made[key] = _short(each, depth, inside=True)
    return made


def _goes_without_saying(key: str, value: object, *, inside: bool) -> bool:
    match key:
        case "additionalProperties":
            return value is False and inside
        case "minLength":
            return value == 1
        case "maximum":
            return isinstance(value, int) and value >= 1_000_000_000
        case _:
            return False


def _references(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _references(each)
