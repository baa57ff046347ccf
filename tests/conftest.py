"""Fixtures of every suite, and the closing lines that say which optional checks took part."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest

from ingram_micro_cloud import Integration, load_integration
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from ingram_micro_cloud.store.state import State
from support import npm_tools, postgres
from support.cli import Terminal
from support.clock import FakeClock
from support.journals import new_database
from support.marketplace import Workplace
from support.vendor_document import DocumentedTransport, VendorDocument

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

DOCUMENT = "SIMPLEAPI_DOCUMENT"
NEEDED = "IM_CLOUD_TEST_POSTGRESQL"
"""Set to "needed", a machine without a PostgreSQL server fails instead of leaving those tests out."""
HOSTS = Path(__file__).parent / "hosts"
COUNTS = pytest.StashKey[list[tuple[int, int, int]]]()
LINES = pytest.StashKey[list[str]]()
ASKED = pytest.StashKey[bool]()
"""Whether any test of this run wants PostgreSQL."""


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
def workplace(integration: Integration, vendor_document: VendorDocument | None, tmp_path: Path) -> Iterator[Workplace]:
    """A fresh practice marketplace; what passes is held against the vendor's document where there is one."""
    clock = FakeClock()
    marketplace = Marketplace(seed=7, customers=25, unlimited=True, now=clock.now)

    def wrap(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return inner if vendor_document is None else DocumentedTransport(inner, vendor_document)

    with State.in_memory() as state:
        yield Workplace(integration, marketplace, clock, state, wrap, tmp_path / "files")


@pytest.fixture
def undocumented(workplace: Workplace) -> Workplace:
    """The same for tests that send what the document does not have, on purpose."""
    workplace.wrap = lambda inner: inner
    return workplace


@pytest.fixture(scope="module")
def shared_marketplace() -> Iterator[RunningMarketplace]:
    """A practice marketplace on loopback that the scenarios of one module share."""
    with RunningMarketplace(Marketplace(seed=7, customers=25, unlimited=True)) as running:
        yield running


@pytest.fixture
def terminal(tmp_path: Path, shared_marketplace: RunningMarketplace) -> Iterator[Terminal]:
    """A terminal with a state folder of its own, before that marketplace."""
    shared_marketplace.marketplace.steer(lambda control: control.clear_faults())
    shared_marketplace.marketplace.steer(lambda control: control.reset_calls())
    yield Terminal(tmp_path / "home", shared_marketplace)
    shared_marketplace.marketplace.steer(lambda control: control.clear_faults())


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server of this run's own, where its programs are installed."""
    folder = postgres.programs()
    if folder is None and os.environ.get(NEEDED) == "needed":
        pytest.fail(
            "No PostgreSQL server programs (initdb, pg_ctl) on this machine, and this run needs them: install them."
        )
    if folder is None:
        pytest.skip("no PostgreSQL programs on this machine")
    with postgres.running(folder) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def state_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a state can be kept: a folder, and an empty database on the server."""
    if request.param == "sqlite":
        yield str(tmp_path / "home")
        return
    with new_database(request.getfixturevalue("postgresql_server")) as address:
        yield address


@pytest.fixture
def closing_line(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Have a line printed at the end of the run, from whichever worker."""
    return request.config.stash[LINES].append


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = []
    config.stash[LINES] = []
    config.stash[ASKED] = False


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the host tests out of ordinary runs; the closing lines say so."""
    return True if collection_path == HOSTS and not npm_tools.needed() else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["vendor_document"] = session.config.stash[COUNTS]
        output["closing_lines"] = session.config.stash[LINES]
        output["postgresql"] = session.config.stash[ASKED]


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[ASKED] = any("postgres" in item.nodeid for item in session.items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    config = node.config  # type: ignore[attr-defined]  # xdist's worker controller has no public type
    output = getattr(node, "workeroutput", {})
    config.stash[COUNTS] += output.get("vendor_document", [])
    config.stash[LINES] += getattr(node, "workeroutput", {}).get("closing_lines", [])
    config.stash[ASKED] |= output.get("postgresql", False)


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
    if config.stash[ASKED]:
        if postgres.programs():
            terminalreporter.write_line("postgresql: part of this run")
        else:
            told = "PostgreSQL: NOT TESTED, there are no server programs (initdb, pg_ctl) on this machine"
            terminalreporter.write_line(told, red=True, bold=True)
    if not npm_tools.needed():
        terminalreporter.write_line("real hosts: not part of this run (make hosts)")
    for line in config.stash[LINES]:
        terminalreporter.write_line(line)
