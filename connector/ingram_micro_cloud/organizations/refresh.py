"""Reads the vendor's customers: the whole list, then details only where names do not decide."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from ingram_micro_cloud.organizations import decisions
from ingram_micro_cloud.organizations.book import MappingBook
from ingram_micro_cloud.organizations.details import DetailReader
from ingram_micro_cloud.organizations.evidence import listed_customer
from ingram_micro_cloud.organizations.ports import Caller
from ingram_micro_cloud.organizations.texts import same_name
from ingram_micro_cloud.store.customers import Seen
from ingram_micro_cloud.store.mappings import Pair

OnProgress = Callable[[str, int, int | None], None]
"""Told about the phase (list, details), what is done, and out of how many where that is known."""
CHECKED: Final = "checked after the configuration was made again"


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh found.

    Attributes:
        customers: In the vendor's list.
        gone: That were there before and no longer are.
        confirmed: Pairs of another account that hold in this one too.
        details_read: Customers whose own record was read.
        holdings_read: Customers whose subscriptions were looked at.
        left: Customers that are worth reading and wait for the next refresh.
        calls: Pages and single reads, without signing in.
        stopped: Why reading details ended early, in a sentence, or None.
    """

    customers: int
    new: int
    renamed: int
    gone: int
    returned: int
    confirmed: int
    details_read: int
    holdings_read: int
    left: int
    calls: int
    stopped: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return what `mapping refresh --json` prints."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Walked:
    customers: int
    seen: Seen
    gone: int
    pages: int


async def refresh(
    book: MappingBook, caller: Caller, *, on_progress: OnProgress | None = None, most_calls: int | None = None
) -> RefreshReport:
    """Read the customers' list to its end, check pairs of another account, and read what matching needs.

    What was read is kept as it arrives, so a refresh that fails, or that uses up its calls, is not lost.

    Args:
        book: Whose customers.
        caller: Makes the calls.
        on_progress: Told how far it is.
        most_calls: Calls beside the list itself; what is declared by default.

    Raises:
        MarketplaceError: The list could not be read to its end; nobody was marked as gone.
    """
    tell = on_progress or _nobody
    walked = await _walk(book, caller, tell)
    confirmed = _confirm(book)
    most = book.spec.reads.most_calls if most_calls is None else most_calls
    reader = DetailReader(book, caller, most_calls=max(0, most), on_progress=tell)
    stopped = await reader.read()
    return RefreshReport(
        customers=walked.customers,
        new=len(walked.seen.new),
        renamed=len(walked.seen.renamed),
        gone=walked.gone + reader.gone,
        returned=len(walked.seen.returned),
        confirmed=confirmed,
        details_read=reader.details_read,
        holdings_read=reader.holdings_read,
        left=reader.left,
        calls=walked.pages + reader.calls,
        stopped=stopped,
    )


async def _walk(book: MappingBook, caller: Caller, tell: OnProgress) -> _Walked:
    records, account, source = book.state.customers, book.account.fingerprint, book.spec.source
    began, pages = book.now(), 0
    present: set[str] = set()
    new: set[str] = set()
    renamed: set[str] = set()
    returned: set[str] = set()
    tell("list", 0, None)
    async for page in caller.rows(source.action, {}):
        listed = [each for row in page if (each := listed_customer(row, source)) is not None]
        seen = records.see(account, listed, at=book.now())
        present.update(each.id for each in listed)
        new.update(seen.new)
        renamed.update(seen.renamed)
        returned.update(seen.returned)
        pages += 1
        tell("list", len(present), None)
    gone = records.finish_list(account, present, began=began, at=book.now())
    tell("list", len(present), len(present))
    return _Walked(len(present), Seen(tuple(new), tuple(renamed), tuple(returned)), len(gone), pages)


def _confirm(book: MappingBook) -> int:
    """Take over pairs of another account whose customer is in this one's list under the same name."""
    account = book.account.fingerprint
    waiting = any(pair.account != account for entry in book.entries().values() for pair in entry.pairs)
    if not waiting:
        return 0
    with book.batch() as batch:
        customers = batch.customers()

        def still(pair: Pair) -> bool:
            known = customers.get(pair.customer_id)
            return known is not None and not known.gone and same_name(known.name, pair.customer_name)

        return decisions.confirm(batch, account, still, why=CHECKED)


def _nobody(_phase: str, _done: int, _total: int | None) -> None:
    """Take the place of a listener."""
