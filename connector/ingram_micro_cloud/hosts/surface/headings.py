"""Headings of the endpoints that are no actions."""

from typing import Final

DROP_DOWNS: Final = "Drop-downs"
MAPPING: Final = "Organization mapping"
CONFIGURATIONS: Final = "Configurations"
APPROVALS: Final = "Approvals and journal"
GATEWAY: Final = "Gateway"
TAGS: Final = {
    DROP_DOWNS: "Entries of the actions' drop-downs, read from the vendor.",
    MAPPING: "Which organization stands for which of the vendor's customers.",
    CONFIGURATIONS: "The configuration form: saved, checked and tested.",
    APPROVALS: "Purchases that wait for a person, and what was ordered.",
    GATEWAY: "Whether the gateway works, and what it offers.",
}
"""Headings of the endpoints that are no actions, with what they hold."""
