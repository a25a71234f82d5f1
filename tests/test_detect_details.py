"""What a requirement names beside its topic: conventions one by one, acts with articles, limits, occasions; in ten languages."""

import time

import pytest

from feedhub import detect, taxonomy
from feedhub.detect.limits import threshold
from feedhub.detect.naming import cited
from feedhub.model import Authority, Block, Document, Signal, Source, SourceKind

EIGHT = tuple(f"ilo-{n}" for n in (29, 87, 98, 100, 105, 111, 138, 182))


def one(text: str, lang: str) -> Signal:
    (signal,) = [s for s in detect.signals(text, lang=lang) if s.is_requirement]
    return signal


@pytest.mark.parametrize(("lang", "text"), [
    ("en", "Suppliers must respect ILO conventions 29, 87, 98, 100, 105, 111, 138 and 182."),
    ("de", "Auftragnehmer müssen die ILO-Übereinkommen Nr. 29, 87, 98, 100, 105, 111, 138 und 182 einhalten."),
    ("nl", "De leverancier moet de ILO-verdragen 29, 87, 98, 100, 105, 111, 138 en 182 naleven."),
    ("sv", "Leverantören ska följa ILO:s kärnkonventioner nr 29, 87, 98, 100, 105, 111, 138 och 182."),
    ("da", "Leverandøren skal overholde ILO-konventionerne nr. 29, 87, 98, 100, 105, 111, 138 og 182."),
    ("no", "Leverandøren skal følge ILOs kjernekonvensjoner (nr. 29, 87, 98, 100, 105, 111, 138 og 182)."),
    ("fr", "Le titulaire doit respecter les conventions de l'OIT n° 29, 87, 98, 100, 105, 111, 138 et 182."),
    ("fi", "Toimittajan on noudatettava ILOn yleissopimuksia nro 29, 87, 98, 100, 105, 111, 138 ja 182 lapsityöstä ja pakkotyöstä."),
    ("es", "El proveedor debe respetar los convenios 29, 87, 98, 100, 105, 111, 138 y 182 de la OIT."),
    ("it", "Il fornitore deve rispettare le convenzioni OIL n. 29, 87, 98, 100, 105, 111, 138 e 182."),
])  # fmt: skip
def test_every_convention_of_a_list_is_named_in_every_language(lang: str, text: str) -> None:
    assert one(text, lang).cites == EIGHT


@pytest.mark.parametrize(("text", "expected"), [
    ("ILO Convention 29 on forced labour, Convention 105 on its abolition and Conventions 138 and 182 apply.", ("ilo-29", "ilo-105", "ilo-138", "ilo-182")),
    ("The ILO core standards (Convention No. 29 (forced labour), No. 87 (association) and No. 182) apply.", ("ilo-29", "ilo-87", "ilo-182")),
    ("ILO C029, C105 and C190 apply.", ("ilo-29", "ilo-105", "ilo-190")),
    ("ILO 29/105 and 138/182 apply.", ("ilo-29", "ilo-105", "ilo-138", "ilo-182")),
    ("Hours follow ILO conventions 1 and 30: at most 48 hours a week.", ("ilo-1", "ilo-30")),
    ("The ILO conventions allow 48 hours a week.", ()),
    ("In 1998 the ILO adopted its declaration; 8 core conventions existed.", ()),
    ("ILO conventions hold in all 30 factories.", ()),
    ("Conventions 29 and 105 of the club.", ()),
])  # fmt: skip
def test_numbers_are_conventions_only_where_the_words_say_so(text: str, expected: tuple[str, ...]) -> None:
    assert cited(text) == expected


@pytest.mark.parametrize(("lang", "text"), [
    ("en", "Suppliers must follow the UN Guiding Principles on Business and Human Rights."),
    ("de", "Auftragnehmer müssen die UN-Leitprinzipien für Wirtschaft und Menschenrechte beachten."),
    ("sv", "Leverantören ska följa FN:s vägledande principer för företag och mänskliga rättigheter."),
    ("da", "Leverandøren skal overholde FN's retningslinjer for menneskerettigheder og erhverv."),
    ("no", "Leverandøren skal følge FNs veiledende prinsipper for næringsliv og menneskerettigheter."),
    ("fr", "Le titulaire doit respecter les Principes directeurs des Nations Unies et les droits de l'homme."),
    ("es", "El proveedor debe cumplir los Principios Rectores sobre las empresas y los derechos humanos."),
    ("it", "Il fornitore deve rispettare i Principi guida delle Nazioni Unite su imprese e diritti umani."),
])  # fmt: skip
def test_the_guiding_principles_are_named(lang: str, text: str) -> None:
    assert one(text, lang).cites == ("un-guiding-principles",)


@pytest.mark.parametrize(("text", "expected"), [
    ("Article 18(2) of Directive 2014/24/EU requires it.", "Article 18(2) of Directive 2014/24/EU"),
    ("Regulation (EU) 2024/3015, Article 3 bans such goods.", "Regulation (EU) 2024/3015, Article 3"),
    ("See section 54 of the Modern Slavery Act 2015.", "section 54 of the Modern Slavery Act 2015"),
    ("Nach § 97 Abs. 3 GWB sind Bieter verpflichtet.", "§ 97 Abs. 3 GWB"),
    ("Nach § 3 LkSG haften sie.", "§ 3 LkSG"),
    ("Artikel 12 BöB verlangt dies.", "Artikel 12 BöB"),
    ("Enligt 17 kap. 2 § LOU ska villkor ställas.", "17 kap. 2 § LOU"),
    ("Enligt lagen (2016:1145) gäller det.", "lagen (2016:1145)"),
    ("La loi n° 2017-399 s'applique.", "loi n° 2017-399"),
    ("L'article L. 2112-2 l'impose.", "article L. 2112-2"),
    ("Ai sensi dell'art. 57, comma 2 del D.Lgs. 36/2023.", "art. 57, comma 2 del D.Lgs. 36/2023"),
    ("Según el artículo 202 de la Ley 9/2017.", "artículo 202 de la Ley 9/2017"),
    ("Lain 1397/2016 mukaan.", "Lain 1397/2016"),
    ("LOV-2021-06-18-99 gjelder.", "LOV-2021-06-18-99"),
    ("Volgens artikel 2.81 Aanbestedingswet 2012 mag dat.", "artikel 2.81 Aanbestedingswet 2012"),
])  # fmt: skip
def test_an_act_is_named_with_its_article(text: str, expected: str) -> None:
    assert cited(text) == (expected,)


@pytest.mark.parametrize(("text", "expected"), [
    ("Companies with more than 1,000 employees must report.", "more than 1,000 employees"),
    ("In contracts above £5 million per year bidders must state it.", "above £5 million"),
    ("It covers entities that meet two of three tests: $20 million in assets, $40 million in revenue, 250 employees.", "$20 million in assets; $40 million in revenue; 250 employees"),
    ("Companies with between 50 and 250 employees report.", "between 50 and 250 employees"),
    ("Suppliers with 250 or more employees must publish.", "250 or more employees"),
    ("Ab einem Auftragswert von 25.000 Euro gilt die Pflicht.", "Ab einem Auftragswert von 25.000 Euro"),
    ("Bei Aufträgen über 1,5 Mio. Euro ist ein Nachweis nötig.", "über 1,5 Mio. Euro"),
    ("Bij opdrachten boven de € 221.000 geldt dit.", "boven de € 221.000"),
    ("Vid inköp över 500 000 kronor gäller villkoren.", "över 500 000 kronor"),
    ("Avtal på minst 5 mkr omfattas.", "minst 5 mkr"),
    ("CSR-bilaget følger med alle kontrakter over en million kroner.", "over en million kroner"),
    ("For anskaffelser over 1,3 millioner kroner gjelder kravet.", "over 1,3 millioner kroner"),
    ("Les marchés supérieurs à 25 000 € HT comportent la clause.", "supérieurs à 25 000 €"),
    ("Yli 60 000 euron hankinnoissa vaaditaan se.", "Yli 60 000 euron"),
    ("Contratos de más de 1.500.000 euros.", "más de 1.500.000 euros"),
    ("Appalti di importo superiore a 140.000 euro.", "superiore a 140.000 euro"),
    ("In high-risk procurements suppliers must disclose it.", "high-risk procurements"),
    ("Für Waren aus Risikokategorien gilt die Pflicht.", "Risikokategorien"),
    ("A fine of up to EUR 5 million is due.", ""),
    ("Ein Bußgeld von bis zu 8 Mio. Euro droht.", ""),
    ("The laptop costs EUR 900, paid by 200 people.", ""),
    ("It counts for 30 percent of the points.", ""),
])  # fmt: skip
def test_a_limit_is_told_from_a_price_and_a_fine(text: str, expected: str) -> None:
    assert threshold(text) == expected


@pytest.mark.parametrize(("lang", "text", "expected"), [
    ("en", "The supplier must name its factories within 20 working days of the contract start.", "within 20 working days of the contract start"),
    ("de", "Der Auftragnehmer muss seine Fabriken nennen, und zwar innerhalb von 30 Tagen nach Zuschlag.", "innerhalb von 30 Tagen nach Zuschlag"),
    ("en", "Suppliers must publish a report on forced labour by 30 June every year.", "yearly"),
    ("en", "With the tender bidders must declare that no child labour is used.", "bid"),
    ("sv", "Leverantören ska vid avtalstecknande redovisa sina fabriker.", "signature"),
    ("en", "Upon a breach of labour rights the supplier must submit a corrective action plan.", "breach"),
])  # fmt: skip
def test_when_a_duty_falls_due_is_named(lang: str, text: str, expected: str) -> None:
    assert one(text, lang).trigger == expected


def test_conventions_have_names() -> None:
    lists = taxonomy.load()
    assert lists.label("convention", "ilo-87") == "ILO convention 87 (freedom of association)"
    assert lists.label("convention", "§ 3 LkSG") == "§ 3 LkSG"
    numbers = [c.number for c in lists.conventions.values() if c.number]
    assert len(numbers) == len(set(numbers)) == 36
    assert all(c.number or c.words for c in lists.conventions.values())


@pytest.mark.parametrize(
    "piece", ["1.000.", "over 1 ", "ILO conventions 1, ", "Article 1(1) of ", "(a) and ", "The Act and "]
)
def test_a_line_made_to_be_slow_is_not(piece: str) -> None:
    line = (piece * 100_000)[:100_000]
    begun = time.thread_time()
    threshold(line)
    cited(line)
    assert time.thread_time() - begun < 5


def test_what_a_sentence_names_stands_in_the_draft() -> None:
    text = "Bidders must respect ILO conventions 29 and 105 in contracts over EUR 139,000 (Directive 2014/24/EU)."
    source = Source("ie-a-policy", "a", "Policy", SourceKind.PAGE, "https://a.example/")
    document = Document(title="Policy", blocks=(Block(text),))
    (draft,) = detect.drafts(document, source=source, authority=Authority("a", "A", "IE"), page_date=None, minimum=0.5)
    asked = draft.requirements[0]
    assert asked.cites == ("ilo-29", "ilo-105", "Directive 2014/24/EU")
    assert asked.threshold == "over EUR 139,000"
