"""Ratios and call counts, measured in one run; never timed tests. `make bench` prints them."""
