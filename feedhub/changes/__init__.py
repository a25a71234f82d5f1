"""What drafts mean for what is published: new, moved, stronger, gone. Pure: never fetches, stores or asks the time."""

from feedhub.changes.decide import Absence, Create, Decision, Known, Revise, Seen, decide
from feedhub.changes.merge import GOOD_ABSENCES, founded, merge, weakest, withdrawn

__all__ = [
    "GOOD_ABSENCES",
    "Absence",
    "Create",
    "Decision",
    "Known",
    "Revise",
    "Seen",
    "decide",
    "founded",
    "merge",
    "weakest",
    "withdrawn",
]
