"""Declarations are read strictly: every problem is named with file and key, and what is read can be written back."""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub import declarations
from feedhub.errors import DeclarationError
from feedhub.model import Authority, PublishPolicy, Signposts, Source, SourceKind

WHOLE = """
[authority]
name = "Town of Example"
country = "SE"
role = "public_buyer"
languages = ["sv"]
website = "https://town.example"
zone = "Europe/Helsinki"
notes = "Reads well."
contact = "purchasing@town.example"

[[source]]
id = "se-town-policy"
title = "Policy"
kind = "page"
url = "https://town.example/policy"
signposts = "supplier_code"
every = "6h"
seen = 2026-11-23
publish = "review"
language = "en"
browser = true
odd = "se_town_policy"
notes = "Twice rebuilt."
[source.read]
select = "main article > p:not(.date)"
drop = [".cookie", "time.updated"]
[source.expect]
at_least = 3
[source.query]
method = "POST"
body = '{"q": "ict"}'
cursor = "next"
headers = { Accept = "application/json" }
"""
LEAST = """
[authority]
name = "Town"
country = "SE"
[[source]]
id = "se-town-news"
kind = "feed"
url = "http://town.example/feed.xml"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def put(text: str, name: str = "se/town.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return put


def problems(folder: Path) -> list[tuple[str, str]]:
    return [(e.key, str(e)) for e in declarations.lint(folder, today=date(2026, 11, 24))]


def test_every_key_of_a_declaration_reaches_the_model(write: Callable[..., Path]) -> None:
    catalogue = declarations.load(write(WHOLE))
    assert catalogue.authorities == (
        Authority(
            id="se-town",
            name="Town of Example",
            country="SE",
            role="public_buyer",
            languages=("sv",),
            website="https://town.example",
            zone="Europe/Helsinki",
            notes="Reads well.",
            contact="purchasing@town.example",
        ),
    )
    assert catalogue.sources == (
        Source(
            id="se-town-policy",
            authority_id="se-town",
            title="Policy",
            kind=SourceKind.PAGE,
            url="https://town.example/policy",
            signposts=Signposts.SUPPLIER_CODE,
            every=timedelta(hours=6),
            seen=date(2026, 11, 23),
            publish=PublishPolicy.REVIEW,
            language="en",
            select="main article > p:not(.date)",
            drop=(".cookie", "time.updated"),
            at_least=3,
            method="POST",
            body='{"q": "ict"}',
            cursor="next",
            headers={"Accept": "application/json"},
            odd="se_town_policy",
            browser=True,
            notes="Twice rebuilt.",
        ),
    )


def test_a_short_declaration_is_filled_with_defaults(write: Callable[..., Path]) -> None:
    catalogue = declarations.load(write(LEAST))
    (authority,), (source,) = catalogue.authorities, catalogue.sources
    assert authority.zone == "Europe/Stockholm"
    assert (source.title, source.every, source.publish) == ("Town", timedelta(hours=24), PublishPolicy.DETECTED)
    assert (source.method, source.at_least, source.seen) == ("GET", 1, None)


def test_a_contact_is_an_office_s_address_or_its_page(write: Callable[..., Path]) -> None:
    page = WHOLE.replace("purchasing@town.example", "https://town.example/@contact")
    assert declarations.load(write(page)).authorities[0].contact == "https://town.example/@contact"


def test_an_only_language_of_the_authority_is_the_language_of_its_sources(write: Callable[..., Path]) -> None:
    one = declarations.load(write(LEAST.replace('country = "SE"', 'country = "SE"\nlanguages = ["sv"]')))
    assert one.sources[0].language == "sv"
    two = declarations.load(write(LEAST.replace('country = "SE"', 'country = "SE"\nlanguages = ["sv", "fi"]')))
    assert two.sources[0].language == ""


def test_the_country_of_the_united_kingdom_is_written_gb(write: Callable[..., Path]) -> None:
    folder = write(LEAST.replace('"SE"', '"UK"'), "gb/town.toml")
    (authority,) = declarations.load(folder).authorities
    assert (authority.id, authority.country, authority.zone) == ("gb-town", "GB", "Europe/London")


def test_a_single_file_can_be_read_and_checked_alone(write: Callable[..., Path]) -> None:
    file = write(LEAST) / "se" / "town.toml"
    assert declarations.load(file).authorities[0].id == "se-town"
    assert declarations.lint(file) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('title = "Policy"', 'titel = "Policy"', "source[1].titel", "unknown key, did you mean “title”?"),
        ('name = "Town of Example"', 'nam = "x"', "authority.name", "is missing"),
        ('name = "Town of Example"', 'name = " "', "authority.name", "is empty"),
        ('country = "SE"', 'country = "SX"', "authority.country", "“SX” is unknown"),
        ('country = "SE"', 'country = "NO"', "authority.country", "lies in the folder se"),
        ('role = "public_buyer"', 'role = "public_buyr"', "authority.role", "did you mean “public_buyer”?"),
        ('languages = ["sv"]', 'languages = ["xx"]', "authority.languages", "“xx” is unknown"),
        ('languages = ["sv"]', 'languages = "sv"', "authority.languages", "must be a list of texts, not text"),
        ('languages = ["sv"]', 'languages = ["sv", 3]', "authority.languages", "must hold texts in quotes only"),
        ('zone = "Europe/Helsinki"', 'zone = "Europe/Nowhere"', "authority.zone", "is no zone"),
        ('zone = "Europe/Helsinki"', 'zone = "../../etc/passwd"', "authority.zone", "is no zone"),
        ('website = "https://town.example"', 'website = "town.example"', "authority.website", "must begin with"),
        ("purchasing@town.example", "Purchasing", "authority.contact", "must begin with https://"),
        ("purchasing@town.example", "a@town.example?bcc=b@x.example", "authority.contact", "one e-mail address"),
        ("purchasing@town.example", "javascript://x@y", "authority.contact", "must begin with https://"),
        ('"purchasing@town.example"', "7", "authority.contact", "must be text in quotes"),
        ('id = "se-town-policy"', 'id = "SE_Town"', "source[1].id", "as in se-town"),
        ('id = "se-town-policy"', 'id = "se--town"', "source[1].id", "single hyphens"),
        ('id = "se-town-policy"', "id = 7", "source[1].id", "must be text in quotes, not a number"),
        ('kind = "page"', 'kind = "pages"', "source[1].kind", "did you mean “page”?"),
        ('kind = "page"', "", "source[1].kind", "is missing"),
        ("https://town.example/policy", "ftp://town.example/policy", "source[1].url", "must begin with https://"),
        ("https://town.example/policy", "https:///policy", "source[1].url", "and a host"),
        ("https://town.example/policy", "https://me:secret@town.example/", "source[1].url", "user name or password"),
        ("https://town.example/policy", "https://town.example:99999/", "source[1].url", "is no address"),
        ("https://town.example/policy", "https://town.example/a b", "source[1].url", "a character"),
        ("https://town.example/policy", "https://town.example\\\\@evil.example/", "source[1].url", "a character"),
        ('signposts = "supplier_code"', 'signposts = "code"', "source[1].signposts", "“code” is unknown"),
        ('every = "6h"', 'every = "six hours"', "source[1].every", "no duration such as"),
        ('every = "6h"', 'every = "14m"', "source[1].every", "from 15m to 60d"),
        ('every = "6h"', 'every = "61d"', "source[1].every", "from 15m to 60d"),
        ('every = "6h"', "every = 6", "source[1].every", "must be text in quotes, not a number"),
        ("seen = 2026-11-23", "seen = 2026-11-25", "source[1].seen", "lies in the future"),
        ("seen = 2026-11-23", 'seen = "2026-11-23"', "source[1].seen", "must be a date without quotes"),
        ("seen = 2026-11-23", "seen = 2026-11-23T10:00:00Z", "source[1].seen", "without a time"),
        ('publish = "review"', 'publish = "officail"', "source[1].publish", "did you mean “official”?"),
        ('language = "en"', 'language = "english"', "source[1].language", "“english” is unknown"),
        ("browser = true", 'browser = "yes"', "source[1].browser", "must be true or false, not text"),
        ('odd = "se_town_policy"', 'odd = "../evil"', "source[1].odd", "readers/odd"),
        ("main article > p:not(.date)", "main >", "source[1].read.select", "is no CSS selector"),
        ("main article > p:not(.date)", "p" * 301, "source[1].read.select", "longer than 300"),
        ('".cookie"', '".cookie["', "source[1].read.drop", "is no CSS selector"),
        ("at_least = 3", "at_least = true", "source[1].expect.at_least", "must be a whole number, not true or false"),
        ("at_least = 3", "at_least = -1", "source[1].expect.at_least", "from 0 to 10000"),
        ("at_least = 3", "atleast = 3", "source[1].expect.atleast", "did you mean “at_least”?"),
        ('method = "POST"', 'method = "PUT"', "source[1].query.method", "must be GET or POST"),
        ('method = "POST"', 'method = "GET"', "source[1].query.body", "needs method"),
        ('Accept = "application/json"', 'Host = "x"', "source[1].query.headers.Host", "sets itself"),
        ('Accept = "application/json"', 'Accept = "a\\r\\nb"', "source[1].query.headers.Accept", "one line"),
        ('title = "Policy"', 'title = "a\\u0000b"', "source[1].title", "control character"),
        ("[source.read]", "[source.reed]", "source[1].reed", "did you mean “read”?"),
    ],
)
def test_each_mistake_is_named_with_its_key(
    write: Callable[..., Path], old: str, new: str, key: str, words: str
) -> None:
    assert WHOLE.count(old) >= 1
    found = problems(write(WHOLE.replace(old, new, 1)))
    assert any(k == key and words in text for k, text in found), found
    assert all(text.startswith("se/town.toml: ") for _, text in found)


def test_all_mistakes_are_reported_and_loading_names_the_first_and_their_number(write: Callable[..., Path]) -> None:
    text = WHOLE.replace('"page"', '"x"').replace('"6h"', '"x"').replace('"review"', '"x"')
    folder = write(text)
    write("[authority]\nname = 'b'\ncountry = 'NO'\nmore = 1\n", "no/other.toml")
    assert [key for key, _ in problems(folder)] == [
        *("authority.more", "source[1].kind", "source[1].every", "source[1].publish"),
    ]
    with pytest.raises(DeclarationError) as caught:
        declarations.load(folder)
    assert (caught.value.file, caught.value.key) == ("no/other.toml", "authority.more")
    assert "3 more" in str(caught.value)


def test_broken_toml_is_named_with_its_line(write: Callable[..., Path]) -> None:
    ((key, text),) = problems(write('[authority]\nname = "Town\ncountry = "SE"\n'))
    assert key == ""
    assert "se/town.toml: is not valid TOML" in text
    assert "line 2" in text


def test_a_file_that_is_no_utf8_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"[authority]\nname = '\xff\xfe'\n")
    ((_, text),) = problems(tmp_path)
    assert "bad.toml: cannot be read as UTF-8 text" in text


def test_a_file_without_authority_is_an_error(write: Callable[..., Path]) -> None:
    assert problems(write("[[source]]\nid = 'a'\n")) == [("authority", "se/town.toml: authority: is missing")]


def test_a_source_that_is_no_table_is_an_error(write: Callable[..., Path]) -> None:
    found = problems(write("source = ['x']\n[authority]\nname = 'a'\ncountry = 'SE'\n"))
    assert [key for key, _ in found] == ["source[1]"]


def test_an_id_used_twice_is_an_error_that_names_the_first_file(write: Callable[..., Path]) -> None:
    write(LEAST, "se/a.toml")
    found = problems(write(LEAST, "se/b.toml"))
    assert found == [("source[1].id", "se/b.toml: source[1].id: “se-town-news” is taken by se/a.toml")]


def test_an_authority_declared_in_two_places_is_an_error(write: Callable[..., Path]) -> None:
    write(LEAST, "se/town.toml")
    found = problems(write(LEAST.replace("se-town-news", "se-town-more"), "town.toml"))
    assert [key for key, _ in found] == ["authority"]


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    assert "no such file" in problems(tmp_path / "absent")[0][1]


def test_only_toml_files_are_read(write: Callable[..., Path]) -> None:
    folder = write("# how to\n", "README.md")
    write("broken [", "se/.town.toml")
    assert declarations.load(folder) == declarations.Catalogue()


def test_a_seen_date_is_judged_only_against_a_given_day(write: Callable[..., Path]) -> None:
    folder = write(WHOLE)
    assert declarations.lint(folder, today=date(2026, 11, 23)) == []
    assert [e.key for e in declarations.lint(folder, today=date(2026, 11, 22))] == ["source[1].seen"]
    assert declarations.lint(folder) == []


def test_what_is_read_is_written_back_the_same(write: Callable[..., Path], tmp_path: Path) -> None:
    before = declarations.load(write(WHOLE))
    text = declarations.dumps(before.authorities[0], before.sources)
    assert declarations.load(write(text)) == before
    least = declarations.load(write(LEAST))
    assert declarations.load(write(declarations.dumps(least.authorities[0], least.sources))) == least


def test_written_declarations_read_as_people_write_them(write: Callable[..., Path]) -> None:
    text = declarations.dumps(
        Authority(id="se-town", name="Town", country="SE", languages=("sv",), zone="Europe/Stockholm"),
        [
            Source(
                id="se-town-api",
                authority_id="se-town",
                title="API",
                kind=SourceKind.OCDS,
                url="https://town.example/api",
                every=timedelta(hours=72),
                language="sv",
                method="POST",
                body='{\n "q": 1\n}',
            )
        ],
    )
    assert 'languages = ["sv"]' in text
    assert 'every = "72h"' in text
    assert 'body = """{\n "q": 1\n}"""' in text
    assert "zone" not in text
    assert "language =" not in text


lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).map(str.strip)
words = lines.filter(bool)


@settings(deadline=None, max_examples=60)
@given(
    name=words,
    notes=st.lists(words, max_size=3).map("\n".join),
    every=st.integers(15, 60 * 24 * 60),
    body=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t\r"), max_size=60
    ),
    seen=st.none() | st.dates(date(2000, 1, 1), date(2026, 1, 1)),
    languages=st.sampled_from([(), ("sv",), ("sv", "en")]),
    language=st.sampled_from(["", "sv", "de"]),
    at_least=st.integers(0, 10000),
)
def test_any_source_a_curator_can_make_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    notes: str,
    every: int,
    body: str,
    seen: date | None,
    languages: tuple[str, ...],
    language: str,
    at_least: int,
) -> None:
    authority = Authority(
        id="de-x", name=name, country="DE", languages=languages, zone="Europe/Berlin", notes=notes.strip()
    )
    source = Source(
        id="de-x-y",
        authority_id="de-x",
        title=name,
        kind=SourceKind.FEED,
        url="https://x.example/",
        every=timedelta(minutes=every),
        seen=seen,
        language=language or (languages[0] if len(languages) == 1 else ""),
        method="POST",
        body=body,
        at_least=at_least,
    )
    file = tmp_path_factory.mktemp("trip") / "x.toml"
    file.write_text(declarations.dumps(authority, [source]), encoding="utf-8", newline="")
    tomllib.loads(file.read_bytes().decode())
    assert declarations.load(file) == declarations.Catalogue((authority,), (source,))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('month_param = "dateFrom"\nwindow = "7d"\nfrom_param = "a"\nto_param = "b"', "in the place of a window"),
        ('month_param = "dateFrom"\nmethod = "POST"', "asks for whole months by GET"),
        ('month_param = "not a name"', "is no name of a parameter"),
    ],
)
def test_months_stand_in_the_place_of_a_window(tmp_path: Path, query: str, said: str) -> None:
    (tmp_path / "gb").mkdir()
    file = tmp_path / "gb" / "oak.toml"
    file.write_text(
        '[authority]\nname = "Oak"\ncountry = "GB"\n\n[[source]]\nid = "gb-oak-all"\nkind = "ocds"\n'
        f'url = "https://oak.example/v1"\n[source.query]\n{query}\n',
        encoding="utf-8",
    )
    assert said in "; ".join(str(p) for p in declarations.lint(tmp_path))
