"""Sentences in ten languages: the value of each date (or, after a dash, why it has none) and what it is for.

One row a sentence in `corpus/dates.txt`: language, sentence, dates in order; with the day of the page and the country
where they matter. The learned opinion of roles is learned from them too.
"""

from datetime import date
from pathlib import Path

import pytest

from feedhub.detect.dates import find

SENTENCES = Path(__file__).resolve().parent / "corpus" / "dates.txt"


def told(text: str, lang: str, page_date: date | None = None, country: str = "") -> str:
    """Value (or the reason for none, after a dash) and role of every date, in order."""
    return " ; ".join(f"{d.iso or '-' + d.why} {d.role}" for d in find(text, lang, page_date, country))


ROWS = [line.split("|") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("lang", "text", "expected", "day", "country"), ROWS)
def test_a_sentence_tells_value_and_role_of_its_dates(
    lang: str, text: str, expected: str, day: str, country: str
) -> None:
    assert told(text, lang, date.fromisoformat(day) if day else None, country) == expected
