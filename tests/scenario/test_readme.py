"""What the README promises is run, not believed."""

import re
from pathlib import Path

import pytest

from ingram_micro_cloud import load_integration
from support.cli import Terminal

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_python_of_the_readme_runs(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    terminal.save("main")
    monkeypatch.setenv("IM_CLOUD_HOME", str(terminal.home))
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  # our own text
    assert re.search(r"\d+ of \d+ in \d+ calls", capsys.readouterr().out)


def test_the_readme_links_every_action() -> None:
    assert set(re.findall(r"docs/actions\.md#(\w+)", README)) == set(load_integration().actions)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!https?://)([^)#]*)(?:#[^)]*)?\)", text):
        assert not target or (page.parent / target).exists(), target
    for file, anchor in re.findall(r"\]\(([^)#:]*\.md)#([^)]+)\)", text):
        other = (page.parent / file).read_text(encoding="utf-8")
        headings = {
            heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", other, flags=re.MULTILINE)
        }
        assert f'<a id="{anchor}">' in other or anchor in headings, anchor


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"im-cloud (?:actions|describe|run|config \w+|sandbox|demo)", README)))
)
def test_every_command_of_the_readme_exists(terminal: Terminal, line: str) -> None:
    assert terminal(*line.split()[1:], "--help").status == 0
