"""Registers plugins of either kind: found by entry point, verified against their specifications, refused by name."""

import inspect
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

import pluggy

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hookspecs.platform import INTEGRATIONS, PLATFORM


def register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Register a plugin under a name, verified; one that is refused leaves nothing behind.

    Args:
        manager: With the specifications added.
        plugin: A module, or an object, with marked functions.
        name: What it is called from then on; messages use it.

    Raises:
        UsageError: A hook it implements does not exist, takes an argument that is not given, is no plain function or
            wraps others; a function with a hook's name is not marked; it implements nothing; or the name is taken.
    """
    try:
        manager.register(plugin, name=name)
    except (pluggy.PluginValidationError, ValueError) as problem:
        raise _refused(manager, name, _sentence(problem)) from problem
    for why in _mistakes(manager, plugin):
        manager.unregister(name=name)
        raise _refused(manager, name, why)


def load_integrations(manager: pluggy.PluginManager) -> None:
    """Register every integration that is installed: the entry points of the group ``automation_platform.integrations``.

    Raises:
        UsageError: One cannot be imported, or does not fit; it is named.
    """
    load_group(manager, INTEGRATIONS)


def load_group(manager: pluggy.PluginManager, group: str) -> None:
    """Register every entry point of a group under its name.

    Raises:
        UsageError: One cannot be imported, or does not fit; it is named.
    """
    for entry in entry_points(group=group):
        register(manager, _loaded(manager, entry), entry.name)


def _loaded(manager: pluggy.PluginManager, entry: EntryPoint) -> object:
    try:
        return entry.load()
    except Exception as problem:
        whose = f" of {entry.dist.name}" if entry.dist is not None else ""
        why = f"{entry.value}{whose} cannot be imported ({type(problem).__name__}: {problem})"
        raise _refused(manager, entry.name, why) from problem


def _mistakes(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    specified = [name for name, hook in vars(manager.hook).items() if hook.has_spec()]
    callers = manager.get_hookcallers(plugin) or []
    for caller in callers:
        implementation = next(each for each in caller.get_hookimpls() if each.plugin is plugin)
        if not caller.has_spec() and not implementation.optionalhook:
            near = get_close_matches(caller.name, specified, n=1)
            there = f"did you mean {near[0]!r}" if near else f"there are {', '.join(sorted(specified))}"
            yield f"there is no hook {caller.name!r}; {there}"
        if implementation.wrapper or implementation.hookwrapper:
            yield f"{caller.name} wraps the hooks of others"
        function = implementation.function
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            yield f"{caller.name} must be a plain function; hooks are synchronous"
    implemented = {caller.name for caller in callers}
    for name in specified:
        if name not in implemented and inspect.isroutine(inspect.getattr_static(plugin, name, None)):
            # A veto that nobody asks because a decorator was forgotten would be worse than none.
            yield f"its function {name} is not marked"
    if not callers:
        yield f"it implements no hook; there are {', '.join(sorted(specified))}"


def _sentence(problem: Exception) -> str:
    lines = [line.strip() for line in str(problem).splitlines()]
    return "its name is taken" if isinstance(problem, ValueError) else "; ".join(line for line in lines if line)


def _refused(manager: pluggy.PluginManager, name: str, why: str) -> UsageError:
    kind = "integration" if manager.project_name == PLATFORM else "extension"
    text = f"The {kind} {name!r} cannot be used: {why}."
    return UsageError(text, hint="Update its package, or remove it.")
