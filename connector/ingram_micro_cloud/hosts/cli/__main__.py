"""`python -m ingram_micro_cloud.hosts.cli`, for places without the installed command."""

from ingram_micro_cloud.hosts.cli import main

if __name__ == "__main__":
    main()
