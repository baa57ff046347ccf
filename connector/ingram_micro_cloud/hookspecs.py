"""What others may add to this integration, as pluggy hooks of the entry-point group ``im_cloud.extensions``.

An extension is an installed package with an entry point in that group whose object has functions marked with
``extension``. Each is verified against its specification when it is registered; one that does not fit is refused by
name, and nothing runs half-registered.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import pluggy

from ingram_micro_cloud.errors import UsageError

GROUP: Final = "im_cloud.extensions"
specification = pluggy.HookspecMarker(GROUP)
extension = pluggy.HookimplMarker(GROUP)
"""Marks a function of an extension: ``from ingram_micro_cloud.hookspecs import extension``."""

OrganizationSource: TypeAlias = Callable[[], Iterable[Mapping[str, object]]]
"""Gives organizations as rows of ``{id, name, domains, external_ids, country, tags}``; only id and name are needed."""


class ExtensionSpecifications:
    """The hooks an extension may implement."""

    @specification
    def organization_sources(self) -> Mapping[str, OrganizationSource]:
        """Return sources of organizations by name.

        A source is called when somebody imports from it (``im-cloud organizations import --source NAME``), and gives
        every organization there is: those it no longer gives count as gone. It may raise; nothing is changed then.
        """
        return {}


def organization_source(name: str) -> OrganizationSource:
    """Return the source of organizations that an installed extension gives under this name.

    Raises:
        UsageError: No extension gives it; or one does not fit its specification, and is named.
    """
    known: dict[str, OrganizationSource] = {}
    for sources in extensions().hook.organization_sources():
        known |= sources
    if name not in known:
        there = f"There are: {', '.join(sorted(known))}." if known else "No installed extension gives any."
        raise UsageError(f"No source of organizations is called {name!r}.", hint=there)
    return known[name]


def extensions() -> pluggy.PluginManager:
    """Return the installed extensions of the group ``im_cloud.extensions``, each verified.

    Raises:
        UsageError: One does not fit its specification; it is named.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(ExtensionSpecifications)
    try:
        manager.load_setuptools_entrypoints(GROUP)
        manager.check_pending()
    except (pluggy.PluginValidationError, ImportError, AttributeError) as problem:
        raise UsageError(f"An installed extension cannot be used: {problem}", hint="Update or remove it.") from problem
    return manager
