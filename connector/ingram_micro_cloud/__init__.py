"""The Ingram Micro Cloud Marketplace for automation platforms: form, organization mapping, 30 actions.

from ingram_micro_cloud import load_integration

integration = load_integration()
async with integration.connect(configuration) as connection:
outcome = await connection.run("list_customers", {"name": "Acme"})
"""

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.plugin import Integration, load_integration

__all__ = ["IngramMicroCloudError", "Integration", "load_integration"]
