"""Registers plugins of either kind: found by entry point, verified against their specifications, refused by name."""

import inspect
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

import pluggy

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hookspecs.calling import guarded, kind_of, one_line
from ingram_micro_cloud.hookspecs.platform import INTEGRATIONS, PLATFORM


def register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Register a plugin under a name, verified; one that is refused leaves nothing behind.

    Args:
        manager: With the specifications added.
        plugin: A module, or an object, with marked functions.
        name: What it is called from then on; messages use it.

    Raises:
        UsageError: A hook it implements does not exist, takes an argument that is not given, or takes one in a way in
            which it is not given, is no plain function or wraps others; something with a hook's name is not marked; it
            implements nothing, or is a class; or the name is taken.
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
        return guarded(entry.load)
    except Exception as problem:
        whose = f" of {entry.dist.name}" if entry.dist is not None else ""
        why = f"{entry.value}{whose} cannot be imported ({kind_of(problem)}: {one_line(str(problem))})"
        raise _refused(manager, entry.name, why) from problem


def _mistakes(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    if inspect.isclass(plugin):
        yield "it is a class; name an object made of it"
    specified = [name for name, hook in vars(manager.hook).items() if hook.has_spec()]
    callers = manager.get_hookcallers(plugin) or []
    for caller in callers:
        implementation = next(each for each in caller.get_hookimpls() if each.plugin is plugin)
        # What is optional is silently not asked, and of an extension that may be a veto.
        may_be_unknown = implementation.optionalhook and manager.project_name == PLATFORM
        if not caller.has_spec() and not may_be_unknown:
            near = get_close_matches(caller.name, specified, n=1)
            there = f"did you mean {near[0]!r}" if near else f"there are {', '.join(sorted(specified))}"
            yield f"there is no hook {caller.name!r}; {there}"
        if implementation.wrapper or implementation.hookwrapper:
            yield f"{caller.name} wraps the hooks of others"
        function = implementation.function
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            yield f"{caller.name} must be a plain function; hooks are synchronous"
        yield from _never_given(caller, function)
    implemented = {caller.name for caller in callers}
    for name in specified:
        if name not in implemented and inspect.getattr_static(plugin, name, None) is not None:
            # A veto that nobody asks because its decorator was forgotten, or is hidden, would be worse than none.
            yield f"its {name} is not marked as a hook, or is no plain function"
    if not callers:
        yield f"it implements no hook; there are {', '.join(sorted(specified))}"


def _never_given(caller: pluggy.HookCaller, function: Callable[..., object]) -> Iterator[str]:
    """Yield what a hook takes in a way in which it is never given: it would decide without having seen anything."""
    known = () if caller.spec is None else caller.spec.argnames
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            yield f"{caller.name} takes {parameter}, and only arguments that it names are given"
        elif parameter.kind is parameter.KEYWORD_ONLY:
            yield f"{caller.name} takes {name} by its name only, and arguments are given by position"
        elif name in known and parameter.default is not parameter.empty:
            yield f"{caller.name} has a default for {name}, and what has one is not given"


def _sentence(problem: Exception) -> str:
    lines = [line.strip() for line in str(problem).splitlines()]
    return "its name is taken" if isinstance(problem, ValueError) else "; ".join(line for line in lines if line)


def _refused(manager: pluggy.PluginManager, name: str, why: str) -> UsageError:
    kind = "integration" if manager.project_name == PLATFORM else "extension"
    text = f"The {kind} {name!r} cannot be used: {why}."
    return UsageError(text, hint="Update its package, or remove it.")
