"""Dates in ten languages: their value, how exactly they are known, what they are for, and what is no date at all."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub import detect, taxonomy
from feedhub.detect.dates import LANGUAGES, find
from feedhub.detect.dates._grammar import _forms, matches, places, view
from feedhub.detect.dates._words import words
from feedhub.model import Precision

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "dev.jsonl"


def test_every_language_that_is_read_has_words_for_dates() -> None:
    assert set(LANGUAGES) == set(taxonomy.LANGUAGES)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("on 1 March 2027", Precision.DAY),
        ("in March 2027", Precision.MONTH),
        ("in Q3 2027", Precision.QUARTER),
        ("in autumn 2027", Precision.QUARTER),
        ("in the second half of 2027", Precision.HALF),
        ("by the end of 2027", Precision.DAY),
        ("at the end of 2027", Precision.YEAR),
        ("on 31 February 2027", None),
        ("on 6 August", None),
    ],
)
def test_a_date_says_how_exactly_it_is_known(text: str, precision: Precision | None) -> None:
    (one,) = find(f"The duty applies {text}.", "en")
    assert one.precision is precision
    assert (one.iso is None) is (precision is None)


@pytest.mark.parametrize(("lang", "form"), [
    ("de", "1. März 2027"), ("de", "1.3.2027"), ("de", "01.03.2027"), ("de", "1. Mrz. 2027"), ("de", "1. 3. 2027"),
    ("nl", "1 maart 2027"), ("nl", "1 mrt. 2027"), ("nl", "01-03-2027"), ("sv", "1 mars 2027"), ("sv", "den 1:a mars 2027"),
    ("da", "den 1. marts 2027"), ("no", "1. mars 2027"), ("nb", "1. mars 2027"), ("fr", "1er mars 2027"), ("fr", "01/03/2027"),
    ("fi", "1. maaliskuuta 2027"), ("fi", "maaliskuun 1. päivänä 2027"), ("es", "1º de marzo de 2027"), ("es", "1 de marzo del 2027"),
    ("it", "1° marzo 2027"), ("it", "1/3/2027"), ("en", "1st of March, 2027"), ("en", "March 1st, 2027"), ("en", "1 Mar. 2027"),
    ("en", "2027 March 1"), ("en", "1 MARCH 2027"), ("en", "1\u00a0March\u00a02027"), ("en", "2027/03/01"),
])  # fmt: skip
def test_the_first_of_march_is_read_in_all_its_forms(lang: str, form: str) -> None:
    assert [d.iso for d in find(f"x {form} y", lang)] == ["2027-03-01"]


@pytest.mark.parametrize(("lang", "form"), [
    ("en", "Q3 2027"), ("en", "2027 Q3"), ("en", "Q3/2027"), ("en", "3rd quarter of 2027"), ("de", "Q3/2027"), ("de", "III. Quartal 2027"),
    ("de", "dritten Quartal des Jahres 2027"), ("nl", "derde kwartaal van 2027"), ("nl", "K3 2027"), ("sv", "tredje kvartalet 2027"),
    ("sv", "kvartal 3 2027"), ("da", "3. kvartal 2027"), ("no", "tredje kvartal 2027"), ("fr", "troisième trimestre 2027"), ("fr", "T3 2027"),
    ("fi", "kolmas neljännes 2027"), ("fi", "vuoden 2027 kolmannella neljänneksellä"), ("es", "tercer trimestre de 2027"), ("es", "3T 2027"),
    ("it", "terzo trimestre del 2027"), ("it", "III trimestre 2027"), ("en", "summer 2027"), ("de", "Sommer 2027"), ("nl", "zomer 2027"),
    ("sv", "sommaren 2027"), ("da", "sommeren 2027"), ("no", "sommeren 2027"), ("fr", "été 2027"), ("fi", "kesällä 2027"),
    ("es", "verano de 2027"), ("it", "estate 2027"),
])  # fmt: skip
def test_a_quarter_and_a_season_stand_for_their_first_day(lang: str, form: str) -> None:
    assert [(d.iso, d.precision) for d in find(f"x {form}.", lang)] == [("2027-07-01", Precision.QUARTER)]


@pytest.mark.parametrize(("lang", "form"), [
    ("en", "second half of 2027"), ("en", "H2 2027"), ("de", "zweites Halbjahr 2027"), ("de", "zweite Jahreshälfte 2027"),
    ("nl", "tweede helft van 2027"), ("sv", "andra halvåret 2027"), ("da", "andet halvår 2027"), ("no", "andre halvår 2027"),
    ("fr", "deuxième semestre 2027"), ("fi", "toinen vuosipuolisko 2027"), ("es", "segundo semestre de 2027"), ("it", "secondo semestre 2027"),
])  # fmt: skip
def test_a_half_year_stands_for_its_first_day(lang: str, form: str) -> None:
    assert [(d.iso, d.precision) for d in find(f"x {form}.", lang)] == [("2027-07-01", Precision.HALF)]


def test_offsets_lead_back_to_the_words() -> None:
    text = "Straße İstanbul: from 1 to 15\u00a0May 2027 — by the end of 2028."
    found = find(text, "en")
    assert [d.text for d in found] == ["1", "15\u00a0May 2027", "the end of 2028"]
    assert all(text[d.start : d.end] == d.text for d in found)


PARTS = """
1|31|2027|99|0|2027-03-01|3/4/2027|1.3.|Q3|'27|first|half of|quarter|winter|mid-|March|mars|März|maaliskuun|May|Juni|next year
within six months|20 days after|last|every year|from|to|by|–|-|/|.|,| |ISO|§|İ|ß|postponed|consultation|vuoden|heute
"""


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=120),
        st.lists(
            st.sampled_from([part for line in PARTS.strip().splitlines() for part in line.split("|")]), max_size=25
        ).map(" ".join),
    ),
    st.sampled_from([*LANGUAGES, "", "xx", "nn"]),
    st.one_of(st.none(), st.dates()),
    st.sampled_from(["", "GB", "US", "de"]),
)
def test_whatever_the_text_dates_are_valid_in_order_and_in_their_place(
    text: str, lang: str, page_date: date | None, country: str
) -> None:
    end = 0
    for one in find(text, lang, page_date, country):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        end = one.end
        if one.iso is None:
            assert one.why
            assert one.precision is None
            continue
        assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", one.iso)
        first = date.fromisoformat((one.iso + "-01-01")[:10])
        assert 1900 <= first.year <= 2101
        assert one.precision is not None


def test_a_day_counted_beyond_the_calendar_has_no_value() -> None:
    assert [(d.iso, d.why) for d in find("It starts next year.", "en", date(2100, 5, 1))] == [(None, "relative")]
    assert [(d.iso, d.why) for d in find("It was said 900 years ago.", "en", date(2026, 5, 1))] == [(None, "relative")]


def test_a_season_beyond_the_calendar_has_no_value() -> None:
    (one,) = find("in winter next year", "en", date(2100, 1, 1))
    assert (one.iso, one.why) == (None, "relative")


def test_many_threads_read_the_same() -> None:
    texts = [f"From {d} March 2027 and by {d} June {lang}" for d in range(1, 29) for lang in ("2027", "2028")]
    alone = [find(t, "en") for t in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda t: find(t, "en"), texts)) == alone


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_page_is_read_in_a_moment(lang: str) -> None:
    filler = (
        "Suppliers keep records of the people who work for them and of the hours that they work in every factory. " * 3
    )
    text = (f"{filler} 1.3.2027 {filler} 31/12/2027 {filler} 2027-06-01. " * 25)[:20_000]
    find(text, lang)
    spent = []
    for _ in range(3):
        begun = time.thread_time()
        assert find(text, lang)
        spent.append(time.thread_time() - begun)
    assert min(spent) < 0.08


@pytest.mark.parametrize(
    "piece",
    ["1", "1.", "2027-", "2027 ", "den 1 ", "within ", "1 March and ", " ", "in 2027 to ", "first half ", "x\n"],
)
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    begun = time.thread_time()
    find(text, "en")
    assert time.thread_time() - begun < 2


def test_labelled_passages_are_read_well() -> None:
    if not CORPUS.exists():
        pytest.skip("the labelled passages are not on this machine")
    right = missed = more = 0
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if any(d["in_text"] and (d["iso"] is None or d["precision"] == "season") for d in row["dates"]):
            continue
        day = row["page_date"] if re.fullmatch(r"\d{4}-\d\d-\d\d", row["page_date"] or "") else None
        got = {d.iso for d in find(row["text"], row["lang"], date.fromisoformat(day) if day else None) if d.iso}
        want = {_first(d["iso"]) for d in row["dates"] if d["in_text"] and d["iso"][0] != "-"}
        right, missed, more = right + len(got & want), missed + len(want - got), more + len(got - want)
    assert right / (right + missed) >= 0.9
    assert right / (right + more) >= 0.9


def _first(iso: str) -> str:
    quarter = re.fullmatch(r"(\d{4})-Q([1-4])", iso)
    return f"{quarter[1]}-{int(quarter[2]) * 3 - 2:02d}-01" if quarter else iso


def scored(**told: object) -> dict[str, dict[str, float | int]]:
    """The figures of one labelled passage."""
    row = {"id": "a", "lang": "en", "is_requirement": False, **told}
    return detect.evaluate([row]).as_dict()["overall"]  # type: ignore[no-any-return]


def labelled(text: str, iso: str | None, role: str, precision: str = "day", **more: object) -> dict[str, object]:
    return {"text": text, "iso": iso, "role": role, "precision": precision, "in_text": True, **more}


def test_a_date_counts_where_no_requirement_is_found() -> None:
    text = "Awards are expected by 22 January 2026."
    figures = scored(text=text, dates=[labelled("22 January 2026", "2026-01-22", "award_expected")])
    assert (figures["dates"]["tp"], figures["dates"]["fn"], figures["dates"]["fp"]) == (1, 0, 0)
    assert (figures["roles"]["tp"], figures["roles"]["fn"]) == (1, 0)


def test_a_role_is_scored_by_the_milestone_that_it_becomes() -> None:
    text = "From 9 June 2027 the rules apply."
    assert scored(text=text, dates=[labelled("9 June 2027", "2027-06-09", "in_force")])["roles"]["tp"] == 1
    wrong = scored(text=text, dates=[labelled("9 June 2027", "2027-06-09", "adopted")])
    assert (wrong["dates"]["tp"], wrong["roles"]["fn"], wrong["roles"]["fp"]) == (1, 1, 1)
    unscored = scored(text=text, dates=[labelled("9 June 2027", "2027-06-09", "target")])["roles"]
    assert (unscored["tp"], unscored["fn"], unscored["fp"]) == (0, 0, 0)


def test_a_label_without_value_or_outside_the_text_is_not_scored() -> None:
    dates = [
        labelled("2014-2018", None, "policy_period", "relative_or_incomplete"),
        labelled("1 May 2026", "2026-05-01", "applies_from", in_text=False),
    ]
    figures = scored(text="Under the policy for 2014-2018 buyers ask more.", dates=dates)["dates"]
    assert (figures["tp"], figures["fn"], figures["fp"]) == (0, 0, 0)


def test_a_season_labelled_by_its_year_is_compared_by_its_year() -> None:
    dates = [labelled("summer 2027", "2027", "contract_end", "season")]
    assert scored(text="The framework expires in summer 2027.", dates=dates)["dates"]["tp"] == 1


def test_what_is_superseded_is_not_scored_as_a_date_that_holds() -> None:
    dates = [labelled("1 July 2026", "2026-07-01", "superseded_date")]
    assert scored(text="The rules apply from 1 July 2026.", dates=dates)["roles"]["fp"] == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_forms_that_may_begin_with_a_word_are_tried_and_none_is_missed(lang: str) -> None:
    every = re.compile("|".join(form.expression for form in _forms(lang)))
    rows = (Path(__file__).resolve().parent / "corpus" / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    seen = view(" ".join(json.loads(row)["text"] for row in rows))
    missed, done = [], 0
    found = {m.start(): (m.end(), m.lastgroup) for m in matches(seen, words(lang))}
    for place in places(lang).finditer(seen):
        if place.start() >= done and (wanted := every.match(seen, place.start())):
            done = wanted.end()
            if found.get(place.start()) != (wanted.end(), wanted.lastgroup):
                missed.append(wanted.group())
    assert missed == []
    assert len(found) > 30
