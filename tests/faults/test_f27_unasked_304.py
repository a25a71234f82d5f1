"""F27: 304 although no validator was sent."""

import pytest
from raw_servers import NOW, answer, failure

from feedhub.model import Validators

UNASKED = answer("304 Not Modified", length=0, ETag='"1"')


@pytest.mark.parametrize(
    "validators", [None, Validators(), Validators("", "Mon, 23 Nov 2026 09:30:00 GMT", NOW), Validators("", "junk")]
)
def test_a_304_without_a_question_is_an_error(validators, server, fetcher) -> None:
    server.routes["/"] = UNASKED
    error = failure(fetcher, server.url(), validators)
    assert (error.reason, error.status) == ("bad_304", 304)
    assert not {"if-none-match", "if-modified-since"} & server.pages()[0].headers.keys()


def test_a_query_is_never_conditional(server, fetcher) -> None:
    server.routes["/"] = UNASKED
    error = failure(fetcher, server.url(), Validators('"1"'), method="POST", body="{}")
    assert error.reason == "bad_304"


def test_a_declaration_cannot_make_it_conditional(server, fetcher) -> None:
    server.routes["/"] = UNASKED
    assert failure(fetcher, server.url(), headers={"If-None-Match": '"1"'}).reason == "bad_304"
    assert "if-none-match" not in server.pages()[0].headers
