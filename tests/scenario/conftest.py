"""A marketplace on loopback that the scenarios of one module share, and a terminal for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from support.cli import Terminal


@pytest.fixture(scope="module")
def shared_marketplace() -> Iterator[RunningMarketplace]:
    with RunningMarketplace(Marketplace(seed=7, customers=25, unlimited=True)) as running:
        yield running


@pytest.fixture
def terminal(tmp_path: Path, shared_marketplace: RunningMarketplace) -> Iterator[Terminal]:
    shared_marketplace.marketplace.steer(lambda control: control.clear_faults())
    shared_marketplace.marketplace.steer(lambda control: control.reset_calls())
    yield Terminal(tmp_path / "home", shared_marketplace)
    shared_marketplace.marketplace.steer(lambda control: control.clear_faults())
