"""The `im-cloud` command. Importing this loads nothing; each command loads what it uses."""

import sys


def main() -> None:
    """Run the command line and end the process with its exit status."""
    from ingram_micro_cloud.hosts.cli.app import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))
