"""Sentences in ten languages: the value of each date (or, after a dash, why it has none) and what it is for.

One row a sentence: language, sentence, dates in order; with the day of the page and the country where they matter.
"""

from datetime import date

import pytest

from feedhub.detect.dates import find


def told(text: str, lang: str, page_date: date | None = None, country: str = "") -> str:
    """Value (or the reason for none, after a dash) and role of every date, in order."""
    return " ; ".join(f"{d.iso or '-' + d.why} {d.role}" for d in find(text, lang, page_date, country))


SENTENCES = """
en|The rules apply from 1 March 2027.|2027-03-01 applies_from
en|The rules apply from March 1, 2027.|2027-03-01 applies_from
en|The rules shall apply as of 1st of March 2027.|2027-03-01 applies_from
en|With effect from 2027-03-01 suppliers must report.|2027-03-01 applies_from
en|The Act enters into force on 31/12/2027.|2027-12-31 in_force
en|The Act enters into force on 12/31/2027.|-impossible in_force
en|The Act enters into force on 03/04/2027.|-ambiguous order in_force
en|Published on 03/03/2027.|2027-03-03 published
en|Comments by 31 February 2027 please.|-impossible consultation_close
en|Comments by 29 February 2028 please.|2028-02-29 consultation_close
en|The tender is expected to be published in Q4 2027.|2027-10-01 tender_expected
en|Planned publication: third quarter of 2027.|2027-07-01 tender_expected
en|Tenders are due by 17th December 2027 at noon.|2027-12-17 tender_deadline
en|A market day will be held on Tuesday, 9 March 2027 in Ghent.|2027-03-09 event
en|The consultation closes on 15 May 2027.|2027-05-15 consultation_close
en|The consultation runs from 1 March to 15 May 2027.|2027-03-01 consultation_open ; 2027-05-15 consultation_close
en|The market days are from 1 to 15 May 2027.|2027-05-01 event ; 2027-05-15 event
en|The fair takes place 1–31 March 2027.|2027-03-01 event ; 2027-03-31 event
en|The contract ends in March 2028.|2028-03 contract_end
en|The framework agreement runs until 30 June 2028.|2028-06-30 contract_end
en|The framework agreement expires on 30 June 2028.|2028-06-30 contract_end
en|Suppliers must publish a statement by 30 June every year.|---06-30 recurring_deadline
en|Each year by 31 May a report is due.|---05-31 recurring_deadline
en|The start was postponed from 18 August 2025 to 18 August 2027.|2025-08-18 superseded_date ; 2027-08-18 applies_from
en|It was originally planned for 1 July 2026 and will now start on 1 January 2027.|2026-07-01 superseded_date ; 2027-01-01 applies_from
en|The duty will apply from 1 July 2027 instead of 1 January 2026.|2027-07-01 applies_from ; 2026-01-01 superseded_date
en|From spring 2027 the criteria are mandatory.|2027-04-01 applies_from
en|In winter 2026/27 we will hold a webinar.|2027-01-01 event
en|By the end of 2027 all contracts include the clause.|2027-12-31 applies_from
en|By mid-2027 all contracts include the clause.|2027 applies_from
en|In early 2027 we plan to tender.|2027 tender_expected
en|The first half of 2027 is used for dialogue.|2027-01-01 mentioned
en|H2 2027 is used for dialogue.|2027-07-01 mentioned
en|In 2027 the criteria change.|2027 mentioned
en|Directive 2014/24/EU and Regulation (EU) 2024/3015 apply. ISO 45001:2018 and ISO 2027, § 2027, SFS 2018:1192.|
en|The budget is EUR 2027 and in 2000 factories 2500 workers.|
en|The Modern Slavery Act 2015 and PPN 2023 apply.|
en|The plan covers 2027–2029.|2027 mentioned ; 2029 mentioned
en|Between 1 March 2027 and 30 April 2027 suppliers can comment.|2027-03-01 consultation_open ; 2027-04-30 consultation_close
en|Between 2027 and 2029 the criteria grow.|2027 mentioned ; 2029 mentioned
en|Within six months after contract signature the list is due.|-relative trigger
en|The list is due 20 days after signature of the contract.|-relative trigger
en|The rules change next year.|-relative mentioned
en|The webinar will be held on 6 August.|-no year event
en|Guidance will be published by July 2026.|2026-07 guidance_due
en|The rules will be reviewed in 2029.|2029 review
en|On 1 March 27 it starts.|-two-digit year applies_from
en|Suppliers may 5 march on.|
en|The Year 1 March 9999 date.|-impossible mentioned
en|The act was signed on 23 December 2021 and enters into force on 1 June 2022.|2021-12-23 adopted ; 2022-06-01 in_force
en|No later than 1 October 2027 the supplier shall name the factories.|2027-10-01 deadline
en|Updated 24/02/2025..|2025-02-24 published
en|Q1 and Q2 2027 are for dialogue.|2027-01-01 mentioned ; 2027-04-01 mentioned
de|Die Pflicht gilt ab dem 1. März 2027.|2027-03-01 applies_from
de|Das Gesetz tritt am 01.03.2027 in Kraft.|2027-03-01 in_force
de|Die Markterkundung findet am 9. März 2027 statt.|2027-03-09 event
de|Stellungnahmen bis 31. Mai 2027.|2027-05-31 consultation_close
de|Die Ausschreibung ist voraussichtlich im dritten Quartal 2027.|2027-07-01 tender_expected
de|Die Ausschreibung startet im 3. Quartal 2027.|2027-07-01 tender_expected
de|Die Angebotsfrist endet am 1.3.2027.|2027-03-01 tender_deadline
de|Der Rahmenvertrag läuft am 31. Dezember 2027 aus.|2027-12-31 contract_end
de|Spätestens ab 1. Januar 2028 müssen Lieferanten berichten.|2028-01-01 applies_from
de|Der Bericht ist jährlich zum 30. Juni vorzulegen.|---06-30 recurring_deadline
de|Statt wie ursprünglich am 1. Januar 2026 gilt die Pflicht nun ab 1. Januar 2027.|2026-01-01 superseded_date ; 2027-01-01 applies_from
de|Der Start wurde vom 1. Januar 2026 auf den 1. Juli 2027 verschoben.|2026-01-01 superseded_date ; 2027-07-01 applies_from
de|Bis Ende 2027 sind alle Verträge angepasst.|2027-12-31 deadline
de|Im zweiten Halbjahr 2027 folgt der Leitfaden.|2027-07-01 mentioned
de|Im Frühjahr 2027 wird neu ausgeschrieben.|2027-04-01 tender_expected
de|Nach Richtlinie 2014/24/EU und Verordnung (EU) 2024/3015 sowie Art. 2027 und § 2027.|
de|Vom 1. bis 31. März 2027 läuft die Konsultation.|2027-03-01 consultation_open ; 2027-03-31 consultation_close
de|Ab 2027 gilt dies.|2027 applies_from
nl|De eis geldt vanaf 1 maart 2027.|2027-03-01 applies_from
nl|Met ingang van 1-3-2027 is dit verplicht.|2027-03-01 applies_from
nl|De wet treedt op 1 januari 2028 in werking.|2028-01-01 in_force
nl|Uiterlijk 30 juni 2027 levert de leverancier een rapport.|2027-06-30 deadline
nl|De aanbesteding wordt in het 3e kwartaal 2027 verwacht.|2027-07-01 tender_expected
nl|De aanbesteding start naar verwachting in het derde kwartaal van 2027.|2027-07-01 tender_expected
nl|Reageren kan tot en met 15 mei 2027.|2027-05-15 consultation_close
nl|Jaarlijks vóór 1 juli rapporteert de leverancier.|---07-01 recurring_deadline
nl|Het contract loopt af op 31 december 2027.|2027-12-31 contract_end
nl|Eind 2027 volgt de marktdag.|2027 event
nl|De eerste helft van 2027.|2027-01-01 mentioned
sv|Kraven gäller från och med den 1 mars 2027.|2027-03-01 applies_from
sv|Lagen träder i kraft den 1 juli 2027.|2027-07-01 in_force
sv|Senast den 30 juni varje år ska leverantören rapportera.|---06-30 recurring_deadline
sv|Synpunkter senast den 15 maj 2027.|2027-05-15 consultation_close
sv|Upphandlingen planeras till tredje kvartalet 2027.|2027-07-01 tender_expected
sv|Upphandlingen planeras till kvartal 3 2027.|2027-07-01 tender_expected
sv|Ramavtalet löper till 2027-12-31.|2027-12-31 contract_end
sv|Vid utgången av 2027 är alla avtal ändrade.|2027 mentioned
sv|Andra halvåret 2027 hålls ett informationsmöte.|2027-07-01 event
sv|Kraven införs den 1 januari 2027 i stället för den 1 juli 2026.|2027-01-01 applies_from ; 2026-07-01 superseded_date
sv|Enligt SFS 2018:1192 och direktiv 2014/24/EU.|
sv|Sista anbudsdag är 2027-03-15.|2027-03-15 tender_deadline
da|Kravene gælder fra 1. marts 2027.|2027-03-01 applies_from
da|Loven træder i kraft den 1. juli 2027.|2027-07-01 in_force
da|Høringsfristen er den 1. juni 2027.|2027-06-01 consultation_close
da|Udbuddet forventes i 3. kvartal 2027.|2027-07-01 tender_expected
da|Tilbudsfristen er 01.03.2027.|2027-03-01 tender_deadline
da|Rammeaftalen udløber i sommeren 2027.|2027-07-01 contract_end
da|Leverandøren skal hvert år inden 30. juni rapportere.|---06-30 recurring_deadline
no|Kravet gjelder fra og med 1. mars 2027.|2027-03-01 applies_from
no|Loven trer i kraft 1. juli 2027.|2027-07-01 in_force
no|Høringsfristen er 10. februar 2027.|2027-02-10 consultation_close
no|Konkurransen kunngjøres i 3. kvartal 2027.|2027-07-01 tender_expected
no|Rapporten skal leveres innen 30. juni hvert år.|---06-30 recurring_deadline
no|Ikrafttredelsen er utsatt fra 1. januar 2026 til 1. juli 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
fr|À compter du 1er mars 2027, le fournisseur doit publier un plan.|2027-03-01 applies_from
fr|La loi entre en vigueur le 1er janvier 2028.|2028-01-01 in_force
fr|Le plan est à remettre au plus tard le 30 juin 2027.|2027-06-30 deadline
fr|Le troisième trimestre 2027 est visé.|2027-07-01 mentioned
fr|Appel d'offres prévu au 3e trimestre 2027.|2027-07-01 tender_expected
fr|Chaque année avant le 30 juin, le titulaire remet un rapport.|---06-30 recurring_deadline
fr|L'obligation, initialement prévue le 1er janvier 2026, s'applique à partir du 1er juillet 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
fr|Le contrat expire fin 2027.|2027 contract_end
fr|Du 1er au 31 mars 2027, la consultation est ouverte.|2027-03-01 consultation_open ; 2027-03-31 consultation_close
fr|La directive 2014/24/UE et le règlement (UE) 2024/3015.|
fi|Vaatimus on voimassa 1.3.2027 alkaen.|2027-03-01 applies_from
fi|Laki tulee voimaan 1. maaliskuuta 2027.|2027-03-01 in_force
fi|Laki tulee voimaan maaliskuun 1. päivänä 2027.|2027-03-01 in_force
fi|Kilpailutus käynnistyy maaliskuussa 2027.|2027-03 tender_expected
fi|Kilpailutus käynnistyy vuoden 2027 kolmannella neljänneksellä.|2027-07-01 tender_expected
fi|Raportti toimitetaan viimeistään 30.6.2027.|2027-06-30 deadline
fi|Raportti toimitetaan vuosittain 30. kesäkuuta mennessä.|---06-30 recurring_deadline
fi|Vuonna 2027 vaatimukset muuttuvat.|2027 mentioned
fi|Markkinavuoropuhelu järjestetään 1.–3.3.2027.|2027-03-01 event ; 2027-03-03 event
fi|Keväällä 2027 järjestetään webinaari.|2027-04-01 event
es|A partir del 1 de marzo de 2027 será obligatorio.|2027-03-01 applies_from
es|La ley entrará en vigor el 1º de marzo de 2027.|2027-03-01 in_force
es|La licitación está prevista para el tercer trimestre de 2027.|2027-07-01 tender_expected
es|El informe se presentará a más tardar el 30 de junio de 2027.|2027-06-30 deadline
es|El informe se presenta antes del 30 de junio de cada año.|---06-30 recurring_deadline
es|El contrato vence a finales de 2027.|2027 contract_end
es|El primer semestre de 2027.|2027-01-01 mentioned
it|A decorrere dal 1° marzo 2027 i fornitori devono rispettare le clausole.|2027-03-01 applies_from
it|Il decreto entra in vigore il 1 gennaio 2028.|2028-01-01 in_force
it|Osservazioni entro il 15 maggio 2027.|2027-05-15 consultation_close
it|Il bando è previsto nel terzo trimestre 2027.|2027-07-01 tender_expected
it|Entro il 30 giugno di ogni anno il fornitore consegna una relazione.|---06-30 recurring_deadline
it|Il contratto scade il 31 dicembre 2027.|2027-12-31 contract_end
it|Nel corso del 2027 si terrà una giornata informativa.|2027 event
en|By 2027 all suppliers must report and in 2000 factories audits are done.|2027 deadline
en|The list of 2027 suppliers is long.|
en|The Regulation (EU) 2025/26 and financial year 2026/27 differ.|2026 mentioned
en|From 2028 onwards suppliers must report.|2028 applies_from
en|2027-02-30 is no day.|-impossible mentioned
en|Opening hours: room 1.2.13, version 2.1.2024, IP 10.1.20.27.|
en|Awards are expected by 22nd January 2026.|2026-01-22 award_expected
en|The consultation is open until 6 August 2027.|2027-08-06 consultation_close
en|The deadline was extended from 1 March 2027 to 1 April 2027.|2027-03-01 superseded_date ; 2027-04-01 applies_from
en|We expect to publish the contract notice in June 2027.|2027-06 tender_expected
en|Effective 1 October 2027.|2027-10-01 applies_from
en|1 March, 1 June and 1 October 2027 are reporting days.|2027-03-01 mentioned ; 2027-06-01 mentioned ; 2027-10-01 mentioned
en|Call 2027 2028 or +44 20 2027 2028.|
en|In 2019, 2020 and 2021 audits were done.|2019 mentioned ; 2020 mentioned ; 2021 mentioned
en|a price of €2027 or 2027 EUR or 20.27 %|
en|DECEMBER 2027: tender expected|2027-12 tender_expected
en|Deadline: 1 May 2027 12:00|2027-05-01 deadline
de|Die Frist war auf den 26. Juli 2027 verschoben worden.|2027-07-26 superseded_date
de|Es soll 2027 in Kraft treten.|2027 in_force
de|Wir beschäftigen 2027 Mitarbeitende, es wurden 2000 Laptops gekauft.|
de|Beschluss vom 7. August 2026.|2026-08-07 adopted
de|Zum Jahresende 2027 endet die Rahmenvereinbarung.|2027 contract_end
de|Mitte 2027 bis Anfang 2028.|2027 mentioned ; 2028 mentioned
de|Bis zum Ablauf des 31. Dezember 2027 sind Nachweise vorzulegen.|2027-12-31 deadline
fr|Le décret du 31 mars 2026 est applicable dès le 1er juillet 2026.|2026-03-31 adopted ; 2026-07-01 applies_from
fr|À l'horizon 2030, tous les marchés.|2030 mentioned
fr|Date limite de remise des offres : 15/03/2027 à 12h00|2027-03-15 tender_deadline
fr|La consultation publique est ouverte jusqu'au 15 mai 2027.|2027-05-15 consultation_close
nl|Het besluit van 3 juni 2026 geldt per 1 januari 2027.|2026-06-03 adopted ; 2027-01-01 applies_from
nl|De invoering is uitgesteld van 1 januari 2026 naar 1 juli 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
sv|Införandet skjuts upp från den 1 januari 2026 till den 1 juli 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
sv|Ett informationsmöte äger rum torsdag 4 mars 2027.|2027-03-04 event
sv|Avtalet gäller t.o.m. 2028-02-28.|2028-02-28 contract_end
da|Ikrafttrædelsen er udskudt fra 1. januar 2026 til 1. juli 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
da|I første halvår 2027 afholdes et dialogmøde.|2027-01-01 event
no|Første halvår 2027 arrangeres en dialogkonferanse.|2027-01-01 event
fi|Voimaantulo siirretään 1.1.2026 sijaan 1.7.2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
fi|Tarjoukset on jätettävä 15.3.2027 klo 12 mennessä.|2027-03-15 tender_deadline
fi|Sopimuskausi päättyy 31.12.2027.|2027-12-31 contract_end
fi|Ensimmäinen vuosipuolisko 2027 on varattu.|2027-01-01 mentioned
es|La entrada en vigor se aplaza del 1 de enero de 2026 al 1 de julio de 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
es|Del 1 al 15 de mayo de 2027 tendrá lugar la jornada.|2027-05-01 event ; 2027-05-15 event
es|En primavera de 2027 se publicará la licitación.|2027-04-01 tender_expected
it|L'entrata in vigore è rinviata dal 1° gennaio 2026 al 1° luglio 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
it|Scadenza per la presentazione delle offerte: 15/03/2027 ore 12.|2027-03-15 tender_deadline
it|Nel primo semestre del 2027.|2027-01-01 mentioned
en|Effective from July 2027, bidders must disclose their tier-2 suppliers.|2027-07 applies_from
en|The new code comes into effect on 1 October 2027.|2027-10-01 in_force
en|The call for evidence closed on 4 May 2026.|2026-05-04 consultation_close
en|Responses until 15 May 2027, 17:00 CET.|2027-05-15 consultation_close
en|Register by 3 March 2027 for the supplier day on 10 March 2027.|2027-03-03 event ; 2027-03-10 event
en|The current contract expires in 2028 and will be re-tendered in 2027.|2028 contract_end ; 2027 tender_expected
en|Deadline for submission of bids: 15.03.2027|2027-03-15 tender_deadline
en|The directive must be transposed by 26 July 2028.|2028-07-26 deadline
en|Member States shall apply those measures from 26 July 2029.|2029-07-26 applies_from
en|The Commission shall review this Regulation by 14 December 2030.|2030-12-14 review
en|The Commission will publish guidelines by 14 June 2026.|2026-06-14 guidance_due
en|Regulation (EU) 2024/3015 applies from 14 December 2027.|2027-12-14 applies_from
en|The date of application was moved from 14 December 2026 to 14 December 2027.|2026-12-14 superseded_date ; 2027-12-14 applies_from
en|Contracts signed after 1 January 2027 contain the clause.|2027-01-01 applies_from
en|In the third and fourth quarters of 2027 we meet suppliers.|
en|Last updated: 24 February 2025|2025-02-24 published
en|Starting in January 2027, the criterion will be mandatory.|2027-01 applies_from
en|The pilot runs from September 2026 until August 2027.|2026-09 applies_from ; 2027-08 mentioned
en|The decision of 3 May 2026 was published on 5 May 2026.|2026-05-03 adopted ; 2026-05-05 published
en|It was due to enter into force on 1 July 2026 but has been delayed until 1 January 2028.|2026-07-01 superseded_date ; 2028-01-01 applies_from
en|Suppliers must file annually by 31 March.|---03-31 recurring_deadline
en|The annual report is due on 31 March each year.|---03-31 recurring_deadline
de|Die Verordnung ist ab dem 14. Dezember 2027 anzuwenden.|2027-12-14 applies_from
de|Das Gesetz wurde am 11. Juni 2026 beschlossen und tritt zum 1. Januar 2027 in Kraft.|2026-06-11 adopted ; 2027-01-01 in_force
de|Die Veröffentlichung der Ausschreibung ist für das zweite Quartal 2027 geplant.|2027-04-01 tender_expected
de|Angebote sind bis zum 15.03.2027, 12:00 Uhr einzureichen.|2027-03-15 tender_deadline
de|Der Vertrag läuft vom 1. Januar 2027 bis zum 31. Dezember 2030.|2027-01-01 contract_start ; 2030-12-31 contract_end
de|Die Informationsveranstaltung findet am Dienstag, den 9. März 2027, in Bonn statt.|2027-03-09 event
de|Die Konsultation läuft bis 15.05.2027.|2027-05-15 consultation_close
de|Die Leitlinien sollen bis Juli 2026 veröffentlicht werden.|2026-07 guidance_due
de|Seit 1. Januar 2024 gilt das Gesetz für Unternehmen mit 1000 Beschäftigten.|2024-01-01 applies_from
de|Die Kommission überprüft die Richtlinie bis zum 26. Juli 2030.|2030-07-26 review
nl|De verordening is van toepassing vanaf 14 december 2027.|2027-12-14 applies_from
nl|De inschrijvingen moeten uiterlijk 15 maart 2027 zijn ingediend.|2027-03-15 tender_deadline
nl|De internetconsultatie loopt van 1 maart tot en met 15 april 2027.|2027-03-01 consultation_open ; 2027-04-15 consultation_close
nl|De raamovereenkomst eindigt op 30 juni 2028.|2028-06-30 contract_end
nl|Op 9 maart 2027 vindt een leveranciersdag plaats.|2027-03-09 event
nl|Publicatie van de aanbesteding is gepland in Q2 2027.|2027-04-01 tender_expected
sv|Lagen föreslås träda i kraft den 1 januari 2028.|2028-01-01 in_force
sv|Upphandlingen beräknas annonseras hösten 2027.|2027-10-01 tender_expected
sv|Anbud ska ha kommit in senast 2027-03-15.|2027-03-15 tender_deadline
sv|Från 2027 ställs krav på spårbarhet i leveranskedjan.|2027 applies_from
sv|Remissvar ska lämnas senast den 15 maj 2027.|2027-05-15 consultation_close
sv|Riktlinjerna antogs den 3 maj 2026.|2026-05-03 adopted
da|Loven blev vedtaget den 3. maj 2026 og træder i kraft 1. januar 2027.|2026-05-03 adopted ; 2027-01-01 in_force
da|Markedsdagen afholdes torsdag den 4. marts 2027.|2027-03-04 event
da|Senest den 1. oktober 2027 skal leverandøren oplyse fabrikkerne.|2027-10-01 deadline
no|Fra 1. januar 2027 skal leverandører dokumentere aktsomhetsvurderinger.|2027-01-01 applies_from
no|Forskriften ble fastsatt 3. mai 2026.|2026-05-03 adopted
no|Avtalen løper til 31. desember 2028.|2028-12-31 contract_end
no|Leverandørdagen finner sted 9. mars 2027.|2027-03-09 event
fr|Le règlement s'applique à partir du 14 décembre 2027.|2027-12-14 applies_from
fr|Les offres doivent être remises au plus tard le 15 mars 2027.|2027-03-15 tender_deadline
fr|La réunion d'information aura lieu le mardi 9 mars 2027.|2027-03-09 event
fr|L'avis de marché sera publié au deuxième trimestre 2027.|2027-04-01 tender_expected
fr|L'entrée en vigueur est reportée du 1er janvier 2026 au 1er juillet 2027.|2026-01-01 superseded_date ; 2027-07-01 applies_from
fr|Le marché prend fin le 31 décembre 2028.|2028-12-31 contract_end
fi|Asetusta sovelletaan 14.12.2027 alkaen.|2027-12-14 applies_from
fi|Laki hyväksyttiin 3.5.2026 ja se tulee voimaan 1.1.2027.|2026-05-03 adopted ; 2027-01-01 in_force
fi|Lausunnot on annettava viimeistään 15.5.2027.|2027-05-15 consultation_close
fi|Markkinavuoropuhelu järjestetään 9. maaliskuuta 2027.|2027-03-09 event
fi|Vuodesta 2027 lähtien toimittajilta edellytetään raportointia.|2027 applies_from
es|El reglamento será aplicable a partir del 14 de diciembre de 2027.|2027-12-14 applies_from
es|Las ofertas se presentarán hasta el 15/03/2027.|2027-03-15 tender_deadline
es|La consulta pública está abierta hasta el 15 de mayo de 2027.|2027-05-15 consultation_close
es|La jornada informativa se celebrará el martes 9 de marzo de 2027.|2027-03-09 event
it|Il regolamento si applica a decorrere dal 14 dicembre 2027.|2027-12-14 applies_from
it|Le offerte devono pervenire entro il 15 marzo 2027.|2027-03-15 tender_deadline
it|L'incontro con i fornitori si terrà martedì 9 marzo 2027.|2027-03-09 event
it|La legge è stata approvata il 3 maggio 2026 ed entra in vigore il 1° gennaio 2027.|2026-05-03 adopted ; 2027-01-01 in_force
en|The requirement will not apply before 1 January 2028.|2028-01-01 applies_from
en|Following consultation, the policy was approved on 4 June 2026 and will take effect from 1 September 2026.|2026-06-04 adopted ; 2026-09-01 in_force
en|We intend to publish the tender in early 2027 and award the contract in Q3 2027.|2027 tender_expected ; 2027-07-01 award_expected
en|Phase 1 (from 1 January 2027): self-assessment. Phase 2 (from 1 January 2028): audit.|2027-01-01 applies_from ; 2028-01-01 applies_from
en|For financial year 2027/28 suppliers report by September 2028.|2027 mentioned ; 2028-09 deadline
en|See 10 May 2027 at 14:00 for the webinar.|2027-05-10 event
en|Companies with over 1000 employees by 2028, over 500 by 2029.|2028 deadline ; 2029 deadline
en|Room 2027, call 2027-2028, act no. 2027, p. 2027|2027 mentioned ; 2028 mentioned
en|The order no. 2027-12 of the ministry.|
en|Before June 2027, suppliers must sign the code.|2027-06 deadline
de|Die Anforderungen gelten für Ausschreibungen ab Q1/2027.|2027-01-01 applies_from
de|Am 1. und 2. Juni 2027 findet der Anbietertag statt.|2027-06-01 event ; 2027-06-02 event
de|Frist: 31.12.27|
de|BGBl. I 2021 S. 2959, § 3 Abs. 2 LkSG vom 16. Juli 2021|2021-07-16 mentioned
de|Im Haushaltsjahr 2027 stehen 2.027 Euro bereit.|2027 mentioned
de|Verordnung (EU) Nr. 2023/1542, DIN EN ISO 14024:2018-06|
de|Bis Sommer 2027 soll die Strategie überarbeitet werden.|2027-07-01 review
nl|Vanaf het tweede kwartaal van 2027 gelden de ISV-criteria.|2027-04-01 applies_from
nl|Wet van 3 juni 2026, Stb. 2026, 123.|2026-06-03 mentioned
sv|Under våren 2027 genomförs en extern remiss.|2027-04-01 mentioned
sv|Kraven gäller upphandlingar som påbörjas efter den 1 juli 2027.|2027-07-01 applies_from
sv|Hösten 2026 beslutar nämnden om riktlinjerna.|2026-10-01 adopted
sv|Lag (2016:1145) om offentlig upphandling, prop. 2026/27:12, SOU 2026:33|
da|I 2. kvartal 2027 offentliggøres udbuddet.|2027-04-01 tender_expected
da|Lov nr. 1593 af 12. juni 2026, § 2027|2026-06-12 mentioned
no|Lov 17. juni 2016 nr. 73, LOV-2016-06-17-73|2016-06-17 mentioned
fr|Loi n° 2021-1104 du 22 août 2021, article L. 2112-2-1|2021-08-22 adopted
fr|Au second semestre 2027, la Ville lancera un appel d'offres.|2027-07-01 tender_expected
fr|Avant fin juin 2027, le titulaire transmet la liste.|2027-06-30 deadline
fi|Vuosien 2027–2029 aikana vaatimuksia kiristetään.|2027 mentioned ; 2029 mentioned
fi|Laki 1397/2016, 2027 § ja EU 2024/3015|
es|Ley 9/2017, de 8 de noviembre, de Contratos del Sector Público|2017-11-08 mentioned
es|Durante el primer trimestre de 2027 se publicará el anuncio de licitación.|2027-01-01 tender_expected
it|D.lgs. 36/2023, art. 57, comma 2; DM 4 aprile 2023|2023-04-04 mentioned
it|Dal 1° al 31 marzo 2027 è aperta la consultazione.|2027-03-01 consultation_open ; 2027-03-31 consultation_close
en|We extend the current contract by six months until 31 March 2028.|2028-03-31 contract_end
fi|Päätös annettiin 22 päivänä heinäkuuta 2026.|2026-07-22 adopted
nl|Een overeenkomst van vier jaar voor laptops.|
"""

PLACED = """
en|The Act enters into force on 12/31/2027.|2027-12-31 in_force||US
en|The Act enters into force on 03/04/2027.|2027-04-03 in_force||IE
en|The rules change next year.|2027 mentioned|2026-11-24|
en|The decision was adopted last September.|2026-09 adopted|2026-11-24|
en|The decision was adopted yesterday.||2026-11-24|
en|The webinar will be held on 6 August.|2027-08-06 event|2026-11-24|
en|The note was published on 6 August.|2026-08-06 published|2026-11-24|
de|Der Bericht wird heute veröffentlicht.|2026-11-24 published|2026-11-24|
sv|Nästa år ändras kraven.|2027 mentioned|2026-11-24|
fr|Le 14 septembre dernier, le conseil a adopté le plan.|2026-09-14 adopted|2026-11-24|
en|Within the next six months the guidance appears.|2027-05 mentioned|2026-11-24|
en|Two years ago the code was adopted.|2024 adopted|2026-11-24|
en|On 30 November the webinar takes place.|2026-11-30 event|2026-11-24|
de|Im September letzten Jahres wurde die Erklärung unterzeichnet.|2025-09 adopted|2026-11-24|
en|The framework RM6232 ends 30/06/2027.|2027-06-30 contract_end||GB
en|Today, suppliers need no certificate.||2026-11-24|
en|A webinar takes place tomorrow.|2026-11-25 event|2026-11-24|
en|The code was adopted more than five years ago.|-relative adopted|2026-11-24|
fi|Tuomio on annettu enintään viisi vuotta sitten.|-relative adopted|2026-11-24|
"""


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("lang", "text", "expected"), rows(SENTENCES))
def test_a_sentence_tells_value_and_role_of_its_dates(lang: str, text: str, expected: str) -> None:
    assert told(text, lang) == expected


@pytest.mark.parametrize(("lang", "text", "expected", "day", "country"), rows(PLACED))
def test_the_day_of_the_page_and_the_country_settle_what_the_words_leave_open(
    lang: str, text: str, expected: str, day: str, country: str
) -> None:
    assert told(text, lang, date.fromisoformat(day) if day else None, country) == expected
