"""Draws docs/demo.svg: what `make demo` prints. Run by hand after the demo has changed: `make picture`."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 92


def main() -> None:
    """Run the demo with colours and save its output as a picture."""
    command = [sys.executable, "-m", "ingram_micro_cloud.hosts.cli", "demo"]
    settings = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print("[bold green]$[/] make demo\n")
    console.print(Text.from_ansi(done.stdout))
    picture = console.export_svg(title="im-cloud demo", unique_id="demo")
    # The fonts stay on the reader's machine: a page that shows this picture asks nobody else for anything.
    start, end = picture.index("<style>"), picture.index(".demo-matrix")
    Path(__file__).with_name("demo.svg").write_text(picture[:start] + "<style>\n    " + picture[end:], encoding="utf-8")


if __name__ == "__main__":
    main()
