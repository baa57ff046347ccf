"""Walks a list to its end: by what was received, never by what was asked."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest
from ingram_micro_cloud.api.seen_rows import SeenRows
from ingram_micro_cloud.errors import IncompleteListError, UnreadableAnswerError

Send = Callable[[ApiRequest], Awaitable[ApiAnswer]]
STEPS_BACK: Final = 4
"""Pages. So far in all the walk goes back for rows that may have been pushed past it."""
MORE_CALLS: Final = 4
"""Beside as many as the walk itself took: so often is the beginning read again for rows that are still missing."""


@dataclass(frozen=True, slots=True)
class ApiPage:
    """One page, duplicates dropped, and where the walk stands after it.

    Attributes:
        rows: The rows that had not come before.
        total: What the vendor announced on this page, or None.
        received_so_far: Rows handed out, this page included.
        duplicates_so_far: Rows dropped because the vendor sent them twice unasked.
        complete: Whether the walk ends here with the list whole.
    """

    rows: Sequence[object]
    total: int | None
    received_so_far: int
    duplicates_so_far: int
    complete: bool
    status_code: int
    request_id: str | None


async def walk(
    send: Send,
    request: ApiRequest,
    *,
    items: str = "data",
    page_size: int = 500,
    offset: int = 0,
    limit: int | None = None,
    max_items: int | None = None,
    key: str = "id",
) -> AsyncGenerator[ApiPage, None]:
    """Yield every page of a list.

    A list that moves while it is read sends rows twice, and then others were pushed past the walk: it goes back for
    them, and where rows are still missing at the end it reads the beginning again, where new ones stand.

    Args:
        send: Sends one request and returns its answer.
        request: The list's request without paging.
        items: The member that holds the rows.
        page_size: Rows to ask for at a time.
        offset: Rows to skip first.
        limit: The caller's own page: exactly one request of this size.
        max_items: Stop after so many rows.
        key: The member that tells rows apart.

    Raises:
        IncompleteListError: Fewer rows came than were announced, whatever was tried.
        UnreadableAnswerError: An answer has no list where the rows should be.
    """
    stand = _Stand(offset, limit, max_items, SeenRows(key))
    while True:
        size = limit or stand.size(page_size)
        window = (("limit", str(size)), ("offset", str(stand.position)))
        answer = await send(replace(request, query=(*request.query, *window)))
        rows, total = _read(answer, items, request.what)
        fresh = stand.take(rows, total, size)
        if not stand.lost or fresh:
            yield ApiPage(
                fresh, total, stand.received, stand.duplicates, stand.complete, answer.status_code, answer.request_id
            )
        if stand.lost:
            raise IncompleteListError(
                f"The list stopped early: {stand.received} of {'unknown' if total is None else total} rows came.",
                hint="It may be changing just now. Run it again; if it stays, give the correlation id to the vendor.",
                status_code=answer.status_code,
                correlation_id=answer.request_id,
            )
        if stand.done:
            return


class _Stand:
    """Where a walk stands, and where it goes next.

    Attributes:
        position: Where to read next.
        received: Rows handed out.
        duplicates: Rows the vendor sent twice unasked.
        done: Whether the walk has ended.
        complete: Whether it has ended with the list whole.
        lost: Whether it has ended with rows missing.
    """

    def __init__(self, offset: int, limit: int | None, max_items: int | None, seen: SeenRows) -> None:
        self._offset, self._limit, self._max_items, self._seen = offset, limit, max_items, seen
        self.position = self._reached = self._gone_back_from = offset
        self.received = self.duplicates = 0
        self.done = self.complete = self.lost = False
        self._lowest: int | None = None
        self._calls = self._twins = self._stepped_back = 0
        self._calls_left: int | None = None
        self._found_in_front = 0

    def size(self, page_size: int) -> int:
        """Return how many rows to ask for."""
        return page_size if self._max_items is None else min(page_size, self._max_items - self.received)

    def take(self, rows: list[object], total: int | None, size: int) -> Sequence[object]:
        """Take a page in and return its new rows."""
        self._calls += 1
        in_front = self._calls_left is not None
        found = self._seen.add(rows)
        fresh = found.fresh if self._max_items is None else found.fresh[: self._max_items - self.received]
        self.received += len(fresh)
        if not in_front:
            self._twins += found.twins
            ended = self._went_on(rows, total, size, repeated=found.repeated)
            self.duplicates += found.twins
        else:
            ended = self._caught_up(len(rows), len(fresh), total, met=found.met)
        self._lowest = _lower(self._lowest, total)
        self._conclude(total, ended=ended)
        return fresh

    def _went_on(self, rows: list[object], total: int | None, size: int, *, repeated: int) -> bool:
        """Move on by what came; return whether the end is reached."""
        came, first = len(rows), self._calls == 1
        unasked = max(0, repeated - max(0, self._reached - self.position))
        moved = max(0, repeated - max(0, self._gone_back_from - self.position))
        self.duplicates += unasked
        self._reached = max(self._reached, self.position + came)
        back = _vanished(self._lowest, total, size)
        if back:
            self._gone_back_from = self._reached
            self.position = max(self._offset, self.position - back)
            return False
        self.position += came
        cut_off = came >= size or total is None or self.position < total
        if 0 < moved < came and cut_off and self._stepped_back + moved <= STEPS_BACK * size:
            # As many as came again may have been pushed off the end of this page.
            self._stepped_back += moved
            self.position -= moved
        standing = 0 < came == unasked  # the same rows again: a vendor that does not go on would hold us for ever
        ended = _ended(came, total, self.position, size, first=first) or (
            standing and total is not None and self.position >= total
        )
        self.lost = self._limit is None and not ended and (standing if total is None else not came)
        return ended

    def _caught_up(self, came: int, fresh: int, total: int | None, *, met: bool) -> bool:
        """Move on from the front; return whether everything is here or nothing more can be done."""
        self.position += came
        self._found_in_front += fresh
        self._calls_left = (self._calls_left or 0) - 1
        if not self._missing(total):
            return True
        over = met or not came
        self.lost = self._calls_left <= 0 or (over and not self._found_in_front)
        if over and not self.lost:
            self._to_front(self._calls_left)
        return False

    def _conclude(self, total: int | None, *, ended: bool) -> None:
        enough = self._max_items is not None and self.received >= self._max_items
        missing = self._missing(total)
        if ended and missing and not enough and self._limit is None and self._calls_left is None:
            self._to_front(self._calls + MORE_CALLS)
            return
        # Rows skipped on request are missing all the same; of a part that was asked for, only the total tells.
        counted = enough and total is not None and self.received + self._twins == total
        self.complete = (counted or (ended and not missing)) and self._offset == 0
        self.done = ended or enough or self._limit is not None

    def _to_front(self, calls: int) -> None:
        self._calls_left, self._found_in_front = calls, 0
        self.position = self._offset
        self._seen.return_to_front()

    def _missing(self, total: int | None) -> bool:
        """Return whether fewer rows came than are announced; rows that stand on a page twice count as two."""
        return total is not None and self.received + self._twins < total - self._offset


def _vanished(lowest: int | None, total: int | None, size: int) -> int:
    """Return how many rows to go back because as many vanished: those behind them have moved past us unread.

    Only a total lower than ever is believed, and one page of it at most, so that a total that flickers
    cannot keep the walk going round.
    """
    if lowest is None or total is None or total >= lowest:
        return 0
    return min(lowest - total, size)


def _lower(lowest: int | None, total: int | None) -> int | None:
    return total if lowest is None else lowest if total is None else min(lowest, total)


def _ended(came: int, total: int | None, position: int, size: int, *, first: bool) -> bool:
    if total is None:
        # Without a total the only sign is a page that is not full.
        return came < size
    if position > total or (first and position == total):
        # A total below what has come is wrong, and one that is exactly a first full page may be a cap or a mistake
        # that no other page confirms: only a page that is not full is believed then.
        return came < size
    return position >= total


def _read(answer: ApiAnswer, items: str, what: str) -> tuple[list[object], int | None]:
    body = answer.value
    rows = body.get(items) if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(rows, list):
        raise UnreadableAnswerError(
            f"The answer to {what} holds no list {items!r}.",
            hint="Check the API URL: what answers there may not be the marketplace API.",
            status_code=answer.status_code,
            correlation_id=answer.request_id,
        )
    pagination = body.get("pagination")
    total = pagination.get("total") if isinstance(pagination, Mapping) else None
    return rows, total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None
