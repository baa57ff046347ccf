"""`python -m ingram_micro_cloud.handlers`: checks the whole bundle, the handlers that its actions name included.

For connector authors and `make bundle`; the rooms below this one do not know which handlers there are.
"""

import sys

from ingram_micro_cloud.handlers import HANDLERS, INTENTS
from ingram_micro_cloud.manifest.__main__ import check

if __name__ == "__main__":
    sys.exit(check({*HANDLERS, *INTENTS}))
