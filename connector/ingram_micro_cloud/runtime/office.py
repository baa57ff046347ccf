"""Where buying happens for one configuration: its rules, its journal, its previews, and who acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.organizations.ports import Account
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.store.state import State

if TYPE_CHECKING:
    from ingram_micro_cloud.api.download import Downloaded
    from ingram_micro_cloud.api.transport import Transport
    from ingram_micro_cloud.ordering.journal.previews import PreviewBook
    from ingram_micro_cloud.ordering.models import JournalEntry
    from ingram_micro_cloud.ordering.ports import Acting
    from ingram_micro_cloud.ordering.rules.judging import BuyingRules


@dataclass(frozen=True)
class Office:
    """What buying needs beside a connection. The ordering room is loaded when something is bought, not before.

    Attributes:
        who: Kept with approvals and in the audit.
        transport: Stands in for the network where files are fetched.
        files: The one folder files may be written to; None for wherever the caller says.
    """

    configuration: Configuration
    account: Account
    state: State
    timing: Timing
    who: str
    transport: "Transport | None" = None
    files: Path | None = None

    def acting(self, organization: str | None) -> "Acting":
        """Return who acts, for an organization or the reseller."""
        from ingram_micro_cloud.ordering.ports import Acting

        return Acting(self.configuration.name, self.account.fingerprint, self.who, organization)

    def organization_of(self, preview_id: str) -> str | None:
        """Return the organization a preview was made for; one that is not there is told by what needs it."""
        from ingram_micro_cloud.ordering.journal.keys import read_id

        stored = self.state.previews.get(self.account.fingerprint, read_id(preview_id))
        return None if stored is None else stored.organization

    def previews_beside(self, preview_id: str) -> "PreviewBook":
        """Return the previews of whoever this preview was made for."""
        return self.previews(self.organization_of(preview_id))

    def previews(self, organization: str | None) -> "PreviewBook":
        """Return the previews of an organization, or the reseller's."""
        from ingram_micro_cloud.ordering.journal.previews import PreviewBook

        return PreviewBook(self.state, self.acting(organization), now=self.timing.now)

    def journal(self, organization: str | None) -> "tuple[JournalEntry, ...]":
        """Return the journal of the configuration's account, or of one organization."""
        from ingram_micro_cloud.ordering.journal.entries import journal_entries

        return journal_entries(self.state, self.acting(organization), now=self.timing.now)

    @property
    def rules(self) -> "BuyingRules":
        """The configuration's buying rules."""
        return buying_rules(self.configuration)

    def owners(self) -> Mapping[str, tuple[str, str]]:
        """Return organization id and name of every customer this configuration has mapped; of several, the first."""
        names = {each.id: each.name for each in self.state.organizations.all()}
        found: dict[str, tuple[str, str]] = {}
        for key, entry in sorted(self.state.mappings.entries(self.configuration.name).items()):
            for pair in entry.pairs:
                if pair.account == self.account.fingerprint:
                    found.setdefault(pair.customer_id, (key, names.get(key, key)))
        return found

    async def fetch(self, url: str, target: Path, *, seconds: float | None = None) -> "Downloaded":
        """Fetch a signed address into a file, without our headers; this machine only where the API is here too.

        Args:
            url: The signed address.
            target: The file to write.
            seconds: The longest it may take, where that is less than is usual.

        Raises:
            DeadlineError: It did not come in time.
        """
        from urllib.parse import urlsplit

        from ingram_micro_cloud.api.download import LONGEST, download
        from ingram_micro_cloud.runtime.addresses import is_loopback

        here = is_loopback(urlsplit(self.configuration.api_url).hostname or "")
        return await download(
            url, target, allow_loopback=here, allow_private_address=self.configuration.allow_private_address,
            seconds=LONGEST if seconds is None else min(LONGEST, seconds), timing=self.timing, transport=self.transport,
        )  # fmt: skip


def buying_rules(configuration: Configuration) -> "BuyingRules":
    """Return the buying rules as the form holds them."""
    from dataclasses import fields

    from ingram_micro_cloud.ordering.rules.judging import BuyingRules

    return BuyingRules(**{each.name: getattr(configuration, each.name) for each in fields(BuyingRules)})
