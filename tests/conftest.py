"""Fixtures of every suite, and the closing lines that say which optional checks took part."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.store.state import State
from support import postgres
from support.clock import FakeClock
from support.marketplace import Workplace
from support.vendor_document import DocumentedTransport, VendorDocument

DOCUMENT = "SIMPLEAPI_DOCUMENT"
COUNTS = pytest.StashKey[list[tuple[int, int, int]]]()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def integration() -> Integration:
    return load_integration()


@pytest.fixture(scope="session")
def vendor_document(request: pytest.FixtureRequest) -> Iterator[VendorDocument | None]:
    named = os.environ.get(DOCUMENT)
    document = VendorDocument.read(Path(named)) if named else None
    yield document
    if document is not None:
        request.config.stash.setdefault(COUNTS, []).append((document.requests, document.answers, len(document.seen)))


@pytest.fixture
def workplace(integration: Integration, vendor_document: VendorDocument | None) -> Iterator[Workplace]:
    """A fresh practice marketplace; what passes is held against the vendor's document where there is one."""
    clock = FakeClock()
    marketplace = Marketplace(seed=7, customers=25, unlimited=True, now=clock.now)

    def wrap(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return inner if vendor_document is None else DocumentedTransport(inner, vendor_document)

    with State.in_memory() as state:
        yield Workplace(integration, marketplace, clock, state, wrap)


@pytest.fixture
def undocumented(workplace: Workplace) -> Workplace:
    """The same for tests that send what the document does not have, on purpose."""
    workplace.wrap = lambda inner: inner
    return workplace


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["vendor_document"] = session.config.stash[COUNTS]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    config = node.config  # type: ignore[attr-defined]  # xdist's worker controller has no public type
    config.stash[COUNTS] += getattr(node, "workeroutput", {}).get("vendor_document", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counts = config.stash[COUNTS]
    if counts:
        requests, answers = sum(each[0] for each in counts), sum(each[1] for each in counts)
        text = f"vendor document: {requests} requests and {answers} answers held against it"
    elif os.environ.get(DOCUMENT):
        text = f"vendor document: {DOCUMENT} is set, but no test that uses it ran"
    else:
        text = f"vendor document: not part of this run ({DOCUMENT} is not set)"
    terminalreporter.write_line(text)
    found = "part of this run" if postgres.programs() else "not part of this run (no server programs on this machine)"
    terminalreporter.write_line(f"postgresql: {found}")
