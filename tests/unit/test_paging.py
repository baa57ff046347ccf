"""Lists to their end, whatever the vendor does meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingram_micro_cloud.api.paging import ApiPage, walk
from ingram_micro_cloud.api.requests import ApiAnswer, ApiRequest
from ingram_micro_cloud.errors import IncompleteListError, UnreadableAnswerError
from support.examples import examples

REQUEST = ApiRequest(method="GET", path="/customers", query=(("name", "Acme"),), safe=True, what="List Customers")
Row = dict[str, object]


@dataclass
class Vendor:
    """A list that can be cut, lied about, and changed between pages."""

    rows: list[Row]
    total: Callable[[int], object] = lambda true: true
    largest_page: int = 500
    before_page: Callable[["Vendor", int], None] = lambda vendor, number: None
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def send(self, request: ApiRequest) -> ApiAnswer:
        query = dict(request.query)
        assert query["name"] == "Acme", "the caller's own filters stay"
        limit, offset = int(query["limit"]), int(query["offset"])
        self.before_page(self, len(self.asked))
        self.asked.append((limit, offset))
        page = self.rows[offset : offset + min(limit, self.largest_page)]
        body: Row = {"data": list(page), "pagination": {"offset": offset, "limit": limit}}
        total = self.total(len(self.rows))
        if total is not None:
            body["pagination"] = {"offset": offset, "limit": limit, "total": total}
        return ApiAnswer(200, body, f"c-{len(self.asked)}")


@dataclass
class Shifting(Vendor):
    """Shows the row before a page again at its top, as if a row had come in front just for that call."""

    shifted: set[int] = field(default_factory=set)
    counted: int = 0
    lost: str | None = None

    def __init__(self, given: list[Row], shifted: set[int], counted: int, lost: str | None = None) -> None:
        super().__init__(given)
        self.shifted, self.counted, self.lost = shifted, counted, lost

    async def send(self, request: ApiRequest) -> ApiAnswer:
        number, offset = len(self.asked), int(dict(request.query)["offset"])
        answer = await super().send(request)
        body: Any = answer.value
        if number in self.shifted and offset:
            body["data"] = [self.rows[offset - 1], *body["data"]][: body["pagination"]["limit"]]
            body["pagination"]["total"] += self.counted
        body["data"] = [row for row in body["data"] if row["id"] != self.lost]
        return answer


def rows(count: int, first: int = 0) -> list[Row]:
    return [{"id": str(number)} for number in range(first + count - 1, first - 1, -1)]


def walked(vendor: Vendor, **options: int) -> list[ApiPage]:
    async def go() -> list[ApiPage]:
        return [page async for page in walk(vendor.send, REQUEST, **options)]  # type: ignore[arg-type]

    return anyio.run(go)


def ids(pages: Sequence[ApiPage]) -> list[object]:
    return [row["id"] for page in pages for row in page.rows if isinstance(row, dict)]


@pytest.mark.parametrize(
    ("count", "calls"), [(0, 1), (1, 1), (499, 1), (500, 2), (501, 2), (1000, 2), (1200, 3), (5000, 10)]
)
def test_every_row_comes_and_no_call_is_wasted(count: int, calls: int) -> None:
    vendor = Vendor(rows(count))
    pages = walked(vendor)
    assert ids(pages) == [row["id"] for row in vendor.rows]
    assert pages[-1].complete
    assert len(vendor.asked) == calls


def test_a_vendor_that_gives_smaller_pages_than_asked_is_followed_by_what_came() -> None:
    vendor = Vendor(rows(1000), largest_page=100)
    pages = walked(vendor)
    assert len(ids(pages)) == 1000
    assert [offset for _, offset in vendor.asked] == list(range(0, 1000, 100))
    assert pages[-1].complete


@pytest.mark.parametrize("lie", [lambda n: n // 2, lambda n: 0, lambda n: n * 0 + 500], ids=["half", "zero", "page"])
def test_a_total_that_is_too_small_does_not_cut_the_list(lie: Callable[[int], object]) -> None:
    vendor = Vendor(rows(1700), total=lie)
    assert len(ids(walked(vendor))) == 1700


@pytest.mark.parametrize("total", [None, "many", -1, True, 3.5, [5]])
def test_without_a_usable_total_the_page_that_is_not_full_is_the_last(total: object) -> None:
    vendor = Vendor(rows(1200), total=lambda _: total)
    pages = walked(vendor)
    assert len(ids(pages)) == 1200
    assert pages[-1].complete
    assert len(vendor.asked) == 3


def test_an_empty_page_before_the_total_is_an_error_that_tells_how_far_it_got() -> None:
    vendor = Vendor(rows(700), total=lambda n: n + 300)
    with pytest.raises(IncompleteListError, match="700 of 1000") as caught:
        walked(vendor)
    assert caught.value.correlation_id == "c-3"
    assert caught.value.retry == "yes"
    vendor.total = lambda n: n
    assert len(ids(walked(vendor))) == 700


def test_rows_that_are_added_in_front_come_twice_and_are_kept_once() -> None:
    def add(vendor: Vendor, number: int) -> None:
        if number == 1:
            vendor.rows[:0] = rows(3, first=5000)

    vendor = Vendor(rows(1200), before_page=add)
    pages = walked(vendor)
    found = ids(pages)
    assert len(found) == len(set(found)) == 1203, "the new ones came as well, at the end"
    assert pages[-1].total == pages[-1].received_so_far == 1203
    assert pages[-1].duplicates_so_far == 3
    assert pages[-1].complete
    assert not any(page.complete for page in pages[:-1])


@pytest.mark.parametrize("counted", [0, 1], ids=["right total", "total counts it twice"])
@pytest.mark.parametrize("count", [1000, 1001, 1200, 2000])
@pytest.mark.parametrize("shifted", [{1}, {2}, {3}, {1, 2}, {1, 2, 3, 4, 5, 6}])
def test_a_page_that_shows_a_former_row_again_hides_none(count: int, shifted: set[int], counted: int) -> None:
    vendor = Shifting(rows(count), shifted, counted)
    pages = walked(vendor)
    found = ids(pages)
    assert sorted(map(str, found)) == sorted(str(row["id"]) for row in vendor.rows)
    assert pages[-1].complete
    assert pages[-1].received_so_far == pages[-1].total == count
    assert len(vendor.asked) <= len(range(0, count, 500)) + 3


def test_a_list_that_stays_short_of_its_total_is_never_called_whole() -> None:
    vendor = Shifting(rows(1200), {1}, 0, lost="20")
    with pytest.raises(IncompleteListError, match="1199 of 1200"):
        walked(vendor)
    assert len(vendor.asked) <= 2 * 3 + 5


@pytest.mark.parametrize("total", [1200, None])
def test_a_vendor_that_always_sends_the_first_page_does_not_pass_for_a_list(total: int | None) -> None:
    class Stuck(Vendor):
        async def send(self, request: ApiRequest) -> ApiAnswer:
            self.asked.append((0, 0))
            return ApiAnswer(200, {"data": self.rows[:500], "pagination": {"total": total}}, "c")

    vendor = Stuck(rows(1200))
    with pytest.raises(IncompleteListError, match=f"500 of {total or 'unknown'}"):
        walked(vendor)
    assert len(vendor.asked) < 12


def test_many_new_rows_are_fetched_however_many_pages_they_fill() -> None:
    def add(vendor: Vendor, number: int) -> None:
        if number == 2:
            vendor.rows[:0] = rows(130, first=5000)

    vendor = Vendor(rows(400), largest_page=50, before_page=add)
    pages = walked(vendor)
    assert len(set(ids(pages))) == len(ids(pages)) == 530
    assert pages[-1].complete


def test_rows_that_vanish_meanwhile_do_not_take_others_along() -> None:
    def remove(vendor: Vendor, number: int) -> None:
        if number == 1:
            del vendor.rows[10:14]

    vendor = Vendor(rows(1300), before_page=remove)
    stayed = {row["id"] for row in vendor.rows} - {row["id"] for row in vendor.rows[10:14]}
    assert stayed <= set(ids(walked(vendor)))
    assert len(vendor.asked) == 4, "one more than without the change"


def test_a_total_that_flickers_cannot_keep_the_walk_going_round() -> None:
    totals = iter([2000, 700, 2000, 700, 2000, 700, 2000])
    vendor = Vendor(rows(2000), total=lambda _: next(totals))
    assert len(ids(walked(vendor))) == 2000
    assert len(vendor.asked) <= 7


@pytest.mark.parametrize(
    ("options", "expected", "asked", "complete"),
    [
        ({"limit": 10}, 10, [(10, 0)], False),
        ({"limit": 500}, 30, [(500, 0)], True),
        ({"limit": 10, "offset": 25}, 5, [(10, 25)], False),
        ({"offset": 25}, 5, [(500, 25)], False),
        ({"offset": 40}, 0, [(500, 40)], False),
        ({"max_items": 10}, 10, [(10, 0)], False),
        ({"max_items": 29}, 29, [(29, 0)], False),
        ({"max_items": 30}, 30, [(30, 0)], True),
        ({"max_items": 5, "offset": 25}, 5, [(5, 25)], False),
        ({"max_items": 99}, 30, [(99, 0)], True),
    ],
)
def test_a_part_is_what_was_asked_for_and_never_called_whole(
    options: dict[str, int], expected: int, asked: list[tuple[int, int]], complete: bool
) -> None:
    vendor = Vendor(rows(30))
    pages = walked(vendor, **options)
    assert len(ids(pages)) == expected
    assert vendor.asked[: len(asked)] == asked[: len(vendor.asked)]
    assert pages[-1].complete is complete


def test_max_items_beyond_a_page_stops_exactly() -> None:
    vendor = Vendor(rows(2000))
    pages = walked(vendor, max_items=1234)
    assert len(ids(pages)) == 1234
    assert not pages[-1].complete
    assert vendor.asked == [(500, 0), (500, 500), (234, 1000)]


def test_rows_without_an_id_are_never_taken_for_duplicates() -> None:
    vendor = Vendor([{"name": "a"}, {"name": "a"}, {"id": None}, {"id": None}, {"id": ["x"]}, {"id": "1"}, {"id": "1"}])
    pages = walked(vendor)
    assert sum(len(page.rows) for page in pages) == 6
    assert pages[-1].duplicates_so_far == 1


@pytest.mark.parametrize("body", [None, [], "text", {}, {"data": None}, {"data": {"id": 1}}, {"items": []}])
def test_an_answer_that_holds_no_list_is_no_empty_list(body: object) -> None:
    async def send(request: ApiRequest) -> ApiAnswer:
        return ApiAnswer(200, body, "c-1")

    async def go() -> list[ApiPage]:
        return [page async for page in walk(send, REQUEST)]

    with pytest.raises(UnreadableAnswerError, match="no list"):
        anyio.run(go)


@settings(deadline=None, max_examples=examples(60))
@given(count=st.integers(0, 400), page=st.integers(1, 60), cap=st.integers(1, 60), drift=st.integers(0, 3))
def test_any_list_at_any_page_size_comes_whole(count: int, page: int, cap: int, drift: int) -> None:
    def grow(vendor: Vendor, number: int) -> None:
        if number and number % 3 == 0 and drift < min(page, cap):
            vendor.rows[:0] = rows(drift, first=10_000 + number * 10)

    vendor = Vendor(rows(count), largest_page=cap, before_page=grow)
    found = ids(walked(vendor, page_size=page))
    assert len(found) == len(set(found))
    assert {str(number) for number in range(count)} <= set(found)
