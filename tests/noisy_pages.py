"""Pages of eight languages in our own words, and what changes on them at every fetch without anything being said."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language: what the authority says, what it changes, and the words around it."""

    title: str
    about: str
    more: str
    duty: str
    later: str
    new: str
    stamp: str
    counter: str
    cookies: str
    accept: str
    teasers: tuple[str, ...]
    links: tuple[str, ...]


LANGUAGES: dict[str, Words] = {
    "en": Words(
        "Responsible procurement",
        "The City of Example buys goods and services for its schools and offices.",
        "Our purchasing team works in the town hall and answers questions on weekdays.",
        "From 1 March 2027 suppliers must disclose the factories of all laptops.",
        "From 1 June 2027 suppliers must disclose the factories of all laptops.",
        "From 1 September 2027 suppliers must carry out human rights due diligence in the supply chain of monitors.",
        "Page generated on {day} November 2026 at {time}",
        "Visitors today: {n}",
        "This site uses cookies so that we can count our visitors.",
        "Accept all cookies",
        ("New playground opened in the park", "Library stays open on Sundays", "Road works in Mill Street end"),
        ("Parking", "Waste", "Schools", "Museums", "Jobs", "Permits"),
    ),
    "de": Words(
        "Nachhaltige Beschaffung",
        "Die Stadt Beispiel kauft Waren und Dienstleistungen für ihre Schulen und Ämter.",
        "Unsere Einkaufsabteilung sitzt im Rathaus und beantwortet werktags Fragen.",
        "Ab dem 1. März 2027 müssen Lieferanten die Produktionsstätten aller Laptops offenlegen.",
        "Ab dem 1. Juni 2027 müssen Lieferanten die Produktionsstätten aller Laptops offenlegen.",
        "Ab dem 1. September 2027 müssen Auftragnehmer bei Monitoren die menschenrechtliche Sorgfaltspflicht erfüllen.",
        "Seite erzeugt am {day}. November 2026 um {time}",
        "Besucher heute: {n}",
        "Diese Seite verwendet Cookies, damit wir unsere Besucher zählen können.",
        "Alle Cookies akzeptieren",
        ("Neuer Spielplatz im Park eröffnet", "Bücherei sonntags geöffnet", "Bauarbeiten in der Mühlstraße enden"),
        ("Parken", "Abfall", "Schulen", "Museen", "Stellen", "Anträge"),
    ),
    "sv": Words(
        "Hållbar upphandling",
        "Exempels kommun köper varor och tjänster till sina skolor och kontor.",
        "Vår inköpsavdelning finns i stadshuset och svarar på frågor på vardagar.",
        "Från och med den 1 mars 2027 ska leverantörer redovisa fabrikerna för alla bärbara datorer.",
        "Från och med den 1 juni 2027 ska leverantörer redovisa fabrikerna för alla bärbara datorer.",
        "Från och med den 1 september 2027 ska leverantörer utesluta barnarbete i leveranskedjan för bildskärmar.",
        "Sidan genererades den {day} november 2026 kl. {time}",
        "Besökare i dag: {n}",
        "Den här webbplatsen använder kakor för att vi ska kunna räkna besök.",
        "Godkänn alla kakor",
        ("Ny lekplats i parken", "Biblioteket öppet på söndagar", "Vägarbetet på Kvarngatan är klart"),
        ("Parkering", "Avfall", "Skolor", "Museer", "Lediga jobb", "Tillstånd"),
    ),
    "da": Words(
        "Bæredygtige indkøb",
        "Eksempel Kommune køber varer og tjenester til sine skoler og kontorer.",
        "Vores indkøbsafdeling ligger på rådhuset og svarer på spørgsmål på hverdage.",
        "Fra den 1. marts 2027 skal leverandører oplyse fabrikkerne bag alle bærbare computere.",
        "Fra den 1. juni 2027 skal leverandører oplyse fabrikkerne bag alle bærbare computere.",
        "Fra den 1. september 2027 skal leverandører udelukke børnearbejde i leverandørkæden for skærme.",
        "Siden blev genereret den {day}. november 2026 kl. {time}",
        "Besøgende i dag: {n}",
        "Denne hjemmeside bruger cookies, så vi kan tælle besøg.",
        "Accepter alle cookies",
        ("Ny legeplads i parken", "Biblioteket har åbent om søndagen", "Vejarbejdet i Møllegade slutter"),
        ("Parkering", "Affald", "Skoler", "Museer", "Job", "Tilladelser"),
    ),
    "no": Words(
        "Bærekraftige anskaffelser",
        "Eksempel kommune kjøper varer og tjenester til skolene og kontorene sine.",
        "Innkjøpsavdelingen holder til i rådhuset og svarer på spørsmål på hverdager.",
        "Fra 1. mars 2027 skal leverandører oppgi fabrikkene for alle bærbare datamaskiner.",
        "Fra 1. juni 2027 skal leverandører oppgi fabrikkene for alle bærbare datamaskiner.",
        "Fra 1. september 2027 skal leverandører utelukke barnearbeid i leverandørkjeden for skjermer.",
        "Siden ble generert den {day}. november 2026 kl. {time}",
        "Besøkende i dag: {n}",
        "Dette nettstedet bruker informasjonskapsler for å telle besøk.",
        "Godta alle informasjonskapsler",
        ("Ny lekeplass i parken", "Biblioteket er åpent på søndager", "Veiarbeidet i Møllegata er ferdig"),
        ("Parkering", "Avfall", "Skoler", "Museer", "Stillinger", "Tillatelser"),
    ),
    "nl": Words(
        "Duurzaam inkopen",
        "De gemeente Voorbeeld koopt goederen en diensten voor haar scholen en kantoren.",
        "Onze afdeling inkoop zit in het stadhuis en beantwoordt vragen op werkdagen.",
        "Vanaf 1 maart 2027 moeten leveranciers de fabrieken van alle laptops bekendmaken.",
        "Vanaf 1 juni 2027 moeten leveranciers de fabrieken van alle laptops bekendmaken.",
        "Vanaf 1 september 2027 moeten leveranciers kinderarbeid in de keten van beeldschermen uitsluiten.",
        "Pagina gegenereerd op {day} november 2026 om {time}",
        "Bezoekers vandaag: {n}",
        "Deze website gebruikt cookies om bezoeken te tellen.",
        "Alle cookies accepteren",
        ("Nieuwe speeltuin in het park", "Bibliotheek open op zondag", "Werk aan de Molenstraat klaar"),
        ("Parkeren", "Afval", "Scholen", "Musea", "Vacatures", "Vergunningen"),
    ),
    "fr": Words(
        "Achats responsables",
        "La ville d'Exemple achète des biens et des services pour ses écoles et ses bureaux.",
        "Notre service des achats se trouve à la mairie et répond aux questions en semaine.",
        "À partir du 1er mars 2027, les fournisseurs doivent communiquer les usines de tous les ordinateurs portables.",
        "À partir du 1er juin 2027, les fournisseurs doivent communiquer les usines de tous les ordinateurs portables.",
        "À partir du 1er septembre 2027, les titulaires doivent exclure le travail des enfants dans la chaîne des écrans.",
        "Page générée le {day} novembre 2026 à {time}",
        "Visites aujourd'hui : {n}",
        "Ce site utilise des cookies afin de compter les visites.",
        "Accepter tous les cookies",
        ("Une aire de jeux ouvre au parc", "La bibliothèque ouvre le dimanche", "Fin des travaux rue du Moulin"),
        ("Stationnement", "Déchets", "Écoles", "Musées", "Emplois", "Permis"),
    ),
    "es": Words(
        "Compra responsable",
        "La ciudad de Ejemplo compra bienes y servicios para sus escuelas y oficinas.",
        "Nuestro equipo de compras trabaja en el ayuntamiento y responde preguntas los días laborables.",
        "A partir del 1 de marzo de 2027 los proveedores deberán declarar las fábricas de todos los portátiles.",
        "A partir del 1 de junio de 2027 los proveedores deberán declarar las fábricas de todos los portátiles.",
        "A partir del 1 de septiembre de 2027 los contratistas deberán excluir el trabajo infantil en los monitores.",
        "Página generada el {day} de noviembre de 2026 a las {time}",
        "Visitas hoy: {n}",
        "Este sitio utiliza cookies para contar las visitas.",
        "Aceptar todas las cookies",
        ("Abre un parque infantil", "La biblioteca abre los domingos", "Terminan las obras de la calle Molino"),
        ("Aparcamiento", "Residuos", "Escuelas", "Museos", "Empleo", "Permisos"),
    ),
}


@dataclass
class Parts:
    """The places of a page that noise may change."""

    head: str = ""
    before: str = ""
    inside: str = ""
    form: str = ""
    aside: str = ""
    links: str = ""
    after: str = ""


Noise = Callable[[Parts, Words, int], None]


def _hash(visit: int, name: str = "") -> str:
    return hashlib.sha256(f"{name}{visit}".encode()).hexdigest()[:20]


def timestamp(parts: Parts, words: Words, visit: int) -> None:
    said = words.stamp.format(day=10 + visit % 18, time=f"{visit % 24:02d}:{visit * 7 % 60:02d}")
    parts.inside += f"<p>{said}</p>"


def counter(parts: Parts, words: Words, visit: int) -> None:
    parts.inside += f"<p>{words.counter.format(n=4711 + 13 * visit)}</p>"


def token(parts: Parts, words: Words, visit: int) -> None:
    mark = _hash(visit, "token")
    parts.form += (
        f"<form action='/search'><input type='hidden' name='csrf' value='{mark}'><input name='q'>"
        f"<button>{words.links[0]}</button></form><script nonce='{mark}'>var t='{mark}'</script>"
    )


def teaser(parts: Parts, words: Words, visit: int) -> None:
    turned = [words.teasers[(i + visit) % 3] for i in range(2)]
    items = "".join(f"<li><a href='/news/{visit}-{i}'>{t}</a></li>" for i, t in enumerate(turned))
    parts.aside += f"<aside class='related'><ul>{items}</ul></aside>"


def shuffled(parts: Parts, words: Words, visit: int) -> None:
    names = list(words.links)
    random.Random(visit).shuffle(names)
    parts.links = "".join(f"<li><a href='/{i}'>{n}</a></li>" for i, n in enumerate(names))


def banner(parts: Parts, words: Words, visit: int) -> None:
    if visit % 2:
        parts.before += (
            f"<div id='cookie-banner' class='cookie' role='dialog'><p>{words.cookies}</p>"
            f"<button>{words.accept}</button></div>"
        )


def assets(parts: Parts, words: Words, visit: int) -> None:
    parts.head += (
        f"<link rel='stylesheet' href='/app.{_hash(visit)}.css'><script src='/app.{_hash(visit)}.js'></script>"
    )
    parts.after += f"<img src='/logo.svg?v={_hash(visit, 'i')}' alt=''>"


NOISES: dict[str, Noise] = {f.__name__: f for f in (timestamp, counter, token, teaser, shuffled, banner, assets)}


def noisy(lang: str, noises: tuple[str, ...], visit: int, *said: str) -> str:
    """The page of a language at one visit: what it says, among noise."""
    words, parts = LANGUAGES[lang], Parts()
    parts.links = "".join(f"<li><a href='/{i}'>{n}</a></li>" for i, n in enumerate(words.links))
    for name in noises:
        NOISES[name](parts, words, visit)
    text = "".join(f"<p>{p}</p>" for p in (words.about, *said, words.more))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{words.title}</title>{parts.head}</head>'
        f"<body>{parts.before}<header><nav><ul>{parts.links}</ul></nav>{parts.form}</header>"
        f"<main><h1>{words.title}</h1>{text}{parts.inside}</main>{parts.aside}"
        f"<footer><p>{words.title}</p></footer>{parts.after}</body></html>"
    )
