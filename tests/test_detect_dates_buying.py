"""Dates without a year beside the day of the page and beside other dates."""

from feedhub.detect.dates import find


def test_without_the_day_of_the_page_what_is_next_has_no_value() -> None:
    (spring,) = find("A market day is held next spring.", "en")
    assert (spring.text, spring.iso, spring.why, spring.precision) == ("next spring", None, "relative", None)


def test_a_day_without_a_year_after_a_dated_adoption_falls_within_the_next_year() -> None:
    found = find("The act, signed on 23 December 2026, takes effect on 21 June.", "en")
    assert [(d.iso, d.why) for d in found] == [("2026-12-23", ""), ("2027-06-21", "year by the date before it")]
    apart = find("The act was signed on 23 December 2026. Offices close on 24 December.", "en")
    assert apart[1].iso is None
