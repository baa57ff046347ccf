"""`im-cloud export`: the documents and packages that platforms load."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ingram_micro_cloud.errors import BundleError, FieldProblem, UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.documents.findings import DocumentKind
    from ingram_micro_cloud.hosts.documents.translation import Json
    from ingram_micro_cloud.plugin import Integration


@dataclass(frozen=True)
class Made:
    """What an export made.

    Attributes:
        content: What is written, as bytes; a text is ASCII, which every terminal and reader takes.
        file_name: Its own name where it is no text; a text goes to standard output.
        rows: What --json prints of a text that is no JSON itself.
    """

    content: bytes
    file_name: str | None = None
    rows: object = None


def export(
    target: Annotated[str, typer.Argument(help="openapi, swagger, node-red or rules.", show_default=False)],
    output: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
    public_url: Annotated[
        str | None, typer.Option(help="Where a platform reaches the gateway; by default this machine.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What a platform loads: the OpenAPI or Swagger document, the Node-RED package, the rules of importers."""
    from ingram_micro_cloud.plugin import load_integration

    make = TARGETS.get(target)
    if make is None:
        near = get_close_matches(target.casefold(), TARGETS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(TARGETS)}."
        raise UsageError(f"There is nothing to export by the name {target!r}.", hint=hint)
    if public_url is not None and target not in ADDRESSED:
        text = f"--public-url goes into a document, and {target} holds no address."
        raise UsageError(text, hint="Leave it out.")
    if output is not None:
        _check_place(output)
    made = make(load_integration(), public_url)
    file = output if output is not None or made.file_name is None else Path(made.file_name)
    if file is None:
        _print(made, as_json=as_json)
        return
    write_whole(file, made.content)
    if as_json:
        printing.print_json({"target": target, "file": str(file), "bytes": len(made.content)})
    else:
        printing.console().print(
            f"Written: {printing.literal(str(file))} ({len(made.content):,} bytes)", soft_wrap=True
        )


def write_whole(file: Path, content: bytes) -> None:
    """Write a file that appears once it is whole; what was there before stays until then.

    Raises:
        UsageError: It cannot be written there.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(content)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise UsageError(f"{file} cannot be written.", hint="Name a file in a folder of yours.") from problem


def _check_place(file: Path) -> None:
    if not file.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent}.", hint="Make it first, or name a file in another.")
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint=f"Name a file in it: {file / 'im-cloud.json'}")


def _print(made: Made, *, as_json: bool) -> None:
    if as_json and made.rows is not None:
        printing.print_json(made.rows)
        return
    sys.stdout.write(made.content.decode())
    sys.stdout.flush()


def _openapi(integration: "Integration", public_url: str | None) -> Made:
    from ingram_micro_cloud.hosts.documents.openapi import imported_document

    return _document(imported_document(integration, _address(public_url)), "openapi")


def _swagger(integration: "Integration", public_url: str | None) -> Made:
    from ingram_micro_cloud.hosts.documents.swagger import swagger_document

    return _document(swagger_document(integration, _address(public_url)), "swagger")


def _address(public_url: str | None) -> str:
    from ingram_micro_cloud.hosts.documents.public_url import DEFAULT, read_public_url

    return read_public_url(DEFAULT if public_url is None else public_url)


def _document(document: "Json", kind: "DocumentKind") -> Made:
    from ingram_micro_cloud.hosts.documents.import_rules import findings
    from ingram_micro_cloud.hosts.documents.rules_document import compact

    found = findings(document, kind)
    if found:
        broken = ", ".join(dict.fromkeys(each.rule for each in found))
        raise BundleError(
            f"The document was not written, because importers would not take it. It breaks {broken}. First: {found[0]}",
            hint="What the rules are and why: im-cloud export rules",
            fields=[FieldProblem(each.place, each.rule, each.sentence) for each in found],
        )
    return Made(f"{compact(document)}\n".encode("ascii"))


def _node_red(integration: "Integration", _: str | None) -> Made:
    from ingram_micro_cloud.hosts.node_red.package import build_package, file_name

    return Made(build_package(integration), file_name(integration))


def _rules(_integration: "Integration", _: str | None) -> Made:
    from ingram_micro_cloud.hosts.documents.import_rules import RULES, rules_table

    return Made(f"{rules_table()}\n".encode("ascii"), rows=[rule.as_json() for rule in RULES])


ADDRESSED: Final = frozenset({"openapi", "swagger"})
"""What holds the gateway's address."""
TARGETS: Final[Mapping[str, "Callable[[Integration, str | None], Made]"]] = {
    "openapi": _openapi,
    "swagger": _swagger,
    "node-red": _node_red,
    "rules": _rules,
}
