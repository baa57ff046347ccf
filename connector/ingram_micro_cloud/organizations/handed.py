"""Organizations a host hands in for one question: matched with what is known of customers, and forgotten again."""

from collections.abc import Sequence
from typing import Final

from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.models import Suggestion
from ingram_micro_cloud.organizations.sources import OrganizationBook
from ingram_micro_cloud.store.mappings import Entry
from ingram_micro_cloud.store.state import State

SOURCE: Final = "handed in"


class HandedBook(MappingBook):
    """A mapping over organizations in memory.

    What was read of customers, and what is decided, is the real book's; organizations are not. Whatever a change would
    write goes to memory.
    """

    def __init__(self, real: MappingBook, memory: State) -> None:
        """Take the real book, and a state in memory that is this book's own."""
        super().__init__(real.spec, real.words, memory, real.account, who=SOURCE, now=real.now)
        memory.customers = real.state.customers
        self._real = real

    def hand_in(self, rows: Sequence[object]) -> None:
        """Take organizations in; rows that cannot be read are left out.

        Raises:
            InputError: No row is good.
        """
        OrganizationBook(self.state, self.spec, now=self.now).import_rows(rows, SOURCE)

    def entries(self) -> dict[str, Entry]:
        """Return what is really decided, by organization."""
        return self._real.entries()

    def suggestions(self) -> tuple[Suggestion, ...]:
        """Return how each organization that was handed in stands, by id."""
        return self.snapshot().rows([each.id for each in self.state.organizations.all()])
