"""Access keys and backups, as a person at a command line handles them."""

import json
import stat
from pathlib import Path

from support.cli import Terminal


def test_a_key_is_shown_once_listed_without_itself_and_removed(terminal: Terminal) -> None:
    made = terminal("keys", "add", "rewst", "--org", "org-7", "--org", "org-8", "--allow", "edit", "--json").json
    assert (made["name"], made["permission"], made["organizations"]) == ("rewst", "edit", ["org-7", "org-8"])
    listed = terminal("keys", "list", "--json")
    assert [each["name"] for each in listed.json] == ["rewst"]
    assert made["key"] not in listed.out
    shown = terminal("keys", "list")
    assert "edit, for organization org-7, organization org-8" in " ".join(shown.out.split()).replace(" │ ", " ")
    assert terminal("keys", "remove", "rewst", "--json").json == {"removed": "rewst"}
    assert terminal("keys", "list", "--json").json == []


def test_a_key_looks_unless_more_is_allowed_and_is_told_how_to_be_used(terminal: Terminal) -> None:
    made = terminal("keys", "add", "quiet", "--all-organizations", "--days", "30")
    assert made.status == 0
    assert "look, for every organization, until " in made.out
    assert "Authorization: Bearer" in made.out
    (token,) = [word for word in made.out.split() if word.startswith("imc_")]
    for path in terminal.home.iterdir():
        assert token.encode() not in path.read_bytes(), path.name


def test_a_key_that_could_do_nothing_or_too_much_is_not_made(terminal: Terminal) -> None:
    for arguments in ([], ["--manage"], ["--org", "a", "--all-organizations"], ["--reseller", "--allow", "everything"]):
        refused = terminal("keys", "add", "odd", *arguments, "--json")
        assert (refused.status, refused.error["code"]) == (2, "usage"), arguments
    assert terminal("keys", "remove", "odd", "--json").status == 2
    assert terminal("keys", "add", "odd", "--reseller", "--json").status == 0


def test_a_backup_is_brought_back_with_its_key(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.save("main").status == 0
    copy = tmp_path / "copy.db"
    nobody = Terminal(tmp_path / "nobody", terminal.running)
    wrong = nobody("state", "backup", str(copy), "--json")
    assert (wrong.status, wrong.error["code"]) == (2, "usage")
    assert not nobody.home.exists()
    told = terminal("state", "backup", str(copy), "--json")
    assert told.json == {"file": str(copy), "bytes": copy.stat().st_size}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    again = terminal("state", "backup", str(copy), "--json")
    assert (again.status, again.error["code"]) == (2, "usage")
    other = Terminal(tmp_path / "other", terminal.running)
    other.home.mkdir(mode=0o700)
    (other.home / "state.db").write_bytes(copy.read_bytes())
    assert other("config", "list", "--json").error["code"] in ("state_wrong_key", "state_key_missing")
    key = (terminal.home / "secret.key").read_bytes()
    (other.home / "secret.key").touch(mode=0o600)
    (other.home / "secret.key").write_bytes(key)
    assert json.loads(other("config", "test", "main", "--json").out)["passing"]
