"""Fetches a file from a signed address: none of our headers go there, and the address goes into no log and no error.

The address is good for whoever has it. So the requests go straight to the transport, past the client that logs every
URL; what the transport logs of headers is dropped, because a redirect carries an address as well; and no error carries
the failure it came from, because those name the request.
"""

import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from anyio import to_thread

from ingram_micro_cloud.api.failures import error_for_failure
from ingram_micro_cloud.api.network import PinnedTransport, is_loopback_name
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.unlogged import unlogged
from ingram_micro_cloud.errors import (
    AccessDeniedError,
    DeadlineError,
    EgressRefusedError,
    FieldProblem,
    IngramMicroCloudError,
    InputError,
    NotFoundError,
    RedirectRefusedError,
    ServerError,
    StatusError,
    UnreachableError,
    UsageError,
)

LARGEST: Final = 2 * 1024**3
"""Bytes. A report is a table; what is bigger is something else."""
LONGEST: Final = 900.0
"""Seconds for the whole file."""
PATIENCE: Final = {"connect": 20.0, "read": 60.0, "write": 20.0, "pool": 20.0}
WHAT: Final = "fetching the file"


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is there as a whole."""

    path: Path
    size: int


OnBytes = Callable[[int, int | None], None]
"""Told how many bytes have come, and how many there will be where the server says so."""


async def download(
    url: str,
    target: Path,
    *,
    allow_loopback: bool = False,
    allow_private_address: bool = False,
    max_bytes: int = LARGEST,
    seconds: float = LONGEST,
    timing: Timing | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    on_progress: OnBytes | None = None,
) -> Downloaded:
    """Fetch a signed address into a file, which appears only once it is whole; a file of that name is replaced.

    Args:
        url: The signed address; https, or http to this machine where that is allowed.
        target: The file to write; its folder must exist.
        allow_loopback: The address may be this machine, as the practice marketplace's are.
        allow_private_address: The host may lead to a private address.
        max_bytes: The most that is written.
        seconds: The longest it may take.
        timing: Clock; the real one by default.
        transport: Stands in for the network.
        on_progress: Told of every piece.

    Raises:
        InputError: The target cannot be a file, or the file is larger than ``max_bytes``; nothing is left behind.
        EgressRefusedError: The address is not one to fetch from; nothing was sent.
        MarketplaceError: It could not be fetched as a whole.
    """
    timing = timing or Timing()
    _check_target(target)
    address = _checked(url, allow_loopback=allow_loopback)
    network = transport or PinnedTransport(
        loopback_named=allow_loopback and is_loopback_name(address.host),
        private_allowed=allow_private_address,
        timing=timing,
    )
    # Nothing but the host: no key, no token, no user agent. The bytes are wanted as they lie there.
    request = httpx.Request("GET", address, headers={"Accept-Encoding": "identity"}, extensions={"timeout": PATIENCE})
    until = timing.now() + seconds
    part: Path | None = None
    try:
        with unlogged():
            response = await network.handle_async_request(request)
            try:
                _check_status(response.status_code)
                part = await to_thread.run_sync(_part_beside, target)
                size = await _written(response, part, max_bytes=max_bytes, until=until, timing=timing, told=on_progress)
            finally:
                await response.aclose()
        await to_thread.run_sync(os.replace, part, target)
    except httpx.RequestError as failure:
        raise error_for_failure(failure, what=WHAT, safe=True) from None
    except OSError as problem:
        raise UsageError(
            f"The file {target} could not be written ({problem.strerror}).", hint="Name another file, or make room."
        ) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
        if transport is None:
            await network.aclose()
    return Downloaded(target, size)


def _checked(url: str, *, allow_loopback: bool) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise _refused("is no address") from None
    if address.userinfo:
        raise _refused("carries a user name")
    loopback = allow_loopback and is_loopback_name(address.host)
    if address.scheme != "https" and not (address.scheme == "http" and loopback):
        raise _refused("is not an https address")
    if not address.host:
        raise _refused("names no host")
    return address.copy_with(fragment=None)


def _refused(why: str) -> EgressRefusedError:
    return EgressRefusedError(
        f"Nothing was sent. The address the vendor gave for the file {why}.",
        hint="Ask for the report again; if it stays, send the report's id to the vendor's support.",
    )


def _check_target(target: Path) -> None:
    problem = None
    if target.is_dir():
        problem = f"{target} is a folder; name a file in it."
    elif not target.parent.is_dir():
        problem = f"The folder {target.parent} does not exist; make it first, or name another."
    if problem is not None:
        raise InputError(f"Nothing was sent. {problem}", fields=[FieldProblem("/target", "no_file", problem)])


def _check_status(status: int) -> None:
    if status == httpx.codes.OK:
        return
    kind: type[StatusError]
    if 300 <= status < 400:
        kind, text, hint = RedirectRefusedError, "answered with a redirect, which is not followed", "Ask again later."
    elif status in (401, 403):
        kind, text = AccessDeniedError, "refused the signed address; signatures end after a while"
        hint = "Read the report again for a fresh address, and fetch that."
    elif status in (404, 410):
        kind, text, hint = NotFoundError, "no longer has the file", "Have the report made again."
    elif status >= 500:
        kind, text, hint = ServerError, "failed", "Try again."
    else:
        kind, text, hint = StatusError, f"answered {status}", "Try again; if it stays, have the report made again."
    raise kind(f"The place where the file lies {text}.", hint=hint, status_code=status)


async def _written(
    response: httpx.Response, part: Path, *, max_bytes: int, until: float, timing: Timing, told: OnBytes | None
) -> int:
    length = response.headers.get("Content-Length", "")
    plain = "Content-Encoding" not in response.headers
    expected = int(length) if length.isdecimal() and plain else None
    if expected is not None and expected > max_bytes:
        raise _too_large(max_bytes)
    received = 0
    with part.open("wb") as file:  # opening is quick; the writing is not, and happens in a thread
        async for piece in response.aiter_bytes():
            received += len(piece)
            if received > max_bytes:
                raise _too_large(max_bytes)
            if timing.now() > until:
                raise DeadlineError(
                    f"The file did not come in the time allowed; {received:,} bytes had come.",
                    hint="Try again, with more seconds if it is large.",
                )
            await to_thread.run_sync(file.write, piece)
            if told is not None:
                told(received, expected)
        await to_thread.run_sync(_to_disk, file.fileno(), file.flush)
    if expected is not None and received != expected:
        raise _cut_off(received, expected)
    return received


def _to_disk(number: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(number)


def _part_beside(target: Path) -> Path:
    """Make an empty file beside the target, for this user only, whose name nobody can guess."""
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(number)
    return Path(name)


def _too_large(max_bytes: int) -> InputError:
    told = f"The file is larger than {max_bytes:,} bytes; nothing was kept."
    return InputError(told, hint="Raise max_bytes.", fields=[FieldProblem("/max_bytes", "too_large", told)])


def _cut_off(received: int, expected: int) -> IngramMicroCloudError:
    return UnreachableError(
        f"The connection broke while the file came: {received:,} of {expected:,} bytes. Nothing was kept.",
        code="connection_failed",
        hint="Try again.",
    )


Fetch = Callable[[str, Path], Awaitable[Downloaded]]
"""Fetches a signed address into a file: ``download`` with everything else filled in."""
