"""The words of topics in ten languages: how buyers say a topic without its term, and everyday tender text that names none."""

import pytest

from feedhub import detect, taxonomy
from feedhub.detect.features import look
from feedhub.detect.lexicon import lexicon

CORE = frozenset(taxonomy.load().core_topics)

SAID = [
    ("en", "hrdd_process", "The bidder explains where along the chain people may be harmed and what it does about it."),
    ("en", "freedom_of_association", "Workers are free to organise and choose who will speak for them."),
    ("en", "living_wage", "Nobody on the line is paid less than a family needs for rent, food and school."),
    ("en", "responsible_recruitment", "No one has paid for a job, and passports stay with the workers."),
    ("en", "responsible_purchasing_practices", "Prices and lead times allow the factory to keep the law."),
    ("en", "independent_monitoring", "Persons of our choosing may walk into the plant and interview workers."),
    ("en", "remediation", "Fees are repaid and those affected are compensated under a dated plan."),
    ("en", "supply_chain_transparency", "The addresses of the plants where it was put together are listed."),
    ("de", "hrdd_process", "Der Bieter legt dar, wo Menschen in der Kette Schaden nehmen können."),
    ("de", "freedom_of_association", "Die Arbeiterinnen dürfen sich organisieren und frei gewählte Sprecher haben."),
    ("de", "living_wage", "Der Lohn reicht für Miete, Essen und Schule, eine Familie kann davon leben."),
    (
        "de",
        "responsible_recruitment",
        "Niemand hat für den Arbeitsplatz bezahlt, der Reisepass ist beim Beschäftigten.",
    ),
    (
        "de",
        "responsible_purchasing_practices",
        "Preise und Lieferzeiten erlauben es dem Werk, die Gesetze einzuhalten.",
    ),
    ("de", "independent_monitoring", "Kontrolleure erhalten ohne Voranmeldung Zutritt zum Werk."),
    ("de", "remediation", "Verstöße werden binnen einer Frist abgestellt und Betroffene entschädigt."),
    ("nl", "hrdd_process", "De inschrijver weet waar mensen in zijn keten schade lijden en pakt dat aan."),
    ("nl", "living_wage", "Van het loon kan een gezin rondkomen."),
    ("nl", "responsible_recruitment", "Niemand heeft betaald voor zijn baan en paspoorten blijven in eigen bezit."),
    ("nl", "independent_monitoring", "Inspecteurs krijgen zonder aankondiging toegang tot de fabriek."),
    ("nl", "remediation", "Getroffen arbeiders worden schadeloos gesteld volgens een plan met data."),
    ("sv", "hrdd_process", "Leverantören vet var människor i kedjan kan skadas och agerar."),
    ("sv", "freedom_of_association", "Arbetarna får organisera sig och väljer egna företrädare."),
    ("sv", "responsible_recruitment", "Ingen har betalat för sitt jobb och arbetarna behåller sina pass."),
    ("sv", "independent_monitoring", "Granskare släpps in i fabriken utan förvarning."),
    ("sv", "living_wage", "Lönen räcker till hyra, mat och skola."),
    ("da", "hrdd_process", "Tilbudsgiver ved, hvor mennesker i kæden kan komme til skade."),
    ("da", "freedom_of_association", "De ansatte må organisere sig og vælger selv, hvem der taler for dem."),
    ("da", "living_wage", "En familie skal kunne leve af lønnen."),
    ("da", "remediation", "Krænkelser afhjælpes, og ramte arbejdere får erstatning."),
    ("no", "hrdd_process", "Leverandøren vet hvor mennesker i kjeden kan bli skadet."),
    ("no", "freedom_of_association", "Arbeiderne kan organisere seg og velger selv talspersoner."),
    ("no", "responsible_recruitment", "Ingen har betalt for jobben, og arbeiderne beholder passene."),
    ("no", "responsible_purchasing_practices", "Priser og leveringstider lar fabrikken følge loven."),
    ("fi", "hrdd_process", "Toimittaja tietää, missä ketjussa ihmisille aiheutuu haittaa."),
    ("fi", "living_wage", "Palkalla elää perhe: se riittää vuokraan, ruokaan ja kouluun."),
    ("fi", "responsible_recruitment", "Kukaan ei ole maksanut työpaikastaan, ja passit ovat työntekijöillä."),
    ("fi", "independent_monitoring", "Tarkastajat pääsevät tehtaaseen ilman ennakkoilmoitusta."),
    ("fr", "hrdd_process", "Le candidat sait où, dans sa chaîne, des personnes risquent un dommage."),
    ("fr", "living_wage", "La paie couvre le loyer, la nourriture et l'école d'une famille."),
    ("fr", "responsible_recruitment", "Nul n'a payé pour être embauché et chaque ouvrier garde son passeport."),
    ("fr", "responsible_purchasing_practices", "Les prix et les délais permettent à l'usine de respecter la loi."),
    ("es", "hrdd_process", "La empresa sabe qué daños a las personas puede haber en su cadena."),
    ("es", "freedom_of_association", "La plantilla elige libremente a sus portavoces."),
    ("es", "living_wage", "Con el salario una familia puede vivir y pagar el alquiler."),
    ("es", "independent_monitoring", "Los inspectores externos entran en la fábrica sin previo aviso."),
    ("it", "hrdd_process", "Il fornitore sa dove le persone nella filiera rischiano un danno."),
    ("it", "freedom_of_association", "Gli operai parlano per mezzo di rappresentanti scelti da loro."),
    ("it", "responsible_recruitment", "Nessuno ha pagato per essere assunto e i passaporti restano ai lavoratori."),
    ("it", "remediation", "I lavoratori colpiti sono risarciti secondo un piano con date concordate."),
]

EVERYDAY = [
    ("en", "The supplier's helpdesk answers by telephone; a hotline is staffed from eight to six."),
    ("en", "Complaints about the award procedure are sent to the review body within ten days."),
    ("en", "Prices are fixed for two years; delivery times count from the order."),
    ("en", "Candidates name two persons who will speak at the presentation of the software."),
    ("de", "Der Auftragnehmer stellt eine Hotline bereit und behebt Mängel binnen zwei Tagen."),
    ("de", "Die Preise sind fest, die Lieferung erfolgt frei Haus."),
    ("nl", "De leverancier herstelt storingen binnen acht uur en houdt een logboek bij."),
    ("sv", "Leverantören avhjälper fel inom två dagar och lämnar licensnummer för varje programvara."),
    ("da", "Leverandøren stiller en hotline til rådighed og udbedrer ikke fejl i andres netværk."),
    ("no", "Leverandøren oppgir lisensnummer for programvaren og svarer på henvendelser innen to timer."),
    ("fi", "Toimittaja vastaa tukipyyntöihin kahden tunnin kuluessa ja toimittaa lisenssit sähköisesti."),
    ("fr", "Le titulaire met à disposition une assistance téléphonique et corrige les anomalies du logiciel."),
    ("es", "El adjudicatario atiende las averías en cuatro horas y entrega las licencias."),
    ("it", "Il fornitore risponde alle chiamate entro due ore e consegna le licenze."),
]


def named(text: str, language: str) -> set[str]:
    """The core topics that a sentence names without doubt."""
    return set(look(text, 0, len(text), lexicon(language)).strong(CORE))


@pytest.mark.parametrize(("language", "topic", "text"), SAID, ids=lambda value: str(value)[:40])
def test_a_topic_is_known_by_how_buyers_say_it(language: str, topic: str, text: str) -> None:
    assert topic in named(text, language)


@pytest.mark.parametrize(("language", "text"), EVERYDAY, ids=lambda value: str(value)[:40])
def test_everyday_tender_text_names_no_topic(language: str, text: str) -> None:
    assert named(text, language) <= {"remediation"}, "words of repair mean something social beside people at work only"


@pytest.mark.parametrize("language", taxonomy.LANGUAGES)
def test_no_choice_of_a_single_word_is_a_letter_or_a_number(language: str) -> None:
    """A slash parts choices: "h/month" would be found in every month and "2017/821" in every text of 2017."""
    alone = [p for p in lexicon(language).patterns if p.kind == "topic" and len(p.words) == 1 and "/" in p.source]
    assert alone
    for pattern in alone:
        assert all(len(c.strip("*")) > 1 and not c.isdigit() for c in pattern.source.split("/")), pattern.source


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Suppliers must repay recruitment fees to migrant workers.", {"responsible_recruitment"}),
        ("Suppliers must repay workers who were harmed.", {"remediation"}),
        (
            "The supplier must ensure that no forced labour of Uyghur workers is used.",
            {"forced_labour", "state_imposed_forced_labour"},
        ),
    ],
)
def test_a_topic_that_only_says_how_another_is_met_is_not_reported(text: str, topics: set[str]) -> None:
    (found,) = [s for s in detect.signals(text, lang="en") if s.is_requirement]
    assert set(found.topics) == topics


def test_a_neighbour_that_states_nothing_itself_lends_its_topics() -> None:
    text = "Die Fabrik muss gewählte Vertreter der Beschäftigten anhören. Beschwerden bleiben ohne Repressalien."
    found = [s for s in detect.signals(text, lang="de") if s.is_requirement]
    assert {"freedom_of_association", "grievance_mechanism"} <= {t for s in found for t in s.topics}
