"""What drafts mean for what is published: new, moved, stronger, gone. Pure: never fetches, stores or asks the time."""

from feedhub.changes.compare import Difference, compare, word_diff
from feedhub.changes.decide import Absence, Create, Decision, Known, Revise, Seen, decide
from feedhub.changes.merge import GOOD_ABSENCES, Elsewhere, founded, merge, weakest, withdrawn

__all__ = [
    "GOOD_ABSENCES",
    "Absence",
    "Create",
    "Decision",
    "Difference",
    "Elsewhere",
    "Known",
    "Revise",
    "Seen",
    "compare",
    "decide",
    "founded",
    "merge",
    "weakest",
    "withdrawn",
    "word_diff",
]
