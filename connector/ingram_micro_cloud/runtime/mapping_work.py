"""The parts of mapping that ask the vendor, over an open connection: refresh, one customer, an imported mapping."""

from pathlib import Path

from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.exchange.importing import ExchangeReport, import_file
from ingram_micro_cloud.organizations.lookup import find_customer as find_with
from ingram_micro_cloud.organizations.models import KnownCustomer
from ingram_micro_cloud.organizations.refresh import OnProgress, RefreshReport, refresh
from ingram_micro_cloud.runtime.callers import ConnectionCaller
from ingram_micro_cloud.runtime.connection import Connection


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
