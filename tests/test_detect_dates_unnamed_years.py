"""Dates that leave their year to the day of the page: turns of the year, seasons, quarters, months, days in figures.

One row a sentence: language, sentence, day of the page, values in order.
"""

from datetime import date

import pytest

from feedhub.detect.dates import find

TURNS = """
sv|Koden ska följas från årsskiftet.|2026-11-05|2027-01
da|Kravet gælder fra nytår.|2026-11-05|2027-01
no|Ordninga gjeld frå årsskiftet.|2026-11-05|2027-01
no|Konkurransen lyses ut på nyåret.|2026-11-05|2027-01-01
de|Die Klausel gilt ab dem Jahreswechsel.|2026-11-05|2027-01
nl|De code geldt vanaf de jaarwisseling.|2026-11-05|2027-01
fi|Ohjetta noudatetaan vuodenvaihteesta alkaen.|2026-11-05|2027-01
fi|Sääntöä on noudatettu vuoden alusta.|2026-01-12|2026-01
en|The code binds suppliers from the turn of the year.|2026-11-05|2027-01
sv|Villkoren väntas gälla från halvårsskiftet.|2026-02-05|2026-07
en|Comments are welcome until the end of the year.|2026-02-05|2026-12-31
it|La gara è attesa entro l'anno.|2026-02-05|2026
no|Svar må sendes innen utgangen av året.|2026-02-05|2026-12-31
"""

SEASONS = """
da|Fra efteråret kontrolleres fabrikkerne.|2026-06-02|2026-10-01
de|Die neue Regelung kommt im Frühjahr.|2026-12-01|2027-04-01
sv|Förstudien ska vara klar till sommaren.|2026-02-04|2026-07-01
es|El texto llegará al pleno después del verano.|2026-03-10|2026-10-01
fr|Le cahier des charges paraîtra à l'automne.|2026-03-10|2026-10-01
fi|Hankintayksikkö kilpailuttaa palvelimet syksyllä.|2026-06-09|2026-10-01
en|Suppliers wear winter clothing.|2026-03-10|
"""

SPANS = """
en|As of the third quarter, bidders are inspected.|2026-03-10|2026-07-01
en|The bill will be tabled in the second half of the year.|2026-03-10|2026-07-01
en|In the first half of the contract term reports are monthly.|2026-03-10|
da|Forvaltningen vender tilbage i første kvartal.|2026-11-18|2027-01-01
sv|Annonsering planeras till kvartal tre.|2026-01-14|2026-07-01
"""

DAYS = """
fi|Huomautukset viimeistään 8.5.|2026-04-14|2026-05-08
fi|Ilmoittaudu 20.3. mennessä.|2026-02-20|2026-03-20
de|Rückmeldungen bis 8.5. an die Vergabestelle.|2026-04-14|2026-05-08
de|Siehe Abschnitt 4.2. und Ziffer 3.1. der Bedingungen.|2026-04-14|
fr|La séance se tient le 15/04.|2026-03-02|2026-04-15
fi|Toimittajat saavat ohjeen toukokuussa.|2026-01-16|2026-05
fi|Lausuntoaika päättyy joulukuun puolivälissä.|2026-11-04|2026-12
fi|Syyskuun alusta alkaen sopimus on sisältänyt ehdot.|2026-10-02|2026-09
sv|Samråd om utkastet: mars|2026-01-14|2026-03
en|The closing date: 30 June.|2026-05-20|2026-06-30
fr|Une session à Lyon le 14 novembre, 450 € HT.|2026-09-10|2026-11-14
en|Since 17 May every procurement begins with an assessment.|2026-06-02|2026-05-17
es|Desde el 1 de enero rige el reglamento.|2026-01-07|2026-01-01
es|Obligatorios en los contratos desde enero|2025-10-30|2026-01
nl|Gent en Rotterdam wisselden op 11 december ervaringen uit.|2026-12-18|2026-12-11
no|Saken kommer tilbake før jul.|2026-03-13|
fi|Ensi vuoden alusta toimittaja antaa selvityksen.|2026-09-21|2027-01
de|Ab dem Schuljahr 2027/28 verlangt das Land ein Zeichen.|2027-03-30|2027
de|Sie veröffentlichen jedes Jahr im März einen Bericht.|2026-10-30|
es|Para 2027 la central proyecta subir el nivel.|2025-12-18|2027
it|Le azioni del piano per il 2027 comprendono una premialità.|2026-01-20|2027
"""

NOTHING = """
en|PBD-2025-05 is one of several resources.|2025-11-24|
da|I 1990'erne var krav et særsyn.||
no|Etatene fulgte opp vilkårene i perioden 2016–2019.|2020-10-29|
en|Prices fell by a third last year.|2026-10-15|
it|Il dossier presentato ieri racconta una giornata in fabbrica.|2026-10-15|
"""


def rows(*tables: str) -> list[list[str]]:
    return [line.split("|") for table in tables for line in table.strip().splitlines()]


@pytest.mark.parametrize(("lang", "text", "day", "values"), rows(TURNS, SEASONS, SPANS, DAYS, NOTHING))
def test_a_date_without_a_year_is_the_nearest_that_the_words_allow(lang: str, text: str, day: str, values: str) -> None:
    found = find(text, lang, date.fromisoformat(day) if day else None)
    assert " ".join(d.iso for d in found if d.iso) == values


def test_without_the_day_of_the_page_such_a_date_has_no_value() -> None:
    (one,) = find("Fra efteråret kontrolleres fabrikkerne.", "da")
    assert (one.iso, one.why) == (None, "no year")
