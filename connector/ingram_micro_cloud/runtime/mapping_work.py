"""The parts of mapping that ask the vendor, over an open connection: refresh, one customer, an imported mapping."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.details import DetailReader
from ingram_micro_cloud.organizations.exchange.importing import ExchangeReport, import_file
from ingram_micro_cloud.organizations.handed import HandedBook
from ingram_micro_cloud.organizations.lookup import find_customer as find_with
from ingram_micro_cloud.organizations.models import KnownCustomer, Suggestion
from ingram_micro_cloud.organizations.refresh import OnProgress, RefreshReport, refresh
from ingram_micro_cloud.runtime.callers import ConnectionCaller
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.store.state import State

LIST_SECONDS: Final = 24 * 3600.0
"""So long a whole list of customers counts as fresh when somebody only asks what fits."""


async def refresh_mapping(
    connection: Connection,
    book: MappingBook,
    *,
    most_calls: int | None = None,
    on_progress: OnProgress | None = None,
) -> RefreshReport:
    """Read the vendor's customers to the last page, and details where names do not decide.

    Args:
        connection: To the account the book belongs to.
        book: From ``Integration.mapping``; what was read is kept there.
        most_calls: Calls beside the list itself; what is declared by default.
        on_progress: Told ``(phase, done, total)``; phases are ``list`` and ``details``.

    Raises:
        MarketplaceError: The list could not be read to its end; nobody was marked as gone.
    """
    return await refresh(book, ConnectionCaller(connection), on_progress=on_progress, most_calls=most_calls)


async def find_customer(connection: Connection, book: MappingBook, customer_id: str) -> KnownCustomer:
    """Return one of the vendor's customers: as it was read before, else read now.

    Raises:
        InputError: The vendor has no customer with this id.
    """
    return await find_with(book, ConnectionCaller(connection), customer_id)


async def import_mapping(
    connection: Connection,
    book: MappingBook,
    file: Path,
    *,
    replace: bool = False,
    pack_config_id: str | None = None,
) -> ExchangeReport:
    """Take a mapping in from a file, all of it or nothing; customers that were never read are looked up.

    Args:
        connection: To the account the book belongs to.
        book: From ``Integration.mapping``.
        file: What was exported: CSV, JSON or the platform's payload.
        replace: Let customers that are mapped, and exclusions, make way for what the file says.
        pack_config_id: Which configuration's variables to take from the platform's payload, where there are several.

    Raises:
        InputError: Every problem with row, field and reason; nothing was changed.
    """
    caller = ConnectionCaller(connection)
    return await import_file(
        book,
        file,
        lambda customer_id: find_with(book, caller, customer_id),
        replace=replace,
        pack_config_id=pack_config_id,
    )


async def suggest_for(
    connection: Connection, book: MappingBook, organizations: Sequence[object]
) -> tuple[Suggestion, ...]:
    """Return which customer fits each of these organizations; neither they nor any decision is saved.

    The customers' list is read when that is a day ago, and details where names do not decide; both are kept.

    Args:
        connection: To the account the book belongs to.
        book: From ``Integration.mapping``; what it has decided counts.
        organizations: Objects with the fields of an organization; those that cannot be read are left out.

    Raises:
        InputError: None of them can be read.
        MarketplaceError: The list could not be read to its end.
    """
    if not organizations:
        return ()
    with State.in_memory() as memory:
        handed = HandedBook(book, memory)
        handed.hand_in(organizations)
        caller = ConnectionCaller(connection)
        read_at = book.state.customers.list_read_at(book.account.fingerprint)
        if read_at is None or book.now() - read_at > LIST_SECONDS:
            await refresh(handed, caller)
        else:
            most = book.spec.reads.most_calls
            await DetailReader(handed, caller, most_calls=most, on_progress=lambda _phase, _done, _total: None).read()
        return handed.suggestions()
