"""Speed, memory and quality side by side, as ratios of one run; never timed tests. Pages are shared with the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
