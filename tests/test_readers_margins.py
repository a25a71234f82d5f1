"""A date in a foot or margin is looked for where a year stands, and found as if the whole page were walked."""

from datetime import date
from pathlib import Path

import pytest
from lxml import html

from feedhub.readers._blocks import blocks_of
from feedhub.readers._margins import dated_parts
from feedhub.readers._markup import parse_html_text
from feedhub.readers._stamps import without_stamps

PAGES = sorted((Path(__file__).resolve().parent / "pages").rglob("*.html"))
DAY = date(2026, 3, 3)
#: A piece of a page, and the date that it states.
PIECES = [
    ("<p>Last updated: 3 March 2026</p>", DAY),
    ("<p>Last <b>updated</b>: <i>3</i> March <b>20</b><b>26</b></p>", DAY),
    ("<p>Updated 3 March 2\u200b0\u00ad26</p>", DAY),
    ("<p>Updated<br>3<br>March<br>2026</p>", DAY),
    ("Updated 3 March 2026", DAY),
    ("<div><p>Welcome</p>Updated 3 March 2026<p>Bye</p></div>", DAY),
    ("<span>Updated <div>for all</div> on</span><p>Updated 3 March 2026</p>", DAY),
    ("<dl><dt>Updated</dt><dd>3 March 2026</dd></dl>", DAY),
    ("<dl><dt>Updated</dt><dd><ul><li>3 March 2026</li></ul></dd></dl>", None),
    ("<dl><dt>Updated</dt><dd><div><p>3 March 2026</p></div></dd></dl>", DAY),
    ("<dl><dt>Updated 3 March 2026</dt><dd>yes</dd></dl>", DAY),
    ("<table><tr><td>Updated</td><td>3 March 2026</td></tr><tr><td>By</td><td>us</td></tr></table>", DAY),
    ("<table><tr><td><table><tr><td>Updated</td><td>3 March 2026</td></tr></table></td></tr></table>", DAY),
    ("<ul><li>• Updated: 3 March 2026</li></ul>", DAY),
    ("<h3>Updated 3 March 2026</h3>", None),
    ("<h3><div>Updated 3 March 2026</div></h3>", None),
    ("<div role='heading'><p>Updated 3 March 2026</p></div>", None),
    ("<details><summary>Updated 3 March 2026</summary>more</details>", None),
    ("<script>Updated 3 March 2026</script>", None),
    ("<noscript><p>Updated 3 March 2026</p></noscript>", None),
    ("<pre>Updated: 3 March 2026\n\n* Updated: 4 March 2026</pre>", DAY),
    ("<pre><div>Updated 3 March 2026</div>and many more words</pre>", None),
    ("<sup><a href='#n'>1</a><p>Updated 3 March 2026</p></sup>", None),
    ("<p>Updated 3<sup><a href='#n'>1</a></sup> March 2026</p>", DAY),
    ("<p>Published 1 March 2026</p><div><p>Updated 3 March 2026</p></div>", DAY),
    ("<p>Updated 3 March 2026</p><p>Updated 4 March 2026</p>", DAY),
    ("<p>Page generated on 3 March 2026</p>", None),
    ("<p>Updated criteria: 3 March 2026</p>", None),
    ("<p>© 2026</p><p>1,284 views</p>", None),
    ("<!-- Updated 3 March 2026 -->Room 12", None),
]


def found(root: html.HtmlElement) -> date | None:
    return without_stamps([b for part in dated_parts(root) for b in blocks_of(part)[0]])[1]


@pytest.mark.parametrize(("piece", "expected"), PIECES)
def test_a_date_is_found_in_whatever_holds_it(piece: str, expected: date | None) -> None:
    root = parse_html_text(
        f"<html><body><main><p>We buy chairs in 12 towns.</p></main><footer>{piece}</footer></body></html>"
    )
    assert found(root) == expected
    assert without_stamps(blocks_of(root)[0])[1] == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_saved_page_gives_the_date_of_the_whole_page(page: Path) -> None:
    try:
        root = parse_html_text(page.read_text(encoding="utf-8", errors="replace"))
    except ValueError:
        return
    assert found(root) == without_stamps(blocks_of(root)[0])[1]


def test_no_part_lies_within_another_and_quiet_parts_are_left_out() -> None:
    quiet = "<p>We buy chairs.</p>" * 50
    root = parse_html_text(f"<html><body>{quiet}<div>In 2027 <p>or 2028</p></div>{quiet}</body></html>")
    assert [part.tag for part in dated_parts(root)] == ["div"]
