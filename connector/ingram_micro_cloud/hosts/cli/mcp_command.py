"""`im-cloud mcp`: the actions as tools for assistants."""

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
    from ingram_micro_cloud.hosts.mcp.place import Place
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
    host: Annotated[
        str | None, typer.Option(help="With --http: the address to listen on; left out, 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="With --http: left out or 0, any that is free.")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(help="With --http: where a reverse proxy is reached, such as https://mcp.example.com")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The actions as tools for assistants (Model Context Protocol). What buys makes a preview; a person decides."""
    import anyio

    from ingram_micro_cloud.hosts.mcp.buying import PreviewingService
    from ingram_micro_cloud.hosts.mcp.started import standing, started_access, unknown_organizations
    from ingram_micro_cloud.plugin import load_integration, open_state

    if all_organizations and org:
        raise UsageError("--org and --all-organizations exclude each other.", hint="Leave one out.")
    if not http:
        _refuse_without_http({"--host": host, "--port": port, "--public-url": public_url, "--json": as_json or None})
    place = _place(host, port, public_url) if http else None
    access = started_access(
        allow, organizations=None if all_organizations else org or (), reseller=reseller,
        configurations=None if config is None else (config,),
    )  # fmt: skip
    integration = load_integration()
    with open_state() as state:
        service = PreviewingService(integration, state)
        if config is not None:
            integration.choose(config, state)  # one that is not there is said now, not at every call
        if unknown := unknown_organizations(access, {each.id for each in state.organizations.all() if not each.gone}):
            sys.stderr.write(f"im-cloud mcp: {unknown}\n")
        if place is not None:
            _serve_http(service, access, place, as_json=as_json)
            return
        from ingram_micro_cloud.hosts.mcp.stdio import serve_streams

        # Standard output carries the protocol and nothing else.
        sys.stderr.write(f"im-cloud mcp: ready on standard streams. {standing(access)}\n")
        anyio.run(serve_streams, service, access)


def _refuse_without_http(given: Mapping[str, object]) -> None:
    named = [option for option, value in given.items() if value is not None]
    if named:
        verb = "means" if len(named) == 1 else "mean"
        raise UsageError(f"{' and '.join(named)} {verb} nothing on standard streams.", hint="Add --http, or leave out.")


def _place(host: str | None, port: int | None, public_url: str | None) -> "Place":
    from ingram_micro_cloud.hosts.documents.public_url import read_public_url
    from ingram_micro_cloud.hosts.mcp.place import Place

    outside = None if public_url is None else read_public_url(public_url)
    return Place("127.0.0.1" if host is None else host, port or 0, outside)


def _serve_http(service: "PreviewingService", access: "StartedAccess", place: "Place", *, as_json: bool) -> None:
    import anyio

    from ingram_micro_cloud.hosts.mcp.http import serve_http
    from ingram_micro_cloud.hosts.mcp.place import url_of
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
