"""A mail speaks the language in which its reader asked; the words of a notice stay as they are."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from loopback import Clock
from publish_examples import INSTANCE, NOW, announcement, milestone, notice
from receivers import MailServer
from web_house import CITY, House, draft, open_house, send

from feedhub.hub.shapes import Actor
from feedhub.model import AnnouncementKind, Authority, MilestoneKind, MilestoneStatus, Precision, Trust, When
from feedhub.publish import _tongue as tongue
from feedhub.publish import mail
from feedhub.store import catalogue
from feedhub.web.accounts import add_user
from feedhub.web.languages import CATALOGUES, LANGUAGES
from feedhub.web.words import FILTER

OTHERS = sorted(set(LANGUAGES) - {"en"})


def envelope(lang: str) -> mail.Envelope:
    return mail.Envelope(INSTANCE, "a@b.example", "r@s.example", "1.2", "https://feeds.example/subscribe/end/abc", lang)


def moved(**changes: object) -> object:
    was = When(date(2027, 2, 1), zone="Europe/Stockholm")
    dates = (
        milestone(status=MilestoneStatus.MOVED, previous=was),
        milestone(
            id="m2", kind=MilestoneKind.TENDER_EXPECTED, when=When(date(2027, 7, 1), precision=Precision.QUARTER)
        ),
    )
    about = notice(milestones=dates, summary="Gemensamma villkor.")
    said = ("Date moved: applies from: 1 February 2027 → 1 March 2027.", "Requirement added: child labour (policy).")
    return announcement(kind=AnnouncementKind.MOVED, notice=about, summary=about.summary, changes=said, **changes)


def plain(made: object) -> str:
    return " ".join(made.get_body(("plain",)).get_content().split())


def html(made: object) -> str:
    return made.get_body(("html",)).get_content()


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_mails_are_written_in_every_language_of_the_pages_with_the_same_words_and_fields() -> None:
    assert set(tongue.words()) == set(LANGUAGES)
    english = tongue.words()["en"]
    for code, said in tongue.words().items():
        assert list(said) == list(english), code
        for name, text in said.items():
            assert text.strip(), (code, name)
            assert fields(text) == fields(english[name]), (code, name)
            own = text != english[name] or name in ("pair", "original", "stop", "question")
            assert code == "en" or own, (code, name)


@pytest.mark.parametrize("code", OTHERS)
def test_mails_and_pages_call_a_thing_by_one_name(code: str) -> None:
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        pages = read_po(file, locale=code)
    said = tongue.words()[code]
    for name, message, context in (
        *(("topic", "Topic", None), ("stage", "Stage", None), ("trust", "Trust", "filter")),
        *(("question", "Your question", None), ("stop", "Stop", None), ("confirm_yes", "Yes, send them", None)),
        *(("span", "%(first)s to %(last)s", None), ("before", ", before: %(date)s", None)),
    ):
        there = re.sub(r"%\((\w+)\)s", r"{\1}", str(pages.get(message, context).string))
        assert said[name].casefold() in there.casefold(), name


@pytest.mark.parametrize(
    ("code", "subject", "facts"),
    [
        ("en", "Date moved: ", ("Stage: Adopted", "Applies from: 1 March 2027 (moved, before: 1 February 2027)", "Q3 2027")),
        ("da", "Dato flyttet: ", ("Fase: Vedtaget", "Gælder fra: 1. marts 2027 (flyttet, tidligere: 1. februar 2027)", "3. kvt. 2027")),
        ("de", "Termin verschoben: ", ("Stand: Beschlossen", "Gilt ab: 1. März 2027 (verschoben, bisher: 1. Februar 2027)", "Q3 2027")),
        ("fr", "Date déplacée : ", ("Stade : Adopté", "Applicable à partir de : 1 mars 2027 (déplacée, auparavant : 1 février 2027)", "T3 2027")),
        ("nb", "Dato flyttet: ", ("Fase: Vedtatt", "Gjelder fra: 1. mars 2027 (flyttet, tidligere: 1. februar 2027)", "K3 2027")),
        ("nl", "Datum verplaatst: ", ("Fase: Vastgesteld", "Geldt vanaf: 1 maart 2027 (verplaatst, eerder: 1 februari 2027)", "K3 2027")),
        ("sv", "Datum flyttat: ", ("Skede: Beslutat", "Gäller från: 1 mars 2027 (flyttat, tidigare: 1 februari 2027)", "K3 2027")),
    ],
)  # fmt: skip
def test_a_digest_says_the_facts_in_the_readers_language_and_the_notices_words_as_they_are(
    code: str, subject: str, facts: tuple[str, ...]
) -> None:
    made = mail.digest(envelope(code), [moved()], NOW)
    assert made["Subject"].startswith(subject + "Hållbara villkor för datorer")
    text = plain(made)
    for fact in facts:
        assert fact in text
    assert "Gemensamma villkor." in text
    assert f'<html lang="{code}">' in html(made)
    assert '<p lang="sv">Gemensamma villkor.</p>' in html(made)
    assert "Requirement added: child labour" in text
    if code != "en":
        assert '<ul lang="en"><li>Requirement added' in html(made)
        assert "Date moved" not in text
        for english in ("Stage", "Topic", "You asked", "Lead time", "Stop these mails", "expected)"):
            assert english not in text + html(made)


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_machine_found_is_said_so_in_every_language(code: str) -> None:
    found = notice(trust=Trust.DETECTED)
    made = mail.digest(envelope(code), [announcement(notice=found)], NOW)
    assert "detected" not in made["Subject"]
    assert len(made["Subject"]) > len(mail.digest(envelope(code), [announcement()], NOW)["Subject"]) + 15


@pytest.mark.parametrize(("code", "names"), [("sv", ("Fråga", "Svar")), ("nb", ("Spørsmål", "Svar"))])
def test_questions_and_answers_keep_their_words_and_come_first(code: str, names: tuple[str, str]) -> None:
    said = ("Question: Does a list suffice?", "Answer: Yes: it does.")
    text = plain(mail.digest(envelope(code), [announcement(kind=AnnouncementKind.ANSWER, changes=said)], NOW))
    assert f"- {names[0]}: Does a list suffice? - {names[1]}: Yes: it does. - " in text


def test_a_mail_in_another_language_says_nothing_in_english_that_its_facts_say_already() -> None:
    said = ("First recorded.", "Stage: planned → adopted.", "Date added: applies from 1 March 2027.")
    made = mail.digest(envelope("sv"), [announcement(changes=said)], NOW)
    assert tongue.say("sv", "log") not in plain(made)
    for sentence in said:
        assert sentence not in plain(made)
        assert sentence in plain(mail.digest(envelope("en"), [announcement(changes=said)], NOW))


def test_the_date_that_a_reminder_is_about_comes_first() -> None:
    later = milestone(id="m2", kind=MilestoneKind.CONSULTATION_CLOSES, when=When(date(2027, 5, 1)))
    about = notice(milestones=(milestone(), later))
    said = ("consultation closes: 1 May 2027.",)
    entry = announcement(kind=AnnouncementKind.REMINDER, notice=about, changes=said)
    text = plain(mail.digest(envelope("nl"), [entry], NOW))
    assert text.index("Consultatie sluit: 1 mei 2027") < text.index("Geldt vanaf: 1 maart 2027")
    assert said[0] not in text


def test_a_lesson_keeps_its_title_and_loses_the_english_word_before_it() -> None:
    lesson = announcement(kind=AnnouncementKind.LESSON, notice=None, title="Lesson: Ask for cities first")
    assert mail.digest(envelope("da"), [lesson], NOW)["Subject"] == "Erfaring: Ask for cities first"


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_what_is_left_out_of_a_long_digest_is_counted(code: str) -> None:
    for more in (1, 2):
        made = mail.digest(envelope(code), [announcement(n) for n in range(1, mail.MOST + more + 1)], NOW)
        left = tongue.count(code, "more", more, address="https://feeds.example/notices")
        assert str(more) in left
        assert left in plain(made)
        assert str(mail.MOST + more) in made["Subject"]


@pytest.mark.parametrize("code", OTHERS)
def test_a_span_is_never_said_as_its_first_day(code: str) -> None:
    first = date(2027, 1, 1)
    for precision in (Precision.MONTH, Precision.QUARTER, Precision.HALF, Precision.YEAR):
        said = tongue.when(When(first, precision=precision), code)
        assert "2027" in said
        assert not re.match(r"1\.? \w*anu?[ua]r?i?", said), said
    crooked = tongue.when(When(date(2027, 2, 1), precision=Precision.QUARTER), code)
    assert crooked.count("2027") == 2


@pytest.mark.parametrize("code", OTHERS)
def test_an_hour_is_said_in_the_authoritys_zone(code: str) -> None:
    at = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)
    said = tongue.when(When(date(2027, 3, 1), Precision.INSTANT, at, zone="Europe/Brussels"), code)
    assert "12:00" in said
    assert "Brussels" in said


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_filter_has_words(code: str) -> None:
    known = {name: {"x": "X"} for name in FILTER if name not in ("q", "from", "to", "lead_days_min")}
    query = "&".join(f"{name}=x" for name in known) + "&q=a&from=2027-01-01&to=2027-12-31&lead_days_min=60"
    said = mail.filter_words(query, known, code)
    assert said.count("X") == len(known)
    assert "60" in said
    assert "2027-01-01" not in said


@pytest.mark.parametrize(
    ("given", "code"), [((), "en"), (("fi", "sv"), "sv"), (("no",), "nb"), (("nn",), "nb"), (("xx",), "en")]
)
def test_an_authority_is_written_to_in_the_first_of_its_languages_that_mails_speak(
    given: tuple[str, ...], code: str
) -> None:
    assert mail.spoken(given) == code


# -- from the form to the mail


@pytest.fixture
def server() -> Iterator[MailServer]:
    with closing(MailServer()) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, clock: Clock, server: MailServer) -> Iterator[House]:
    made = open_house(tmp_path, clock, smtp_url=server.url)
    yield made
    made.hub.close()


def asked(house: House, query: str, **headers: str) -> None:
    values = {"email": "r@s.example", "rhythm": "immediate"}
    client = house.client()
    client.environ_base.update({f"HTTP_{k.upper()}": v for k, v in headers.items()})
    send(client, f"/subscribe/mail{query}", values, f"/subscribe{query}")
    house.hub.deliver_due()


def address(made: object, name: str) -> str:
    return re.search(rf"(/subscribe/{name}/\S+)", plain(made))[1]


def test_a_reader_is_asked_and_told_in_the_language_of_the_page(house: House, server: MailServer) -> None:
    asked(house, "?country=SE&ui=da")
    (first,) = server.mails
    assert first["Subject"] == "Bekræft venligst: meddelelser fra feedhub"
    assert "Sverige, straks." in plain(first)
    confirm = address(first, "confirm")
    assert confirm.endswith("?ui=da")
    page = house.client().post(confirm).get_data(as_text=True)
    assert "Du abonnerer" in page
    assert "Sverige" in page
    house.post()
    house.hub.deliver_due()
    told = server.mails[-1]
    assert "Fase: I høring" in plain(told)
    assert "Du har bedt feedhub om besked om: Sverige, straks." in plain(told)
    assert "Afslut disse mails" in html(told)
    end = address(told, "end")
    assert end.endswith("?ui=da")
    assert "Sverige" in house.text(end)
    assert house.client().post(end).status_code == 200
    assert house.hub.shown_subscriptions() == []


def test_the_browsers_language_is_taken_when_the_address_names_none(house: House, server: MailServer) -> None:
    asked(house, "", accept_language="nb-NO,nb;q=0.9")
    assert server.mails[0]["Subject"] == "Vennligst bekreft: meldinger fra feedhub"


def test_another_language_takes_effect_only_with_a_new_consent(house: House, server: MailServer) -> None:
    asked(house, "?ui=sv")
    house.client().post(address(server.mails[0], "confirm"))
    asked(house, "?ui=fr")
    assert "Veuillez confirmer" in server.mails[1]["Subject"]
    house.post()
    house.hub.deliver_due()
    assert "Skede: " in plain(server.mails[-1])
    house.client().post(address(server.mails[1], "confirm"))
    house.post(title="Another")
    house.hub.deliver_due()
    assert "Stade : " in plain(server.mails[-1])


def test_a_link_from_before_languages_were_kept_still_confirms_in_english(house: House, server: MailServer) -> None:
    house.hub.ask_mail("r@s.example", house.hub.parse_filter(()), "daily", "192.0.2.7")
    house.hub.deliver_due()
    (first,) = server.mails
    assert first["Subject"] == "Please confirm: announcements of feedhub"
    confirm = address(first, "confirm")
    assert "ui=" not in confirm
    assert house.hub.confirm_subscription(confirm.rpartition("/")[2]).rhythm == "daily"


def test_an_authority_hears_of_questions_in_its_language(house: House, server: MailServer, clock: Clock) -> None:
    with house.hub.store.writing() as tx:
        catalogue.put_authorities(tx, [Authority(CITY, "City of Elm", "SE", languages=("sv",))], declared=True)
    add_user(house.hub, "buyer@elm.example", "buyer", CITY)
    made = house.hub.post(Actor(1, "buyer", CITY), draft())
    house.hub.ask_question(made.id, "Räcker en lista över fabriker?")
    clock.forward(hours=24)
    assert house.hub.tell_questions() == 1
    assert server.mails[-1]["Subject"] == "1 fråga väntar på ditt svar hos feedhub"
