"""P17, the reader's part: scripts and javascript: or data: links reach no block and no link, whatever the format."""

import json

import pytest

from feedhub.model import SourceKind
from feedhub.readers import Options, read

EVIL = (
    "<p>Suppliers must report <a href='javascript:alert(1)'>here</a> and <a href='  JaVa\tScRiPt:alert(1)'>there</a>, "
    "<a href='data:text/html;base64,PHNjcmlwdD4='>or</a> <a href='https://authority.example/ok' onclick='alert(1)'>on paper</a>.</p>"
    "<script>alert('x')</script><svg><script>alert('y')</script></svg><img src=x onerror=alert(1)><iframe src='javascript:1'></iframe>"
    "<style>p{background:url(javascript:1)}</style><object data='data:text/html,z'></object><math><mi>alert</mi></math>"
)
BODIES = {
    "page": f"<html><body><main>{EVIL}</main></body></html>",
    "rss": f"<rss version='2.0'><channel><title>T</title><item><title>T</title><link>javascript:alert(1)</link><description><![CDATA[{EVIL}]]></description></item></channel></rss>",
    "json feed": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "T",
            "items": [{"id": "1", "url": "javascript:alert(1)", "content_html": EVIL}],
        }
    ),
    "mail": f"From: a@b.example\nSubject: News\nContent-Type: text/html\n\n<html><body>{EVIL}</body></html>",
    "sitemap": "<urlset><url><loc>javascript:alert(1)</loc></url><url><loc>data:text/html,x</loc></url><url><loc>https://authority.example/ok</loc></url></urlset>",
}


@pytest.mark.parametrize("name", BODIES)
def test_nothing_that_runs_gets_through(name: str) -> None:
    reading = read(BODIES[name].encode(), None, Options(url="https://authority.example/"))
    text = repr(reading).lower()
    for word in ("javascript:", "data:text", "alert", "onclick", "onerror", "<script", "<iframe"):
        assert word not in text
    addresses = [address for d in reading.documents for _, address in d.links]
    assert addresses == ["https://authority.example/ok"]


def test_the_selector_way_is_no_way_round() -> None:
    reading = read(BODIES["page"].encode(), SourceKind.PAGE, Options(select="p, script, svg, style"))
    assert "alert" not in repr(reading)
