"""Answers the hooks of a platform: what the entry point ``im_cloud`` of ``automation_platform.integrations`` names."""

import asyncio
import logging
import math
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeVar

from ingram_micro_cloud.errors import FieldProblem, IngramMicroCloudError, InputError, InternalError, UsageError
from ingram_micro_cloud.hookspecs import implementation
from ingram_micro_cloud.hosts.description import described
from ingram_micro_cloud.plugin import Integration, load_integration, open_state
from ingram_micro_cloud.runtime.plain_json import is_text

if TYPE_CHECKING:
    from ingram_micro_cloud.api.timing import Timing
    from ingram_micro_cloud.api.transport import Transport
    from ingram_micro_cloud.runtime.configuration import Configuration
    from ingram_micro_cloud.store.state import State

Json = Mapping[str, object]
Choice = Mapping[str, object] | str | None
Result = TypeVar("Result")
NAME: Final = "im_cloud"
"""The one name these hooks answer to; known without reading the bundle, for the sake of the others."""
OPTIONS: Final = ("dry_run", "key", "deadline_seconds")
log = logging.getLogger(__name__)


class PlatformHooks:
    """The hooks of one installation. Each call opens the state, does its work to the end, and closes everything.

    Args:
        load: Loads the integration, once the first question is for it.
        open_state: Opens the state a call works with.
        transport: Stands in for the network.
        timing: Stands in for clock, sleep and randomness.
        environ: Where the variables of an unsaved configuration are read.
    """

    def __init__(
        self,
        *,
        load: Callable[[], Integration] = load_integration,
        open_state: "Callable[[], State]" = open_state,
        transport: "Transport | None" = None,
        timing: "Timing | None" = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._load, self._open_state, self._environ = load, open_state, environ
        self._transport, self._timing = transport, timing

    @implementation
    def describe_integration(self, integration: str) -> Json | None:
        """Return everything that is declared."""
        return _answered(integration, lambda: described(self._load()))

    @implementation
    def check_configuration(self, integration: str, values: Json) -> Json | None:
        """Run the connection check on form values."""

        async def check() -> Json:
            with self._open_state() as state:
                report = await self._load().check(values, state=state, transport=self._transport, timing=self._timing)
            return report.as_json()

        return _answered(integration, lambda: finished(check))

    @implementation
    def list_options(
        self, integration: str, reference: str, configuration: Choice, query: str | None
    ) -> Sequence[Json] | Json | None:
        """Return the entries of an input's drop-down."""

        async def options() -> Sequence[Json]:
            typed = "" if query is None else _text("query", query, "a text to look for")
            action, input_name = _reference(_text("reference", reference, "action and input with a dot between them"))
            loaded = self._load()
            with self._open_state() as state:
                chosen = self._chosen(loaded, configuration, state)
                connecting = await loaded.opened(chosen, state=state, transport=self._transport, timing=self._timing)
                async with connecting as connection:
                    found = await connection.options(action, input_name, query=typed)
            return [{"value": each.value, "label": each.label} for each in found]

        return _answered(integration, lambda: finished(options))

    @implementation
    def suggest_mappings(
        self, integration: str, configuration: Choice, organizations: Sequence[Json]
    ) -> Sequence[Json] | Json | None:
        """Return which customer fits each organization, and why; nothing is decided and no organization saved."""

        async def suggest() -> Sequence[Json]:
            from ingram_micro_cloud.runtime.mapping_work import suggest_for

            loaded, rows = self._load(), _rows(organizations)
            with self._open_state() as state:
                chosen = self._chosen(loaded, configuration, state)
                book = loaded.mapping(chosen, state, now=self._timing.now if self._timing else time.time)
                connecting = await loaded.opened(chosen, state=state, transport=self._transport, timing=self._timing)
                async with connecting as connection:
                    found = await suggest_for(connection, book, rows)
            return [each.as_json() for each in found]

        return _answered(integration, lambda: finished(suggest))

    @implementation
    def run_action(
        self,
        integration: str,
        action: str,
        inputs: Json,
        configuration: Choice,
        organization: str | None,
        options: Json,
    ) -> Json | None:
        """Run one action to its end."""

        async def run() -> Json:
            wanted = _text("action", action, "an action's id, reference, title or alias")
            dry_run, key, seconds = _options(options)
            if organization is not None:
                _text("organization", organization, "an organization's id, or null for the reseller")
            loaded = self._load()
            with self._open_state() as state:
                chosen = self._chosen(loaded, configuration, state)
                connecting = await loaded.opened(chosen, state=state, transport=self._transport, timing=self._timing)
                async with connecting as connection:
                    outcome = await connection.run(
                        wanted, inputs, organization=organization, dry_run=dry_run, key=key, deadline_seconds=seconds
                    )
            return outcome.as_json()

        return _answered(integration, lambda: finished(run))

    def _chosen(self, loaded: Integration, configuration: Choice, state: "State") -> "Configuration":
        if isinstance(configuration, Mapping):
            return loaded.configuration(configuration)
        if configuration is not None:
            _text("configuration", configuration, "an object of form values, a saved one's name, or null")
        return loaded.choose(configuration, state, self._environ)


hooks: Final = PlatformHooks()
"""What the entry point names."""


def finished(work: Callable[[], Awaitable[Result]]) -> Result:
    """Return what some work gives, from code with or without a running event loop in its thread.

    A loop that is running there stands still meanwhile: its thread is the one that waits.
    """
    import anyio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return anyio.run(work)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=NAME) as beside:
        return beside.submit(anyio.run, work).result()


def _answered(integration: str, work: Callable[[], Result]) -> "Result | Json | None":
    if integration != NAME:
        return None
    try:
        return work()
    except IngramMicroCloudError as problem:
        return {"error": problem.as_json()}
    except KeyboardInterrupt:
        raise  # whoever sits before the platform ends it
    except BaseException as problem:  # noqa: BLE001  # the last resort: a platform gets one error, whatever it is
        # Without the exception's words: they may quote what was typed.
        log.error("unforeseen in a platform hook: %s", type(problem).__name__)  # noqa: TRY400
        unforeseen = InternalError(
            f"Something nobody foresaw happened in {NAME} ({type(problem).__name__}). What had been sent stays sent.",
            hint="Look before the same is run again, and report it.",
        )
        return {"error": unforeseen.as_json()}


def _reference(reference: str) -> tuple[str, str]:
    action, dot, input_name = reference.removeprefix(f"{NAME}.").partition(".")
    if not dot or not input_name:
        text = f"{reference!r} names no input of an action."
        raise UsageError(text, hint="Action and input with a dot between them: create_order.customerId")
    return action, input_name


def _rows(organizations: object) -> Sequence[object]:
    if isinstance(organizations, Sequence) and not isinstance(organizations, str | bytes):
        return organizations
    raise _wrong("/organizations", "organizations is a list of objects with at least id and name.")


def _options(options: object) -> tuple[bool, str | None, float | None]:
    given = {} if options is None else options
    if not isinstance(given, Mapping):
        raise _wrong("/options", f"options is an object with {', '.join(OPTIONS)}.")
    for name in given:
        if name not in OPTIONS:
            near = get_close_matches(str(name), OPTIONS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(OPTIONS)}."
            raise _wrong(f"/options/{name}", f"{name} is no option of a run. {hint}")
    dry_run, key, seconds = given.get("dry_run") or False, given.get("key"), given.get("deadline_seconds")
    if not isinstance(dry_run, bool):
        raise _wrong("/options/dry_run", "dry_run is true or false.")
    if key is not None:
        _text("options/key", key, "a text")
    if seconds is None:
        return dry_run, key, None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
        raise _wrong("/options/deadline_seconds", "deadline_seconds is a number of seconds, 0 or more.")
    return dry_run, key, float(seconds)


def _text(place: str, value: object, what: str) -> str:
    if not isinstance(value, str) or not is_text(value):
        raise _wrong(f"/{place}", f"{place.rpartition('/')[2]} is {what}.")
    return value


def _wrong(pointer: str, text: str) -> InputError:
    return InputError(f"Nothing was sent. {text}", fields=[FieldProblem(pointer, "invalid", text)])
