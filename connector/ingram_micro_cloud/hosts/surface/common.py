"""The query parameters that every action takes at the gateway, beside its own inputs."""

from typing import Final

from ingram_micro_cloud.hosts.surface.endpoints import CONFIGURATION, LIMIT, OFFSET, ORGANIZATION, EndpointParameter
from ingram_micro_cloud.hosts.surface.operations import Operation
from ingram_micro_cloud.ordering.journal.keys import LONGEST_KEY

LONGEST_SECONDS: Final = 840
"""The longest the gateway works on one request, and how long when nothing is said.

Less than the 900 seconds that deploy/nginx.conf waits for an answer, and than the 16 minutes that the unit in deploy/
waits for the process to end.
"""

DRY_RUN: Final = EndpointParameter(
    "dry_run",
    {
        "title": "Dry run", "description": "Check, show the request and send no write.", "type": "boolean",
        "default": False,
    },
)  # fmt: skip
DEADLINE: Final = EndpointParameter(
    "deadline_seconds",
    {
        "title": "Deadline", "description": "Seconds after which to give up, waiting included.", "type": "number",
        "exclusiveMinimum": 0, "maximum": LONGEST_SECONDS, "default": LONGEST_SECONDS,
    },
)  # fmt: skip
PURCHASE_KEY: Final = EndpointParameter(
    "purchase_key",
    {
        "title": "Purchase key", "type": "string", "minLength": 1, "maxLength": LONGEST_KEY,
        "description": "Your name for this purchase: given again, the first outcome comes back and nothing is ordered.",
    },
)  # fmt: skip


def common_parameters(operation: Operation) -> tuple[EndpointParameter, ...]:
    """Return what an action takes in the query string beside its inputs, in the order it is shown."""
    sliced = (OFFSET, LIMIT) if operation.sliced else ()
    buying = (PURCHASE_KEY,) if operation.buys else ()
    return (*sliced, CONFIGURATION, ORGANIZATION, DRY_RUN, DEADLINE, *buying)
