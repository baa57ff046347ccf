"""Asks one integration, and holds its answer against what the hook promises."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pluggy

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hookspecs.calling import EndedError, called

_ANSWERS: Final[Mapping[str, type]] = {
    "describe_integration": dict,
    "check_configuration": dict,
    "list_options": list,
    "suggest_mappings": list,
    "run_action": dict,
}
"""What each hook gives; an object with the one member ``error`` besides."""


def ask(manager: pluggy.PluginManager, hook: str, integration: str, **arguments: object) -> Any:  # noqa: ANN401
    """Return what one integration answers to a hook of the platform.

    The same as ``manager.hook.HOOK(integration=…, …)``, and the answer is verified.

    Args:
        manager: With the specifications added and integrations registered.
        hook: The hook's name.
        integration: Which integration.
        arguments: The hook's other arguments.

    Raises:
        UsageError: There is no such hook or integration, an argument is missing or unknown, the answer is not what
            the hook promises, or the integration tried to end the process; whose it is is named.
    """
    if hook not in _ANSWERS:
        raise UsageError(f"There is no hook {hook!r}.", hint=f"There are: {', '.join(_ANSWERS)}.")
    caller = getattr(manager.hook, hook)
    given = {"integration": integration, **arguments}
    if caller.spec is None or set(given) != set(caller.spec.argnames):
        wanted = "" if caller.spec is None else ", ".join(caller.spec.argnames)
        raise UsageError(f"The hook {hook} takes other arguments.", hint=f"It takes: {wanted}.")
    for implementation in reversed(caller.get_hookimpls()):
        try:
            answer = called(implementation, given)
        except EndedError as problem:
            raise _wrong(implementation.plugin_name, f"{hook} ended with {problem.kind}") from problem
        if answer is not None:
            _check(hook, implementation.plugin_name, answer)
            return answer
    known = sorted(name for name, _ in manager.list_name_plugin())
    raise UsageError(f"No integration is called {integration!r}.", hint=f"There are: {', '.join(known) or 'none'}.")


def _check(hook: str, name: str, answer: object) -> None:
    wanted = _ANSWERS[hook]
    failed = isinstance(answer, dict) and answer.keys() == {"error"}
    if not isinstance(answer, wanted) and not failed:
        raise _wrong(name, f"{hook} answered with {type(answer).__name__} and not {wanted.__name__}")
    try:
        json.dumps(answer, allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise _wrong(name, f"{hook} answered with something that is not JSON") from problem


def _wrong(name: str, what: str) -> UsageError:
    text = f"The integration {name!r} cannot be used: its {what}."
    return UsageError(text, hint="Update its package, or remove it.")
