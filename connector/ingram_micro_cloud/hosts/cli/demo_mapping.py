"""The demo's second part: organizations are mapped, and a call that would cross the border is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ingram_micro_cloud.errors import GuardRefusedError, IngramMicroCloudError, OrganizationNotMappedError
from ingram_micro_cloud.hosts.cli import mapping_tables, printing
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.models import Suggestion
from ingram_micro_cloud.organizations.refresh import RefreshReport
from ingram_micro_cloud.plugin import Integration
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.runtime.mapping_work import refresh_mapping
from ingram_micro_cloud.runtime.outcomes import Outcome
from ingram_micro_cloud.store.state import State

ORGANIZATIONS: Final = (
    {"id": "org-1", "name": "Kestrel Accounting and Co", "domains": "kestrelaccountingc25.example"},
    {
        "id": "org-2", "name": "Aegean Shipping",
        "external_ids": "microsoft_tenant_id=1c7dd09f-04c9-56e3-aeab-3a3ce9b0fd92",
    },
    {"id": "org-3", "name": "Alder Finch Dental"},
    {"id": "org-4", "name": "Our own test tenant"},
    {"id": "org-5", "name": "Harborview Podiatry"},
)  # fmt: skip
"""Of the platform: two that fit, one of which changed its name; one with two near twins; one to exclude; a stranger."""
MAPPED, CONFLICT, TEST = "org-2", "org-3", "org-4"


@dataclass(frozen=True)
class MappingPart:
    """What the second part came to."""

    refreshed: RefreshReport
    suggestions: tuple[Suggestion, ...]
    accepted: int
    listed: Outcome
    crossed: GuardRefusedError
    unmapped: OrganizationNotMappedError

    def as_json(self) -> Mapping[str, object]:
        """Return the members it adds to what `demo --json` prints."""
        return {
            "refresh": self.refreshed.as_json(),
            "suggestions": [each.as_json() for each in self.suggestions],
            "accepted": self.accepted,
            "list_subscriptions": self.listed.as_json(),
            "crossing_refused": self.crossed.as_json(),
            "unmapped_refused": self.unmapped.as_json(),
        }


async def map_organizations(
    integration: Integration, configuration: Configuration, state: State, connection: Connection
) -> MappingPart:
    """Import organizations, suggest, exclude one, accept what is certain, and try to cross the border twice."""
    integration.organizations(state).import_rows(ORGANIZATIONS, "demo")
    book = integration.mapping(configuration, state, who="demo")
    refreshed = await refresh_mapping(connection, book)
    book.exclude(TEST, "ours, buys nothing")
    suggestions = book.suggest()
    accepted = book.accept(suggestions)
    listed = await connection.run("list_subscriptions", organization=MAPPED)
    crossed = await _refused(connection, {"id": await _foreign_subscription(book, connection)}, MAPPED)
    unmapped = await _refused(connection, {"id": "4060001"}, CONFLICT)
    if not isinstance(crossed, GuardRefusedError) or not isinstance(unmapped, OrganizationNotMappedError):
        raise RuntimeError("the customer guard let a call through")  # noqa: TRY004  # our own fault, no caller's type
    return MappingPart(refreshed, suggestions, accepted, listed, crossed, unmapped)


def print_mapping(part: MappingPart) -> None:
    """Print the second part."""
    out = printing.console()
    out.print("\n[bold]4. Map organizations[/] of your platform to customers\n")
    calls = part.refreshed.calls
    out.print(f"{len(ORGANIZATIONS)} organizations, {part.refreshed.customers} customers, read in {calls} calls.\n")
    mapping_tables.print_suggestions(part.suggestions, listed=0.0)
    out.print(
        f"\nThe {part.accepted} certain ones are accepted. Now List Subscriptions for {MAPPED}, no customer typed:\n"
    )
    rows = part.listed.result if isinstance(part.listed.result, list) else []
    printing.print_rows(rows, total=None, title="List Subscriptions")
    for title, problem in (
        (f"\nA subscription of somebody else, read for {MAPPED}:", part.crossed),
        (f"\nAny call for {CONFLICT}, which has no customer:", part.unmapped),
    ):
        out.print(title)
        printing.print_refusal(problem)


async def _foreign_subscription(book: MappingBook, connection: Connection) -> str:
    own = book.binding(MAPPED).customers
    async for page in connection.pages("list_subscriptions"):
        for row in page.rows:
            if isinstance(row, Mapping) and row["customerId"] not in own:
                return str(row["id"])
    raise RuntimeError("the practice marketplace has no subscription of another customer")


async def _refused(
    connection: Connection, inputs: Mapping[str, object], organization: str
) -> IngramMicroCloudError | None:
    try:
        await connection.run("get_subscription", inputs, organization=organization)
    except IngramMicroCloudError as problem:
        return problem
    return None
