"""F25: 404 and 410."""

import pytest
from raw_servers import PAGE, answer, failure


@pytest.mark.parametrize(("status", "reason"), [(404, "not_found"), (410, "gone")])
def test_missing_and_gone_are_told_apart(status: int, reason: str, server, fetcher) -> None:
    server.routes["/"] = answer(f"{status} No", body=PAGE)
    error = failure(fetcher, server.url())
    assert (error.reason, error.status) == (reason, status)


def test_five_in_a_row_are_five_reports(server, fetcher) -> None:
    """Counting and suspending is the hub's; each fetch says the same."""
    server.routes["/"] = answer("404 Not Found")
    assert {failure(fetcher, server.url()).reason for _ in range(5)} == {"not_found"}
    assert len(server.pages()) == 5
