"""Walks a list to its end: by what was received, never by what was asked."""

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest
from ingram_micro_cloud.errors import IncompleteListError, UnreadableAnswerError

Send = Callable[[ApiRequest], Awaitable[ApiAnswer]]
REMEMBERED_PAGES: Final = 4
"""Lists come newest first, so a new row pushes earlier rows a little way on: only the ids of the last
pages can come again, and remembering just those keeps the memory the same for any length."""


@dataclass(frozen=True, slots=True)
class ApiPage:
    """One page, duplicates dropped, and where the walk stands after it.

    Attributes:
        rows: The rows that had not come before.
        total: What the vendor announced on this page, or None.
        received_so_far: Rows handed out, this page included.
        duplicates_so_far: Rows dropped because they had come before.
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
        IncompleteListError: An empty page came before the announced total.
        UnreadableAnswerError: An answer has no list where the rows should be.
    """
    seen: deque[frozenset[object]] = deque(maxlen=REMEMBERED_PAGES)
    position, received, duplicates = offset, 0, 0
    lowest: int | None = None
    first = True
    while True:
        size = limit or _size(page_size, max_items, received)
        answer = await send(replace(request, query=(*request.query, ("limit", str(size)), ("offset", str(position)))))
        rows, total = _read(answer, items, request.what)
        back = _vanished(lowest, total, size)
        position = max(offset, position - back) if back else position + len(rows)
        fresh = _not_seen(rows, seen, key)
        duplicates += len(rows) - len(fresh)
        if max_items is not None:
            fresh = fresh[: max_items - received]
        received += len(fresh)
        whole = not back and _ended(rows, total, position, size, first=first)
        complete = whole and offset == 0  # rows skipped on request are missing all the same
        page = ApiPage(fresh, total, received, duplicates, complete, answer.status_code, answer.request_id)
        if not rows and not back and total is not None and position < total and limit is None:
            raise IncompleteListError(
                f"The list stopped early: {received} of {total} rows came.",
                hint="It may be changing just now. Run it again; if it stays, give the correlation id to the vendor.",
                status_code=answer.status_code,
                correlation_id=answer.request_id,
            )
        lowest, first = _lower(lowest, total), False
        yield page
        if whole or limit is not None or (max_items is not None and received >= max_items):
            return


def _not_seen(rows: list[object], seen: deque[frozenset[object]], key: str) -> list[object]:
    """Return the rows that had not come before, and remember the keys of all."""
    keys = _keys(rows, key)
    known = frozenset(keys) - {None}
    repeated = len(known) < len(keys) or not all(ids.isdisjoint(known) for ids in seen)
    earlier = frozenset[object]().union(*seen) if repeated else frozenset[object]()
    seen.append(known)
    if not repeated:
        return rows
    fresh, here = [], set(earlier)
    for row, each in zip(rows, keys, strict=True):
        # Rows without a key cannot be told apart, so none of them is dropped.
        if each is None or each not in here:
            fresh.append(row)
            here.add(each)
    return fresh


def _size(page_size: int, max_items: int | None, received: int) -> int:
    return page_size if max_items is None else min(page_size, max_items - received)


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


def _ended(rows: Sequence[object], total: int | None, position: int, size: int, *, first: bool) -> bool:
    if total is None:
        # Without a total the only sign is a page that is not full.
        return len(rows) < size
    if position > total or (first and position == total):
        # A total below what has come is wrong, and one that is exactly a first full page may be a cap or a mistake
        # that no other page confirms: only a page that is not full is believed then.
        return len(rows) < size
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


def _keys(rows: list[object], key: str) -> list[object]:
    try:
        found = [row[key] for row in rows]  # type: ignore[index]  # all but always right, and four times as fast
        if {str, int}.issuperset(map(type, found)):
            return found
    except (TypeError, KeyError):
        pass
    return [_key(row, key) for row in rows]


def _key(row: object, key: str) -> object:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, str | int) else None
