"""The HTTP gateway: every action, option list and operator's task over HTTP, for platforms that speak nothing else."""
