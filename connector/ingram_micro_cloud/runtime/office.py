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
    from ingram_micro_cloud.ordering.ports import Acting
    from ingram_micro_cloud.ordering.rules.judging import BuyingRules


@dataclass(frozen=True)
class Office:
    """What buying needs beside a connection. The ordering room is loaded when something is bought, not before.

    Attributes:
        who: Kept with approvals and in the audit.
        transport: Stands in for the network where files are fetched.
    """

    configuration: Configuration
    account: Account
    state: State
    timing: Timing
    who: str
    transport: "Transport | None" = None

    def acting(self, organization: str | None) -> "Acting":
        """Return who acts, for an organization or the reseller."""
        from ingram_micro_cloud.ordering.ports import Acting

        return Acting(self.configuration.name, self.account.fingerprint, self.who, organization)

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

    async def fetch(self, url: str, target: Path) -> "Downloaded":
        """Fetch a signed address into a file, without our headers; this machine only where the API is here too."""
        from urllib.parse import urlsplit

        from ingram_micro_cloud.api.download import download
        from ingram_micro_cloud.runtime.addresses import is_loopback

        here = is_loopback(urlsplit(self.configuration.api_url).hostname or "")
        return await download(
            url, target, allow_loopback=here, allow_private_address=self.configuration.allow_private_address,
            timing=self.timing, transport=self.transport,
        )  # fmt: skip


def buying_rules(configuration: Configuration) -> "BuyingRules":
    """Return the buying rules as the form holds them."""
    from dataclasses import fields

    from ingram_micro_cloud.ordering.rules.judging import BuyingRules

    return BuyingRules(**{each.name: getattr(configuration, each.name) for each in fields(BuyingRules)})
