"""A PostgreSQL server of its own for a test run, where its programs are installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, or None."""
    named = shutil.which("pg_ctl")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return Path(named).parent if named else found[-1].parent if found else None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server that listens on a socket in a folder only; gives its address."""
    user = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="pg-") as short:  # a socket's path must be short
        place = Path(short)
        if user is not None:
            os.chown(place, user.pw_uid, user.pw_gid)
            place.chmod(0o755)
        identity = {"user": user.pw_uid, "group": user.pw_gid} if user is not None else {}
        data = place / "data"

        def run(*command: str) -> None:
            subprocess.run(
                [str(folder / command[0]), *command[1:]], check=True, capture_output=True, cwd=place,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **identity,  # type: ignore[call-overload]
            )  # fmt: skip

        run("initdb", "-D", str(data), "-U", "practice", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={place} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-o", options, "-w", "-l", str(place / "log"), "start")
        try:
            yield f"postgresql://practice@/postgres?host={place}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def _unprivileged() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
