"""A signed address reaches no log, whatever the level, and other requests are logged as before."""

import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from ingram_micro_cloud.api.download import download
from ingram_micro_cloud.errors import RedirectRefusedError

pytestmark = pytest.mark.anyio
SIGNED = "https://files.example/r.csv?sig=canary-signature"


class Redirecting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name http.server calls
        self.send_response(302)
        self.send_header("Location", SIGNED)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as http.server names it
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Redirecting) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_where_a_redirect_leads_is_not_logged(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RedirectRefusedError):
        await download(f"{address}/r.csv?sig=canary-first", tmp_path / "r.csv", allow_loopback=True)
    assert "canary" not in caplog.text
    async with httpx.AsyncClient() as client:
        await client.get(address)
    assert "httpcore" in {record.name.partition(".")[0] for record in caplog.records}
