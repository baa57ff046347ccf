"""Reads one YAML file of the bundle and finds the line a mistake is on."""

from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

import yaml

from ingram_micro_cloud.errors import BundleError

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[valid-type,misc]  # the C loader exists only where libyaml does
    """Dates stay the texts they are: the vendor's dates are texts in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}

Location = Sequence[str | int]
"""A place inside a file: member names and list positions, outermost first."""


def read_yaml(file: Traversable, name: str) -> object:
    """Return what the file holds; ``name`` is how messages call it.

    Raises:
        BundleError: The file is missing or is not YAML.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BundleError(f"{name}: cannot be read ({problem}).") from problem
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader: see its base
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise BundleError(f"{name}:{line}: not valid YAML: {problem.problem}.") from problem
    except (yaml.YAMLError, RecursionError) as problem:
        reason = getattr(problem, "reason", None) or "it is nested too deeply"
        raise BundleError(f"{name}:1: not valid YAML: {reason}; is it a text file?") from problem


def line_of(file: Traversable, location: Location) -> int:
    """Return the 1-based line of a place in a file, or of the nearest place around it that exists."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    line = 1
    for step in location:
        found = None if node is None else _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def repeated_keys(file: Traversable) -> Iterator[tuple[int, str]]:
    """Yield line and name of every key that a mapping in this file has twice (YAML keeps only the last)."""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    if node is not None:
        yield from _repeated(node)


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _repeated(node: yaml.Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, key.value
            seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for member in node.value:
            yield from _repeated(member)
