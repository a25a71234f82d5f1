"""Where the rules' points and the learned opinion become one confidence. Rules explain and keep their veto.

Never reads a text and never learns.
"""

from __future__ import annotations

import math

from feedhub.detect.features import Seen
from feedhub.detect.scoring import AGAINST, Score

#: A sentence from here up is a requirement.
ENOUGH = 0.5
#: Kinds of word against a duty that weigh in the learned opinion as a veto: all but words of the environment.
VETOES = tuple(name for name in AGAINST if name != "env")
#: What binds nobody, unless a firm duty is heard beside it: permission, repeal, advice, wish.
_FREE = ("may", "relax", "advice", "intend")
_FIRM = ("must", "demand", "ban")
#: What others say or do: a company's own rule, vacancies and other noise, demands of politics, reports;
#: and what is left to somebody's discretion in so many words.
_OTHERS = ("private", "noise", "oppose", "report", "discretion")
#: Whoever beside the buyer is bound.
_BOUND = ("supplier", "company", "tender")
#: Who works and where: a duty towards them is not the buyer's own.
_MAKING = ("worker", "factory")
#: An opinion that is heard against a veto, in log odds, and against words of others; a person looks at what it lifts, as at a duty
#: without words of duty.
_CERTAIN, _SURER = 1.0, 2.2
_REVIEW = 0.78
#: Where the rules are as sure as this of a firm duty and nothing speaks against it, the confidence is at least that, if the opinion
#: agrees or only doubts.
_PLAIN, _AGREED, _DOUBTED, _DENIED = 0.85, 0.82, 0.55, -1.3
#: Points of duty from which words of a duty were heard, and those of a duty that only the learned opinion takes for one.
_DUTY_WORDS = 1.0
_HEARD = 0.1


def joined(own: Seen, points: Score, opinion: float, above: Seen) -> Score:
    """The score of a sentence after the learned `opinion` (log odds) was heard; the rules name it `learned:P`.

    The opinion has weighed the rules' points already, so it is the confidence. The rules keep three things: a clear veto
    unless the opinion is certain, and then a person looks at it; a person also looks where no words of a duty were heard.
    """
    share = 1 / (1 + math.exp(-max(-30.0, min(30.0, opinion))))
    rules = (*points.rules, f"{'+' if opinion > 0 else '-'}learned:{share:.2f}")
    against = clear(own, above)
    needed = _SURER if own.has(*_OTHERS) else _CERTAIN
    sure = min(share, points.confidence) if against and opinion < needed else share
    if not against and points.confidence >= _PLAIN and own.has(*_FIRM):
        sure = max(sure, _AGREED if sure >= ENOUGH and not veto(own, above) else _DOUBTED if opinion > _DENIED else 0)
    if against or points.duty < _DUTY_WORDS:
        sure = min(sure, _REVIEW)
    duty = max(points.duty, _HEARD) if sure >= ENOUGH else points.duty
    return Score(sure, duty, rules)


def clear(own: Seen, above: Seen) -> bool:
    """True where it is clear that no supplier is bound: freedom alone, words of others, or nobody named but the buyer."""
    free = own.has(*_FREE) and not own.has(*_FIRM)
    theirs = own.has(*_MAKING) and not own.has("public")
    alone = own.has("buyer") and not own.has(*_BOUND) and not theirs
    return free or alone or own.has(*_OTHERS) or above.has("noise", "private")


def veto(own: Seen, above: Seen) -> bool:
    """True when the rules heard a word against a duty, or nobody bound but the buyer."""
    alone = own.has("buyer") and not own.has(*_BOUND)
    return own.has(*VETOES) or above.has("noise", "private") or alone


def log_odds(confidence: float) -> float:
    """The log odds of a confidence, within ±12."""
    kept = min(1 - 1e-5, max(1e-5, confidence))
    return math.log(kept / (1 - kept))
