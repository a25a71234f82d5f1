"""Texts that no buyer writes are answered like any other: nothing, bytes, right to left, two languages, very long ones."""

import json
import random
import time
import tracemalloc

import pytest

from feedhub import detect

DUTY = "Suppliers must disclose the factories of all laptops from 1 March 2027."
TEXTS = {
    "nothing": "",
    "blank": " \n\t\u00a0 ",
    "controls": "".join(map(chr, range(32))) * 50,
    "bytes": bytes(range(256)).decode("latin-1") * 200,
    "half characters": "\ud800 child labour \udfff must",
    "replacement": "\ufffd" * 5_000,
    "arabic": "يجب على الموردين الإفصاح عن المصانع وحظر عمل الأطفال اعتبارًا من 1 مارس 2027. " * 50,
    "hebrew": "על הספקים לאסור עבודת ילדים במפעלים החל מ-1 במרץ 2027. " * 50,
    "overrides": "\u202eSuppliers must disclose factories\u202c and child labour\u2066\u2069",
    "combining": "c\u0301" * 10_000,
    "turkish": "İ" * 5_000 + " child labour must suppliers",
    "chinese": "供应商必须禁止使用童工。" * 500,
    "emoji": "👩🏽‍🏭 must 🏭 " * 500,
    "one word": "x" * 200_000,
    "many lines": "\n" * 200_000,
    "table": "| child labour | must |\n" * 2_000,
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("lang", ["", "en", "fi", "xx"])
def test_a_strange_text_is_answered(name: str, lang: str) -> None:
    quoted = TEXTS[name].replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
    for signal in detect.signals(TEXTS[name], lang=lang):
        assert quoted[signal.start : signal.end] == signal.text
        assert 0 <= signal.confidence <= 1
        json.dumps(detect.signal_json(signal), ensure_ascii=False).encode()


def test_both_languages_of_a_text_are_read() -> None:
    text = f"{DUTY}\n\nAb dem 1. März 2027 müssen Lieferanten die Fertigungsstätten aller Notebooks offenlegen."
    assert detect.signals(text)[0].is_requirement


@pytest.mark.parametrize("around", ["يجب على الموردين. ", "供应商必须。", "\ufffd\x00\x01 ", "👩🏽‍🏭 "])
def test_a_duty_among_strange_words_is_found(around: str) -> None:
    found = [s for s in detect.signals(f"{around * 3}\n\n{DUTY}\n\n{around * 3}", lang="en") if s.is_requirement]
    assert [s.dates[0].iso for s in found] == ["2027-03-01"]


def test_a_megabyte_is_judged_in_seconds_and_in_proportion() -> None:
    part = ("We buy paper, chairs and other things for our offices and schools every year. " * 12 + DUTY + "\n\n") * 10
    detect.signals(part, lang="en")
    spent = []
    for size in (100_000, 1_000_000):
        text = (part * (size // len(part) + 1))[:size]
        begun = time.thread_time()
        assert detect.signals(text, lang="en")
        spent.append(time.thread_time() - begun)
    assert spent[1] < 10
    assert spent[1] < 25 * spent[0]


MEGABYTES = {
    "binary": random.Random(1).randbytes(1_000_000).decode("latin-1"),
    "right to left": "יש לאסור עבודת ילדים במפעלים החל מ-1 במרץ 2027. " * 21_000,
    "one word": "x" * 1_000_000,
    "words in one line without a space": "child-labour-must-suppliers-" * 36_000,
    "one sentence without an end": "the supplier must disclose factories in 2027, " * 4_000,
}


@pytest.mark.parametrize("name", MEGABYTES)
def test_a_megabyte_of_anything_is_judged_in_time_that_grows_with_its_length(name: str) -> None:
    spent = []
    whole = MEGABYTES[name]
    for text in (whole[: len(whole) // 4], whole):
        begun = time.thread_time()
        detect.signals(text, lang="en")
        spent.append(time.thread_time() - begun)
    assert spent[1] < 10
    assert spent[1] < 0.5 + 8 * spent[0]


@pytest.mark.parametrize("name", ["binary", "right to left", "one word"])
def test_a_megabyte_takes_little_memory(name: str) -> None:
    detect.signals(MEGABYTES[name][:1000], lang="en")
    tracemalloc.start()
    try:
        detect.signals(MEGABYTES[name], lang="en")
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_duty_in_a_very_long_paragraph_is_found_in_its_place() -> None:
    text = f"{'We buy chairs and paper. ' * 20_000}{DUTY} {'We buy desks, too. ' * 2_000}"
    (found,) = [s for s in detect.signals(text, lang="en") if s.is_requirement]
    assert text[found.start : found.end] == DUTY
    assert found.dates[0].iso == "2027-03-01"
