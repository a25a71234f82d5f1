"""Whether a requirement lies ahead: by dates beside it that lead to it, against the day of the page or by wording alone."""

from datetime import date

import pytest

from feedhub import detect

DAY = date(2026, 5, 7)
DUTY = "Suppliers must disclose their factories and respect freedom of association."


def ahead(text: str, lang: str = "en", page_date: date | None = None) -> bool:
    return any(s.upcoming for s in detect.signals(text, lang=lang, page_date=page_date) if s.is_requirement)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", f"{DUTY} Comments on the draft are welcome until 12 June."),
        ("de", "Lieferanten müssen die Kernarbeitsnormen der ILO einhalten. Stellungnahmen bis 12. Juni."),
        ("no", "Leverandøren skal respektere ILOs kjernekonvensjoner. Merknader innen 12. juni."),
    ],
)
def test_what_can_still_be_commented_on_lies_ahead(lang: str, text: str) -> None:
    assert ahead(text, lang, DAY)
    assert not ahead(text.rpartition(". ")[0] + ".", lang, DAY)


def test_a_duty_beside_a_tender_still_to_come_lies_ahead_without_the_day_of_the_page() -> None:
    assert ahead(f"Expected publication of the tender: Q3 2028. {DUTY}")
    assert not ahead(f"Delivery to three sites. {DUTY}")


def test_the_date_of_the_next_sentence_counts_where_a_duty_has_none() -> None:
    text = f"{DUTY} The clause applies from 1 October 2026."
    assert ahead(text, page_date=DAY)
    assert not ahead(text, page_date=date(2026, 11, 1))


def test_what_begins_with_a_month_is_in_effect_within_it() -> None:
    text = "From January 2027 suppliers must disclose their factories and respect freedom of association."
    assert ahead(text, page_date=date(2026, 12, 31))
    assert not ahead(text, page_date=date(2027, 1, 4))
