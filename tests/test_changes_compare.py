"""Differences of texts by words: nothing is lost, changed neighbours read as one change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from feedhub.changes import compare, word_diff
from feedhub.changes.compare import LONGEST, Piece
from feedhub.model import Notice, Requirement

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@given(st.text(max_size=120), st.text(max_size=120))
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after
    assert all(p.text for p in pieces)


def test_whole_words_change_and_neighbours_are_one_change() -> None:
    assert word_diff("within 20 working days of signature", "within ten calendar days of signature") == (
        Piece("same", "within "),
        Piece("gone", "20 working"),
        Piece("new", "ten calendar"),
        Piece("same", " days of signature"),
    )


def test_a_number_in_a_long_word_is_no_change_of_half_a_word() -> None:
    assert word_diff("leverantörskedjan", "leverantörskedjor") == (
        Piece("gone", "leverantörskedjan"),
        Piece("new", "leverantörskedjor"),
    )


def test_very_long_texts_are_shown_whole() -> None:
    long = "word " * LONGEST
    assert [p.kind for p in word_diff(long, long + "more")] == ["gone", "new"]


def test_a_notice_is_compared_by_its_texts_and_its_requirements_by_their_ids() -> None:
    before = Notice(
        "n1",
        "a",
        "Factory lists",
        NOW,
        NOW,
        summary="Soon.",
        requirements=(
            Requirement("code_of_conduct", text="Sign the code.", id="r1"),
            Requirement("living_wage", quote="Pay a living wage.", id="r2"),
        ),
    )
    after = replace(
        before,
        title="Factory lists 2027",
        requirements=(
            Requirement("code_of_conduct", text="Sign the new code.", id="r1"),
            replace(before.requirements[1], gone=True),
            Requirement("forced_labour", text="No forced labour.", id="r3"),
        ),
    )
    found = compare(before, after)
    assert [(d.what, d.topic) for d in found] == [
        ("title", ""),
        ("requirement", "code_of_conduct"),
        ("requirement", "forced_labour"),
        ("requirement", "living_wage"),
    ]
    assert found[1].pieces == (Piece("same", "Sign the "), Piece("new", "new "), Piece("same", "code."))
    assert found[2].pieces == (Piece("new", "No forced labour."),)
    assert found[3].pieces == (Piece("gone", "Pay a living wage."),)
    assert compare(before, before) == ()
