"""Everything a feedhub full of odd text serves: valid by schema, equal in every format, walked to the end exactly once."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from atom_schema import OWN, atom_schema, own_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from loopback import Clock
from lxml import etree
from publish_examples import HOSTILE, announcement, notice
from web_house import CITY, COUNTY, House, draft, milestone, open_house

from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.hub.terms import announcement_text
from feedhub.model import (
    Announcement,
    AnnouncementKind,
    Clause,
    Filter,
    MilestoneKind,
    MilestoneStatus,
    Precision,
    Stage,
    Trust,
)
from feedhub.publish.feeds import SCHEMAS
from feedhub.store import log

NAMESPACE = "{tag:feedhub.invalid,2026:ns/1}"
ATOM = "{http://www.w3.org/2005/Atom}"
BUYER = Actor(1, "buyer", CITY)
TOPICS = ("forced_labour", "living_wage", "hrdd_process")
COUNTRIES = ("SE", "GB")
COUNT = 437


def _entries(count: int) -> Iterator[Announcement]:
    chance = random.Random(3)
    kinds = [k for k in AnnouncementKind if k is not AnnouncementKind.DIGEST]
    for number in range(count):
        about = notice(
            id=f"x{number}", title=f"{HOSTILE} {number}", summary=HOSTILE * 5 if number % 9 else "y" * 10_000
        )
        terms = {"topic": tuple(chance.sample(TOPICS, chance.randrange(1, 3))), "country": (chance.choice(COUNTRIES),)}
        made = announcement(kind=chance.choice(kinds), notice=about, summary=HOSTILE, lead_days=chance.randrange(400))
        yield replace(made, terms={**terms, "scope": (chance.choice(("core", "core", "adjacent")),)})


def _append(hub: Hub, count: int) -> None:
    with hub.store.writing() as tx:
        log.append(tx, list(_entries(count)), hub.now(), announcement_text)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = open_house(tmp_path_factory.mktemp("everything"), Clock())
    _append(made.hub, COUNT)
    dates = tuple(milestone(kind.value, date(2027, 3, 1), subject=HOSTILE) for kind in MilestoneKind)
    spans = tuple(
        milestone("review", date(2028, 1, 1), p, subject=p.value) for p in Precision if p is not Precision.INSTANT
    )
    for number in range(9):
        posted = made.post(title=f"{number} {HOSTILE}", summary=HOSTILE * 30, milestones=(*dates, *spans))
    moved = draft(title=HOSTILE, milestones=(milestone("applies_from", date(2027, 9, 9)),))
    posted = made.hub.revise(BUYER, posted.id, moved, base_revision=posted.revision)
    made.hub.withdraw(BUYER, posted.id, reason=HOSTILE, base_revision=posted.revision)
    yield made
    made.hub.close()


def _ids(body: bytes, fmt: str) -> list[str]:
    if fmt == "json":
        return [item["id"] for item in json.loads(body)["items"]]
    root = etree.fromstring(body)
    return [e.findtext(f"{ATOM}id") or e.findtext("guid") or "" for e in root.iter(f"{ATOM}entry", "item")]


def _previous(body: bytes, fmt: str, base: str) -> str:
    if fmt == "json":
        url = json.loads(body)["_feedhub"]["links"].get("prev-archive", "")
    else:
        url = "".join(
            link.get("href") for link in etree.fromstring(body).iter(f"{ATOM}link") if link.get("rel") == "prev-archive"
        )
    return url.removeprefix(base)


filters = st.builds(
    lambda topics, countries, lead, q: Filter(
        {k: tuple(sorted(v)) for k, v in (("country", countries), ("topic", topics)) if v}, q, lead_days_min=lead
    ),
    st.sets(st.sampled_from(TOPICS)),
    st.sets(st.sampled_from(COUNTRIES)),
    st.one_of(st.none(), st.integers(0, 400)),
    st.sampled_from(("", "", "", "tender")),
)


def _wanted(hub: Hub, f: Filter) -> list[str]:
    """Ids that a filter must give, found without any index."""
    with hub.store.reading() as tx:
        everything = log.everything(tx)
    sets = f.sets if "topic" in f.sets else {**f.sets, "scope": ("core",)}
    return [
        hub.instance.tag("announcement", e.seq)
        for e in everything
        if all(set(values) & set(e.terms.get(name, ())) for name, values in sets.items())
        and f.q in announcement_text(e)
        and (f.lead_days_min is None or (e.lead_days is not None and e.lead_days >= f.lead_days_min))
    ]


@settings(max_examples=25, deadline=None)
@given(f=filters, fmt=st.sampled_from(("atom", "rss", "json")))
def test_walking_back_from_the_head_gives_every_announcement_once(house: House, f: Filter, fmt: str) -> None:
    hub = house.hub
    address, walked, sizes = f.address(f"/feeds/announcements.{fmt}"), [], []
    while address:
        body = hub.render(address).body
        found = _ids(body, fmt)
        walked += found
        sizes.append(len(found))
        address = _previous(body, fmt, hub.instance.base_url)
    assert walked[::-1] == _wanted(hub, f)
    assert set(sizes[1:]) <= {100}
    assert 100 <= sizes[0] < 200 or len(sizes) == 1


@settings(max_examples=10, deadline=None)
@given(f=filters)
def test_ids_are_equal_in_every_format_and_another_process_renders_the_same_bytes(house: House, f: Filter) -> None:
    other = Hub.open(house.hub.settings, clock=house.hub.clock)
    try:
        for path in ("announcements", "notices", "lessons", "archive/announcements/1"):
            if path.startswith("archive") and len(_wanted(house.hub, f)) < 200:
                continue
            found = []
            for fmt in ("atom", "rss", "json"):
                address = f.address(f"/feeds/{path}.{fmt}")
                made = house.hub.render(address)
                assert other.render(address) == made
                found.append(_ids(made.body, fmt))
            assert found[0] == found[1] == found[2]
        for address in (
            f.address("/calendar.ics"),
            f.address("/calendar.ics") + ("&" if f.pairs() else "?") + "reminders=events",
        ):
            assert other.render(address) == house.hub.render(address)
    finally:
        other.close()


def test_an_archive_is_the_same_bytes_whatever_is_announced_later(tmp_path) -> None:
    house = open_house(tmp_path, Clock())
    _append(house.hub, 320)
    before = {
        address: house.hub.render(address).body
        for address in (f"/feeds/archive/announcements/1.{fmt}" for fmt in ("atom", "rss", "json"))
    }
    _append(house.hub, 230)
    assert {address: house.hub.render(address).body for address in before} == before
    house.hub.close()


def _feeds(house: House, fmt: str) -> Iterator[bytes]:
    hub = house.hub
    for name in ("announcements", "notices", "lessons", "sources"):
        yield hub.render(f"/feeds/{name}.{fmt}").body
    for number in range(1, COUNT // 100 - 1):
        yield hub.render(f"/feeds/archive/announcements/{number}.{fmt}").body
    for query in ("country=SE", f"authority={CITY}", f"authority={COUNTY}", "topic=living_wage", "q=nothing-at-all"):
        yield hub.render(f"/feeds/announcements.{fmt}?{query}").body
        yield hub.render(f"/feeds/notices.{fmt}?{query}").body
    if fmt != "json":
        for found in hub.notices(Filter(), per_page=1000).notices:
            yield hub.render(f"/notices/{found.id}.{fmt}").body


def test_every_atom_feed_is_valid_by_rfc_4287_and_our_schema(house: House) -> None:
    schema, seen = atom_schema(), 0
    for body in _feeds(house, "atom"):
        document = etree.fromstring(body)
        assert schema.validate(document), schema.error_log.last_error
        seen += len(list(document.iter(f"{ATOM}entry")))
    assert seen > COUNT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<updated>", b"<updated>2026-01-01T00:00:00Z</updated><updated>"),
        (b'rel="self"', b'rel="itself"'),
        (b"</feedhub:kind>", b"er</feedhub:kind>"),
        (b"<published>", b"<published>yesterday "),
        (b'type="html"', b'type="xhtml"'),
    ],
)
def test_the_schema_refuses_what_is_wrong(house: House, old: bytes, new: bytes) -> None:
    body = house.hub.render("/feeds/announcements.atom").body
    assert old in body
    assert not atom_schema().validate(etree.fromstring(body.replace(old, new, 1)))


def test_our_elements_in_rss_keep_to_the_same_schema(house: House) -> None:
    schema, seen = own_schema(), set()
    for body in _feeds(house, "rss"):
        for element in etree.fromstring(body).iter(f"{NAMESPACE}*"):
            alone = etree.fromstring(etree.tostring(element, with_tail=False))
            assert schema.validate(alone), schema.error_log.last_error
            seen.add(element.tag.removeprefix(NAMESPACE))
    assert {"kind", "notice", "revision", "stage", "trust", "leadTime", "topic", "clause", "milestone"} <= seen


def test_our_members_of_json_feed_keep_to_their_schema(house: House) -> None:
    schema = json.loads((OWN.parent / "feedhub-1.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    feed, item = (Draft202012Validator({"$ref": f"#/$defs/{n}", "$defs": schema["$defs"]}) for n in ("feed", "item"))
    for body in _feeds(house, "json"):
        assert len(body) <= 250_000
        document = json.loads(body)
        feed.validate(document["_feedhub"])
        for entry in document["items"]:
            item.validate(entry.get("_feedhub", {"kind": "new", "notice": "", "revision": 0}))


@pytest.mark.parametrize("values", [AnnouncementKind, Stage, Trust, Clause, MilestoneKind, MilestoneStatus, Precision])
def test_the_schemas_know_every_value_there_is(values: type) -> None:
    for file in (OWN, OWN.parent / "feedhub-1.schema.json"):
        text = file.read_text()
        for value in values:  # type: ignore[attr-defined]
            assert f">{value.value}<" in text or f'"{value.value}"' in text, (file.name, value)


@pytest.mark.parametrize("address", sorted(set(SCHEMAS.values())))
def test_the_schemas_stand_where_feeds_and_the_builder_say(house: House, address: str) -> None:
    assert house.get(address).status_code == 200
    assert address in house.get("/feeds").get_data(as_text=True)
    assert address.encode() in house.hub.render(f"/feeds/announcements.{'json' if 'json' in address else 'rss'}").body
