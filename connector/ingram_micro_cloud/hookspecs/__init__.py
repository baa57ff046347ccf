"""Two sets of pluggy hooks: what a platform may ask of an integration, and what others may add to this one.

A platform finds integrations, verifies them and asks::

    manager = pluggy.PluginManager(hookspecs.PLATFORM)
    manager.add_hookspecs(hookspecs)
    hookspecs.load_integrations(manager)
    manager.hook.describe_integration(integration="im_cloud")

An extension is an installed package with an entry point in the group ``im_cloud.extensions`` whose object has functions
marked with ``extension``. Both are verified when they are registered; one that does not fit is refused by name.
"""

from ingram_micro_cloud.hookspecs.asking import ask
from ingram_micro_cloud.hookspecs.extending import ExtensionSpecifications, OrganizationSource, SecretStore, extension
from ingram_micro_cloud.hookspecs.installed import (
    RegisteredExtensions,
    extensions_of,
    installed_extensions,
    organization_source,
)
from ingram_micro_cloud.hookspecs.platform import (
    INTEGRATIONS,
    PLATFORM,
    check_configuration,
    describe_integration,
    implementation,
    list_options,
    run_action,
    suggest_mappings,
)
from ingram_micro_cloud.hookspecs.registering import load_integrations, register
from ingram_micro_cloud.runtime.extensions import EXTENSIONS, SecretUnreadableError

__all__ = [
    "EXTENSIONS",
    "INTEGRATIONS",
    "PLATFORM",
    "ExtensionSpecifications",
    "OrganizationSource",
    "RegisteredExtensions",
    "SecretStore",
    "SecretUnreadableError",
    "ask",
    "check_configuration",
    "describe_integration",
    "extension",
    "extensions_of",
    "implementation",
    "installed_extensions",
    "list_options",
    "load_integrations",
    "organization_source",
    "register",
    "run_action",
    "suggest_mappings",
]
