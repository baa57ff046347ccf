"""The package's scripts under Node.js itself: no Node-RED, no browser, a fake gateway."""

import io
import os
import shlex
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import httpx
import pytest

from hosts.node_red_host import COMMAND, PATIENCE, is_running
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


def test_a_gateway_does_not_outlive_a_node_red_that_is_killed(unpacked: Path, tmp_path: Path) -> None:
    starting = """
        const { SharedGateway } = require(`${process.env.PACKAGE}/lib/shared_gateway.js`);
        const { gatewayCommand, gatewayEnvironment } = require(`${process.env.PACKAGE}/lib/gateway_command.js`);
        const command = () => gatewayCommand({}, process.env);
        const log = { debug() {}, warn: (text) => console.error(text) };
        const gateway = new SharedGateway({ command, environment: gatewayEnvironment({}, process.env), log });
        gateway.acquire();
        gateway.address().then(({ url }) => console.log(url));
    """
    environ = {key: value for key, value in os.environ.items() if not key.startswith("IM_CLOUD_")}
    home = {"IM_CLOUD_HOME": str(tmp_path / "home"), "IM_CLOUD_COMMAND": shlex.join(COMMAND), "PACKAGE": str(unpacked)}
    words = [str(program("node", install="nodejs")), "-e", starting]
    with subprocess.Popen(
        words, env={**environ, **home}, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as host:
        assert host.stdout is not None
        try:
            url = host.stdout.readline().strip()
            assert httpx.get(f"{url}/health").status_code == 200
            host.kill()
            host.wait(PATIENCE)
            until = time.monotonic() + PATIENCE
            while is_running(host.pid) and time.monotonic() < until:
                time.sleep(0.05)
            assert not is_running(host.pid)
        finally:
            if is_running(host.pid):
                os.killpg(host.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A certificate for 127.0.0.1 that Node.js trusts, by the names of the variables that say where it is."""
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [program("openssl", install="openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    return {"TLS_KEY": str(key), "TLS_CERTIFICATE": str(made), "NODE_EXTRA_CA_CERTS": str(made)}


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_scripts(unpacked: Path, certificate: dict[str, str], test: Path) -> None:
    node = program("node", install="nodejs")
    environ = {**os.environ, "PACKAGE": str(unpacked), **certificate}
    ended = subprocess.run([node, "--test", test], env=environ, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
