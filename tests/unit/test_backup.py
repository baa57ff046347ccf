"""A copy of the state: whole, opened only by its key, and never in place of something else."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingram_micro_cloud.errors import StateKeyError, UsageError
from ingram_micro_cloud.hosts.serving.keys import KeyRing
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.state import State
from support.clock import FakeClock

KEY = {"IM_CLOUD_SECRET_KEY": "a-key-of-sufficient-length"}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State.open(tmp_path / "home", environ=KEY) as opened:
        yield opened


def brought_back(copy: Path, home: Path) -> Path:
    home.mkdir(mode=0o700)
    (home / "state.db").write_bytes(copy.read_bytes())
    return home


def test_a_copy_holds_everything_and_what_comes_later_is_not_in_it(state: State, tmp_path: Path) -> None:
    token = KeyRing(state, FakeClock().now).issue("before", by="ada", reseller=True).token.get_secret_value()
    state.backup(tmp_path / "copy.db")
    KeyRing(state, FakeClock().now).issue("after", by="ada", reseller=True)
    with State.open(brought_back(tmp_path / "copy.db", tmp_path / "new"), environ=KEY) as restored:
        ring = KeyRing(restored, FakeClock().now)
        assert [each.name for each in ring.all()] == ["before"]
        assert ring.access(token).reseller


def test_a_copy_is_one_file_for_its_owner_only(state: State, tmp_path: Path) -> None:
    state.backup(tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "home"]


def test_a_copy_does_not_open_with_another_key(state: State, tmp_path: Path) -> None:
    state.backup(tmp_path / "copy.db")
    home = brought_back(tmp_path / "copy.db", tmp_path / "new")
    with pytest.raises(StateKeyError):
        State.open(home, environ={"IM_CLOUD_SECRET_KEY": "another-key-of-some-length"})
    with State.open(home, environ=KEY):
        pass


def test_a_copy_never_replaces_what_is_there(state: State, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(UsageError, match="there already"):
        state.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "home"]
    state.backup(tmp_path / "another.db")


def test_a_folder_that_is_not_there_is_said(state: State, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        state.backup(tmp_path / "nowhere" / "copy.db")


def test_postgresql_is_backed_up_with_its_own_tools(tmp_path: Path) -> None:
    with State.in_memory() as state:
        state._database = Database.at_url("postgresql://nobody@127.0.0.1:1/none")
        with pytest.raises(UsageError, match="its own tools"):
            state.backup(tmp_path / "copy.db")
