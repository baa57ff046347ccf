"""The saved mapping and the cache of owners, as the guard asks for them."""

from collections.abc import Callable
from functools import cached_property

from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.models import Suggestion
from ingram_micro_cloud.organizations.ports import Account, Binding
from ingram_micro_cloud.runtime.configuration import Configuration
from ingram_micro_cloud.runtime.ownership import OWNER_SECONDS
from ingram_micro_cloud.store.state import State


def account_of(configuration: Configuration, state: State) -> Account:
    """Return whose mapping a configuration uses: a new password or key is the same account, another user is not."""
    fingerprint = state.fingerprint("account", configuration.api_url, configuration.marketplace, configuration.username)
    return Account(configuration.name, fingerprint)


class SavedMappings:
    """Opens the mapping only when an organization is named."""

    def __init__(self, open_book: Callable[[], MappingBook]) -> None:
        self._open_book = open_book

    @cached_property
    def _book(self) -> MappingBook:
        return self._open_book()

    def binding(self, organization_id: str) -> Binding:
        """Return what an organization is bound to."""
        return self._book.binding(organization_id)

    def advice(self, organization_id: str) -> Suggestion | None:
        """Return the best that is known for an organization; sends nothing."""
        return self._book.advice(organization_id)


class SavedOwners:
    """Owners of orders and subscriptions, for one account only."""

    def __init__(self, state: State, account: Account, now: Callable[[], float]) -> None:
        self._records, self._account, self._now = state.ownership, account.fingerprint, now

    def owner(self, action: str, key: str) -> str | None:
        """Return the customer an id belongs to, unless that was read too long ago."""
        return self._records.get(self._account, action, key, newer_than=self._now() - OWNER_SECONDS)

    def remember(self, action: str, key: str, customer: str) -> None:
        """Keep whose an id is."""
        self._records.put(self._account, action, key, customer, at=self._now())
