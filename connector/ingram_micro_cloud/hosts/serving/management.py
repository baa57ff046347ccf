"""What whoever runs a host does through it: configurations, the mapping, approvals. Only for keys made for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingram_micro_cloud.errors import KeyRefusedError
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.service import Service

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.models import JournalEntry, Preview
    from ingram_micro_cloud.organizations.book import MappingBook
    from ingram_micro_cloud.organizations.decisions import Decision
    from ingram_micro_cloud.organizations.refresh import RefreshReport
    from ingram_micro_cloud.organizations.sources import ImportReport
    from ingram_micro_cloud.runtime.book import ConfigurationBook
    from ingram_micro_cloud.runtime.check import CheckReport
    from ingram_micro_cloud.runtime.office import Office
    from ingram_micro_cloud.runtime.saving import ConfigurationDesk, SaveReport


@dataclass(frozen=True)
class Management:
    """A service, as one holder manages it.

    Making it asks for the right.

    Raises:
        KeyRefusedError: The holder may not manage (manage_required).
    """

    service: Service
    access: Access

    def __post_init__(self) -> None:
        self.access.require_manage()

    @property
    def configurations(self) -> "ConfigurationBook":
        """The saved configurations, secrets masked."""
        return self.service.integration.book(self.service.state)

    async def save(self, name: str, values: Mapping[str, object], *, unverified: bool = False) -> "SaveReport":
        """Check a filled form and save it when it works; see ``ConfigurationDesk.save``.

        With ``unverified`` nothing is sent when exactly this is saved already.
        """
        self.access.for_configuration(name)
        if values.get("is_default"):
            self._require_all("Which configuration is the default one concerns every caller.")
        return await self._desk.save(name, values, unverified=unverified, unless_saved=unverified)

    async def check(self, values: Mapping[str, object], *, name: str | None = None) -> "CheckReport":
        """Check a filled form; stores nothing. With a name, masked secrets are those saved under it."""
        if name is not None:
            self.access.for_configuration(name)
            return await self._desk.tried(name, values)
        return await self._desk.check(values, None)

    async def test(self, name: str) -> "CheckReport":
        """Check a saved configuration and remember its health."""
        self.access.for_configuration(name)
        return await self._desk.test(name)

    def import_organizations(self, rows: Sequence[object], source: str) -> "ImportReport":
        """Take organizations in; what the same source gave before and does not give now counts as gone.

        Raises:
            KeyRefusedError: The key was made for some configurations, and organizations are shared by all.
        """
        self._require_all("Organizations are shared by all configurations.")
        book = self.service.integration.organizations(self.service.state, now=self.service.timing.now)
        return book.import_rows(rows, source=source)

    def mapping(self, configuration: str | None) -> "MappingBook":
        """Return the mapping of a configuration; changes are kept with the holder's name."""
        used = self.service.configuration(self.access, configuration)
        return self.service.integration.mapping(
            used, self.service.state, who=self.access.who, now=self.service.timing.now
        )

    async def refresh_mapping(self, configuration: str | None, *, most_calls: int | None = None) -> "RefreshReport":
        """Read the vendor's customers to the last page."""
        async with self.service.connection(self.access, configuration) as connection:
            return await connection.refresh_mapping(self.mapping(configuration), most_calls=most_calls)

    async def map_organization(
        self, configuration: str | None, organization_id: str, customer_id: str, *, also: bool = False
    ) -> "Decision":
        """Let an organization stand for a customer; the customer is read when it is not known yet."""
        book = self.mapping(configuration)
        book.organization(organization_id)
        async with self.service.connection(self.access, configuration) as connection:
            customer = await connection.find_customer(book, customer_id)
        return book.set(organization_id, customer, also=also)

    def approve(self, configuration: str | None, preview_id: str) -> "Preview":
        """Approve exactly what a preview says, once; the approver is the holder."""
        return self._office(configuration).previews_beside(preview_id).approve(preview_id)

    def journal(self, configuration: str | None, organization: str | None = None) -> "tuple[JournalEntry, ...]":
        """Return the journal of a configuration's account, or of one organization, the newest first."""
        return self._office(configuration).journal(organization)

    def _require_all(self, why: str) -> None:
        if self.access.configurations is not None:
            raise KeyRefusedError(
                f"Nothing was changed. {why} {self.access.who} was made for some of them.",
                code="configuration_refused",
                hint="It takes a managing key that was made without --config.",
            )

    @property
    def _desk(self) -> "ConfigurationDesk":
        service = self.service
        return service.integration.desk(service.state, transport=service.transport, timing=service.timing)

    def _office(self, configuration: str | None) -> "Office":
        service = self.service
        used = service.configuration(self.access, configuration)
        return service.integration.office(
            used, service.state, grant=service.grant(self.access), timing=service.timing, transport=service.transport
        )
