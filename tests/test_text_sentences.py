"""Where sentences end in ten languages: abbreviations, numbering of laws and lists, ordinals and quotations end none.

One row a text; `~` stands where a sentence ends.
"""

import pytest

from feedhub.text import sentences

TEXTS = """
en|Bidders submit form no. 4.~See Art. 12 of the Act.
en|The price (incl. VAT) is fixed, cf. annex 2.~It holds for one year.
en|Suppliers, e.g. resellers, must report.~They do so by 30 June.
en|Dr. Smith of Acme Ltd. signed it.~The contract began at once.
en|It applies to the U.S. market and the U.K. government.~Others follow.
en|The value is EUR 1.5 million.~Above it the duty holds.
en|1. The supplier shall name its factories.~2. It shall update the list.
en|3.2.1 Suppliers shall disclose sites.~3.2.2 They shall permit audits.
en|Has the supplier a policy?~If not, it must write one!~Then it may bid.
en|The clause reads "Suppliers must pay living wages."~It is part of all contracts.
en|See section 5(2)(a) and paras. 3 and 4.~The rest stays.
en|The rule (see Annex I.) applies.~Nothing else does.
en|The Act came into force on 1 Jan. 2027.~Reports are due in Sept. 2028.
en|ISO 45001:2018 etc. are accepted.~So is SA8000.
en|Companies vs. the state.~A case study.
de|Nach Art. 5 Abs. 2 Nr. 3 der Verordnung gilt die Pflicht.~Sie trifft alle Bieter.
de|Die Pflicht gilt ab dem 1. Januar 2027.~Sie umfasst z. B. Notebooks.
de|Bieter müssen u. a. die Fabriken nennen, d. h. Name und Ort.~Das gilt auch für Unterauftragnehmer.
de|Gem. § 97 Abs. 3 GWB i. V. m. § 31 UVgO sind soziale Aspekte zulässig.~Sie sind zu bewerten.
de|Der Schwellenwert liegt bei 1,5 Mio. Euro.~Darunter gilt nichts.
de|Im 3. Quartal 2027 startet die Ausschreibung.~Fragen sind bis 5. Mai möglich.
de|Prof. Dr. Müller leitet das Projekt.~Es endet 2027.
de|Das gilt bzw. galt für Server, Drucker usw. und Monitore.~Ausgenommen sind Kabel.
de|1. Der Auftragnehmer legt die Lieferkette offen.~2. Er aktualisiert sie jährlich.
nl|De eis geldt o.a. voor laptops, d.w.z. alle draagbare computers.~Hij geldt ook voor telefoons.
nl|Zie art. 2.81 lid 2 Aw 2012.~De eis staat in bijlage 3.
nl|De leverancier, bijv. een reseller, rapporteert t.a.v. de keten.~Dat doet hij jaarlijks.
nl|De waarde is min. € 1 mln. per jaar.~Daaronder geldt de eis niet.
sv|Kraven gäller bl.a. datorer, t.ex. bärbara.~De gäller även skärmar.
sv|Fr.o.m. den 1 januari 2027 gäller kraven.~Leverantören ska redovisa t.o.m. tredje led.
sv|Enligt 17 kap. 2 § LOU ska villkor ställas.~De gäller hela avtalstiden.
sv|Avtalet omfattar skärmar m.m. och tillbehör.~Värdet är 5 mkr.
da|Kravet gælder bl.a. computere, f.eks. bærbare.~Det gælder også skærme.
da|Loven træder i kraft den 1. juli 2027.~Leverandøren skal jf. § 5, stk. 2, rapportere.
da|Værdien er 500.000 kr. eksl. moms.~Derunder gælder kravet ikke.
no|Kravet gjelder bl.a. datamaskiner, f.eks. bærbare.~Det gjelder også skjermer.
no|Loven trer i kraft 1. juli 2027.~Leverandøren skal jf. § 5 rapportere.
no|Verdien er 1,3 mill. kroner ekskl. mva. per år.~Under dette gjelder ikke kravet.
fr|Conformément à l'art. L. 2112-2 du code, le titulaire rend compte.~Il le fait chaque année.
fr|M. Dupont et Mme Durand signent la charte.~Elle s'applique aux fournisseurs.
fr|Le marché (réf. 2027-12) concerne les PC, écrans, etc. de la ville.~Il dure quatre ans.
fr|À partir du 1er janv. 2027, la clause s'applique.~Les usines sont à indiquer.
fi|Vaatimus koskee esim. kannettavia tietokoneita.~Se koskee myös näyttöjä.
fi|Laki tulee voimaan 1.3.2027.~Toimittajan on ilmoitettava ks. liite 2.
fi|Laki tulee voimaan 1. maaliskuuta 2027.~Se koskee mm. tuojia.
fi|Arvo on väh. 60 000 euroa.~Sitä pienemmät jäävät ulkopuolelle.
es|Según el art. 202 de la Ley, p. ej., se exige un informe.~Se presenta cada año.
es|El Sr. García y la Sra. López firman el acuerdo.~Entra en vigor mañana.
es|El valor supera 1,5 mill. de euros, IVA incl. y tasas.~Se aplica la cláusula.
es|¿Debe el proveedor informar?~Sí, cada año.
it|Ai sensi dell'art. 57, comma 2, del D.Lgs. 36/2023 si applica la clausola.~Vale per tutti.
it|L'azienda Rossi S.p.A. fornisce i PC.~Il contratto dura 48 mesi.
it|Il fornitore, ad es. un rivenditore, dichiara gli stabilimenti.~Lo fa entro 30 giorni.
it|Si veda pag. 5 e l'all. 3 del capitolato.~Il resto resta invariato.
"""


@pytest.mark.parametrize(("lang", "marked"), [line.split("|", 1) for line in TEXTS.strip().splitlines()])
def test_a_sentence_ends_where_it_ends(lang: str, marked: str) -> None:
    text = marked.replace("~", " ")
    assert [text[a:b] for a, b in sentences(text, lang)] == marked.split("~")


def test_a_line_break_ends_a_sentence_and_space_belongs_to_none() -> None:
    text = "  Requirements\n\n Suppliers must report \nBy 30 June"
    assert [text[a:b] for a, b in sentences(text)] == ["Requirements", "Suppliers must report", "By 30 June"]


def test_a_text_of_stops_alone_has_one_sentence_or_none() -> None:
    assert sentences("   \n\n ") == []
    assert sentences("...") == [(0, 3)]
