"""May is no duty, may not and may only are: in every language; and a heading, a header or an intro holds for what it governs."""

import pytest

from feedhub import detect
from feedhub.detect import judge
from feedhub.taxonomy import load

CORE = frozenset(load().core_topics)

#: What a supplier or buyer is free to do.
FREE = [
    ("en", "Contracting authorities may ask suppliers for a list of the factories that make the laptops."),
    ("en", "The council may exclude a bidder convicted of child labour; it decides at its discretion."),
    ("en", "Suppliers may use the accompanying template for their human rights due diligence if they wish."),
    ("sv", "Upphandlande myndigheter får ställa krav på arbetsvillkor enligt ILO:s kärnkonventioner."),
    ("sv", "Leverantören får använda myndighetens mall för riskanalysen av mänskliga rättigheter."),
    ("fi", "Hankintayksikkö voi edellyttää toimittajalta selvitystä lapsityövoiman käytöstä."),
    ("fi", "Toimittaja saa halutessaan käyttää liitteen lomaketta ihmisoikeusriskien arviointiin."),
    ("de", "Öffentliche Auftraggeber können von Bietern einen Nachweis über die ILO-Kernarbeitsnormen verlangen."),
    ("de", "Die Vergabestelle darf Bieter wegen Kinderarbeit ausschließen; das steht ihr frei."),
    ("nl", "Aanbestedende diensten kunnen van leveranciers een lijst van fabrieken vragen."),
    ("nl", "De leverancier mag voor de risicoanalyse van mensenrechten het model van de gemeente gebruiken."),
    ("da", "Ordregivende myndigheder kan kræve oplysninger om børnearbejde af tilbudsgiverne."),
    ("da", "Leverandøren må gerne bruge kommunens skabelon til vurderingen af menneskerettigheder."),
    ("no", "Oppdragsgivere kan kreve at leverandøren legger frem en oversikt over fabrikkene."),
    ("no", "Leverandøren kan gjerne bruke kommunens mal for aktsomhetsvurderinger."),
    ("fr", "L'acheteur peut demander aux candidats un plan de vigilance sur les droits humains."),
    ("fr", "Le titulaire peut utiliser le modèle de questionnaire sur le travail des enfants."),
    ("es", "El órgano de contratación podrá exigir a los licitadores la relación de fábricas."),
    ("it", "La stazione appaltante può chiedere ai concorrenti l'elenco delle fabbriche."),
]
#: What nobody may do, or only those who fulfil a condition.
BOUND = [
    ("en", "Suppliers may not deliver laptops made with forced labour."),
    ("en", "Only laptops from factories without child labour may be offered by the suppliers."),
    ("sv", "Leverantören får inte leverera datorer som tillverkats med tvångsarbete."),
    ("sv", "Leverantören får endast leverera datorer som tillverkats utan barnarbete."),
    ("fi", "Toimittaja ei saa toimittaa laitteita, joiden valmistuksessa on käytetty lapsityövoimaa."),
    ("fi", "Toimittaja saa toimittaa vain laitteita, jotka on valmistettu ilman pakkotyötä."),
    ("de", "Lieferanten dürfen keine Geräte liefern, die mit Kinderarbeit hergestellt wurden."),
    ("de", "Der Auftragnehmer darf Geräte aus Zwangsarbeit nicht liefern."),
    ("de", "Auftragnehmer dürfen nur Geräte liefern, die ohne Zwangsarbeit hergestellt wurden."),
    ("nl", "De leverancier mag geen toestellen leveren die met kinderarbeid zijn gemaakt."),
    ("nl", "De leverancier mag toestellen uit dwangarbeid niet leveren."),
    ("nl", "De leverancier mag alleen toestellen leveren die zonder dwangarbeid zijn gemaakt."),
    ("da", "Leverandøren må ikke levere computere, der er fremstillet med tvangsarbejde."),
    ("da", "Leverandøren må kun levere computere, der er fremstillet uden børnearbejde."),
    ("no", "Leverandøren må ikke levere utstyr som er produsert med tvangsarbeid."),
    ("no", "Leverandøren må kun levere utstyr som er produsert uten barnearbeid."),
    ("no", "Leverandøren må dokumentere at utstyret er produsert uten barnearbeid."),
    ("fr", "Le titulaire ne peut livrer des ordinateurs issus du travail forcé."),
    ("fr", "Le titulaire ne peut livrer que des ordinateurs fabriqués sans travail des enfants."),
    ("es", "El contratista no podrá entregar equipos fabricados con trabajo infantil."),
    ("es", "El contratista solo podrá entregar equipos fabricados sin trabajo forzoso."),
    ("it", "L'appaltatore non può consegnare apparecchiature prodotte con lavoro minorile."),
    ("it", "L'appaltatore può consegnare solo apparecchiature prodotte senza lavoro forzato."),
]
#: Duties that end with the buyer, beside the same ones on suppliers.
BUYERS_OWN = [
    ("en", "The council must train its own staff in health and safety every year."),
    ("de", "Die Stadt muss ihre eigenen Beschäftigten jährlich im Arbeitsschutz schulen."),
    ("sv", "Kommunen ska varje år utbilda sin egen personal i arbetsmiljö."),
    ("fr", "La commune doit former chaque année ses propres agents à la santé et à la sécurité au travail."),
    ("nl", "De gemeente moet haar eigen personeel elk jaar opleiden in veilig werken."),
]


def binds(text: str, lang: str, *, heading: str = "", intro: str = "") -> bool:
    """True when a signal of a core topic is a requirement."""
    found = judge.judge(text, lang=lang, heading=heading, intro=intro)
    return any(s.is_requirement and not CORE.isdisjoint(s.topics) for s in found)


@pytest.mark.parametrize(("lang", "text"), FREE)
def test_what_is_permitted_is_no_requirement(lang: str, text: str) -> None:
    assert not binds(text, lang)


@pytest.mark.parametrize(("lang", "text"), BOUND)
def test_what_is_not_permitted_or_only_under_a_condition_is_one(lang: str, text: str) -> None:
    assert binds(text, lang)


@pytest.mark.parametrize(("lang", "text"), BUYERS_OWN)
def test_a_duty_of_the_buyer_towards_its_own_people_is_none_of_suppliers(lang: str, text: str) -> None:
    assert not binds(text, lang)


def test_a_heading_governs_the_items_below_it() -> None:
    item = "- names and addresses of the factories that assemble the laptops"
    assert binds(f"Suppliers must hand in with their bid:\n{item}", "en")
    assert binds(item, "en", intro="Suppliers must hand in with their bid:")
    assert not binds(item, "en", intro="Buyers may ask for, if they wish:")
    assert not binds(item, "en", heading="Vacancies")


def test_the_header_of_a_table_is_read_with_its_row() -> None:
    row = "4.2 | ILO core conventions | declaration signed"
    assert binds(row, "en", intro="No. | Mandatory requirement for suppliers | Proof with the bid")
    assert not binds(row, "en", intro="No. | Topic of the seminar | Speaker's handout")


def test_a_requirement_keeps_the_words_of_what_it_quotes() -> None:
    (signal,) = (s for s in detect.signals(BOUND[0][1], lang="en") if s.is_requirement)
    assert signal.text == BOUND[0][1]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "In the supplier's factories overtime is voluntary and stays below twelve hours a week."),
        ("de", "In den Werken der Lieferanten sind Überstunden freiwillig und auf zwölf in der Woche begrenzt."),
        ("sv", "I leverantörens fabriker är övertid frivillig och högst tolv timmar i veckan."),
        ("nl", "In de fabrieken van de leverancier is overwerk vrijwillig en hoogstens twaalf uur per week."),
        ("it", "Negli stabilimenti del fornitore il lavoro straordinario è volontario e non supera le dodici ore."),
    ],
)
def test_that_overtime_is_voluntary_is_a_duty_and_no_permission(lang: str, text: str) -> None:
    assert binds(text, lang)
