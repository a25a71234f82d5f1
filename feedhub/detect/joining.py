"""Where the rules' points and the learned opinion become one confidence. Rules explain and keep their veto.

Never reads a text and never learns: the figures of the join stand in the weights file, fitted on the train split.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from feedhub.detect.features import Seen
from feedhub.detect.scoring import AGAINST, Score

#: A sentence from here up is a requirement.
ENOUGH = 0.5
#: Kinds of word against a duty that the learned opinion may not outvote: all but words of the environment.
VETOES = tuple(name for name in AGAINST if name != "env")
#: Points of duty from which words of a duty were heard, not only a verb that may tell of one.
DUTY_WORDS = 1.0
#: Whoever beside the buyer is bound.
_BOUND = ("supplier", "company", "tender")
#: Points of duty of a sentence that only the learned opinion takes for one; its confidence stays below publication.
_HEARD = 0.1
_UNSEEN = 0.78


@dataclass(frozen=True)
class Join:
    """`rules`, `learned`, `shift`: weights of the two log odds; the others are log odds that lift what the rules miss.

    `lift` holds for a sentence with words of a duty, `alone` for one without.
    """

    rules: float
    learned: float
    shift: float
    lift: float
    alone: float


def joined(own: Seen, points: Score, opinion: float, above: Seen, join: Join) -> Score:
    """The score of a sentence after the learned `opinion` (log odds) was heard; the rules name it `learned:P`.

    A duty that the rules see stays one: of the four that the learned opinion would have struck out in trials, three were
    right (November 2026). One that they miss is lifted above `lift` or `alone`, never against a veto: permission, repeal,
    wish, report, noise, a private company's own rule, a duty of the buyer alone.
    """
    seen = points.confidence >= ENOUGH and points.duty > 0
    odds = join.rules * log_odds(points.confidence) + join.learned * opinion + join.shift
    sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
    vetoed = veto(own, above)
    lifts = not seen and not vetoed and opinion > (join.lift if points.duty >= DUTY_WORDS else join.alone)
    sure = max(sure, ENOUGH) if seen or lifts else min(sure, ENOUGH - 0.01)
    if vetoed:
        sure = min(sure, points.confidence)
    if lifts and points.duty < DUTY_WORDS:
        sure = min(sure, _UNSEEN)
    share = 1 / (1 + math.exp(-max(-30.0, min(30.0, opinion))))
    name = f"{'+' if opinion > 0 else '-'}learned:{share:.2f}"
    duty = max(points.duty, _HEARD) if lifts else points.duty
    return replace(points, confidence=sure, duty=duty, rules=(*points.rules, name))


def veto(own: Seen, above: Seen) -> bool:
    """True when the rules heard a word against a duty, or nobody bound but the buyer."""
    alone = own.has("buyer") and not own.has(*_BOUND)
    return own.has(*VETOES) or above.has("noise", "private") or alone


def log_odds(confidence: float) -> float:
    """The log odds of a confidence, within ±12."""
    kept = min(1 - 1e-5, max(1e-5, confidence))
    return math.log(kept / (1 - kept))
