"""Which configuration a command uses, and a word when it is not the one a person may expect."""

import os
from typing import TYPE_CHECKING

from ingram_micro_cloud.errors import ConfigurationInvalidError
from ingram_micro_cloud.hosts.cli import printing

if TYPE_CHECKING:
    from ingram_micro_cloud.plugin import Integration
    from ingram_micro_cloud.runtime.configuration import Configuration
    from ingram_micro_cloud.store.state import State


def chosen_configuration(integration: "Integration", name: str | None, state: "State") -> "Configuration":
    """Return the configuration for one run: the named one, else the environment's, else the default one.

    Says on standard error when variables win over a saved default: one that was left behind is easily forgotten.

    Raises:
        ConfigurationMissingError: There is none; the hint is the command that makes one.
        ConfigurationInvalidError: The environment's is incomplete or wrong, and says that it is the environment's.
    """
    from ingram_micro_cloud.runtime.environment import PREFIX, environment_values

    found = environment_values(integration.manifest.form, os.environ) if name is None else None
    if found is None:
        return integration.choose(name, state)
    default = next((each.name for each in integration.book(state).all() if each.is_default), None)
    variables = ", ".join(PREFIX + key.upper() for key in found if key != "name")
    instead = f"Unset them, or use the saved one: --config {default}" if default else "Set the others as well."
    try:
        configuration = integration.choose(None, state)
    except ConfigurationInvalidError as problem:
        raise ConfigurationInvalidError(
            f"The configuration of the environment variables ({variables}) is not complete or not right. "
            f"{problem.message}",
            hint=instead,
            fields=problem.fields,
        ) from problem
    if default is not None:
        printing.print_warnings([f"Environment variables ({variables}) are used, not the saved {default!r}. {instead}"])
    return configuration
