"""What an input is called at the gateway: by the vendor's name, save where the platform's importer needs that name."""

import re
from collections.abc import Mapping
from typing import Final

from ingram_micro_cloud.manifest.integration import IntegrationFile
from ingram_micro_cloud.manifest.models import ActionSpec

RESERVED: Final = frozenset(
    {
        "body", "cookies", "data", "filter", "filter_key", "filter_keys", "filter_value", "filter_values", "filters",
        "headers", "id", "json", "json_body", "method", "name", "output_schema", "parameters", "parent", "parent_id",
        "path", "path_params", "q", "queries", "query", "query_params", "required", "response", "results",
        "results_key", "type", "url_path",
    }
)  # fmt: skip
"""Names the platform's importer keeps for itself; `path` is ours, it stands between `url_path` and `path_params`."""
COMMON: Final = frozenset({"configuration", "organization", "dry_run", "deadline_seconds", "purchase_key"})
"""Query parameters that every action takes at the gateway, beside its own inputs."""


def gateway_names(spec: ActionSpec, manifest: IntegrationFile) -> Mapping[str, str]:
    """Return the gateway's name of every input, by the vendor's name.

    A reserved name gets the thing it belongs to in front: the customer's `id` becomes `customer_id`. The names are
    unique within the action and stand for nothing else there.
    """
    taken = {*spec.inputs, *spec.refused_inputs, *spec.ignored_inputs, *_aliases(spec)}
    names: dict[str, str] = {}
    for vendor in spec.inputs:
        wanted = vendor
        if vendor in RESERVED | COMMON:
            wanted = _free(f"{_noun(spec, vendor, manifest)}_{_snake(vendor)}", taken)
            taken.add(wanted)
        names[vendor] = wanted
    return names


def _free(wanted: str, taken: set[str]) -> str:
    candidate, number = wanted, 1
    while candidate in taken | RESERVED | COMMON:
        number += 1
        candidate = f"{wanted}_{number}"
    return candidate


def _noun(spec: ActionSpec, vendor: str, manifest: IntegrationFile) -> str:
    """Return what the input belongs to: in a path what stands before it, else what the path or the group is about."""
    if spec.request is None:
        return _singular(spec.group)
    steps = spec.request.path.strip("/").split("/")
    placeholder = f"{{{spec.request.vendor_name(vendor)}}}"
    if placeholder in steps[1:]:
        return _singular(steps[steps.index(placeholder) - 1])
    groups = {group.id for group in manifest.groups}
    return _singular(next((step for step in reversed(steps) if _snake(step) in groups), spec.group))


def _singular(noun: str) -> str:
    noun = _snake(noun)
    if noun.endswith("ies"):
        return f"{noun.removesuffix('ies')}y"
    return noun if noun.endswith("ss") else noun.removesuffix("s")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()


def _aliases(spec: ActionSpec) -> set[str]:
    found: set[str] = set()
    for schema in spec.inputs.values():
        aliases = schema.get("aliases")
        found |= {str(each) for each in aliases} if isinstance(aliases, list) else set()
    return found
