"""Sentences in ten languages about contracts, drafts and seasons: the value of each date and what it is for.

Rows as in `test_detect_dates_sentences.py`; a value that cannot be known has its reason after a dash.
"""

from datetime import date

import pytest

from feedhub.detect.dates import find

SENTENCES = """
en|The rules cover procurements started after 1 July 2027.|2027-07-01 applies_from
en|After 30 June 2027 no bid without the declaration is accepted.|2027-06-30 applies_from
en|The agreement signed on 4 May 2026 includes labour rights.|2026-05-04 adopted
en|By 1 March 2027 every contract must include the labour clause.|2027-03-01 applies_from
en|By 1 March 2027 every supplier must submit the factory list.|2027-03-01 deadline
en|Comments can be sent until the end of April 2027.|2027-04-30 consultation_close
en|The framework runs until the end of 2028.|2028-12-31 contract_end
en|At the end of 2027 the criteria change.|2027 mentioned
en|Since 1 July 2016 the city has been a member of the association.|2016-07-01 mentioned
en|The Act, signed on 23 December 2026, takes effect on 21 June.|2026-12-23 adopted ; 2027-06-21 in_force
en|The regulation was published on 3 May 2026 and applies from 1 April.|2026-05-03 published ; 2027-04-01 applies_from
en|The new framework is to be let in the first quarter of 2027.|2027-01-01 tender_expected
en|The current agreement was extended to 30 September 2027.|2027-09-30 contract_end
de|Verträge, die nach dem 1. Januar 2027 geschlossen werden, enthalten die Klausel.|2027-01-01 applies_from
de|Für Vergabeverfahren, die nach dem 1. Juli 2027 beginnen, gelten die Kriterien.|2027-07-01 applies_from
de|Bis zum 1. März 2027 muss jeder Vertrag die Klausel enthalten.|2027-03-01 applies_from
de|Die Rahmenvereinbarung läuft bis Ende 2028.|2028-12-31 contract_end
de|Bis Ende März 2027 können Unternehmen Stellung nehmen.|2027-03-31 consultation_close
de|Bis 31. Mai 2027 können sich Firmen zum Entwurf äußern.|2027-05-31 consultation_close
de|Nach der Einigung soll das Gesetz 2028 für große Betriebe in Kraft treten.|2028 in_force
de|Seit dem 1. Juli 2016 ist die Stadt Mitglied des Vereins.|2016-07-01 mentioned
de|Schon heute müssen Lieferanten ihre Fabriken nennen.|
de|Mit dem Inkrafttreten wird 2028 gerechnet.|2028 in_force
de|Die nächste Ausschreibung für Notebooks im zweiten Quartal 2027 verlangt einen Nachweis.|2027-04-01 tender_expected
de|Das Merkblatt vom 3. Mai 2026 nennt die Nachweise.|2026-05-03 published
nl|Contracten die na 1 januari 2027 worden gesloten, bevatten de clausule.|2027-01-01 applies_from
nl|Voor aanbestedingen die na 1 juli 2027 starten gelden de criteria.|2027-07-01 applies_from
nl|Vóór 1 maart 2027 moet elk contract de clausule bevatten.|2027-03-01 applies_from
nl|De raamovereenkomst loopt tot eind 2028.|2028-12-31 contract_end
nl|Tot en met 31 mei 2027 kunt u reageren op het concept.|2027-05-31 consultation_close
nl|Op 19 mei 2026 stelde de raad het beleid vast.|2026-05-19 adopted
nl|Sinds 1 juli 2016 is de stad lid van de vereniging.|2016-07-01 mentioned
nl|De volgende aanbesteding van laptops wordt in het tweede kwartaal van 2027 verwacht.|2027-04-01 tender_expected
sv|Avtal som tecknas efter den 1 januari 2027 innehåller klausulen.|2027-01-01 applies_from
sv|Senast den 1 mars 2027 ska alla avtal innehålla villkoren.|2027-03-01 applies_from
sv|Ramavtalet löper till slutet av 2028.|2028-12-31 contract_end
sv|Till och med den 31 maj 2027 kan du lämna synpunkter på utkastet.|2027-05-31 consultation_close
sv|Den 14 december 2027 börjar förbudet gälla.|2027-12-14 in_force
sv|Sedan den 1 juli 2016 är staden medlem i föreningen.|2016-07-01 mentioned
sv|Nästa upphandling av datorer väntas andra kvartalet 2027.|2027-04-01 tender_expected
sv|Fullmäktige fastställde policyn den 19 maj 2026.|2026-05-19 adopted
da|Kontrakter, der indgås efter den 1. januar 2027, indeholder klausulen.|2027-01-01 applies_from
da|Kravene gælder for udbud, der igangsættes efter 1. juli 2027.|2027-07-01 applies_from
da|Senest den 1. marts 2027 skal alle kontrakter indeholde klausulen.|2027-03-01 applies_from
da|Rammeaftalen løber til udgangen af 2028.|2028-12-31 contract_end
da|Indtil den 31. maj 2027 kan du kommentere udkastet.|2027-05-31 consultation_close
da|Siden den 1. juli 2016 har byen været medlem af foreningen.|2016-07-01 mentioned
da|Det næste udbud af skærme ventes i andet kvartal 2027.|2027-04-01 tender_expected
da|Den 14. december 2027 begynder forbuddet at gælde.|2027-12-14 in_force
no|Kontrakter som inngås etter 1. januar 2027, skal inneholde klausulen.|2027-01-01 applies_from
no|Kravene gjelder konkurranser som kunngjøres etter 1. juli 2027.|2027-07-01 applies_from
no|Innen 1. mars 2027 skal alle kontrakter inneholde vilkårene.|2027-03-01 applies_from
no|Rammeavtalen løper ut 2028.|2028 contract_end
no|Frem til 31. mai 2027 kan du gi innspill til utkastet.|2027-05-31 consultation_close
no|Siden 1. juli 2016 har byen vært medlem av foreningen.|2016-07-01 mentioned
no|Neste konkurranse om datamaskiner ventes i andre kvartal 2027.|2027-04-01 tender_expected
no|Byrådet vedtok strategien 19. mai 2026.|2026-05-19 adopted
fr|Les marchés conclus après le 1er janvier 2027 contiennent la clause.|2027-01-01 applies_from
fr|Les critères valent pour les consultations lancées après le 1er juillet 2027.|2027-07-01 applies_from
fr|D'ici le 1er mars 2027, tout marché devra comporter une clause sociale.|2027-03-01 applies_from
fr|L'accord-cadre court jusqu'à fin 2028.|2028-12-31 contract_end
fr|Jusqu'au 31 mai 2027, chacun peut commenter le projet.|2027-05-31 consultation_close
fr|Par délibération du 19 mai 2026, le conseil a adopté le schéma.|2026-05-19 adopted
fr|Depuis le 1er juillet 2016, la ville est membre de l'association.|2016-07-01 mentioned
fr|La prochaine consultation pour les écrans, annoncée pour le deuxième trimestre 2027, exigera une preuve.|2027-04-01 tender_expected
fi|Sopimuksiin, jotka tehdään 1.1.2027 jälkeen, sisältyy ehto.|2027-01-01 applies_from
fi|Vaatimukset koskevat hankintoja, jotka aloitetaan 1.7.2027 jälkeen.|2027-07-01 applies_from
fi|Viimeistään 1.3.2027 kaikkien sopimusten on sisällettävä ehto.|2027-03-01 applies_from
fi|Puitesopimus on voimassa vuoden 2028 loppuun.|2028-12-31 contract_end
fi|Luonnosta voi kommentoida 31.5.2027 saakka.|2027-05-31 consultation_close
fi|Seuraava kilpailutus järjestetään vuoden 2027 toisella neljänneksellä.|2027-04-01 tender_expected
fi|Kaupunginhallitus hyväksyi ohjelman 19.5.2026.|2026-05-19 adopted
es|Los contratos firmados después del 1 de enero de 2027 contienen la cláusula.|2027-01-01 applies_from
es|Los criterios rigen para las licitaciones iniciadas después del 1 de julio de 2027.|2027-07-01 applies_from
es|Antes del 1 de marzo de 2027 todos los contratos deberán incluir la cláusula.|2027-03-01 applies_from
es|El acuerdo marco está vigente hasta finales de 2028.|2028-12-31 contract_end
es|Hasta el 31 de mayo de 2027 se pueden presentar observaciones al borrador.|2027-05-31 consultation_close
es|La próxima licitación de portátiles se espera en el segundo trimestre de 2027.|2027-04-01 tender_expected
es|El pleno aprobó el plan el 19 de mayo de 2026.|2026-05-19 adopted
it|I contratti stipulati dopo il 1° gennaio 2027 contengono la clausola.|2027-01-01 applies_from
it|I criteri valgono per le gare avviate dopo il 1° luglio 2027.|2027-07-01 applies_from
it|Entro il 1° marzo 2027 ogni contratto dovrà contenere la clausola.|2027-03-01 applies_from
it|L'accordo quadro è valido fino alla fine del 2028.|2028-12-31 contract_end
it|Fino al 31 maggio 2027 si può commentare la bozza.|2027-05-31 consultation_close
it|Con delibera del 19 maggio 2026 la Giunta ha approvato il piano.|2026-05-19 adopted
it|Dal 1° luglio 2016 la città è membro dell'associazione.|2016-07-01 applies_from
it|La prossima gara per i portatili è attesa nel secondo trimestre del 2027.|2027-04-01 tender_expected
"""

#: Read on the day in the fourth column.
PLACED = """
en|Suppliers must be ready next spring.|2027-04-01 applies_from|2026-11-24|
en|The tender is expected in the second quarter of next year.|2027-04-01 tender_expected|2026-11-24|
en|The rules apply from next year.|2027 applies_from|2026-11-24|
en|Within six months suppliers must name their factories.|-relative trigger|2026-11-24|
en|A market day is held this autumn.|2026-10-01 event|2026-11-24|
en|Today suppliers must prove their labour rights.||2026-11-24|
en|As of today bidders must sign the code.|2026-11-24 applies_from|2026-11-24|
en|The draft was published last spring.|2026-04-01 published|2026-11-24|
de|Im kommenden Frühjahr findet ein Marktdialog statt.|2027-04-01 event|2026-11-24|
de|Die Ausschreibung ist für das zweite Quartal des kommenden Jahres geplant.|2027-04-01 tender_expected|2026-11-24|
de|Ab dem nächsten Jahr gelten die Kriterien.|2027 applies_from|2026-11-24|
de|Heute müssen Lieferanten ihre Fabriken nennen.||2026-11-24|
de|Ab heute gilt der Verhaltenskodex.|2026-11-24 applies_from|2026-11-24|
de|Innerhalb von sechs Monaten müssen Lieferanten berichten.|-relative trigger|2026-11-24|
nl|Komend voorjaar vindt een marktdag plaats.|2027-04-01 event|2026-11-24|
nl|Vanaf volgend jaar gelden de criteria.|2027 applies_from|2026-11-24|
nl|Vandaag moeten leveranciers hun fabrieken noemen.||2026-11-24|
sv|Från och med nästa år gäller kraven.|2027 applies_from|2026-11-24|
sv|Nästa vår hålls ett informationsmöte.|2027-04-01 event|2026-11-24|
sv|I dag ska leverantörer redovisa sina fabriker.||2026-11-24|
sv|Upphandlingen planeras till tredje kvartalet nästa år.|2027-07-01 tender_expected|2026-11-24|
da|Fra næste år gælder kravene.|2027 applies_from|2026-11-24|
da|Til foråret næste år afholdes et dialogmøde.|2027-04-01 event|2026-11-24|
da|I dag skal leverandører oplyse deres fabrikker.||2026-11-24|
no|Fra neste år gjelder kravene.|2027 applies_from|2026-11-24|
no|Neste vår arrangeres en dialogkonferanse.|2027-04-01 event|2026-11-24|
no|I dag må leverandører oppgi fabrikkene.||2026-11-24|
fr|À partir de l'année prochaine, les critères s'appliquent.|2027 applies_from|2026-11-24|
fr|Au printemps prochain, une réunion aura lieu.|2027-04-01 event|2026-11-24|
fr|Aujourd'hui, les fournisseurs doivent nommer leurs usines.||2026-11-24|
fr|L'appel d'offres est prévu au deuxième trimestre de l'année prochaine.|2027-04-01 tender_expected|2026-11-24|
fi|Ensi vuodesta alkaen vaatimuksia sovelletaan.|2027 applies_from|2026-11-24|
fi|Ensi keväänä järjestetään markkinavuoropuhelu.|2027-04-01 event|2026-11-24|
fi|Nykyään toimittajien on nimettävä tehtaat.||2026-11-24|
es|A partir del próximo año se aplican los criterios.|2027 applies_from|2026-11-24|
es|La próxima primavera se celebrará una jornada.|2027-04-01 event|2026-11-24|
es|Hoy los proveedores deben nombrar sus fábricas.||2026-11-24|
it|Dal prossimo anno si applicano i criteri.|2027 applies_from|2026-11-24|
it|La prossima primavera si terrà un incontro.|2027-04-01 event|2026-11-24|
it|Oggi i fornitori devono indicare le fabbriche.||2026-11-24|
en|The tender is expected in Q2 next year.|2027-04-01 tender_expected|2026-01-10|
en|Comments close on 6 August next year.|2027-08-06 consultation_close|2026-01-10|
de|Die Frist endet am 6. August nächsten Jahres.|2027-08-06 deadline|2026-01-10|
en|Suppliers must remedy breaches within three months.|-relative trigger|2026-11-24|
"""


def told(text: str, lang: str, page_date: date | None = None) -> str:
    """Value (or the reason for none, after a dash) and role of every date, in order."""
    return " ; ".join(f"{d.iso or '-' + d.why} {d.role}" for d in find(text, lang, page_date))


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("lang", "text", "expected"), rows(SENTENCES))
def test_a_sentence_about_buying_tells_value_and_role_of_its_dates(lang: str, text: str, expected: str) -> None:
    assert told(text, lang) == expected


@pytest.mark.parametrize(("lang", "text", "expected", "day", "_"), rows(PLACED))
def test_what_is_next_or_today_counts_from_the_day_of_the_page(
    lang: str, text: str, expected: str, day: str, _: str
) -> None:
    assert told(text, lang, date.fromisoformat(day)) == expected


def test_without_the_day_of_the_page_what_is_next_has_no_value() -> None:
    (spring,) = find("A market day is held next spring.", "en")
    assert (spring.text, spring.iso, spring.why, spring.precision) == ("next spring", None, "relative", None)


def test_a_day_without_a_year_after_a_dated_adoption_falls_within_the_next_year() -> None:
    found = find("The act, signed on 23 December 2026, takes effect on 21 June.", "en")
    assert [(d.iso, d.why) for d in found] == [("2026-12-23", ""), ("2027-06-21", "year by the date before it")]
    apart = find("The act was signed on 23 December 2026. Offices close on 24 December.", "en")
    assert apart[1].iso is None
