"""The journal as it stands: every intent of an account, and open previews. Reads the state only."""

import time
from collections.abc import Callable, Collection

from ingram_micro_cloud.ordering.journal.previews import PreviewBook
from ingram_micro_cloud.ordering.journal.records import preview_entry, read_entry
from ingram_micro_cloud.ordering.models import IntentState, JournalEntry
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.store.state import State


def journal_entries(
    state: State,
    acting: Acting,
    *,
    states: Collection[IntentState] | None = None,
    now: Callable[[], float] = time.time,
) -> tuple[JournalEntry, ...]:
    """Return the journal, the newest first; for an organization only its own."""
    intents = state.journal.all(acting.account)
    found = [read_entry(each) for each in intents if acting.organization in (None, each.organization)]
    found += [preview_entry(each) for each in PreviewBook(state, acting, now=now).open()]
    wanted = [each for each in found if states is None or each.state in states]
    return tuple(sorted(wanted, key=lambda each: each.created_at, reverse=True))
