"""Builds the sdist, the wheel from that sdist, and runs the contract tests on the wheel in a clean environment.

The wheel that passed is then in dist/.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Return pytest's exit status; anything before it that fails raises."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        wheel = build(work)
        environment = work / "environment"
        venv.create(environment, with_pip=True)
        python = environment / "bin" / "python"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "wheel.lock")], work)
        run([*pip, "--no-deps", str(wheel)], work)
        suite = unpacked_tests(work)
        origin = "import ingram_micro_cloud as p, sys; sys.exit('site-packages' not in p.__file__)"
        run([str(python), "-c", origin], work)
        environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        tests = [str(python), "-m", "pytest", "-q", "tests/contract"]
        status = subprocess.run(tests, cwd=suite, env=environ, check=False).returncode
        if status == 0:
            (ROOT / "dist").mkdir(exist_ok=True)
            shutil.copy(wheel, ROOT / "dist")  # the very one that was tested
        return status


def build(work: Path) -> Path:
    """Return a wheel that was built from the sdist, not from the checkout."""
    hatch = [sys.executable, "-m", "hatchling", "build"]
    run([*hatch, "-t", "sdist", "-d", str(work / "sdist")], ROOT)
    (archive,) = (work / "sdist").glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(work / "source", filter="data")
    (source,) = (work / "source").iterdir()
    run([*hatch, "-t", "wheel", "-d", str(work / "wheel")], source)
    (wheel,) = (work / "wheel").glob("*.whl")
    return wheel


def unpacked_tests(work: Path) -> Path:
    """Return a folder with tests and settings but without the package's source."""
    (source,) = (work / "source").iterdir()
    suite = work / "suite"
    suite.mkdir()
    for name in ("tests", "pyproject.toml"):
        (source / name).rename(suite / name)
    return suite


def run(command: list[str], folder: Path) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    sys.exit(main())
