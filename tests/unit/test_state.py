"""Opening the state: made when first needed, and never touched when something is wrong with it."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from ingram_micro_cloud.errors import StateDamagedError, StateError, StateKeyError
from ingram_micro_cloud.store.configurations import Health
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.schema import prepare
from ingram_micro_cloud.store.state import State, home_folder

CANARY = "canary-5f2b1c-password"
SECRETS = {"password": SecretStr(CANARY), "subscription_key": SecretStr(CANARY + "-key")}


def opened(home: Path, key: str | None = None) -> State:
    return State.open(home, environ={"IM_CLOUD_SECRET_KEY": key} if key else {}, find_keyring=lambda _: None)


def filled(home: Path, key: str | None = None) -> None:
    with opened(home, key) as state:
        state.configurations.save("main", 1, {"api_url": "https://x.example"}, SECRETS, is_default=False)
        state.configurations.set_health("main", Health(True, None, 120, 1_795_000_000.0))
        state.tokens.save("f", CANARY + "-token", 9e9)


def read_all(home: Path) -> None:
    with opened(home) as state:
        state.configurations.all()
        state.configurations.get("main")


def every_byte(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(home.iterdir()) if file.name != "secret.key")


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    opened(home).close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o775, 0o1777])
def test_a_folder_that_was_there_keeps_its_rights_and_others_looking_in_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int
) -> None:
    home = tmp_path / "shared"
    home.mkdir()
    home.chmod(mode)
    filled(home)
    assert stat.S_IMODE(home.stat().st_mode) == mode
    assert f"chmod 700 {home}" in caplog.text
    assert {stat.S_IMODE(file.stat().st_mode) for file in home.iterdir()} == {0o600}
    caplog.clear()
    home.chmod(0o700)
    filled(home)
    assert caplog.text == ""


def test_a_folder_everybody_can_write_to_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "open"
    home.mkdir()
    home.chmod(0o777)
    with pytest.raises(StateError, match="Nothing was opened") as caught:
        opened(home)
    assert f"chmod 700 {home}" in str(caught.value.hint)
    assert stat.S_IMODE(home.stat().st_mode) == 0o777
    assert list(home.iterdir()) == []


def test_files_are_private_from_the_first_moment_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with opened(tmp_path / "home") as state:
            state.tokens.save("f", "t", 9e9)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "home").iterdir()}
    finally:
        os.umask(before)
    assert "state.db" in modes
    assert set(modes.values()) == {0o600}


def test_what_is_stored_is_there_again_and_no_secret_is_readable_in_the_file(tmp_path: Path) -> None:
    filled(tmp_path)
    assert b"canary" not in every_byte(tmp_path)
    with opened(tmp_path) as state:
        found = state.configurations.get("main")
        assert found is not None
        assert found.secrets["password"].get_secret_value() == CANARY
        assert CANARY not in repr(found)
        assert state.tokens.load("f") == (CANARY + "-token", 9e9)


def test_a_wrong_key_says_so_and_touches_nothing(tmp_path: Path) -> None:
    filled(tmp_path, "the-first-key-of-many-letters")
    before = every_byte(tmp_path)
    with pytest.raises(StateKeyError, match="Nothing was changed") as caught:
        opened(tmp_path, "the-other-key-of-many-letters")
    assert "IM_CLOUD_SECRET_KEY" in str(caught.value.hint)
    assert every_byte(tmp_path) == before
    with opened(tmp_path, "the-first-key-of-many-letters") as state:
        assert state.configurations.get("main") is not None


def test_a_lost_key_file_is_a_wrong_key(tmp_path: Path) -> None:
    filled(tmp_path)
    key = (tmp_path / "secret.key").read_bytes()
    before = every_byte(tmp_path)
    (tmp_path / "secret.key").unlink()
    for _ in range(2):
        with pytest.raises(StateKeyError, match="missing") as caught:
            opened(tmp_path)
        assert caught.value.specific_code == "state_wrong_key"
        assert "IM_CLOUD_SECRET_KEY" in str(caught.value.hint)
    assert not (tmp_path / "secret.key").exists(), "no other key is made in its place"
    assert every_byte(tmp_path) == before
    (tmp_path / "secret.key").write_bytes(key)
    (tmp_path / "secret.key").chmod(0o600)
    read_all(tmp_path)


def test_a_variable_that_is_gone_does_not_make_a_key_file(tmp_path: Path) -> None:
    filled(tmp_path, "the-first-key-of-many-letters")
    with pytest.raises(StateKeyError, match="missing"):
        opened(tmp_path)
    assert not (tmp_path / "secret.key").exists()
    filled(tmp_path, "the-first-key-of-many-letters")


def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("my shopping list, precious")
    with pytest.raises(StateDamagedError, match="Nothing was touched"):
        opened(tmp_path)
    assert path.read_text() == "my shopping list, precious"
    assert [each.name for each in tmp_path.iterdir()] == ["state.db"], "not even a key was made"


@pytest.mark.parametrize("offset", [100, 4096 + 8])
def test_a_damaged_database_says_so_and_stays_as_it_is(tmp_path: Path, offset: int) -> None:
    filled(tmp_path)
    path = tmp_path / "state.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:offset] + b"\xff" * 3000 + whole[offset + 3000 :])
    damaged = path.read_bytes()
    with pytest.raises(StateDamagedError):
        read_all(tmp_path)
    assert path.read_bytes() == damaged
    path.write_bytes(whole)
    with opened(tmp_path) as state:
        assert state.configurations.get("main") is not None


def test_somebody_elses_database_is_not_touched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state.db") as stranger:
        stranger.execute("create table recipes (name text)")
    stranger.close()
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StateDamagedError, match="not this connector's"):
        opened(tmp_path)
    assert (tmp_path / "state.db").read_bytes() == before
    assert not (tmp_path / "secret.key").exists()


def test_a_newer_state_asks_for_an_update(tmp_path: Path) -> None:
    filled(tmp_path)
    with sqlite3.connect(tmp_path / "state.db") as newer:
        newer.execute("update alembic_version set version_num = '9999'")
    newer.close()
    with pytest.raises(StateError) as caught:
        opened(tmp_path)
    assert caught.value.specific_code == "state_too_new"
    assert "Update" in str(caught.value.hint)


def test_a_state_that_stays_locked_says_so_and_then_works(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    database = Database.in_file(path, busy_seconds=0.05)
    prepare(database)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StateError) as caught, database.transaction():
        pass
    assert caught.value.specific_code == "state_busy"
    other.execute("rollback")
    other.close()
    with database.transaction():
        pass
    database.close()


def test_a_home_that_is_a_file_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("")
    with pytest.raises(StateError) as caught:
        opened(home)
    assert caught.value.specific_code == "state_unreachable"


def test_where_the_home_is(tmp_path: Path) -> None:
    assert home_folder({"IM_CLOUD_HOME": str(tmp_path)}) == tmp_path
    assert home_folder({"IM_CLOUD_HOME": "  "}).name == "ingram-micro-cloud"
    assert home_folder({"IM_CLOUD_HOME": "~/x"}) == Path.home() / "x"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///x", "nonsense", "http://x"])
def test_only_postgresql_addresses_are_taken_and_none_is_repeated(url: str) -> None:
    environ = {"IM_CLOUD_DATABASE_URL": url, "IM_CLOUD_SECRET_KEY": "x" * 20}
    with pytest.raises(StateError) as caught:
        State.open(environ=environ)
    assert caught.value.specific_code == "state_unreachable"
    assert url not in caught.value.message


def test_postgresql_needs_the_key_in_the_variable() -> None:
    with pytest.raises(StateKeyError) as caught:
        State.open(environ={"IM_CLOUD_DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"})
    assert caught.value.specific_code == "state_key_missing"


def test_a_postgresql_that_is_away_says_so_without_its_password() -> None:
    environ = {"IM_CLOUD_DATABASE_URL": f"postgresql://u:{CANARY}@127.0.0.1:1/x", "IM_CLOUD_SECRET_KEY": "x" * 20}
    with pytest.raises(StateError) as caught:
        State.open(environ=environ)
    assert caught.value.specific_code == "state_unreachable"
    assert CANARY not in str(caught.value.as_json())


def test_threads_may_share_one_state(tmp_path: Path) -> None:
    for state in (opened(tmp_path), State.in_memory()):
        problems: list[Exception] = []

        def work(number: int, state: State = state, problems: list[Exception] = problems) -> None:
            try:
                for turn in range(20):
                    state.tokens.save(f"f{number}", f"t{turn}", 9e9)
                    assert state.tokens.load(f"f{number}") == (f"t{turn}", 9e9)
            except StateError as problem:
                problems.append(problem)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        state.close()
        assert problems == []


def test_a_token_sealed_with_another_key_is_only_a_missing_token(tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "state.db")
    first = State(database, b"k" * 32)
    first.tokens.save("f", "t", 9e9)
    first.tokens._box = State.in_memory()._box
    assert first.tokens.load("f") is None
    first.tokens.drop("f", "t")
    first.tokens.save("f", "new", 9e9)
    assert first.tokens.load("f") == ("new", 9e9)
    first.close()


def test_dropping_a_token_spares_a_newer_one() -> None:
    with State.in_memory() as state:
        state.tokens.save("f", "old", 9e9)
        state.tokens.save("f", "new", 9e9)
        state.tokens.drop("f", "old")
        assert state.tokens.load("f") == ("new", 9e9)
        state.tokens.drop("f", "new")
        assert state.tokens.load("f") is None
        state.tokens.drop("f", "new")


def test_fingerprints_cannot_be_tested_without_the_key_and_do_not_run_together() -> None:
    with State.in_memory() as one, State.in_memory() as two:
        assert one.fingerprint("a", "b") == one.fingerprint("a", "b")
        assert one.fingerprint("a", "b") != two.fingerprint("a", "b")
        assert one.fingerprint("ab", "c") != one.fingerprint("a", "bc")


OPENER = """
import sys
from pathlib import Path
from ingram_micro_cloud.store.state import State
with State.open(Path(sys.argv[1]), environ={}, find_keyring=lambda _: None) as state:
    state.tokens.save(sys.argv[2], "t", 9e9)
"""


def test_processes_that_make_the_state_at_once_all_succeed(tmp_path: Path) -> None:
    workers = [subprocess.Popen([sys.executable, "-c", OPENER, str(tmp_path), f"f{n}"]) for n in range(5)]
    assert [worker.wait() for worker in workers] == [0] * 5
    with opened(tmp_path) as state:
        assert all(state.tokens.load(f"f{n}") for n in range(5))


def test_a_new_file_that_another_process_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE begun (id INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        impatient = Database.in_file(path, busy_seconds=0.05)
        with pytest.raises(StateError) as caught:
            impatient.begin_logging()
        assert caught.value.specific_code == "state_busy"
        impatient.close()
        database = Database.in_file(path)
        patient = threading.Thread(target=database.begin_logging)
        patient.start()
        patient.join(0.1)
        assert patient.is_alive()
        other.execute("COMMIT")
        patient.join(10)
        assert not patient.is_alive()
        database.close()
    with closing(sqlite3.connect(path)) as fresh:
        assert fresh.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_process_that_is_killed_while_writing_leaves_a_whole_state(tmp_path: Path) -> None:
    code = OPENER + "    import os, signal\n    with state._database.transaction() as c:\n"
    code += "        c.exec_driver_sql(\"update tokens set token_encrypted = 'half'\")\n"
    code += "        os.kill(os.getpid(), signal.SIGKILL)\n"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path), "f"], check=False).returncode == -9
    with opened(tmp_path) as state:
        assert state.tokens.load("f") == ("t", 9e9)
