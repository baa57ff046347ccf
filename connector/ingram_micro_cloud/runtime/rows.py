"""The rows of a list as the caller may see them: everybody's, or an organization's own."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from ingram_micro_cloud.api.paging import ApiPage, walk
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest
from ingram_micro_cloud.errors import NotFoundError
from ingram_micro_cloud.runtime.outcomes import Notice
from ingram_micro_cloud.runtime.screening import GuardedCall, screened_rows, withheld_notice

Send = Callable[[ApiRequest], Awaitable[ApiAnswer]]
ReadOne = Callable[[str, Mapping[str, object]], Awaitable[ApiAnswer]]
"""Runs a reading action by its id with checked inputs."""
WINDOW: Final = frozenset({"limit", "offset", "max_items"})


@dataclass(frozen=True, slots=True)
class ScreenedPage:
    """A page of which what belongs to others was withheld, and what should be said about that."""

    page: ApiPage
    notices: tuple[Notice, ...] = ()


async def walked_rows(plan: GuardedCall, send: Send, read_one: ReadOne) -> AsyncGenerator[ScreenedPage, None]:
    """Yield the pages of a planned list.

    A list that the vendor cannot narrow to one customer is gathered whole for an organization, whose rows are few;
    where nothing filters it, its customers are read by their ids, which costs one call each.
    """
    if plan.own is None or plan.narrowed:
        async with aclosing(_walked(plan, send)) as pages:
            async for page in pages:
                rows, withheld = screened_rows(plan, page.rows)
                # How many others there are is not this organization's business.
                total = None if withheld else page.total
                yield ScreenedPage(replace(page, rows=rows, total=total), withheld_notice(withheld))
        return
    if plan.rules.owner.by_id is not None and not (plan.inputs.keys() - WINDOW):
        found = await _read_by_id(plan, plan.rules.owner.by_id, read_one)
    else:
        found = await _gathered(plan, send)
    yield _cut(plan, found)


async def _walked(plan: GuardedCall, send: Send) -> AsyncGenerator[ApiPage, None]:
    call = plan.call
    if call.paging is None:
        return
    walked = walk(
        send, call.request, items=call.paging.items, page_size=call.paging.page_size,
        offset=call.offset, limit=call.limit, max_items=call.max_items,
    )  # fmt: skip
    async with aclosing(walked) as pages:
        async for page in pages:
            yield page


async def _gathered(plan: GuardedCall, send: Send) -> ScreenedPage:
    whole = replace(plan, call=replace(plan.call, offset=0, limit=None, max_items=None))
    rows: list[object] = []
    last: ApiPage | None = None
    async with aclosing(_walked(whole, send)) as pages:
        async for last in pages:
            rows += screened_rows(plan, last.rows)[0]
    return ScreenedPage(
        ApiPage(rows, len(rows), len(rows), 0, complete=bool(last and last.complete),
                status_code=last.status_code if last else 200, request_id=last.request_id if last else None)
    )  # fmt: skip


async def _read_by_id(plan: GuardedCall, action: str, read_one: ReadOne) -> ScreenedPage:
    rows: list[object] = []
    notices: list[Notice] = []
    status, request_id = 200, None
    for customer in plan.own.customers if plan.own else ():
        try:
            answer = await read_one(action, {"id": customer})
        except NotFoundError:
            text = f"The mapped customer {customer} is gone at the vendor. Look again: im-cloud mapping refresh"
            notices.append(Notice("customer_gone", text))
            continue
        status, request_id = answer.status_code, answer.request_id
        rows += screened_rows(plan, [answer.value])[0]
    page = ApiPage(rows, len(rows), len(rows), 0, complete=True, status_code=status, request_id=request_id)
    return ScreenedPage(page, tuple(notices))


def _cut(plan: GuardedCall, found: ScreenedPage) -> ScreenedPage:
    """Return the part of an organization's own rows that the caller's paging asks for."""
    call, rows = plan.call, list(found.page.rows)
    most = [each for each in (call.limit, call.max_items) if each is not None]
    part = rows[call.offset :][: min(most)] if most else rows[call.offset :]
    complete = found.page.complete and len(part) == len(rows)
    return replace(found, page=replace(found.page, rows=part, received_so_far=len(part), complete=complete))
