"""What is sure enough to publish, and what stays because it was published before."""

from datetime import UTC, datetime

from feedhub.changes import Known
from feedhub.hub.judging import sift
from feedhub.model import AuthorityRef, Draft, Notice, Requirement

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FACTORIES = "Suppliers must disclose the factories of all laptops."


def duty(text: str, confidence: float) -> Requirement:
    return Requirement("supply_chain_transparency", text=text, quote=text, confidence=confidence)


def draft(anchor: str, *duties: Requirement) -> Draft:
    return Draft(anchor, AuthorityRef("", "", "gb-example"), requirements=duties, source_id="s", anchor=anchor)


def known(anchor: str, *duties: Requirement) -> Known:
    notice = Notice("n1", "gb-example", "Policy", NOW, NOW, requirements=duties)
    return Known(notice, anchors={"s": anchor})


def published(drafts: list[Draft], before: list[Known]) -> list[str]:
    return [r.text for d in sift(drafts, before, 0.8)[0] for r in d.requirements]


def test_a_weak_passage_that_was_passed_over_is_no_news_at_the_next_reading() -> None:
    """The fault: one published duty of a topic lifted every weak passage of that topic on its page, as “New”."""
    page = [
        draft("policy", duty(FACTORIES, 0.95)),
        draft("news", duty("A fair showed makers who name factories.", 0.7)),
    ]
    first = published(page, [])
    assert first == [FACTORIES]
    assert published(page, [known("policy", duty(FACTORIES, 0.95))]) == first


def test_a_weak_passage_in_the_same_section_is_no_news_either() -> None:
    page = [draft("policy", duty("Makers who name factories were praised.", 0.7), duty(FACTORIES, 0.95))]
    assert published(page, [known("policy", duty(FACTORIES, 0.95))]) == [FACTORIES]


def test_what_was_published_stays_when_it_is_said_in_weaker_words() -> None:
    weaker = "Suppliers are expected to name where laptops are made."
    page = [draft("policy", duty(weaker, 0.7))]
    assert published(page, []) == []
    assert published(page, [known("policy", duty(FACTORIES, 0.95))]) == [weaker]


def test_what_was_published_stays_when_its_section_gets_another_heading() -> None:
    weaker = "Suppliers should disclose the factories of all laptops."
    page = [draft("new-heading", duty(weaker, 0.7)), draft("other", duty("Name the mines of every phone.", 0.9))]
    assert weaker in published(page, [known("policy", duty(FACTORIES, 0.95))])
