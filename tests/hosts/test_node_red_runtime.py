"""The package's scripts under Node.js itself: no Node-RED, no browser, a fake gateway."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from ingram_micro_cloud import Integration
from ingram_micro_cloud.hosts.node_red.package import build_package
from support.npm_tools import program

TESTS = sorted((Path(__file__).parent / "node_red").glob("*.test.mjs"))


@pytest.fixture(scope="module")
def unpacked(integration: Integration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    with tarfile.open(fileobj=io.BytesIO(build_package(integration)), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_scripts(unpacked: Path, test: Path) -> None:
    node = program("node", install="nodejs")
    environ = {**os.environ, "PACKAGE": str(unpacked)}
    ended = subprocess.run([node, "--test", test], env=environ, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
