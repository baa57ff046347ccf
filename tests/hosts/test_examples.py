"""The example packages as their users have them: installed beside the built wheel, in an environment of their own."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.wheel_check import ROOT, build, run

EVERY_DAY = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"


@dataclass(frozen=True)
class Environment:
    """A clean virtual environment with the wheel and the example host, and where it keeps its state."""

    folder: Path
    work: Path

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IM_CLOUD_", "PYTHON"))}
        return {**kept, "IM_CLOUD_HOME": str(self.work / "home"), "EXAMPLE_FROZEN_DAYS": EVERY_DAY}

    def command(self, name: str) -> str:
        return str(self.folder / "bin" / name)

    def install(self, *what: str) -> None:
        run(
            [self.command("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what], self.work
        )

    def example(self, name: str) -> str:
        """Build an example package and return its wheel."""
        target = self.work / name
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
        run(command, ROOT / "examples" / name)
        (wheel,) = target.glob("*.whl")
        return str(wheel)

    def host(self, *line: str, **more: object) -> tuple[int, Any]:
        ended = subprocess.run(
            [self.command("example-host"), *line], cwd=self.work, env={**self.environ, **_texts(more)},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.stdout, ended.stderr
        return ended.returncode, json.loads(ended.stdout)


def _texts(more: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in more.items()}


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    made = Environment(tmp_path / "environment", tmp_path)
    venv.create(made.folder, with_pip=True)
    made.install("--require-hashes", "-r", str(ROOT / "requirements" / "run.lock"))
    made.install("--no-deps", str(build(tmp_path)))
    made.install("--no-deps", made.example("example-host"))
    return made


@pytest.fixture
def values(environment: Environment) -> Iterator[str]:
    """A file with form values for a practice marketplace that the environment's own command serves."""
    command = [environment.command("im-cloud"), "sandbox", "--json", "--unlimited", "--port", "0", "--seed", "7"]
    with subprocess.Popen(command, cwd=environment.work, env=environment.environ, stdout=subprocess.PIPE) as serving:
        try:
            assert serving.stdout is not None
            told = json.loads(serving.stdout.readline())
            told.pop("control_url")
            file = environment.work / "values.json"
            file.write_text(json.dumps({"name": "example", "allow": "edit", **told}), encoding="utf-8")
            yield str(file)
        finally:
            serving.terminate()
            serving.wait(timeout=20)


def host_lists_customers(environment: Environment, values: str) -> None:
    """Everything a platform does, ending with *List Customers*."""
    origin = [environment.command("python"), "-c", "import ingram_micro_cloud as p; print(p.__file__)"]
    place = subprocess.run(origin, cwd=environment.work, env=environment.environ, capture_output=True, check=True)
    assert b"site-packages" in place.stdout
    assert environment.host("integrations") == (0, ["im_cloud"])
    status, form = environment.host("form", "im_cloud")
    assert (status, "password" in form["properties"]) == (0, True)
    status, report = environment.host("check", "im_cloud", "--values", values)
    assert (status, report["passing"]) == (0, True)
    status, options = environment.host("options", "im_cloud", "create_order.customerId", "--values", values)
    organizations = environment.work / "organizations.json"
    organizations.write_text(json.dumps([{"id": "org-1", "name": options[0]["label"]}]), encoding="utf-8")
    asked = ("map", "im_cloud", "--values", values, "--organizations", str(organizations))
    status, (suggestion,) = environment.host(*asked)
    assert (status, suggestion["customer_id"]) == (0, options[0]["value"])
    status, outcome = environment.host("run", "im_cloud", "list_customers", "--values", values)
    assert (status, outcome["action"], outcome["complete"]) == (0, "list_customers", True)
    assert {"id", "name"} <= set(outcome["result"][0])


def extension_takes_part(environment: Environment, values: str) -> None:
    """A write is vetoed while the example extension is installed, and goes through when it is gone."""
    _, customers = environment.host("run", "im_cloud", "list_customers", "--values", values)
    given = json.dumps({"id": customers["result"][0]["id"], "name": "New Name"})
    update = ("run", "im_cloud", "update_customer", "--values", values, "--inputs", given)
    environment.install("--no-deps", environment.example("example-extension"))
    status, told = environment.host(*update)
    assert (status, told["error"]["code"]) == (1, "vetoed")
    assert "'example'" in told["error"]["message"]
    rows = environment.work / "theirs.json"
    rows.write_text(json.dumps([{"id": "org-7", "name": "Alder"}]), encoding="utf-8")
    imported = subprocess.run(
        [environment.command("im-cloud"), "organizations", "import", "--source", "example", "--json"],
        cwd=environment.work, env={**environment.environ, "EXAMPLE_ORGANIZATIONS": str(rows)}, capture_output=True,
        check=True,
    )  # fmt: skip
    assert json.loads(imported.stdout)["added"] == 1
    run(
        [environment.command("python"), "-m", "pip", "uninstall", "--quiet", "--yes", "example-extension"],
        environment.work,
    )
    assert environment.host(*update)[0] == 0


def test_the_installed_packages_find_each_other(environment: Environment, values: str) -> None:
    """One test, because the environment takes half a minute to make, and workers would make one each."""
    host_lists_customers(environment, values)
    extension_takes_part(environment, values)
