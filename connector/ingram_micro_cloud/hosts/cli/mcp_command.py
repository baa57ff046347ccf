"""`im-cloud mcp`: the actions as tools for assistants."""

import sys
import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
    from ingram_micro_cloud.hosts.mcp.http import Place
    from ingram_micro_cloud.hosts.mcp.started import StartedAccess


def mcp(
    allow: Annotated[
        Literal["look", "edit", "buy"], typer.Option(help="The most it may do; the configuration may allow less.")
    ] = "look",
    org: Annotated[list[str] | None, typer.Option(help="An organization it acts for; give it several times.")] = None,
    all_organizations: Annotated[
        bool, typer.Option("--all-organizations", help="It acts for every organization.")
    ] = False,
    reseller: Annotated[bool, typer.Option("--reseller", help="It may act without an organization.")] = False,
    config: Annotated[
        str | None, typer.Option(help="The only configuration it may use; else every one, the default one first.")
    ] = None,
    http: Annotated[bool, typer.Option("--http", help="Serve over HTTP with keys, not over standard streams.")] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --http: 0 takes any that is free.")] = 0,
    public_url: Annotated[
        str | None, typer.Option(help="With --http: where a reverse proxy is reached, such as https://mcp.example.com")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The actions as tools for assistants (Model Context Protocol). What buys makes a preview; a person decides."""
    import anyio

    from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
    from ingram_micro_cloud.hosts.mcp.started import standing, started_access
    from ingram_micro_cloud.plugin import load_integration, open_state

    if all_organizations and org:
        raise UsageError("--org and --all-organizations exclude each other.", hint="Leave one out.")
    access = started_access(
        allow, organizations=None if all_organizations else org or (), reseller=reseller,
        configurations=None if config is None else (config,),
    )  # fmt: skip
    integration = load_integration()
    with open_state() as state:
        service = PreviewingService(integration, state)
        if http:
            from ingram_micro_cloud.hosts.mcp.http import Place

            _serve_http(service, access, Place(host, port, public_url), as_json=as_json)
            return
        from ingram_micro_cloud.hosts.mcp.stdio import serve_streams

        # Standard output carries the protocol and nothing else.
        sys.stderr.write(f"im-cloud mcp: ready on standard streams. {standing(access)}\n")
        anyio.run(serve_streams, service, access)


def _serve_http(service: "PreviewingService", access: "StartedAccess", place: "Place", *, as_json: bool) -> None:
    import anyio

    from ingram_micro_cloud.hosts.mcp.http import serve_http, url_of
    from ingram_micro_cloud.hosts.mcp.started import standing
    from ingram_micro_cloud.hosts.serving.keys import KeyRing, run_key

    # Where others reach it, only keys that were made deliberately count.
    token, run_keys = run_key(access)
    keys = KeyRing(service.state, time.time, run_keys if place.is_loopback else {})
    bound = place.bound(keys)
    url, key = url_of(place, bound), token.get_secret_value() if place.is_loopback else None
    if as_json:
        printing.print_json({"url": url, "key": key})
    else:
        out = printing.console()
        out.print(f"MCP over HTTP: {url}", soft_wrap=True)
        if key is not None:
            out.print(f"Key of this run: {key}", soft_wrap=True)
            out.print(f"It stands for you. {standing(access)}", soft_wrap=True)
        out.print("Stored keys (im-cloud keys) may do what each was made for. Stop with Ctrl-C.")
    with bound:
        anyio.run(serve_http, service, keys, place, bound)
