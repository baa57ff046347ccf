"""Walking 100,000 rows: processor time against a bare loop, and memory that must not grow with the rows."""

import time
import tracemalloc

import anyio
import httpx

from benchmarks.dispatch import _headers
from benchmarks.row import Row, Server, fresh_home, load_integration, server
from ingram_micro_cloud.plugin import open_state
from ingram_micro_cloud.runtime.connection import Connection

ROWS = 100_000
ROUNDS = 5


def rows() -> list[Row]:
    """Compare walking every row with a bare httpx loop over the same pages."""
    with server("--unlimited", "--customers", str(ROWS)) as marketplace, fresh_home():
        ratio, growth = anyio.run(_measured, marketplace)
    return [
        Row(f"walking {ROWS:,} rows / bare httpx loop", ratio, 1.25, note=f"  median of {ROUNDS}"),
        Row("peak memory of pages(), all rows / first tenth", growth, 1.1),
    ]


async def _measured(marketplace: Server) -> tuple[float, float]:
    integration = load_integration()
    with open_state() as state:
        async with (
            integration.connect(marketplace.configuration(integration), state=state) as connection,
            httpx.AsyncClient(base_url=marketplace.announced["api_url"], timeout=60) as bare,
        ):
            bare.headers = httpx.Headers(await _headers(marketplace, bare))
            await connection.run("list_customers", {"limit": 1})
            ratios = []
            for _ in range(ROUNDS):
                before = time.process_time()
                assert await _bare(bare) == ROWS
                between = time.process_time()
                assert await _ours(connection) == ROWS
                ratios.append((time.process_time() - between) / (between - before))
            tracemalloc.start()
            # A first whole walk fills the fixed-size caches of the libraries underneath; they are no growth of ours.
            await _peak(connection, None)
            few, every = await _peak(connection, ROWS // 10), await _peak(connection, None)
            tracemalloc.stop()
    return sorted(ratios)[ROUNDS // 2], every / few


async def _bare(bare: httpx.AsyncClient) -> int:
    seen, total = 0, 1
    while seen < total:
        answer = (await bare.get("/customers", params={"limit": 500, "offset": seen})).json()
        seen += len(answer["data"])
        total = answer["pagination"]["total"]
    return seen


async def _ours(connection: Connection, most: int | None = None) -> int:
    inputs: dict[str, object] = {} if most is None else {"max_items": most}
    return sum([len(page.rows) async for page in connection.pages("list_customers", inputs)])


async def _peak(connection: Connection, most: int | None) -> int:
    tracemalloc.reset_peak()
    await _ours(connection, most)
    return tracemalloc.get_traced_memory()[1]
