"""What is said not to be asked, what courts and police say of others, and vacancies are no requirements; their twins are."""

import pytest

from feedhub import taxonomy
from feedhub.detect import judge
from feedhub.detect.lexicon import lexicon

CORE = frozenset(taxonomy.load().core_topics)

#: A duty, and the same one denied, told of others or advertised.
TWINS = [
    (
        "de",
        "Der Bieter muss eine Liste der Fabriken vorlegen.",
        "Eine Liste der Fabriken wird nicht verlangt.",
    ),
    (
        "de",
        "Der Auftragnehmer muss einbehaltene Vermittlungsgebühren erstatten.",
        "Das Arbeitsgericht hat entschieden, dass der Schlachthof Vermittlungsgebühren erstatten muss.",
    ),
    (
        "en",
        "Bidders must provide an audit report of the factory.",
        "An audit report of the factory is not required from bidders.",
    ),
    (
        "nl",
        "De inschrijver moet een lijst van productielocaties indienen.",
        "Een lijst van productielocaties wordt van de inschrijver niet gevraagd.",
    ),
    (
        "da",
        "Leverandøren skal underskrive erklæringen om ILO's kernekonventioner.",
        "Forslaget om at kræve ILO's kernekonventioner af leverandører blev forkastet.",
    ),
    (
        "no",
        "Leverandøren må gjennomføre aktsomhetsvurderinger.",
        "Forslaget om å stille krav til aktsomhetsvurderinger falt med 14 mot 39 stemmer.",
    ),
    (
        "sv",
        "Leverantören ska redovisa fabrikerna.",
        "Motionen om att leverantören ska redovisa fabrikerna avslogs.",
    ),
    (
        "fi",
        "Toimittajan on toimitettava luettelo tehtaista.",
        "Luetteloa tehtaista ei vaadita toimittajalta.",
    ),
    (
        "fr",
        "Le titulaire doit remettre un rapport d'audit social.",
        "Un rapport d'audit social n'est pas exigé du titulaire.",
    ),
    (
        "es",
        "El contratista deberá presentar la relación de fábricas.",
        "No se exige al contratista la relación de fábricas.",
    ),
    (
        "it",
        "Il concorrente deve allegare il codice di condotta firmato.",
        "Al concorrente non è richiesto il codice di condotta firmato.",
    ),
]


def binds(text: str, lang: str) -> bool:
    """True when a signal of a core topic is a requirement."""
    return any(s.is_requirement and not CORE.isdisjoint(s.topics) for s in judge.judge(text, lang=lang))


@pytest.mark.parametrize(("lang", "duty", "none"), TWINS)
def test_a_duty_binds_and_its_denial_or_a_report_of_others_does_not(lang: str, duty: str, none: str) -> None:
    assert (binds(duty, lang), binds(none, lang)) == (True, False)


@pytest.mark.parametrize("lang", taxonomy.LANGUAGES)
def test_every_language_can_say_that_nothing_is_asked_and_what_justice_says_of_others(lang: str) -> None:
    assert {"denied", "court"} <= {pattern.name for pattern in lexicon(lang).patterns}


def test_overtime_of_free_will_is_no_denial_of_the_duty() -> None:
    assert binds(
        "Überstunden müssen bei den Zulieferern freiwillig sein und dürfen zwölf Stunden nicht übersteigen.", "de"
    )


@pytest.mark.parametrize(
    ("lang", "question", "answers"),
    [
        ("en", "Must bidders submit a factory audit report?", ("Response: No.", "Response: Yes.")),
        ("de", "Müssen Bieter eine Liste der Fabriken vorlegen?", ("Antwort: Nein, das entfällt.", "Antwort: Ja.")),
        ("fr", "Le titulaire doit-il joindre un rapport d'audit social ?", ("Réponse : non, aucun.", "Réponse : oui.")),
        ("nl", "Moet de inschrijver een lijst van fabrieken toevoegen?", ("Nee.", "Ja.")),
        ("it", "Il concorrente deve allegare il codice di condotta?", ("Risposta: no.", "Risposta: sì.")),
    ],
)
def test_a_question_answered_with_no_asks_nothing(lang: str, question: str, answers: tuple[str, str]) -> None:
    assert [binds(f"{question} {answer}", lang) for answer in answers] == [False, True]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Der Auftragnehmer muss Schwachstellen in der Lieferkette binnen 72 Stunden melden."),
        ("en", "The supplier must answer complaints of passengers within five days."),
        ("nl", "De vervoerder moet klachten van reizigers binnen tien dagen behandelen."),
        ("it", "Il fornitore deve garantire che i giochi siano idonei ai bambini."),
    ],
)
def test_supply_chains_of_software_complaints_of_customers_and_playgrounds_are_no_topic(lang: str, text: str) -> None:
    assert not binds(text, lang)
