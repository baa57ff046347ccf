"""Two processes that share one key, on a clock that is not real: never over the limit, little left unused."""

import tempfile
from collections import deque
from pathlib import Path

import anyio
from ingram_micro_cloud.api.limiter import CallLimiter
from ingram_micro_cloud.api.requests import CallMeter
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.store.state import State

from benchmarks.row import Row
