"""What every route has in common: its key, its body, its place among what is worked on, and its errors as answers."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

import anyio.to_thread
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.hosts.gateway.answers import Answer, response
from ingram_micro_cloud.hosts.gateway.bodies import BODY_SECONDS, read_object
from ingram_micro_cloud.hosts.gateway.doors import Doors
from ingram_micro_cloud.hosts.gateway.exchange import Exchange
from ingram_micro_cloud.hosts.gateway.in_flight import InFlight
from ingram_micro_cloud.hosts.gateway.query import Query, check_headers, clean
from ingram_micro_cloud.hosts.gateway.refusals import HttpRefusalError, method_not_allowed
from ingram_micro_cloud.hosts.gateway.statuses import error_answer, unforeseen
from ingram_micro_cloud.hosts.gateway.telemetry import Silence, Telemetry
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.bearer import bearer
from ingram_micro_cloud.hosts.serving.keys import KeyRing
from ingram_micro_cloud.hosts.serving.service import Service
from ingram_micro_cloud.hosts.surface.endpoints import Needs

log = logging.getLogger(__name__)
EXCHANGE: Final = "im_cloud.exchange"
"""Where an ASGI scope holds what is known of its request."""
NOBODY: Final = Access("nobody")


@dataclass(frozen=True)
class Gateway:
    """Everything the routes work with.

    Attributes:
        service: Runs actions and holds open connections.
        keys: Says what the holder of a key may do.
        document: Returns the OpenAPI document of all there is.
        doors: What every request passes first.
        in_flight: What is being worked on.
        telemetry: Who is told about requests.
        body_seconds: For a body to arrive.
    """

    service: Service
    keys: KeyRing
    document: Callable[[], dict[str, object]]
    doors: Doors
    in_flight: InFlight = field(default_factory=InFlight)
    telemetry: Telemetry = field(default_factory=Silence)
    body_seconds: float = BODY_SECONDS


@dataclass(frozen=True)
class Asked:
    """One request as a handler gets it: its key known, its body read.

    Attributes:
        path: The parameters in the path.
    """

    gateway: Gateway
    exchange: Exchange
    access: Access
    path: Mapping[str, str]
    headers: Mapping[str, str]
    query: Query
    body: Mapping[str, object]


Handler: TypeAlias = Callable[[Asked], Awaitable[Answer]]


@dataclass(frozen=True)
class Entry:
    """One method of one path.

    Attributes:
        needs: Whose key: nobody's, anybody's, or one that may manage.
        reads: Whether nothing but reading is asked for; anything else runs to its end whatever happens.
        documented: Whether the OpenAPI document has it.
    """

    method: str
    path: str
    handler: Handler
    needs: Needs = "key"
    reads: bool = True
    documented: bool = True


class Resource:
    """A path with everything it takes, as an ASGI application. Every error becomes an answer here."""

    def __init__(self, gateway: Gateway, path: str, entries: Mapping[str, Entry]) -> None:
        self._gateway, self._path, self._entries = gateway, path, entries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks for it."""
        exchange: Exchange = scope[EXCHANGE]
        exchange.route = self._path
        await (await self._answered(scope, receive, exchange))(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, exchange: Exchange) -> Response:
        try:
            entry = self._entry(scope["method"])
            if entry is None:
                raise method_not_allowed(name for name in (*self._entries, "HEAD") if self._entry(name) is not None)
            exchange.reads = entry.reads
            return response(await self._answer(entry, scope, receive, exchange))
        except HttpRefusalError as problem:
            exchange.code = problem.code
            return response(error_answer(problem, reads=exchange.reads))
        except IngramMicroCloudError as problem:
            return self._told(problem, exchange)
        except Exception as problem:  # noqa: BLE001  # the last resort: whatever it is, the caller gets one error
            log.error("unforeseen %s at %s", type(problem).__name__, _place(problem))  # noqa: TRY400  # words may quote
            return self._told(unforeseen(problem), exchange)

    def _entry(self, method: str) -> Entry | None:
        found = self._entries.get("GET" if method == "HEAD" else method)
        # Whoever watches over a gateway may ask so; the server leaves out the body. A key's requests are worked on.
        return None if found is not None and method == "HEAD" and found.needs != "none" else found

    def _told(self, problem: IngramMicroCloudError, exchange: Exchange) -> Response:
        exchange.code, exchange.calls = problem.specific_code, problem.calls
        return response(error_answer(problem, reads=exchange.reads, reseller=exchange.reseller))

    async def _answer(self, entry: Entry, scope: Scope, receive: Receive, exchange: Exchange) -> Answer:
        gateway, headers = self._gateway, headers_of(scope)
        check_headers(scope["headers"])
        access = NOBODY
        if entry.needs != "none":
            # In a thread: it asks the database, which another process may keep waiting.
            access = await anyio.to_thread.run_sync(gateway.keys.access, bearer(headers))
            exchange.who, exchange.reseller = access.who, access.reseller
        if entry.needs == "manage":
            access.require_manage()
        path = {name: clean(value, name) for name, value in scope["path_params"].items()}
        query = Query(scope["query_string"], headers)
        body: dict[str, object] = {}
        if entry.method in ("POST", "PUT"):
            body = await read_object(headers, receive, gateway.in_flight, seconds=gateway.body_seconds)
        asked = Asked(gateway, exchange, access, path, headers, query, body)
        if entry.needs == "none":
            return await entry.handler(asked)  # whoever watches over the gateway is answered however busy it is
        work = partial(entry.handler, asked)
        return await gateway.in_flight.run(
            work, reads=entry.reads, who=access.who, gone=partial(_gone, receive)
        )  # fmt: skip


def routes(gateway: Gateway, entries: list[Entry]) -> list[Route]:
    """Return the entries as routes, one for each path."""
    paths: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        paths.setdefault(entry.path, {})[entry.method] = entry
    return [Route(path, Resource(gateway, path, methods)) for path, methods in paths.items()]


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by name in lower case; of one that came several times the first counts."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found


async def _gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _place(problem: BaseException) -> str:
    """Return where it arose: never its words, which may quote what was sent."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
