"""The detector measured on labelled passages: precision, recall, F1 of requirement, upcoming, topics, dates, roles.

Never judges by itself; the rules of counting are those under "Scores" in the documentation of the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from feedhub import taxonomy
from feedhub.detect.dating import compare
from feedhub.detect.intervals import Counted, fifths, interval
from feedhub.detect.joining import ENOUGH
from feedhub.detect.judge import judge
from feedhub.model import Signal

#: Lower edges of the bins of confidence, and their names.
_BINS = ((0.9, "0.9-1.0"), (0.8, "0.8-0.9"), (0.7, "0.7-0.8"), (0.6, "0.6-0.7"), (0.5, "0.5-0.6"), (0.0, "0.0-0.5"))
#: A day, month or year of a page.
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_MEASURES = ("requirement", "upcoming", "topics", "dates", "roles")


@dataclass
class Tally:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, *, gold: bool, found: bool) -> None:
        """Count one verdict."""
        self.tp += gold and found
        self.fp += found and not gold
        self.fn += gold and not found

    def as_dict(self) -> dict[str, float | int]:
        """Counts with precision, recall and F1; 0.0 where nothing can be divided."""
        precision = self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0
        recall = self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0
        both = 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0
        return {
            "precision": round(precision, 3),
            "recall": round(recall, 3),
            "f1": round(both, 3),
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.fn,
        }


@dataclass
class Bin:
    """Passages whose highest confidence lies in one bin: how many, how sure in sum, how many are requirements."""

    rows: int = 0
    sure: float = 0.0
    right: int = 0

    def as_dict(self) -> dict[str, float | int]:
        """Count, mean confidence and the share that are requirements; 0.0 in an empty bin."""
        some = max(1, self.rows)
        return {"rows": self.rows, "confidence": round(self.sure / some, 3), "right": round(self.right / some, 3)}


@dataclass
class Report:
    """What `evaluate` found: tallies overall and by language (ISO 639-1), and the rows that came out wrong."""

    rows: int = 0
    overall: dict[str, Tally] = field(default_factory=lambda: {m: Tally() for m in _MEASURES})
    languages: dict[str, dict[str, Tally]] = field(default_factory=dict)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    reliability: dict[str, Bin] = field(default_factory=lambda: {name: Bin() for _, name in _BINS})
    counts: list[tuple[str, str, dict[str, Tally]]] = field(default_factory=list)

    def counted(self, measure: str, lang: str = "") -> list[Counted]:
        """What each row counts for a measure, with its address, of all languages or one."""
        chosen = [(address, t[measure]) for own, address, t in self.counts if lang in ("", own)]
        return [(address, (t.tp, t.fp, t.fn)) for address, t in chosen]

    def intervals(self) -> dict[str, dict[str, tuple[float, float]]]:
        """The 95 % interval of F1 of every measure, `all` and by language."""
        names = {"all": "", **{lang: lang for lang in sorted(self.languages) if lang}}
        return {name: {m: interval(self.counted(m, lang)) for m in _MEASURES} for name, lang in names.items()}

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `feedhub evaluate --json`."""
        return {
            "rows": self.rows,
            "overall": {m: t.as_dict() for m, t in self.overall.items()},
            "by_language": {
                lang: {m: t.as_dict() for m, t in tallies.items()} for lang, tallies in sorted(self.languages.items())
            },
            "intervals": self.intervals(),
            "fifths": fifths(self.counted("requirement")),
            "reliability": {name: kept.as_dict() for name, kept in self.reliability.items()},
            "wrong": self.wrong,
        }

    def as_text(self) -> str:
        """The table for a terminal."""
        lines = [f"{self.rows} rows", "", f"{'':10}" + "".join(f"{m:>24}" for m in _MEASURES)]
        lines.append(f"{'':10}" + "".join(f"{'P     R     F1':>24}" for _ in _MEASURES))
        for name, tallies in [("all", self.overall), *sorted(self.languages.items())]:
            figures = [t.as_dict() for t in tallies.values()]
            cells = [f"{f['precision']:.2f}  {f['recall']:.2f}  {f['f1']:.2f}" for f in figures]
            lines.append(f"{name:10}" + "".join(f"{c:>24}" for c in cells))
        lines += ["", "95 % intervals of F1, whole addresses drawn again"]
        for name, bounds in self.intervals().items():
            lines.append(f"{name:10}" + "".join(f"{f'{low:.2f} to {high:.2f}':>24}" for low, high in bounds.values()))
        parts = "  ".join(f"{x:.2f}" for x in fifths(self.counted("requirement")))
        lines += ["", f"F1 of requirement in five parts by address: {parts}"]
        lines += ["", f"{'confidence':10}{'rows':>8}{'mean':>8}{'right':>8}"]
        for name, kept in self.reliability.items():
            told = kept.as_dict()
            lines.append(f"{name:10}{told['rows']:8}{told['confidence']:8.2f}{told['right']:8.2f}")
        for row in self.wrong:
            lines += ["", f"{row['id']}: {'; '.join(row['why'])}", f"  {row['text']}"]
        return "\n".join(lines)


def evaluate(rows: Iterable[Mapping[str, Any]], *, today: date | None = None) -> Report:
    """Measure the detector on labelled rows (`text`, `lang`, `is_requirement`, `upcoming`, `topics`, `dates`, …).

    The reference day is the row's `page_date`, else `today`, else unknown. A row counts as found when a signal on it is
    a requirement of a core topic; rows that are requirements of adjacent topics only are not scored for that. Rows
    without `dates` are not scored for dates. Nothing is fitted on the rows; words may have been chosen in sight of them.
    """
    report = Report()
    for row in rows:
        report.rows += 1
        found = _signals(row, today)
        mine = report.languages.setdefault(str(row.get("lang", "")), {m: Tally() for m in _MEASURES})
        _trust(row, found, report)
        own = {m: Tally() for m in _MEASURES}
        report.counts.append(
            (str(row.get("lang", "")), str(row.get("url") or row.get("situation") or report.rows), own)
        )
        both = [report.overall, mine, own]
        why = [*_measure(row, found, both), *_dates(row, today, both)]
        if why:
            report.wrong.append({"id": row.get("id"), "lang": row.get("lang"), "why": why, "text": row["text"]})
    return report


def annotate(row: Mapping[str, Any], *, today: date | None = None) -> dict[str, Any]:
    """The row of `feedhub detect` with `signals` added."""
    return {**row, "signals": [signal_json(s) for s in _signals(row, today)]}


def signal_json(signal: Signal) -> dict[str, Any]:
    """A signal in the shape promised to scripts."""
    return {
        "text": signal.text,
        "start": signal.start,
        "end": signal.end,
        "is_requirement": signal.is_requirement,
        "upcoming": signal.upcoming,
        "topics": list(signal.topics),
        "clause": signal.clause.value,
        "stage": signal.stage.value,
        "dates": [
            {"text": d.text, "iso": d.iso, "precision": d.precision.value if d.precision else None, "role": d.role}
            for d in signal.dates
        ],
        "confidence": signal.confidence,
        "rules": list(signal.rules),
        "trigger": signal.trigger,
        "evidence": list(signal.evidence),
        "laws": list(signal.laws),
        "cites": list(signal.cites),
        "threshold": signal.threshold,
        "products": list(signal.products),
        "audience": signal.audience,
        "language": signal.language,
    }


def _signals(row: Mapping[str, Any], today: date | None) -> list[Signal]:
    return judge(str(row.get("text") or ""), lang=str(row.get("lang") or ""), page_date=page_day(row) or today)


def page_day(row: Mapping[str, Any]) -> date | None:
    """The last day of a row's `page_date` (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`), None when it has none or a broken one."""
    match = _DAY.fullmatch(str(row.get("page_date") or "").strip())
    if match is None:
        return None
    try:
        return date(*(int(part or 1) for part in match.groups()))
    except ValueError:
        return None


def _trust(row: Mapping[str, Any], found: list[Signal], report: Report) -> None:
    """Sort a passage into the bin of its surest signal of a core topic; rows of adjacent topics only are left out."""
    core = taxonomy.load().core_topics
    gold, topics = bool(row.get("is_requirement")), row.get("topics") or ()
    if gold and topics and not any(t in core for t in topics):
        return
    told = [s for s in found if s.is_requirement or s.confidence < ENOUGH]
    sure = max((s.confidence for s in told if any(t in core for t in s.topics)), default=None)
    if sure is not None:
        kept = report.reliability[next(name for edge, name in _BINS if sure >= edge)]
        kept.rows, kept.sure, kept.right = kept.rows + 1, kept.sure + sure, kept.right + gold


def _measure(row: Mapping[str, Any], found: list[Signal], tallies: Iterable[dict[str, Tally]]) -> list[str]:
    core = taxonomy.load().core_topics
    why: list[str] = []
    gold_topics = {str(t) for t in row.get("topics") or ()}
    gold = bool(row.get("is_requirement"))
    required = [s for s in found if s.is_requirement and any(t in core for t in s.topics)]
    scored = not (gold and gold_topics and not any(t in core for t in gold_topics))
    both = list(tallies)
    if scored:
        for t in both:
            t["requirement"].add(gold=gold, found=bool(required))
        if gold != bool(required):
            why.append("missed" if gold else f"false alarm ({', '.join(required[0].rules)})")
    if gold and scored:
        ahead = any(s.upcoming for s in required)
        topics = {t for s in required for t in s.topics}
        for t in both:
            t["upcoming"].add(gold=bool(row.get("upcoming")), found=ahead)
            for topic in gold_topics | topics:
                t["topics"].add(gold=topic in gold_topics, found=topic in topics)
        if required and bool(row.get("upcoming")) != ahead:
            why.append("upcoming missed" if row.get("upcoming") else "not upcoming")
        if required and topics != gold_topics:
            why.append(f"topics {sorted(topics)} instead of {sorted(gold_topics)}")
    return why


def _dates(row: Mapping[str, Any], today: date | None, tallies: list[dict[str, Tally]]) -> list[str]:
    if "dates" not in row:
        return []
    compared = compare(row, page_day(row) or today)
    for t in tallies:
        for gold, read in compared.values:
            t["dates"].add(gold=gold, found=read)
        for gold, read in compared.roles:
            t["roles"].add(gold=gold, found=read)
    return list(compared.why)
