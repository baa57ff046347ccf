"""`im-cloud keys`: who may come in through the gateway and the MCP server, and what each may do."""

import getpass
import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.store.access_keys import StoredKey

app = typer.Typer(help="Access keys for serve and mcp --http: add, list, remove.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The key's name, such as rewst-production.", show_default=False)]


@app.command("add")
def add(
    name: NameArgument,
    allow: Annotated[
        Literal["look", "edit", "buy"], typer.Option(help="The most it may do; a configuration may allow less.")
    ] = "look",
    org: Annotated[list[str] | None, typer.Option(help="An organization it acts for; give it several times.")] = None,
    all_organizations: Annotated[
        bool, typer.Option("--all-organizations", help="It acts for every organization, later ones too.")
    ] = False,
    reseller: Annotated[bool, typer.Option("--reseller", help="It may act without an organization.")] = False,
    manage: Annotated[
        bool, typer.Option("--manage", help="It may save configurations, change the mapping and approve orders.")
    ] = False,
    config: Annotated[list[str] | None, typer.Option(help="A configuration it may use; else every one.")] = None,
    days: Annotated[float | None, typer.Option(min=0.01, max=36_500, help="It ends after so many days.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and show it, once; only a keyed hash of it is kept."""
    from ingram_micro_cloud.hosts.serving.keys import KeyRing
    from ingram_micro_cloud.plugin import open_state

    with open_state() as state:
        issued = KeyRing(state, time.time).issue(
            name, by=getpass.getuser(), permission=allow, organizations=org or (), every_organization=all_organizations,
            reseller=reseller, manage=manage, configurations=config, days=days,
        )  # fmt: skip
    token = issued.token.get_secret_value()
    if as_json:
        printing.print_json({**issued.key.as_row(), "key": token})
        return
    out = printing.console()
    out.print(f"[green]Made {name}:[/] {_told(issued.key)}.")
    out.print("It is shown this once; keep it where secrets are kept:\n")
    out.print(f"  {token}\n", soft_wrap=True)
    out.print("Use it as: Authorization: Bearer KEY")


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Every key and what it may do; never the keys themselves."""
    from ingram_micro_cloud.hosts.serving.keys import KeyRing
    from ingram_micro_cloud.plugin import open_state

    with open_state() as state:
        keys = KeyRing(state, time.time).all()
    if as_json:
        printing.print_json([each.as_row() for each in keys])
        return
    if not keys:
        printing.console().print("No keys yet. Make one: im-cloud keys add NAME --org ID")
        return
    rows = [[each.name, _told(each), _day(each.created_at), each.created_by] for each in keys]
    printing.print_table("Access keys", ["name", "may", "made", "by"], rows)


@app.command("remove")
def remove(name: NameArgument, as_json: JsonOption = False) -> None:
    """Revoke a key: from the next request on it is not known."""
    from ingram_micro_cloud.hosts.serving.keys import KeyRing
    from ingram_micro_cloud.plugin import open_state

    with open_state() as state:
        KeyRing(state, time.time).revoke(name)
    if as_json:
        printing.print_json({"removed": name})
    else:
        printing.console().print(f"Removed {name}.")


def _told(key: "StoredKey") -> str:
    whom = (
        ["every organization"] if key.organizations is None else [f"organization {each}" for each in key.organizations]
    )
    parts = [key.permission, "for " + ", ".join([*whom, *(["the reseller"] if key.reseller else [])])]
    if key.configurations is not None:
        parts.append("with " + ", ".join(key.configurations))
    if key.manage:
        parts.append("manages")
    if key.expires_at is not None:
        parts.append(f"until {_day(key.expires_at)}")
    return ", ".join(parts)


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(seconds))
