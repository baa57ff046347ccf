"""What a platform may ask of an integration.

Every hook is synchronous, takes and gives what JSON has, and is answered by the one plugin whose name is
``integration``: all others return None, and the first answer that is not None is the platform's. What goes wrong is no
exception but an answer with the one member ``error``, as ``run --json`` prints it. No answer holds a secret. A hook
returns when its work is done; called in the thread of a running event loop it blocks that loop meanwhile, so a platform
with a loop calls it from a worker thread.

``configuration`` is one of three things: an object of form values (used as it is, nothing is added and nothing stored),
the name of a configuration saved in the plugin's own state, or None for the one of the environment, else the default.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import pluggy

PLATFORM: Final = "automation_platform"
"""The project name: ``pluggy.PluginManager(PLATFORM)``."""
INTEGRATIONS: Final = "automation_platform.integrations"
"""The entry-point group in which integrations publish themselves; an entry point's name is the integration's."""
specification = pluggy.HookspecMarker(PLATFORM)
implementation = pluggy.HookimplMarker(PLATFORM)
"""Marks an integration's function: ``from ingram_micro_cloud.hookspecs import implementation``."""

Json: TypeAlias = Mapping[str, object]
ConfigurationChoice: TypeAlias = Mapping[str, object] | str | None


@specification(firstresult=True)
def describe_integration(integration: str) -> Json | None:
    """Return everything that is declared, for a palette and a form. Needs neither network nor state.

    Args:
        integration: Which one, ``im_cloud``.

    Returns:
        ``id``, ``title``, ``summary``, ``version``, ``distribution``, ``docs``, ``vendor_api`` {name, version};
        ``groups``: a list of {id, title, summary, color} in the palette's order; ``palette``: group id to its action
        ids; ``form``: JSON Schema 2020-12 with UI hints; ``connection_check``: a list of {id, title} in order;
        ``mapping``: {offered_after: "passing check", variable: {name, category}}; ``actions``: a list of {id, ref,
        title, aliases, summary, group, effect, scope, method, path, origin, input, output, examples, changelog,
        deprecated, docs}, ``input`` and ``output`` being complete JSON Schemas.
    """


@specification(firstresult=True)
def check_configuration(integration: str, values: Json) -> Json | None:
    """Run the connection check on form values, as a platform does before it saves them. Stores none of them.

    Args:
        integration: Which one.
        values: Form values by field key, secrets included; a reference to a secret store is read for the check.

    Returns:
        {passing, steps: [{name, passed, code, fields, message, milliseconds}], warnings, milliseconds}: the steps that
        were taken, the failing one last with the fields it marks. At most two calls are made.
    """


@specification(firstresult=True)
def list_options(
    integration: str,
    reference: str,
    configuration: ConfigurationChoice,
    query: str,
) -> Sequence[Json] | Json | None:
    """Return the entries of an input's drop-down, read from the vendor.

    Args:
        integration: Which one.
        reference: Action and input, ``create_order.customerId``; a nested input goes on with dots,
            ``create_order.products.*.mpn``.
        configuration: See the module.
        query: Keep entries whose label or value holds this text, whatever its case; empty for all.

    Returns:
        A list of {value, label}, in the vendor's order.
    """


@specification(firstresult=True)
def suggest_mappings(
    integration: str,
    configuration: ConfigurationChoice,
    organizations: Sequence[Json],
) -> Sequence[Json] | Json | None:
    """Return which customer fits each organization, and why. Decides nothing and saves none of the organizations.

    Offer it after a passing check only: the customers are read with the configuration (the whole list when it was not
    read in the last 24 hours, and details where names do not decide); what was read of them is kept for the next time.

    Args:
        integration: Which one.
        configuration: See the module; what is mapped under its name already counts as mapped.
        organizations: Every organization of the platform, as {id, name, domains, external_ids, country, tags}; only
            id and name are needed. Rows that cannot be read are left out.

    Returns:
        A list of {organization_id, organization_name, state, customer_id, customer_name, score, band, lead, runner_up,
        signals, reason}, one for each organization, by id; scores from 0 to 1.
    """


@specification(firstresult=True)
def run_action(
    integration: str,
    action: str,
    inputs: Json,
    configuration: ConfigurationChoice,
    organization: str | None,
    options: Json,
) -> Json | None:
    """Run one action to its end.

    Args:
        integration: Which one.
        action: Id, reference, title or alias.
        inputs: By the vendor's names, flat or in the platform's groups.
        configuration: See the module.
        organization: Run for this organization's customer, behind the customer guard; None acts for the reseller.
        options: ``dry_run`` (true sends no write), ``key`` (the caller's name for a purchase: given again, the first
            outcome comes back and nothing is sent), ``deadline_seconds`` (give up, waiting included, after so many
            seconds); anything else is refused.

    Returns:
        {action, organization, result, complete, total, calls, pages, request_ids, status_code, dry_run, warnings}, with
        ``request`` for a dry run; or {error: {code, message, hint, status_code, correlation_id, vendor_message, retry,
        fields}}. ``retry`` is ``after_check`` when a write was sent and nobody knows what became of it.
    """
