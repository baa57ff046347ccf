"""A headless Chromium that opens the editor of one Node-RED."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from hosts.node_red_editor import SIZE, Editor
from support.npm_tools import program

PATIENCE = 20_000
"""Milliseconds."""


class Browser:
    """A browser that opens the editor of one Node-RED."""

    def __init__(self, context: BrowserContext, url: str, failures: Path) -> None:
        self._context, self._url, self._failures = context, url, failures

    @contextmanager
    def editor(self) -> Iterator[Editor]:
        """Open the editor; a script that failed in it fails the test."""
        page = self._context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.set_default_timeout(PATIENCE)
        try:
            page.goto(self._url)
            page.wait_for_function("() => window.RED && window.$ && $('#red-ui-palette-search').is(':visible')")
            page.wait_for_function(
                "() => RED.workspaces.active() && $('#red-ui-loading-progress:visible').length === 0"
            )
            try:
                yield Editor(page)
            except Exception:
                page.screenshot(path=self._failures / "node-red-failure.png")
                raise
            assert problems == []
        finally:
            page.close()


@contextmanager
def open_browser(url: str, profile: Path, *, sharp: bool) -> Iterator[Browser]:
    """Start a headless Chromium with a profile of its own.

    Args:
        url: The Node-RED.
        profile: A folder for the browser.
        sharp: Draw twice as many points, for pictures; it takes its time.
    """
    chromium = program("chromium", install="chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            headless=True,
            args=flags,
            viewport=SIZE,
            device_scale_factor=2 if sharp else 1,
        )
        try:
            yield Browser(context, url, profile.parent)
        finally:
            context.close()
