"""The connection without `await`: the same results, and a clear refusal where it would block."""

from collections.abc import Callable

import anyio.to_thread
import pytest

from ingram_micro_cloud.errors import UsageError
from support.marketplace import Workplace


def blocking(workplace: Workplace) -> Callable[[], object]:
    def go() -> object:
        with workplace.integration.connect_sync(
            workplace.configuration(),
            state=workplace.state,
            transport=workplace.transport,
            timing=workplace.timing,
        ) as connection:
            outcome = connection.run("list_customers")
            pages = [len(page.rows) for page in connection.pages("list_customers", {"max_items": 7})]
            return outcome.total, pages, sorted(connection.actions)[:1]

    return go


def test_the_same_without_await(workplace: Workplace) -> None:
    assert blocking(workplace)() == (25, [7], ["check_orders"])


@pytest.mark.anyio
async def test_the_one_without_await_is_refused_inside_a_loop(workplace: Workplace) -> None:
    with pytest.raises(UsageError, match="event loop"):
        blocking(workplace)()


@pytest.mark.anyio
async def test_the_one_without_await_works_in_a_thread_of_a_loop(workplace: Workplace) -> None:
    assert await anyio.to_thread.run_sync(blocking(workplace)) == (25, [7], ["check_orders"])


def test_a_closed_connection_says_so(workplace: Workplace) -> None:
    connection = workplace.integration.connect_sync(workplace.configuration(), state=workplace.state)
    with pytest.raises(UsageError, match="closed"):
        connection.run("list_customers")
