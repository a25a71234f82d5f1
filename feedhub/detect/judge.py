"""Sentences judged: is it a requirement, of which topics, at what stage, from when. The one place where rules meet.

Pure: never asks the time; what is upcoming is judged against the day of the page, or by the wording alone.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from feedhub.detect import scorer, stages
from feedhub.detect._view import gaps, plain
from feedhub.detect.concepts import Told
from feedhub.detect.dates import find
from feedhub.detect.features import STRONG, Seen, count, led, look
from feedhub.detect.joining import ENOUGH, joined
from feedhub.detect.language import reading_language
from feedhub.detect.lexicon import Hit, Lexicon, anywhere, lexicon
from feedhub.detect.limits import threshold
from feedhub.detect.naming import cited
from feedhub.detect.passages import Passage, passages
from feedhub.detect.scoring import AGAINST, BOUND, DUTIES, ROW, Heard, Score, listen, score
from feedhub.detect.topics import NOT_THEIRS, core_topics, reported, surest
from feedhub.model import Clause, Signal, Stage

#: Intentions and removals stay below the threshold of publication: a person looks at them (contract.md).
HINT = 0.78
_LEAST = 0.66
_HINTS = (Stage.INTENTION, Stage.WITHDRAWN, Stage.RELAXED)
#: Points for a topic that stands in the sentence beside or the heading above; share of a duty that stands beside.
_ELSEWHERE = 0.7
_SHARE = 0.6
#: Shorter texts are told apart with what stands above them.
_SHORT = 60
_CLAUSES = {c.value: c for c in Clause}
_HALF = re.compile("[\ud800-\udfff]")
#: Characters of a passage above which its sentences are looked at alone.
_WIDE = 20_000
_NO_MORE = Hit("topic", "", sys.maxsize, sys.maxsize)
#: Without one of these, as far as a `ROW` reaches beyond it, no sentence of a passage is one.
_CELLED, _REACH = re.compile(r"[:|]"), 66
#: The beginning of an answer, with its label where it has one.
_NO = re.compile(r"(?:([^\W\d_]{3,12})\s?: ?)?(?:no|non|nein|nee|nej|nei|ei)\b\s?[,.;!–-]", re.IGNORECASE)
#: Sentences on which the learned opinion is asked at once: their number costs hardly more than one of them.
_AT_ONCE = 200
#: What is told of a sentence to the learned opinion: the points after it was heard.
Hear = Callable[[Told], Score]


class _Weighed(NamedTuple):
    """A sentence with what the rules make of it: its points and topics, and what is told of it where that counts."""

    own: Seen
    points: Score
    topics: dict[str, float]
    told: Told | None


class Standing(NamedTuple):
    """A text with what stands above it: its headings, and the intro of its list or the header of its table."""

    text: str
    heading: str = ""
    intro: str = ""


class _Waiting(NamedTuple):
    """The sentences of a passage until the learned opinion is heard, and the list that their signals go into."""

    sentences: list[_Weighed]
    language: str
    into: list[Signal]


class _Found(NamedTuple):
    """What a sentence comes to, before the dates beside it are known."""

    points: Score
    topics: tuple[str, ...]
    stage: Stage
    required: bool
    confidence: float


def judge(
    text: str,
    *,
    lang: str = "",
    page_date: date | None = None,
    heading: str = "",
    intro: str = "",
    country: str = "",
    hear: Hear | None = None,
) -> list[Signal]:
    """The signals of a text in order, judged under its headings and the intro of its list or the header of its table.

    `hear` joins the learned opinion with the points of the rules; training and measuring bring their own. Half
    characters (lone surrogates), which no output can hold, are read and quoted as U+FFFD.
    """
    standing = [Standing(text, heading, intro)]
    return judge_all(standing, lang=lang, page_date=page_date, country=country, hear=hear)[0]


def judge_all(
    standing: Sequence[Standing],
    *,
    lang: str = "",
    page_date: date | None = None,
    country: str = "",
    hear: Hear | None = None,
) -> list[list[Signal]]:
    """The signals of each of some texts, as `judge` gives them; many short ones at once cost less."""
    out: list[list[Signal]] = [[] for _ in standing]
    waiting: list[_Waiting] = []
    size = 0
    for into, piece in zip(out, standing, strict=True):
        text, heading, intro = (_HALF.sub("\ufffd", t) for t in piece)
        low = plain(text)
        worth = partial(_worth, text, low, heading, intro)
        language = reading_language(f"{text} {intro} {heading}" if len(text) < _SHORT else text, lang, worth)
        words = lexicon(language)
        places = _places(text, low, words)
        if not places and not _speaks(heading, words) and not _speaks(intro, words):
            continue
        for passage in passages(text, language, heading, intro):
            hits = _hits(passage, low, places, words)
            if hits or _speaks(passage.heading, words) or _speaks(passage.intro, words):
                weighed = _weighed(passage, low, hits, words, page_date, country)
                waiting.append(_Waiting(weighed, language, into))
                size += len(weighed)
            if size >= _AT_ONCE:
                _signals(waiting, page_date, hear)
                waiting, size = [], 0
    _signals(waiting, page_date, hear)
    return out


def _hits(passage: Passage, low: str, places: Sequence[int], words: Lexicon) -> Sequence[Hit]:
    """The topics of a passage; one that reaches over all its sentences when these had better be looked at alone.

    That is where a word broken over lines may hide some, and where the many patterns of a long passage would each go over
    all of it.
    """
    start, end = passage.start, passage.end
    at = bisect_left(places, start)
    if at == len(places) or places[at] >= end:
        return ()
    if end - start > _WIDE or gaps(passage.text[start:end]):
        return (Hit("topic", "", start - 1, end + 1),)
    return words.topics(low[start:end], start)


def _looked(passage: Passage, low: str, hits: Sequence[Hit], words: Lexicon) -> list[Seen]:
    """The sentences of a passage with their topics; where a hit reaches over its sentence, that is looked at alone."""
    out: list[Seen] = []
    near: list[Hit] = []
    coming = iter([*hits, _NO_MORE])
    hit = next(coming)
    for start, end in passage.sentences:
        near = [h for h in near if start < h.end]
        while hit.start < end:
            near += [hit] if start < hit.end else []
            hit = next(coming)
        whole = all(start <= h.start and h.end <= end for h in near)
        out.append(look(passage.text, start, end, words, low[start:end], near if whole else None))
    return out


def _places(text: str, low: str, words: Lexicon) -> list[int]:
    """Where a topic may be named, in order: where its words begin, and words broken over lines, which may hide some."""
    return sorted([*words.places(low), *(gap.start() for gap in gaps(text))])


@lru_cache(maxsize=1024)
def _speaks(text: str, words: Lexicon) -> bool:
    """False for a heading or intro that names no topic."""
    return bool(text) and bool(_places(text, plain(text), words))


def _worth(text: str, low: str, heading: str, intro: str) -> bool:
    """False for a text that names no topic in any language, as do its heading and intro."""
    words = anywhere()
    return bool(_places(text, low, words)) or _speaks(heading, words) or _speaks(intro, words)


def _weighed(
    passage: Passage, low: str, hits: Sequence[Hit], words: Lexicon, page_date: date | None, country: str
) -> list[_Weighed]:
    """The sentences of a passage by the rules; none of a passage without a topic."""
    above = _context(passage.heading, words.language)
    lead = _context(passage.intro, words.language)
    if not hits and not lead.topics and not _lends(above, passage, low, words):
        return []
    seen = _looked(passage, low, hits, words)
    if hits and not any(s.topics for s in (*seen, lead)) and not _lends(above, passage, low, words):
        return []
    text, first, last = passage.text, seen[0].start, seen[-1].end
    dates = find(text[first:last].replace("\n", " "), words.language, page_date, country)
    dates = [replace(d, start=d.start + first, end=d.end + first) for d in dates]
    starts = [d.start for d in dates]
    for s in seen:
        s.dates = tuple(dates[bisect_left(starts, s.start) : bisect_left(starts, s.end)])
        count(s, words)
    _silence(seen)
    if lead.text:
        dates = [replace(d, start=first, end=first) for d in find(lead.text, words.language, page_date, country)]
        seen = [replace(led(s, lead), dates=(*dates, *s.dates)) for s in seen]
    heard = [listen(s) for s in seen]
    out: list[_Weighed] = []
    for i, own in enumerate(seen):
        points, topics = _score(i, seen, heard, above, core_topics())
        told = None
        if any(t in core_topics() for t in topics):
            beside = (*seen[max(0, i - 1) : i], *seen[i + 1 : i + 2])
            told = Told(own, points, above, words.language, passage.intro or passage.heading, beside)
        out.append(_Weighed(own, points, topics, told))
    return out


def _silence(seen: Sequence[Seen]) -> None:
    """Take from a question that is answered with no all that it names."""
    for own, after in pairwise(seen):
        answer = _NO.match(after.text)
        if answer and (answer[1] or own.text.endswith("?")):
            own.topics.clear()
            own.cues.clear()


def _signals(waiting: Sequence[_Waiting], page_date: date | None, hear: Hear | None) -> None:
    """Hand out the signals of weighed passages after the learned opinion of their sentences was heard."""
    told = [w.told for passage in waiting for w in passage.sentences if w.told]
    heard = iter([hear(t) for t in told] if hear else _heard(told))
    for sentences, language, into in waiting:
        found = [_found(w.own, next(heard) if w.told else w.points, w.topics) for w in sentences]
        seen = [w.own for w in sentences]
        found = [None if one and _said(i, one, found, seen) else one for i, one in enumerate(found)]
        into += [_signal(i, one, seen, found, page_date, language) for i, one in enumerate(found) if one]


def _said(i: int, own: _Found, found: Sequence[_Found | None], seen: Sequence[Seen]) -> bool:
    """True for a requirement that names no topic itself beside one that names those it is about."""
    if not own.required or seen[i].topics:
        return False
    near = [found[n] for n in (i - 1, i + 1) if 0 <= n < len(seen) and seen[n].topics]
    return any(one and one.required and set(own.topics) <= set(one.topics) for one in near)


def _lends(above: Seen, passage: Passage, low: str, words: Lexicon) -> bool:
    """False when the topic of a heading cannot count below it: others said it, or the passage names no duty."""
    if not above.strong(core_topics()) or above.has(*NOT_THEIRS):
        return False
    if passage.intro or words.holds(low[passage.start : passage.end], DUTIES):
        return True
    celled = _CELLED.search(passage.text, passage.start, passage.end + _REACH)
    return celled is not None and any(ROW.match(passage.text, start) for start, _ in passage.sentences)


@lru_cache(maxsize=1024)
def _context(text: str, language: str) -> Seen:
    """What stands in a heading or intro, which governs many blocks; nobody changes it."""
    words = lexicon(language)
    found = look(text, 0, len(text), words)
    if text:
        count(found, words)
    return found


def _score(
    i: int, seen: list[Seen], heard: Sequence[Heard], above: Seen, core: frozenset[str]
) -> tuple[Score, dict[str, float]]:
    """The score of a sentence, helped by its headings and neighbours, and the topics that count for it."""
    own = seen[i]
    strong = bool(own.strong(core))
    best, topics = score(own, core, above, heard=heard[i]), dict(own.topics)
    if (best.confidence >= ENOUGH) if strong else not best.duty:
        return best, topics
    beside = [n for n in (i - 1, i + 1) if 0 <= n < len(seen)]
    if strong:
        for n in beside:
            lender, lent = seen[n], _SHARE * heard[n].duty
            bound = _SHARE if best.duty and lender.has(*BOUND) else 0.0
            if (lent > heard[i].duty or bound > heard[i].bound) and not lender.has(*AGAINST):
                tried = score(own, core, above, heard=heard[i], lent=lent, bound=bound)
                best = max(best, tried._replace(rules=(*tried.rules, "+context")), key=_sure)
        return best, topics
    for lender in (above, *(seen[n] for n in beside)):
        if lender.strong(core) and not lender.has(*NOT_THEIRS):
            tried = score(own, core, above, heard=heard[i], topic=_ELSEWHERE)
            if tried.confidence > best.confidence:
                best = tried._replace(rules=(*tried.rules, "+context"))
                topics = {**{t: w for t, w in lender.topics.items() if w >= STRONG}, **own.topics}
    return best, topics


def _sure(points: Score) -> float:
    return points.confidence


def _heard(told: Sequence[Told]) -> list[Score]:
    """The points of sentences joined with the learned opinion of each."""
    return [joined(t.own, t.points, sure, t.above) for t, sure in zip(told, scorer.opinions(told), strict=True)]


def _found(own: Seen, points: Score, topics: dict[str, float]) -> _Found | None:
    """What a sentence comes to by its own words; None for nothing that anybody need see."""
    core, named = core_topics(), surest(topics)
    if not named or (own.text.endswith(":") and not own.strong(core)):
        return None
    stage = stages.stage_of(own)
    hint = stage in _HINTS
    told = hint and bool(own.strong(core)) and not own.has(*NOT_THEIRS, "advice")
    required = points.confidence >= ENOUGH and points.duty > 0 and not hint and any(t in core for t in named)
    dated = any(d.role in stages.STARTS for d in own.dates)
    if not required and not told and points.duty == 0 and not dated:
        return None
    confidence = min(HINT, max(points.confidence, _LEAST)) if told else points.confidence
    if not required and not told:
        confidence = min(confidence, ENOUGH - 0.01)
    if not any(weight >= STRONG for topic, weight in topics.items() if topic in core):
        confidence = min(confidence, HINT)
    return _Found(points, named, stage, required, confidence)


def _states(found: _Found | None) -> bool:
    """True for a sentence that states something of its own: a requirement, an intention or the end of one."""
    return found is not None and (found.required or found.stage in _HINTS)


def _signal(
    i: int, own: _Found, seen: Sequence[Seen], found: Sequence[_Found | None], page_date: date | None, language: str
) -> Signal:
    """A sentence's signal, with dates and topics of neighbours that say no more, and whether it lies ahead."""
    words, near = seen[i], [n for n in (i - 1, i + 1) if 0 <= n < len(seen)]
    silent = [seen[n] for n in near if not found[n]]
    idle = [seen[n] for n in near if not _states(found[n])]
    dates = (*words.dates, *(d for s in silent for d in s.dates))
    known = dates or (seen[i - 1].dates if i else ())
    ahead = stages.upcoming([words, *(seen[n] for n in near)], known, page_date)
    named = words.named
    return Signal(
        text=words.text,
        start=words.start,
        end=words.end,
        is_requirement=own.required,
        upcoming=ahead,
        topics=reported(own.topics, idle) if own.required else own.topics,
        clause=_clause(words),
        stage=stages.settled(own.stage, ahead=ahead),
        dates=dates,
        confidence=round(own.confidence, 3),
        rules=own.points.rules,
        trigger=_trigger(words),
        evidence=named.get("evidence", ()),
        laws=named.get("law", ()),
        cites=cited(words.text, named.get("convention", ())),
        threshold=threshold(words.text),
        products=named.get("product", ()),
        audience=next(iter(named.get("audience", ())), ""),
        language=language,
    )


def _clause(seen: Seen) -> Clause:
    found: Sequence[str] = [c for c in _CLAUSES if seen.clauses.get(c)]
    best = max(found, key=lambda c: seen.clauses[c], default="")
    return _CLAUSES.get(best, Clause.POLICY if seen.has("law") else Clause.CONTRACT_PERFORMANCE_CLAUSE)


def _trigger(own: Seen) -> str:
    """When a duty falls due: the span in the words of the sentence, else the kind of occasion that it names."""
    spans = [d.text for d in own.dates if d.role == "trigger" and any(c.isdigit() for c in d.text)]
    if spans:
        return " ".join(spans[0].split())
    yearly = "yearly" if any(d.role == "recurring_deadline" for d in own.dates) else ""
    return next(iter(own.named.get("trigger", ())), yearly)
