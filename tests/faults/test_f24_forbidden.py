"""F24: 401, 403 and 451; a challenge in front of the page."""

import pytest
from raw_servers import PAGE, answer, failure

from feedhub.errors import REASONS


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_is_forbidden_and_is_not_tried_again(status: int, server, fetcher) -> None:
    server.routes["/"] = answer(f"{status} No", body=PAGE, WWW_Authenticate='Basic realm="x"')
    error = failure(fetcher, server.url())
    assert (error.reason, error.status) == ("forbidden", status)
    assert len(server.pages()) == 1
    assert "stops" in REASONS[error.reason].todo


def test_a_challenge_is_a_blocked_page(server, fetcher) -> None:
    server.routes["/"] = answer("403 Forbidden", body=PAGE, cf_mitigated="challenge")
    assert failure(fetcher, server.url()).reason == "blocked_page"
