"""`im-cloud serve`: the HTTP gateway."""

import os
import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.gateway.opening import OpenedGateway

_STDIN: Final = 0
"""The descriptor rather than ``sys.stdin``, which may be missing."""


def serve(
    host: Annotated[
        str, typer.Option(help="Where to listen; beyond this machine it takes a stored key (im-cloud keys add).")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8520,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where it is reached from outside, through a reverse proxy.")
    ] = None,
    no_run_key: Annotated[
        bool, typer.Option("--no-run-key", help="Make no key for this run; only stored ones let in.")
    ] = False,
    max_requests: Annotated[int, typer.Option(min=1, max=1000, help="Requests worked on at once.")] = 32,
    until_stdin_closes: Annotated[
        bool,
        typer.Option("--until-stdin-closes", help="Stop when standard input ends: with whatever started it."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The gateway: every action over HTTP, until stopped."""
    import anyio

    from ingram_micro_cloud.hosts.documents.public_url import read_public_url
    from ingram_micro_cloud.hosts.gateway.logs import logging_to
    from ingram_micro_cloud.hosts.gateway.opening import Wish, opened
    from ingram_micro_cloud.hosts.gateway.server import serve as serve_until_stopped
    from ingram_micro_cloud.hosts.serving.service import Service
    from ingram_micro_cloud.plugin import load_integration, open_state

    outside = None if public_url is None else read_public_url(public_url)
    wish = Wish(host, port, outside, not no_run_key, max_requests)
    integration = load_integration()

    async def run(service: Service, here: "OpenedGateway") -> None:
        async with service:  # closed last, after whatever uses its connections
            lifeline = _STDIN if until_stdin_closes else None
            await serve_until_stopped(here.gateway, here.listening, lifeline=lifeline)

    with open_state() as state:
        service = Service(integration, state)
        here = opened(service, wish, os.environ)
        with here.listening, logging_to(sys.stderr):
            _announce(here, as_json=as_json)
            anyio.run(run, service, here)
    sys.stderr.write("\nThe gateway is closed, and everything it had begun has ended.\n")


def _announce(here: "OpenedGateway", *, as_json: bool) -> None:
    key = None if here.key is None else here.key.get_secret_value()
    if as_json:
        printing.print_json({"url": here.url, "key": key, "key_scope": here.key_scope})
        return
    out = printing.console()
    out.print(f"The gateway is open at {here.url}\n", soft_wrap=True)
    if key is not None:
        out.print(f"  export IM_CLOUD_KEY='{key}'", soft_wrap=True)
        out.print(f"  curl -H \"Authorization: Bearer $IM_CLOUD_KEY\" '{here.url}/actions'\n", soft_wrap=True)
        out.print("That key ends with this run. Keys that stay: im-cloud keys add NAME")
    else:
        out.print("Let somebody in: im-cloud keys add NAME")
    out.print(f"All there is: {here.url}/openapi.json", soft_wrap=True)
    out.print("Stop it with Ctrl-C; what it has begun is finished first.")
