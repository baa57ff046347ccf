"""Programs of other people that the host tests run: real hosts, linters, a browser, a web server.

An ordinary run does not even collect those tests, and says so: `make hosts` installs the programs and sets the variable
that makes them needed.
"""

import os
import shutil
from pathlib import Path

import pytest

NEEDED = "IM_CLOUD_TEST_HOSTS"
"""Set to "needed", the host tests run, and what they lack is a failure."""
REPOSITORY = Path(__file__).parents[2]
INSTALLED = REPOSITORY / "build" / "hosts" / "node_modules" / ".bin"


def needed() -> bool:
    """Whether the host tests belong to this run."""
    return os.environ.get(NEEDED) == "needed"


def tool(name: str) -> Path:
    """Return a program of tests/hosts/package.json."""
    found = INSTALLED / name
    if not found.exists():
        pytest.fail(f"{name} is not installed. Run: make hosts")
    return found


def program(name: str, *, install: str) -> Path:
    """Return a program of the machine.

    Args:
        name: Its command.
        install: The package that brings it, for the sentence about what is missing.
    """
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.fail(f"{name} is not on this machine. Install the package {install}.")
    return Path(found)
