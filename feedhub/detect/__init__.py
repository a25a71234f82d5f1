"""Documents judged: which passages state social requirements, from when, at what stage; and drafts made of them.

Pure and safe in threads; rules by language that name what fired. Never fetches, never stores, never asks the time.
"""

from __future__ import annotations

from feedhub.detect.evaluation import Report, annotate, evaluate, signal_json
from feedhub.detect.sections import Finding, drafts, examine, signals

__all__ = ["Finding", "Report", "annotate", "drafts", "evaluate", "examine", "signal_json", "signals"]
