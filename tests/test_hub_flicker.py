"""What changes at every fetch is never announced, and what the authority changes always is."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import Clock, Site, declare
from noisy_pages import LANGUAGES, NOISES, noisy

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import Filter

ID = "gb-example-policy"
ALL = tuple(NOISES)
#: Twenty pages: every language with everything at once, and each noise alone in turn with a language.
PAGES = [(lang, ALL) for lang in LANGUAGES]
PAGES += [(list(LANGUAGES)[i % 8], (name,)) for i, name in enumerate(NOISES)]
PAGES += [(lang, ("timestamp", "counter")) for lang in ("nl", "fr", "es", "no", "da")]


def visit(hub: Hub, site: Site, clock: Clock, lang: str, noises: tuple[str, ...], number: int, *said: str) -> None:
    site.pages["/policy"] = noisy(lang, noises, number, *said)
    clock.forward(days=1)
    (result,) = hub.check([ID])
    assert result.outcome.value in ("baseline", "changed", "unchanged"), (result, lang, noises)


def log(hub: Hub) -> list[str]:
    found = hub.recent(Filter(sets={"authority": ("gb-example",)}), 100)
    return [e.kind.value for e in reversed(found) if e.kind.value != "digest"]


def revisions(hub: Hub) -> list[tuple[str, int]]:
    return [(n.id, n.revision) for n in hub.authority("gb-example").notices]


def test_there_are_twenty_pages() -> None:
    assert len(set(PAGES)) == len(PAGES) == 20


@pytest.mark.parametrize(("lang", "noises"), PAGES, ids=lambda v: v if isinstance(v, str) else "+".join(v)[:20])
def test_noise_makes_no_revision_and_a_changed_sentence_is_found(
    hub: Hub, site: Site, clock: Clock, sources: Path, lang: str, noises: tuple[str, ...]
):
    declare(sources, f"{site.url}/policy", language=f'"{lang}"')
    load_catalogue(hub)
    words, watched = LANGUAGES[lang], hub
    for number in range(5):
        visit(watched, site, clock, lang, noises, number, words.duty)
    before = revisions(watched)
    assert [revision for _, revision in before] == [1]
    assert log(watched) == []

    visit(watched, site, clock, lang, noises, 5, words.later)
    assert log(watched) == ["moved"]
    visit(watched, site, clock, lang, noises, 6, words.later, words.new)
    assert len(log(watched)) == 2
    assert log(watched)[-1] in ("new", "strengthened")
    for number in range(7, 9):
        visit(watched, site, clock, lang, noises, number, words.later, words.new)
    assert len(log(watched)) == 2


def test_the_pages_really_differ_at_every_visit():
    for lang, noises in PAGES:
        bodies = {noisy(lang, noises, n, LANGUAGES[lang].duty) for n in range(4)}
        assert len(bodies) >= 2, (lang, noises)
