"""Puts a gateway together: who may be let in from where it listens, its key of this run, its document."""

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import SecretStr

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.documents.openapi import whole_document
from ingram_micro_cloud.hosts.gateway.doors import Doors
from ingram_micro_cloud.hosts.gateway.in_flight import InFlight
from ingram_micro_cloud.hosts.gateway.routing import Gateway
from ingram_micro_cloud.hosts.gateway.server import listen, url_of
from ingram_micro_cloud.hosts.gateway.telemetry import telemetry
from ingram_micro_cloud.hosts.serving.access import local_access
from ingram_micro_cloud.hosts.serving.keys import KeyRing, run_key
from ingram_micro_cloud.hosts.serving.service import Service
from ingram_micro_cloud.runtime.addresses import is_loopback


@dataclass(frozen=True, slots=True)
class Wish:
    """How a gateway is wanted.

    Attributes:
        host: Where it listens.
        port: 0 for any that is free.
        public_url: Where it is reached from outside, or None.
        run_key: Whether a key of this run is made, where it listens on this machine alone.
        most: Requests worked on at once.
    """

    host: str = "127.0.0.1"
    port: int = 8520
    public_url: str | None = None
    run_key: bool = True
    most: int = 32


@dataclass(frozen=True, slots=True)
class OpenedGateway:
    """A gateway that listens and is not served yet.

    Attributes:
        url: Where it is reached on this machine or network.
        key: The key of this run, or None.
        key_scope: What that key may do, in words.
    """

    gateway: Gateway
    listening: socket.socket
    url: str
    key: SecretStr | None
    key_scope: str | None = field(default=None)


def opened(service: Service, wish: Wish, environ: Mapping[str, str]) -> OpenedGateway:
    """Return a gateway that listens.

    Raises:
        UsageError: It would listen to others without a key that lets anybody in, or the address is taken.
    """
    local = is_loopback(wish.host)
    token, known = run_key(local_access()) if local and wish.run_key else (None, {})
    keys = KeyRing(service.state, time.time, known)
    _require_a_key(keys, wish.host, local=local)
    watching = telemetry(environ, service.integration.version)
    listening = listen(wish.host, wish.port)
    url = url_of(listening, wish.host)
    gateway = Gateway(
        service, keys, _document(service, wish.public_url or url), Doors(local, wish.public_url),
        InFlight(wish.most, on_stop=service.hurry), watching,
    )  # fmt: skip
    scope = None if token is None else "What the command line may, until the gateway is stopped."
    return OpenedGateway(gateway, listening, url, token, scope)


def _require_a_key(keys: KeyRing, host: str, *, local: bool) -> None:
    """Refuse to listen to other machines without a stored key; a key of one run is for this machine alone."""
    usable = [each for each in keys.all() if each.expires_at is None or each.expires_at > keys.now()]
    if local or usable:
        return
    raise UsageError(
        f"Nothing was started. At {host} other machines can reach the gateway, and there is no key to tell them apart.",
        hint="Make one first: im-cloud keys add NAME --org ID. Or listen on this machine alone: --host 127.0.0.1",
    )


def _document(service: Service, url: str) -> Callable[[], dict[str, object]]:
    @cache
    def made() -> dict[str, object]:
        return whole_document(service.integration, url)

    return made
