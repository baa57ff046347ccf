"""Which process did something, and whether it is certainly gone."""

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_START_FIELD: Final = 19
"""Where the start time stands in /proc/PID/stat, counted after the command's name (proc(5))."""
_STATE_FIELD: Final = 0


@dataclass(frozen=True, slots=True)
class Process:
    """A process of one machine since one start of that machine.

    Attributes:
        host: Name, boot and process namespace: where two processes see the same numbers.
        started: When it started, as the system tells it; empty where it does not tell.
    """

    host: str
    pid: int
    started: str


def this_process() -> Process:
    """Return the process that runs this."""
    return _described(os.getpid())


def certainly_gone(process: Process) -> bool:
    """Return whether a process of this very machine has ended. Of other machines nobody here can know."""
    if process.host != this_process().host:
        return False
    if os.name != "posix":
        # There, sending signal 0 would end a process instead of asking for it.
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    found = _stat(process.pid)
    if found is None:
        return False
    # A number given anew belongs to somebody else; a zombie will do nothing any more.
    return found[_STATE_FIELD] in ("Z", "X") or (bool(process.started) and found[_START_FIELD] != process.started)


@lru_cache(maxsize=4)
def _described(pid: int) -> Process:
    found = _stat(pid)
    return Process(_host(), pid, found[_START_FIELD] if found else "")


def _host() -> str:
    parts = [socket.gethostname()]
    try:
        parts.append((_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str((_PROC / "self/ns/pid").readlink()))
    except OSError:
        pass
    return " ".join(parts)


def _stat(pid: int) -> list[str] | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()
