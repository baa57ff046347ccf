"""Where the key for secrets comes from, in which order, and what happens when two processes start at once."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingram_micro_cloud.errors import StateError, StateKeyError
from ingram_micro_cloud.store.keys import find_key, key_from_variable, quiet_keyring

LONG = "a-canary-secret-key-of-many-letters"


class Ring:
    """A keyring in a dictionary."""

    def __init__(self, *, broken: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = broken

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise RuntimeError("the daemon is gone")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def none(_environ: Mapping[str, str]) -> None:
    return None


def test_the_variable_comes_first(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("another-key-of-many-letters")
    assert find_key(tmp_path, {"IM_CLOUD_SECRET_KEY": f" {LONG} "}, lambda _: Ring()) == LONG.encode()


@pytest.mark.parametrize(("text", "code"), [("", "state_key_missing"), ("   ", "state_key_missing"),
                                            ("short", "state_wrong_key")])  # fmt: skip
def test_a_variable_that_protects_nothing_is_refused(text: str, code: str) -> None:
    with pytest.raises(StateKeyError) as caught:
        key_from_variable({"IM_CLOUD_SECRET_KEY": text})
    assert caught.value.specific_code == code
    assert "token_urlsafe" in str(caught.value.hint)


def test_a_keyring_that_answers_keeps_the_key(tmp_path: Path) -> None:
    ring = Ring()
    first = find_key(tmp_path, {}, lambda _: ring)
    assert find_key(tmp_path, {}, lambda _: ring) == first
    assert not (tmp_path / "secret.key").exists()
    other = tmp_path / "other"
    other.mkdir()
    assert find_key(other, {}, lambda _: ring) != first


def test_a_key_file_that_is_there_stays_in_use_when_a_keyring_appears(tmp_path: Path) -> None:
    first = find_key(tmp_path, {}, none)
    assert find_key(tmp_path, {}, lambda _: Ring()) == first


def test_no_key_is_made_where_something_is_sealed_already(tmp_path: Path) -> None:
    ring = Ring()
    for find in (none, lambda _: ring):
        with pytest.raises(StateKeyError, match="missing"):
            find_key(tmp_path, {}, find, sealed=lambda: True)
    assert list(tmp_path.iterdir()) == []
    assert ring.kept == {}


def test_a_key_made_by_another_process_meanwhile_is_used(tmp_path: Path) -> None:
    def sealed() -> bool:
        find_key(tmp_path, {}, none)
        return True

    assert find_key(tmp_path, {}, none, sealed=sealed) == (tmp_path / "secret.key").read_bytes()


def test_a_keyring_that_fails_leaves_the_file(tmp_path: Path) -> None:
    key = find_key(tmp_path, {}, lambda _: Ring(broken=True))
    assert (tmp_path / "secret.key").read_bytes() == key


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    find_key(tmp_path, {}, none)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret.key"], "nothing is left aside"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_others_can_read_is_not_used_until_that_is_mended(tmp_path: Path, mode: int) -> None:
    key = find_key(tmp_path, {}, none)
    (tmp_path / "secret.key").chmod(mode)
    with pytest.raises(StateKeyError, match="Others can read"):
        find_key(tmp_path, {}, none)
    (tmp_path / "secret.key").chmod(0o600)
    assert find_key(tmp_path, {}, none) == key


@pytest.mark.parametrize("content", ["", "short"])
def test_a_damaged_key_file_is_not_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(StateKeyError, match="damaged"):
        find_key(tmp_path, {}, none)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be written") as caught:
        find_key(tmp_path / "missing", {}, none)
    assert caught.value.specific_code == "state_unreachable"


def test_processes_that_start_at_once_end_up_with_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ingram_micro_cloud.store.keys import find_key;"
        "sys.stdout.write(find_key(Path(sys.argv[1]), {}, lambda _: None).decode())"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({worker.communicate()[0] for worker in workers}) == 1


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="a rule for Linux only")
def test_without_a_session_bus_no_keyring_is_even_looked_for() -> None:
    assert quiet_keyring({}) is None
