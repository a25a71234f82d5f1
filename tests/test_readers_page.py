"""Pages give their main text as blocks: nothing of the clutter, every requirement, every doubt named."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from feedhub.errors import ReadError
from feedhub.model import Block, Document, SourceKind
from feedhub.readers import Options, read

PAGES = Path(__file__).resolve().parent / "pages"
URL = "https://authority.example/page/"
SAVED = sorted(p for p in PAGES.rglob("*.html") if not {"_trouble", "_near"} & set(p.parts))
TROUBLE = sorted((PAGES / "_trouble").rglob("*.html"))
NEAR = sorted((PAGES / "_near").rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(PAGES).as_posix()


def page(inner: str, **options: object) -> Document:
    body = f"<!doctype html><html lang='en'><head><title>T</title></head><body><main>{inner}</main></body></html>"
    return read(body.encode(), SourceKind.PAGE, Options(url=URL, **options)).documents[0]


def texts(document: Document) -> list[str]:
    return [b.text for b in document.blocks]


def shown(block: Block) -> dict[str, object]:
    row = {
        "kind": block.kind,
        "text": block.text,
        "path": list(block.path),
        "intro": block.intro,
        "level": block.level,
        "anchor": block.anchor,
    }
    return {key: value for key, value in row.items() if value}


@pytest.mark.parametrize("path", SAVED, ids=name)
def test_a_saved_page_gives_the_blocks_a_person_read_in_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    document = read(path.read_bytes(), SourceKind.PAGE, Options(url=URL)).documents[0]
    assert [shown(b) for b in document.blocks] == expected["blocks"]
    assert document.title == expected["title"]
    assert document.language == expected["language"]
    assert (document.published.isoformat() if document.published else None) == expected["published"]
    assert [list(link) for link in document.links] == expected["links"]


def test_saved_pages_speak_eight_languages_or_more() -> None:
    languages = {json.loads(p.with_suffix(".expected.json").read_text(encoding="utf-8"))["language"] for p in SAVED}
    assert len(SAVED) >= 12
    assert len(languages) >= 8


@pytest.mark.parametrize("path", TROUBLE, ids=name)
def test_a_page_in_trouble_is_refused_with_its_reason(path: Path) -> None:
    least = 3 if path.parent.name == "too_few" else 1
    with pytest.raises(ReadError) as caught:
        read(path.read_bytes(), SourceKind.PAGE, Options(at_least=least))
    assert caught.value.reason == path.parent.name


@pytest.mark.parametrize("path", NEAR, ids=name)
def test_a_page_that_only_mentions_trouble_passes(path: Path) -> None:
    assert read(path.read_bytes(), SourceKind.PAGE, Options()).documents[0].blocks


@pytest.mark.parametrize("path", SAVED, ids=name)
def test_new_teasers_times_and_counters_change_no_block(path: Path) -> None:
    """What is outside the text turns at every fetch on real pages; without a selector nothing of it may be read."""
    before = path.read_text(encoding="utf-8")
    turned = re.sub(r"\d\d:\d\d:\d\d", "23:59:58", before)
    turned = re.sub(r"Kävijöitä tänään [\d ]+", "Kävijöitä tänään 9 999", turned)
    turned = re.sub(r'(<a href="/(?:n|nyt|actus?|uutiset|fi/uutiset|nieuws|x|y|r\d)[^"]*">)', r"\1Turned: ", turned)
    first, second = (read(t.encode(), SourceKind.PAGE, Options(url=URL)).documents[0] for t in (before, turned))
    assert first.blocks == second.blocks


TURNING = """<!doctype html><html lang="en"><head><title>Code</title></head><body>
<header><p>Today is {day} January, {n:02}:15:0{d}</p></header><div class="alerts"><a href="/a{n}">Road {n} closed</a> <a href="/b{n}">Pool open</a></div>
<main><h1>Code of conduct</h1><p>Page generated: 2026-11-02 08:14:{n:02}</p><p>Suppliers must report every year.</p>
<p>{n},284 views</p><p>{n:02}:14:55</p><div class="teasers"><div class="teaser"><a href="/t{n}"><h3>Story {n}</h3><p>{n} words</p></a></div></div>
<h2>Read also</h2><ul><li><a href="/r{n}">Other story {n}</a></li></ul></main>
<footer><p>Visitors: {n}99</p></footer><script>var t = {n};</script></body></html>"""


def test_fifty_fetches_in_which_only_the_surroundings_turn_give_the_same_blocks() -> None:
    read_all = {
        read(TURNING.format(n=n, d=n % 10, day=n % 28 + 1).encode(), SourceKind.PAGE, Options(url=URL))
        .documents[0]
        .blocks
        for n in range(10, 60)
    }
    assert len(read_all) == 1
    assert [b.text for b in read_all.pop()] == ["Code of conduct", "Suppliers must report every year."]


@pytest.mark.parametrize(
    "line",
    [
        "Generated waste: 50 kg by 1 March 2027 must be reported",
        "Visits: 2 a year",
        "12 visits a year are due",
        "10.30",
    ],
)
def test_what_only_resembles_a_counter_stays_when_it_says_more(line: str) -> None:
    kept = line in texts(page(f"<p>Suppliers let auditors in.</p><p>{line}</p>"))
    assert kept is (line != "10.30")


def test_headings_give_path_level_and_anchor() -> None:
    blocks = page("<h1 id=top>A</h1><h2><a name=b></a>B</h2><p>text b</p><h2>C</h2><h3 id=d>D</h3><p>text d</p>").blocks
    assert [(b.text, b.path, b.level, b.anchor) for b in blocks] == [
        ("A", (), 1, "top"),
        ("B", ("A",), 2, "b"),
        ("text b", ("A", "B"), 0, "b"),
        ("C", ("A",), 2, ""),
        ("D", ("A", "C"), 3, "d"),
        ("text d", ("A", "C", "D"), 0, "d"),
    ]


def test_a_section_lends_its_anchor_to_its_first_heading_only() -> None:
    blocks = page("<section id=s><h2>A</h2><p>one</p></section><section id=t><p>two</p><h2>B</h2></section>").blocks
    assert [(b.text, b.anchor) for b in blocks if b.kind == "heading"] == [("A", "s"), ("B", "")]


def test_nested_list_items_carry_every_intro_above_them() -> None:
    document = page(
        "<p>Rules apply. The supplier must:</p><ul><li>pay wages<ol><li>in full</li></ol></li><li>report</li></ul>"
    )
    assert [(b.text, b.kind, b.intro) for b in document.blocks] == [
        ("Rules apply. The supplier must:", "paragraph", ""),
        ("pay wages", "item", "The supplier must:"),
        ("in full", "item", "The supplier must: pay wages"),
        ("report", "item", "The supplier must:"),
    ]


def test_a_paragraph_that_announces_nothing_is_no_intro() -> None:
    assert page("<p>We met our suppliers.</p><ul><li>one</li></ul>").blocks[1].intro == ""
    assert page("<p>We ask the following.</p><ul><li>one</li></ul>").blocks[1].intro == "We ask the following."


def test_rows_are_read_under_the_headers_of_their_columns() -> None:
    document = page(
        "<table><tr><th>Duty<th>Due</tr><tr><td rowspan=2>Report<td>2027-03-01</tr><tr><td>2028-03-01</tr>"
        "<tr><td colspan=2>See annex</td></tr></table>"
    )
    assert [(b.text, b.intro, b.kind) for b in document.blocks] == [
        ("Report | 2027-03-01", "Duty | Due", "cell"),
        ("2028-03-01", "Report | Due", "cell"),
        ("See annex", "Duty", "cell"),
    ]


def test_a_table_that_lays_out_is_read_as_what_it_holds() -> None:
    document = page(
        "<table><tr><td><h2>Duty</h2><p>Report by May.</p></td><td><p>Aside text here.</p></td></tr></table>"
    )
    assert [(b.text, b.kind) for b in document.blocks][:2] == [("Duty", "heading"), ("Report by May.", "paragraph")]


def test_monstrous_spans_do_no_harm() -> None:
    rows = "".join("<tr><td rowspan=99999999 colspan=99999999>x</td></tr>" for _ in range(50))
    assert len(page(f"<table><tr><th>A<th>B</tr>{rows}</table>").blocks) == 50


def test_terms_govern_their_descriptions() -> None:
    blocks = page("<dl><dt>Evidence</dt><dd>SA8000</dd><dd>or equal</dd><dt>Open question</dt></dl>").blocks
    assert [(b.text, b.intro) for b in blocks] == [
        ("SA8000", "Evidence"),
        ("or equal", "Evidence"),
        ("Open question", ""),
    ]


def test_terms_without_end_tags_are_read_once() -> None:
    assert texts(page("<dl><dt>Evidence<dd>SA8000<dd>or equal</dl>")) == ["SA8000", "or equal"]


def test_a_fold_names_what_it_hides_and_nothing_after_it() -> None:
    blocks = page("<h2>Rules</h2><details><summary>Wages</summary><p>Pay them.</p></details><p>After.</p>").blocks
    assert blocks[2].path == ("Rules", "Wages")
    assert blocks[3].path == ("Rules",)


def test_bullets_typed_by_hand_are_items() -> None:
    blocks = page("<p>Suppliers must:<br>– report<br>– repair</p>").blocks
    assert [(b.text, b.kind, b.intro) for b in blocks[1:]] == [
        ("report", "item", "Suppliers must:"),
        ("repair", "item", "Suppliers must:"),
    ]


def test_an_aside_with_a_duty_stays_and_one_with_links_goes() -> None:
    document = page(
        "<p>Long text about duties.</p><aside><p>Report by 1 March 2027.</p></aside><aside><a href=/a>Other news of the day</a></aside>"
    )
    assert texts(document) == ["Long text about duties.", "Report by 1 March 2027."]


@pytest.mark.parametrize(
    "clutter",
    [
        "<nav><a href=/>Start</a></nav>",
        "<div class='cookie-banner'><p>We use cookies.</p></div>",
        "<div id=CookieConsent><p>Accept everything?</p></div>",
        "<div role=dialog><p>Join our list</p></div>",
        "<section class='related-content'><h2>More</h2><a href=/x>Something else</a></section>",
        "<script>var a = 'Suppliers must not see this';</script>",
        "<noscript><p>Turn on scripts</p></noscript>",
        "<template><p>Later</p></template>",
        "<form class=search><label>Search</label><input></form>",
        "<button>Print</button>",
        "<h2>See also</h2><ul><li><a href=/a>Roads</a></li></ul>",
        "<p>Share this page: <a href=/s>there</a></p>",
    ],
)
def test_clutter_inside_the_main_text_is_dropped(clutter: str) -> None:
    assert texts(page(f"<h1>Code</h1><p>Suppliers must report every year.</p>{clutter}")) == [
        "Code",
        "Suppliers must report every year.",
    ]


def test_what_only_sounds_like_clutter_stays_when_it_is_the_text() -> None:
    document = page(
        "<div class='sidebar'><h2>Duties</h2><p>Suppliers must report every year, and name their factories.</p></div>"
    )
    assert "Suppliers must report every year, and name their factories." in texts(document)


@pytest.mark.parametrize(
    "box",
    [
        "<div class='elementor-widget elementor-widget-text-editor'>{}</div>",
        "<div class='sv-vertical sv-skip-spacer'>{}</div>",
        "<section id='social-requirements'>{}</section>",
        "<section id='feedback-from-workers'>{}</section>",
        "<section id='related-duties'>{}</section>",
        "<div class='has-sidebar'>{}</div>",
        "<div class='menu-wrapper'>{}</div>",
        "<div class='promo'>{}</div>",
        "<form action='/x'><input type=hidden name=state>{}</form>",
        "<div role='tabpanel' hidden>{}</div>",
        "<div style='display:none'>{}</div>",
        "<fieldset>{}</fieldset>",
    ],
)
def test_no_duty_is_lost_to_the_name_of_its_box(box: str) -> None:
    duty = (
        "From 1 January 2027 suppliers of laptops must name the factories of final assembly, and let an independent body "
        "visit them without notice; workers must be able to complain without fear."
    )
    filler = "".join(f"<p>Paragraph {n} tells how the city buys its computers, and from whom.</p>" for n in range(9))
    assert duty in texts(page(f"<h1>Code</h1>{filler}{box.format(f'<p>{duty}</p>')}"))


def test_a_heading_that_is_a_button_governs_its_fold() -> None:
    blocks = page(
        "<h2><button aria-expanded=false>Wages</button></h2><div hidden><p>Pay them.</p></div><button>Print</button>"
    ).blocks
    assert [(b.text, b.path) for b in blocks] == [("Wages", ()), ("Pay them.", ("Wages",))]


def test_related_rules_with_prose_below_stay() -> None:
    document = page("<h2>Related duties</h2><p>Suppliers must also repair what they broke.</p>")
    assert "Suppliers must also repair what they broke." in texts(document)


def test_a_selector_reads_its_part_and_drop_takes_from_it() -> None:
    body = b"<html><body><div class=a><p>one</p><p class=t>two</p></div><div class=b><p>three</p></div></body></html>"
    document = read(body, SourceKind.PAGE, Options(select=".a", drop=(".t",))).documents[0]
    assert texts(document) == ["one"]


def test_parts_selected_twice_are_read_once() -> None:
    body = b"<html><body><div class=a><div class=a><p>one</p></div></div></body></html>"
    assert texts(read(body, SourceKind.PAGE, Options(select=".a")).documents[0]) == ["one"]


def test_a_selector_works_on_xhtml_and_on_scraps() -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body><p class="a">one</p></body></html>'
    assert texts(read(body, SourceKind.PAGE, Options(select=".a")).documents[0]) == ["one"]
    assert texts(read(b"https://authority.example/", SourceKind.PAGE, Options()).documents[0]) == [
        "https://authority.example/"
    ]


def test_drop_works_without_select() -> None:
    assert texts(page("<p>one</p><p class=t>two</p>", drop=(".t",))) == ["one"]


def test_a_selector_that_finds_nothing_is_told_from_an_error_page() -> None:
    with pytest.raises(ReadError) as caught:
        page("<h1>Code</h1><p>Suppliers must report.</p>", select=".gone")
    assert caught.value.reason == "selector_empty"
    with pytest.raises(ReadError) as caught:
        page("<h1>Page not found</h1><p>Sorry.</p>", select=".gone")
    assert caught.value.reason == "error_page"


def test_a_broken_selector_is_named() -> None:
    with pytest.raises(ReadError, match=re.escape("a[[")):
        page("<p>one</p>", select="a[[")


def test_links_are_absolute_and_harmless() -> None:
    document = page(
        "<p>See <a href='../law.pdf'>the law</a>, <a href='javascript:alert(1)'>x</a>, <a href='data:text/html,x'>y</a>, "
        "<a href='#top'>z</a>, <a href=' JAVAscript:a'>q</a>, <a href='vbscript:a'>r</a>, <a href='http://['>broken</a> "
        "<a href='mailto:buyer@authority.example'>mail</a> and more words.</p>"
    )
    assert document.links == (
        ("the law", "https://authority.example/law.pdf"),
        ("mail", "mailto:buyer@authority.example"),
    )


def test_a_hostile_base_changes_no_scheme() -> None:
    body = b"<html><head><base href='javascript:x//'></head><body><main><p>A <a href='b'>link</a> here.</p></main></body></html>"
    assert read(body, SourceKind.PAGE, Options(url=URL)).documents[0].links == (("link", f"{URL}b"),)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Last updated: 3 March 2026", date(2026, 3, 3)),
        ("Updated March 3, 2026", date(2026, 3, 3)),
        ("Stand: 03.03.2026", date(2026, 3, 3)),
        ("Zuletzt geändert am 3. März 2026", date(2026, 3, 3)),
        ("Senast uppdaterad den 3 mars 2026", date(2026, 3, 3)),
        ("Sist oppdatert 3. mars 2026", date(2026, 3, 3)),
        ("Sidst opdateret: 3. marts 2026", date(2026, 3, 3)),
        ("Päivitetty 3.3.2026 klo 12.10", date(2026, 3, 3)),
        ("Laatst bijgewerkt op 3 maart 2026", date(2026, 3, 3)),
        ("Dernière mise à jour le 3 mars 2026", date(2026, 3, 3)),
        ("Última actualización: 3 de marzo de 2026", date(2026, 3, 3)),
        ("Ultimo aggiornamento: 3 marzo 2026", date(2026, 3, 3)),
        ("Publicerad 2026-03-03", date(2026, 3, 3)),
    ],
)
def test_the_date_a_page_gives_itself_is_no_block(line: str, day: date) -> None:
    document = page(f"<h1>Code</h1><p>Suppliers must report.</p><p>{line}</p>")
    assert document.published == day
    assert texts(document) == ["Code", "Suppliers must report."]


@pytest.mark.parametrize(
    "line",
    [
        "Published 3 March 2026: suppliers must report wages",
        "The rules change on 3 March 2026.",
        "Updated terms apply from 3 March 2026 to all suppliers",
        "Changed criteria: 3 March 2026",
        "Date: 31.02.2026",
        "Last updated: 3 March 0001",
    ],
)
def test_a_sentence_with_a_date_is_no_stamp(line: str) -> None:
    document = page(f"<h1>Code</h1><p>{line}</p>")
    assert document.published is None
    assert line in texts(document)


def test_changed_beats_published_and_numbers_follow_the_country() -> None:
    assert page("<p>x y</p><p>Published: 2025-01-01</p><p>Updated: 2026-01-01</p>").published == date(2026, 1, 1)
    assert page("<p>x y</p><p>Updated: 03/04/2026</p>").published == date(2026, 4, 3)
    assert page("<p>x y</p><p>Updated: 03/04/2026</p>", country="US").published == date(2026, 3, 4)


def test_a_page_that_leaves_out_its_end_tags_is_whole() -> None:
    body = (
        b"<html lang=en><head><title>Code</title><body><h1>Code</h1><p>Suppliers must report every year.<p>And repair."
    )
    assert texts(read(body, SourceKind.PAGE, Options()).documents[0])[-1] == "And repair."


def test_norwegian_is_one_language() -> None:
    body = b"<html lang='nn-NO'><body><main><p>Leverandoren skal melde fra.</p></main></body></html>"
    assert read(body, SourceKind.PAGE, Options()).language == "no"


def test_soft_hyphens_and_footnote_marks_do_not_part_words() -> None:
    document = page("<p>Due dili&shy;gence<sup><a href='#f1'>1</a></sup> costs 5 m<sup>2</sup>&#8203; of space.</p>")
    assert texts(document) == ["Due diligence costs 5 m2 of space."]


def test_reading_twice_gives_the_same() -> None:
    body = SAVED[0].read_bytes()
    assert read(body, SourceKind.PAGE, Options(url=URL)) == read(body, SourceKind.PAGE, Options(url=URL))


@pytest.mark.parametrize(
    "around", ["<ul>{}</ul>", "<div class='list'><ul>{}</ul></div>", "<table><tr><td>{}</td></tr></table>"]
)
def test_a_duty_before_a_long_list_is_not_lost_where_no_element_is_called_main(around: str) -> None:
    """The fault: the list alone held nine tenths of the text, and the sentence before it was cut off."""
    duty = "From 1 March 2027 suppliers must disclose the factories of all laptops."
    rows = [
        f"Answer number {i} about invoices: they are sent in electronic form and quote the order {i}."
        for i in range(12)
    ]
    listed = around.format(
        "".join(f"<li>{r}</li>" for r in rows) if "<ul>" in around else "</td></tr><tr><td>".join(rows)
    )
    links = "".join(f"<li><a href='/{i}'>Topic {i}</a></li>" for i in range(8))
    body = (
        f"<!doctype html><html lang='en'><head><title>Buying</title></head><body><div class='top'><ul>{links}</ul></div>"
        f"<div class='wrap'><div class='region'><h1>Buying</h1><p>{duty}</p>{listed}</div></div>"
        f"<div class='bottom'><p>Town hall</p></div></body></html>"
    )
    (document,) = read(body.encode(), SourceKind.PAGE, Options()).documents
    assert duty in [said for b in document.blocks for said in (b.text, b.intro)]
    assert "Topic 1" not in " ".join(b.text for b in document.blocks)
