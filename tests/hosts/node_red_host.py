"""A real Node-RED with our package installed the way its users install it, and a practice marketplace beside it."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from support.npm_tools import tool

COMMAND = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli"]
PATIENCE = 60.0
_SETTINGS = """\
module.exports = {
    uiHost: "127.0.0.1",
    uiPort: Number(process.env.NODE_RED_PORT),
    flowFile: "flows.json",
    credentialSecret: "a secret of this test",
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { theme: "" } },
    externalModules: { palette: { allowInstall: true, allowUpload: true } },
    logging: { console: { level: "info" } },
};
"""


@dataclass(frozen=True)
class NodeRed:
    """A running Node-RED: its address, its user folder, its log."""

    url: str
    folder: Path
    log: Path

    def install(self, name: str, package: bytes) -> Any:
        """Upload a package, as *Manage palette* does."""
        files = {"tarball": (name, package, "application/gzip")}
        answer = httpx.post(f"{self.url}/nodes", files=files, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def saved_configurations(self) -> set[str]:
        """What the command line finds in the state that Node-RED's gateway keeps."""
        environ = {**os.environ, "IM_CLOUD_HOME": str(self.folder / "im-cloud")}
        listed = subprocess.run([*COMMAND, "config", "list", "--json"], env=environ, check=True, capture_output=True)
        return {each["name"] for each in json.loads(listed.stdout)}

    def everything_written(self) -> str:
        """Everything in the user folder that is text, the log included, our own state aside."""
        files = [each for each in self.folder.rglob("*") if each.is_file() and "node_modules" not in each.parts]
        return "\n".join(each.read_bytes().decode(errors="replace") for each in [*files, self.log])


@contextmanager
def running_node_red(folder: Path) -> Iterator[NodeRed]:
    """Start Node-RED on a free port with a user folder of its own; stopped with SIGTERM at the end."""
    folder.mkdir()
    (folder / "settings.js").write_text(_SETTINGS)
    (folder / "package.json").write_text('{"name": "user-folder", "version": "1.0.0", "private": true}')
    port, log = _free_port(), folder.parent / "node-red.log"
    environ = {key: value for key, value in os.environ.items() if not key.startswith("IM_CLOUD_")}
    environ |= {"NODE_RED_PORT": str(port), "IM_CLOUD_COMMAND": shlex.join(COMMAND)}
    command = [str(tool("node-red")), "-u", str(folder), "-s", str(folder / "settings.js")]
    with log.open("w") as told:
        process = subprocess.Popen(command, env=environ, stdout=told, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _await(f"http://127.0.0.1:{port}/settings", process, log)
            yield NodeRed(f"http://127.0.0.1:{port}", folder, log)
        finally:
            process.terminate()
            process.wait(PATIENCE)
            left = is_running(process.pid)
            if left:
                os.killpg(process.pid, signal.SIGKILL)
        assert not left, "Node-RED ended, and something it had started did not."


def running_marketplace() -> AbstractContextManager[Mapping[str, str]]:
    """Start the practice marketplace; gives what it announces."""
    return _announcing("sandbox", {})


def running_gateway(home: Path) -> AbstractContextManager[Mapping[str, str]]:
    """Start a gateway of somebody else's, with a state of its own; gives what it announces."""
    return _announcing("serve", {"IM_CLOUD_HOME": str(home)})


@contextmanager
def _announcing(command: str, settings: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    words = [*COMMAND, command, "--port", "0", "--json"]
    environ = {**os.environ, **settings}
    with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(PATIENCE)


def is_running(group: int) -> bool:
    """Whether anything of a process group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"Node-RED did not start: {log.read_text()}")
