"""The Ingram Micro Cloud Marketplace for automation platforms: form, organization mapping, 30 actions.

from ingram_micro_cloud import load_integration

integration = load_integration()
async with integration.connect(configuration) as connection:
    outcome = await connection.run("list_customers", {"name": "Acme"})
"""

from typing import TYPE_CHECKING

from ingram_micro_cloud.errors import IngramMicroCloudError

if TYPE_CHECKING:
    from ingram_micro_cloud.plugin import Integration, load_integration

__all__ = ["IngramMicroCloudError", "Integration", "load_integration"]


def __getattr__(name: str) -> object:
    # The command line's help must not wait for the HTTP stack.
    if name in ("Integration", "load_integration"):
        from ingram_micro_cloud import plugin

        return getattr(plugin, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
