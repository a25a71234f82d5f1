"""The shipped catalogue: every body of the dialogue, every address seen before it was written down."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feedhub import declarations, taxonomy
from feedhub.model import PublishPolicy, Signposts, SourceKind

ROOT = Path(__file__).resolve().parent.parent / "sources"
SHARED = Path(__file__).resolve().parents[2] / "shared"
SEEN = date(2026, 11, 27)
#: Where the addresses of platforms stand that the folder of domain facts does not know.
STORED = ("open-contracting/kingfisher-collect, kingfisher_scrapy/spiders/", "A stored copy of this page was seen")
#: The countries of the dialogue and its neighbours.
COUNTRIES = ("SE", "DK", "NL", "DE", "CH", "BE", "IE", "GB", "NO", "FI", "FR", "AT", "ES", "IT")
CATALOGUE = declarations.load(ROOT, today=SEEN)
#: Sites of others that write about authorities; what an authority asks is read on its own pages.
OTHERS = (
    *("csr.dk", "upphandling24.se", "datanews.knack.be", "irishtechnews.ie", "miragenews.com", "scribd.com"),
    *("studylibsv.com", "d3tenders.com", "docplayer.it", "docplayer.dk", "5dok.net", "blog.cosinex.de", "cath.ch"),
    *("rechteasy.at", "heid-partner.at", "globalnaps.org", "lawbrary.ch", "rcnireland.blogspot.com"),
    *("kildarestreet.com", "cewales.org.uk", "procuraplus.org"),
)


def test_lint_finds_nothing_in_the_shipped_catalogue() -> None:
    assert declarations.lint(ROOT, today=SEEN) == []


def test_it_holds_the_bodies_and_at_least_eighty_sources() -> None:
    makers = [a for a in CATALOGUE.authorities if a.role == "legislator"]
    assert len(CATALOGUE.authorities) - len(makers) >= 56
    assert len(CATALOGUE.sources) >= 80
    assert len({(s.url, s.body) for s in CATALOGUE.sources}) == len(CATALOGUE.sources)


def test_every_source_id_begins_with_its_authority_and_says_when_it_was_seen() -> None:
    for source in CATALOGUE.sources:
        assert source.id.startswith(f"{source.authority_id}-"), source.id
        assert source.seen, source.id
        assert date(2026, 11, 23) <= source.seen <= SEEN, source.id


def test_every_file_lies_in_the_folder_of_its_country() -> None:
    files = {p.relative_to(ROOT).with_suffix("").as_posix().replace("/", "-") for p in ROOT.rglob("*.toml")}
    assert files == {a.id for a in CATALOGUE.authorities}
    for authority in CATALOGUE.authorities:
        assert authority.id.startswith(f"{authority.country.lower()}-")
        assert authority.country in taxonomy.load().countries


def test_every_page_names_its_language() -> None:
    assert [s.id for s in CATALOGUE.sources if s.kind is not SourceKind.EFORMS and not s.language] == []


def test_only_platforms_publish_as_official() -> None:
    roles = {a.id: a.role for a in CATALOGUE.authorities}
    official = {s.id for s in CATALOGUE.sources if s.publish is PublishPolicy.OFFICIAL}
    assert official == {s.id for s in CATALOGUE.sources if s.kind in (SourceKind.OCDS, SourceKind.EFORMS)}
    assert all(roles[s.authority_id] == "platform" for s in CATALOGUE.sources if s.id in official)


def test_news_and_coming_tenders_are_read_more_often_than_laws() -> None:
    by = {s.id: s for s in CATALOGUE.sources}
    assert by["se-adda-supplier-guidance"].every < by["se-adda-sustainability"].every
    assert by["gb-find-a-tender-planning"].every < by["gb-welsh-government-sppp-act"].every
    assert {s.signposts for s in CATALOGUE.sources} >= {
        *(Signposts.NEWS, Signposts.POLICY, Signposts.SUPPLIER_CODE, Signposts.GUIDANCE),
        *(Signposts.UPCOMING_PROCUREMENT, Signposts.MARKET_ENGAGEMENT, Signposts.LEGISLATION),
    }


@pytest.mark.parametrize("country", COUNTRIES)
def test_each_country_has_its_tenders_its_planned_purchases_and_its_buyers(country: str) -> None:
    """Tenders by country; planning notices of all of TED's countries come in one walk."""
    countries = {a.id: a.country for a in CATALOGUE.authorities}
    platforms = [s for s in CATALOGUE.sources if s.publish is PublishPolicy.OFFICIAL]
    if country == "GB":
        own = [s for s in platforms if countries[s.authority_id] == "GB"]
        assert {s.authority_id for s in own} == {
            f"gb-{n}" for n in ("find-a-tender", "contracts-finder", "sell2wales", "public-contracts-scotland")
        }
        for platform in {s.authority_id for s in own}:
            assert {s.signposts for s in own if s.authority_id == platform} == {
                *(Signposts.MARKET_ENGAGEMENT, Signposts.UPCOMING_PROCUREMENT)
            }
    else:
        (tenders,) = [s for s in platforms if s.id == f"eu-ted-competition-ict-{country.lower()}"]
        three = {"SE": "SWE", "DK": "DNK", "NL": "NLD", "DE": "DEU", "CH": "CHE", "BE": "BEL", "IE": "IRL"}
        three |= {"NO": "NOR", "FI": "FIN", "FR": "FRA", "AT": "AUT", "ES": "ESP", "IT": "ITA"}
        assert f"buyer-country IN ({three[country]})" in tenders.body
        (planned,) = [s for s in platforms if s.id == "eu-ted-planning-ict"]
        assert "buyer-country IN" not in planned.body
    assert country in countries.values(), "its buyers stand in the catalogue"


def test_every_query_of_ted_asks_for_ict_hardware_and_for_the_text_in_which_duties_stand() -> None:
    for source in CATALOGUE.sources:
        if source.kind is not SourceKind.EFORMS:
            continue
        for cpv in ("302*", "3012*", "3225*", "323*", "324*", "325*", "488*", "30000000"):
            assert f"classification-cpv={cpv}" in source.body, source.id
        for name in ("procedure-identifier", "description-proc", "description-lot", "social-objective-lot"):
            assert f'"{name}"' in source.body, source.id
        assert source.cursor == "iterationNextToken"


def test_every_country_beside_those_with_a_query_of_their_own_is_in_the_query_of_the_others() -> None:
    bodies = {s.id: s.body for s in CATALOGUE.sources if s.kind is SourceKind.EFORMS}
    asked = [c for body in bodies.values() for c in re.findall(r"buyer-country IN \(([A-Z ]+)\)", body)]
    found = " ".join(asked).split()
    assert len(found) == len(set(found)) == 31, "EU 27, EFTA 4"


def test_nobody_is_watched_through_the_pages_of_others() -> None:
    hosts = {(urlsplit(s.url).hostname or "").removeprefix("www.") for s in CATALOGUE.sources}
    assert hosts & set(OTHERS) == set()


def test_the_resellers_are_the_audience_and_not_watched() -> None:
    names = [
        "Academia",
        "CANCOM",
        "CDW",
        "Getech",
        "Protinus",
        "SLTN",
        "Stone",
        "Techstep",
        "XMA",
        "Jigsaw24",
        "Dustin",
        "Atea",
    ]
    for authority in CATALOGUE.authorities:
        assert not any(re.search(rf"\b{name}\b", authority.name) for name in names), authority.id


def test_the_makers_of_all_laws_are_declared_under_the_same_name() -> None:
    names = {a.id: a.name for a in CATALOGUE.authorities}
    for law in taxonomy.load().laws.values():
        assert names[law.authority] == law.authority_name, law.id


def test_every_address_was_seen() -> None:
    places = [SHARED / "domain" / f"{n}.yaml" for n in ("authorities", "legislation", "topics")]
    places += [SHARED / "corpus" / "dev.jsonl", SHARED / "collecting.md"]
    places += [SHARED / "samples" / f"ocds-{n}" for n in ("sell2wales-pcs", "uk-contracts-finder")]
    if not all(p.exists() for p in places):
        pytest.skip("the folder of domain facts is absent")
    files = [f for p in places for f in (sorted(p.glob("*.json")) if p.is_dir() else [p])]
    text = "\n".join(f.read_text(encoding="utf-8") for f in files)
    for source in CATALOGUE.sources:
        address = source.url.split("?limit=")[0] if source.kind is SourceKind.OCDS else source.url
        assert address in text or any(s in source.notes for s in STORED), source.id
    for authority in CATALOGUE.authorities:
        assert authority.website in text, authority.id
        assert f"{authority.website} (address not seen" not in text or not authority.website, authority.id


def test_writing_every_file_back_gives_the_same_catalogue(tmp_path: Path) -> None:
    for authority in CATALOGUE.authorities:
        own = [s for s in CATALOGUE.sources if s.authority_id == authority.id]
        country = authority.country.lower()
        file = tmp_path / country / f"{authority.id.removeprefix(f'{country}-')}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(declarations.dumps(authority, own), encoding="utf-8")
    assert declarations.load(tmp_path) == CATALOGUE


def test_the_readme_names_every_key_and_shows_a_source_that_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind in (*SourceKind, *Signposts, *PublishPolicy, *declarations.ROLES):
        assert f"`{kind}`" in text, kind
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert block
    (shown,) = re.findall(r'id = "([^"]+)"', block[1])
    source = next(s for s in CATALOGUE.sources if s.id == shown)
    assert f'url = "{source.url}"' in block[1]
    assert len(re.findall(r"^[1-5]\. \*\*", text, re.MULTILINE)) == 5
