"""`im-cloud renewals` with nothing to show, and with a picture nobody can draw."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import fleet_commands


def test_nothing_that_renews_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fleet_commands, "_holdings", lambda *_: SimpleNamespace(rows=(), warnings=()))
    fleet_commands.renewals(months=3)
    assert capsys.readouterr().out == "Nothing renews or ends within 3 months.\n"
    fleet_commands.renewals(months=1)
    assert capsys.readouterr().out == "Nothing renews or ends this month.\n"


def test_a_picture_of_another_kind_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("the fleet was read")

    monkeypatch.setattr(fleet_commands, "_holdings", read)
    with pytest.raises(UsageError, match="neither"):
        fleet_commands.renewals(picture=tmp_path / "risk.gif")
