"""P14: 31/12 and 12/31 are read by the rule of the source's country, and a doubt is no date."""

from datetime import UTC, datetime

import pytest
from dateutil import parser
from loopback import Clock, Site, declare, page
from watching import ABOUT

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue

DUTY = "From {when} suppliers must disclose the factories of all laptops."


def test_a_careless_parser_takes_what_fits() -> None:
    either = [
        parser.parse(text, default=datetime(2027, 1, 1, tzinfo=UTC)).month for text in ("31/12/2027", "12/31/2027")
    ]
    assert either == [12, 12]
    assert parser.parse("03/04/2027").month == 3, "a British third of April"


@pytest.mark.parametrize(
    ("country", "written", "meant"),
    [
        ("gb", "31/12/2027", "2027-12-31"),
        ("gb", "12/31/2027", None),
        ("gb", "03/04/2027", "2027-04-03"),
        ("ie", "03/04/2027", "2027-04-03"),
        ("us", "12/31/2027", "2027-12-31"),
        ("us", "03/04/2027", None),  # both orders are written there
        ("us", "31/12/2027", "2027-12-31"),
        ("ca", "03/04/2027", None),
    ],
)
def test_the_country_of_the_source_decides(
    country: str, written: str, meant: str | None, hub: Hub, site: Site, clock: Clock, sources
) -> None:
    declare(sources, f"{site.url}/policy", source_id=f"{country}-example-policy")
    load_catalogue(hub)
    site.pages["/policy"] = page(ABOUT, DUTY.format(when=written))
    clock.forward(days=1)
    hub.refresh(f"{country}-example-policy")
    (notice,) = hub.authority(f"{country}-example").notices
    assert [m.when.iso for m in notice.milestones] == ([meant] if meant else [])
