"""What running an action costs on top of a bare httpx request to the same server."""

import time

import anyio
import httpx

from benchmarks.row import Row, Server, fresh_home, load_integration, server
from ingram_micro_cloud.plugin import open_state

READS = 300
ROUNDS = 9


def rows() -> list[Row]:
    """Compare processor time of one read, limiter on, with a bare request and JSON decoding."""
    with server("--unlimited") as marketplace, fresh_home():
        ratio = anyio.run(_ratio, marketplace)
    return [Row("processor time of one read / bare httpx", ratio, 1.3, note=f"  median of {ROUNDS} × {READS} reads")]


async def _ratio(marketplace: Server) -> float:
    integration = load_integration()
    values = marketplace.announced
    with open_state() as state:
        async with (
            integration.connect(marketplace.configuration(integration), state=state) as connection,
            httpx.AsyncClient(base_url=values["api_url"], timeout=60) as bare,
        ):
            listed = await connection.run("list_customers", {"limit": 1})
            assert isinstance(listed.result, list)
            customer = listed.result[0]["id"]
            bare.headers = httpx.Headers(await _headers(marketplace, bare))
            ratios = []
            for _ in range(ROUNDS):
                before = time.process_time()
                for _ in range(READS):
                    (await bare.get(f"/customers/{customer}")).json()
                between = time.process_time()
                for _ in range(READS):
                    await connection.run("get_customer", {"id": customer})
                ratios.append((time.process_time() - between) / (between - before))
    return sorted(ratios)[ROUNDS // 2]


async def _headers(marketplace: Server, bare: httpx.AsyncClient) -> dict[str, str]:
    values = marketplace.announced
    key = {"X-Subscription-Key": values["subscription_key"]}
    answer = await bare.post(
        "/token",
        auth=(values["username"], values["password"]),
        headers=key,
        json={"marketplace": values["marketplace"]},
    )
    return {**key, "Authorization": f"Bearer {answer.json()['token']}"}
