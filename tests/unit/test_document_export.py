"""`im-cloud export`: what is written where, and what is refused."""

import json
import stat
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli.app import run_command_line
from ingram_micro_cloud.hosts.cli.export_command import _document, write_whole
from ingram_micro_cloud.hosts.documents.import_rules import RULES
from ingram_micro_cloud.hosts.documents.public_url import read_public_url


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def run(*arguments: str | Path) -> Ran:
        status = run_command_line(["export", *map(str, arguments)])
        written = capsys.readouterr()
        return Ran(status, written.out, written.err)

    return run


@pytest.mark.parametrize(("target", "version"), [("openapi", ("openapi", "3.0.3")), ("swagger", ("swagger", "2.0"))])
def test_a_document_goes_to_standard_output_as_one_line(
    export: Callable[..., Ran], target: str, version: tuple[str, str]
) -> None:
    ran = export(target)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.count("\n") == 1
    assert json.loads(ran.out)[version[0]] == version[1]
    assert export(target, "--json").out == ran.out


def test_a_document_is_written_to_a_file_with_the_public_address(export: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "im.json"
    ran = export("openapi", "--output", file, "--public-url", "https://Gateway.example.com/im/", "--json")
    assert json.loads(ran.out) == {"target": "openapi", "file": str(file), "bytes": file.stat().st_size}
    assert json.loads(file.read_text())["servers"][0]["url"] == "https://gateway.example.com/im"
    assert list(tmp_path.iterdir()) == [file]
    assert str(file) in export("swagger", "--output", file).out
    assert json.loads(file.read_text())["swagger"] == "2.0"


def test_the_rules_are_a_table_or_json(export: Callable[..., Ran]) -> None:
    assert export("rules").out.startswith("| Rule | Document |")
    rows = json.loads(export("rules", "--json").out)
    assert [row["id"] for row in rows] == [rule.id for rule in RULES]
    assert all(row["reason"] for row in rows)


def test_a_package_goes_to_a_file_of_its_own_name(
    export: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = json.loads(export("node-red", "--json").out)
    (file,) = tmp_path.iterdir()
    assert (said["file"], said["bytes"]) == (file.name, file.stat().st_size)
    with tarfile.open(fileobj=BytesIO(file.read_bytes())) as package:
        assert "package/package.json" in package.getnames()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("opneapi",), "by the name 'opneapi'", "Did you mean openapi?"),
        (("zapier",), "by the name 'zapier'", "There are: openapi, swagger, node-red, rules."),
        (("openapi", "--public-url", "http://gateway.example.com"), "travel readable", "https://"),
        (("rules", "--public-url", "https://gateway.example.com"), "rules holds no address", "Leave it out"),
    ],
)
def test_a_wrong_call_says_what_to_do(
    export: Callable[..., Ran], arguments: tuple[str, ...], message: str, hint: str
) -> None:
    ran = export(*arguments, "--json")
    error = json.loads(ran.out)["error"]
    assert ran.status == 2
    assert message in error["message"]
    assert hint in error["hint"]


def test_a_folder_that_is_not_there_is_refused_and_made_by_the_caller(
    export: Callable[..., Ran], tmp_path: Path
) -> None:
    file = tmp_path / "new" / "im.json"
    ran = export("openapi", "--output", file)
    assert ran.status == 2
    assert "There is no folder" in ran.err
    file.parent.mkdir()
    assert export("openapi", "--output", file).status == 0
    assert export("openapi", "--output", file.parent).status == 2


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    (folder / "kept").write_text("old")
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(folder, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]
    assert (folder / "kept").read_text() == "old"


def test_a_written_file_has_the_callers_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_whole(tmp_path / "made", b"x")
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


def test_a_document_that_importers_would_refuse_is_not_written() -> None:
    from ingram_micro_cloud.errors import BundleError

    with pytest.raises(BundleError, match="not written") as caught:
        _document({"openapi": "3.0.3", "info": {"title": "T", "description": "D.", "version": "1"}}, "openapi")
    assert {field.code for field in caught.value.fields} == {"R05", "R06", "R24"}
    assert caught.value.hint == "What the rules are and why: im-cloud export rules"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://gateway.example.com", "https://gateway.example.com"),
        (" https://Gateway.Example.com:8443/Im/ ", "https://gateway.example.com:8443/Im"),
        ("http://127.0.0.1:8520", "http://127.0.0.1:8520"),
        ("http://localhost:1/", "http://localhost:1"),
        ("http://[::1]:8520", "http://[::1]:8520"),
        ("https://10.0.0.5", "https://10.0.0.5"),
        ("https://xn--gatewy-eua.example.com", "https://xn--gatewy-eua.example.com"),
    ],
)
def test_an_address_that_can_be_used(given: str, read: str) -> None:
    assert read_public_url(given) == read


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "not an https address"),
        ("gateway.example.com", "not an https address"),
        ("ftp://gateway.example.com", "not an https address"),
        ("https://", "not an https address"),
        ("https://a b.example.com", "not an https address"),
        ("https://gateway.example.com:99999", "not an address"),
        ("https://[::1", "not an address"),
        ("http://gateway.example.com", "travel readable"),
        ("http://127.0.0.1.example.com", "travel readable"),
        ("https://ann:secret@gateway.example.com", "credentials"),
        ("https://gateway.example.com?a=1", "question mark"),
        ("https://gateway.example.com?", "question mark"),
        ("https://gateway.example.com/#a", "hash sign"),
        ("https://{h}.example", "no host name"),
        ("https://*", "no host name"),
        ("https://-a.example.com", "no host name"),
        ("https://a..example.com", "no host name"),
        ("https://a_b.example.com", "no host name"),
        ("https://gatewäy.example.com", "no host name"),
    ],
)
def test_an_address_that_cannot_be_used(given: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read_public_url(given)
    assert "secret" not in caught.value.message
    assert caught.value.hint == "For example: --public-url https://gateway.example.com"
