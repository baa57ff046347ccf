"""All extensions together: asks each by itself, believes no answer unseen, and names whose it was."""

import copy
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, TypeVar

import pluggy

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hookspecs.calling import called, guarded, kind_of, one_line
from ingram_micro_cloud.hookspecs.extending import ExtensionSpecifications, OrganizationSource, SecretStore
from ingram_micro_cloud.hookspecs.registering import load_group, register
from ingram_micro_cloud.manifest.action_folders import ActionFolder
from ingram_micro_cloud.runtime.extensions import EXTENSIONS, SecretUnreadableError, vetoed
from ingram_micro_cloud.runtime.secret_references import TEXT

log = logging.getLogger(__name__)
STORE_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
Named = TypeVar("Named")


class RegisteredExtensions:
    """The extensions of one integration; what the runtime knows as ``Extensions``."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._hooks = manager.hook

    @property
    def watchers(self) -> Sequence[str]:
        """The names of those that want to see writes before they are sent, in the order in which they are asked."""
        return _names(self._hooks.before_write)

    @property
    def listeners(self) -> Sequence[str]:
        """The names of those that want to hear how runs ended, in the order in which they are told."""
        return _names(self._hooks.after_action)

    def action_folders(self) -> Sequence[ActionFolder]:
        """Return the folders of actions they add.

        Raises:
            UsageError: One gives something else than folders, and is named.
        """
        found = []
        for name, answer in self._answers("action_folders"):
            if isinstance(answer, str) or not isinstance(answer, Iterable):
                raise _unusable(name, "action_folders returned no list of folders")
            for each in answer:
                folder = Path(each) if isinstance(each, str) else each
                if not isinstance(folder, Traversable) or not folder.is_dir():
                    raise _unusable(name, f"action_folders named {each!s}, which is no folder")
                found.append(ActionFolder.of_extension(name, folder))
        return found

    def organization_source(self, name: str) -> OrganizationSource:
        """Return the source of organizations that one of them gives under this name.

        It gives a list, and raises UsageError, which names the extension, where the source fails.

        Raises:
            UsageError: None gives it; or one of them gives no sources, or one that another gives, and is named.
        """
        known = self._organization_sources
        if name not in known:
            there = f"There are: {', '.join(sorted(known))}." if known else "No installed extension gives any."
            raise UsageError(f"No source of organizations is called {name!r}.", hint=there)
        return partial(_organizations, *known[name])

    def secret(self, store: str, reference: str) -> str:
        """Return a secret from a store.

        Raises:
            SecretUnreadableError: There is no such store, or it gave nothing.
            UsageError: An extension gives no stores, or one that another gives, and is named.
        """
        known = self._secret_stores
        if store not in known:
            # Neither name nor reference is told: it may be a password that only looks like one.
            there = f"there are {', '.join(sorted(known))}" if known else "no installed extension gives secrets"
            raise SecretUnreadableError(f"its store is not known here ({there})")
        name, read = known[store]
        try:
            text: object = guarded(lambda: read(reference))
        except SecretUnreadableError as problem:
            raise SecretUnreadableError(one_line(str(problem))) from None
        except Exception as problem:  # noqa: BLE001  # somebody else's code; its words may quote the secret
            raise SecretUnreadableError(f"the extension {name!r} failed to read it ({kind_of(problem)})") from None
        # By the class: a text of a class of its own may do anything when it is asked for itself. A file that holds a
        # secret mostly ends its only line, and no password does.
        plain = str.__str__(text).rstrip("\r\n") if isinstance(text, str) else ""
        if not plain:
            raise SecretUnreadableError(f"the extension {name!r} gave no text for it")
        if any(unicodedata.category(each) in ("Cc", "Cs") for each in plain):
            raise SecretUnreadableError(f"the extension {name!r} gave a text with control characters for it")
        return plain

    def consent(self, watcher: str, preview: Mapping[str, object]) -> None:
        """Show a write that is about to be sent to one of them.

        Raises:
            VetoedError: It objects, or failed.
        """
        try:
            reason = called(_of(self._hooks.before_write, watcher), {"preview": copy.deepcopy(dict(preview))})
        except Exception as problem:
            log.warning("the extension %s failed over a write", watcher, exc_info=True)
            raise vetoed(watcher, f"failed while it looked at this write ({kind_of(problem)})") from problem
        if reason is None:
            return
        said = one_line(reason) if isinstance(reason, str) else ""
        if not said:
            raise vetoed(watcher, f"answered with {type(reason).__name__} where a reason or None is expected")
        raise vetoed(watcher, f"objects: {said}")

    def tell(self, listener: str, outcome: Mapping[str, object]) -> str | None:
        """Tell one of them how a run ended; returns half a sentence when it failed over it."""
        try:
            called(_of(self._hooks.after_action, listener), {"outcome": copy.deepcopy(dict(outcome))})
        except Exception as problem:  # somebody else's code must not undo what was done
            log.warning("the extension %s failed over an outcome", listener, exc_info=True)
            return f"failed when it was told of this run ({kind_of(problem)})"
        return None

    @cached_property
    def _organization_sources(self) -> dict[str, tuple[str, OrganizationSource]]:
        found: dict[str, tuple[str, OrganizationSource]] = {}
        for name, key, source in self._named("organization_sources"):
            _add(found, name, key, source, "source of organizations")
        return found

    @cached_property
    def _secret_stores(self) -> dict[str, tuple[str, SecretStore]]:
        found: dict[str, tuple[str, SecretStore]] = {}
        for name, key, store in self._named("secret_stores"):
            if not STORE_NAME.fullmatch(key) or key == TEXT:
                raise _unusable(name, f"a secret store cannot be called {key!r}")
            _add(found, name, key, store, "secret store")
        return found

    def _named(self, hook: str) -> Iterator[tuple[str, str, Any]]:
        for name, answer in self._answers(hook):
            if not isinstance(answer, Mapping) or not all(
                isinstance(key, str) and callable(each) for key, each in answer.items()
            ):
                raise _unusable(name, f"{hook} returned no functions by name")
            yield from ((name, key, each) for key, each in answer.items())

    def _answers(self, hook: str) -> Iterator[tuple[str, object]]:
        for implementation in getattr(self._hooks, hook).get_hookimpls():
            name = implementation.plugin_name
            try:
                answer = called(implementation, {})
            except Exception as problem:
                raise _unusable(name, f"{hook} failed ({kind_of(problem)}: {one_line(str(problem))})") from problem
            yield name, answer


def extensions_of(plugins: Mapping[str, object]) -> RegisteredExtensions:
    """Return extensions that are handed in by name, verified as installed ones are; for tests and for embedding.

    Raises:
        UsageError: One does not fit its specification; it is named.
    """
    manager = _manager()
    for name, plugin in plugins.items():
        register(manager, plugin, name)
    return RegisteredExtensions(manager)


@cache
def installed_extensions() -> RegisteredExtensions:
    """Return the installed extensions: found, imported and verified once per process.

    Raises:
        UsageError: One cannot be imported, or does not fit; it is named.
    """
    manager = _manager()
    load_group(manager, EXTENSIONS)
    return RegisteredExtensions(manager)


def organization_source(name: str) -> OrganizationSource:
    """Return the source of organizations that an installed extension gives under this name.

    Raises:
        UsageError: No extension gives it; or one does not fit its specification, and is named.
    """
    return installed_extensions().organization_source(name)


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(EXTENSIONS)
    manager.add_hookspecs(ExtensionSpecifications)
    return manager


def _names(hook: pluggy.HookCaller) -> Sequence[str]:
    return tuple(each.plugin_name for each in reversed(hook.get_hookimpls()))


def _of(hook: pluggy.HookCaller, name: str) -> pluggy.HookImpl:
    return next(each for each in hook.get_hookimpls() if each.plugin_name == name)


def _organizations(name: str, source: OrganizationSource) -> Iterable[Mapping[str, object]]:
    try:
        return guarded(lambda: list(source()))  # here, because a generator fails while it is read
    except Exception as problem:
        # Without the exception's words: they may hold an address with its password.
        raise UsageError(
            f"The extension {name!r} failed to give its organizations ({kind_of(problem)}). Nothing was changed.",
            hint="See what it needs, such as a file or an address, or ask whoever installed the extension.",
        ) from problem


def _add(found: dict[str, tuple[str, Named]], name: str, key: str, value: Named, what: str) -> None:
    other = found.setdefault(key, (name, value))
    if other[1] is not value:
        raise _unusable(name, f"the {what} {key!r} is given by the extension {other[0]!r} already")


def _unusable(name: str, why: str) -> UsageError:
    return UsageError(f"The extension {name!r} cannot be used: {why}.", hint="Update its package, or remove it.")
