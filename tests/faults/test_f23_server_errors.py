"""F23: 500, 502, 503 and their kin."""

import pytest
from raw_servers import NOW, PAGE, answer, failure, source


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_server_error_is_no_content(status: int, server, fetcher) -> None:
    server.routes["/"] = answer(f"{status} Oops", body=PAGE, ETag='"new"')
    error = failure(fetcher, server.url())
    assert (error.reason, error.status, error.retry_after) == ("server_error", status, None)
    assert len(server.pages()) == 1, "the hub decides when to ask again"


def test_after_the_outage_the_page_is_read_again(server, fetcher) -> None:
    server.routes["/"] = answer("503 Unavailable", body=b"down")
    failure(fetcher, server.url())
    del server.routes["/"]
    assert fetcher.fetch(source(server.url()), None, NOW).body == PAGE


@pytest.mark.parametrize(
    "status", ["204 No Content", "206 Partial Content", "202 Accepted", "300 Multiple", "400 Bad", "418 Teapot"]
)
def test_other_statuses_are_no_content_either(status: str, server, fetcher) -> None:
    body = b"" if status.startswith("204") else PAGE
    server.routes["/"] = answer(status, body=body)
    assert failure(fetcher, server.url()).reason == "http_error"
