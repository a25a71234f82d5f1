"""Whether a page that came with 200 is what it should be: error page, login, challenge, cookie wall, cut short.

Only short pages are doubted by their words: a policy page with a login link or a cookie banner passes.
"""

from __future__ import annotations

import re

from lxml import html

from feedhub.readers._elements import text_of
from feedhub.text import clean

#: Characters of main text above which a page is a page, whatever else stands on it.
_LONG = 2500
_SHORT = 900
_STUB = 300

_ERROR = re.compile(
    r"(?:\b(?:error|fehler|fel|feil|fejl|virhe|fout|erreur|errore)\s*(?:code\s*)?[:#-]?\s*(?:40[0-9]|410|50[0-9])\b|"
    r"^(?:40[0-9]|410|50[0-9])(?:\b|$)|\b(?:404|500|502|503)\s*[-–:|]|"
    r"(?:page|content|document|file|resource)\s+(?:can(?:no|')?t\s+be|could\s+not\s+be|(?:was|is)\s+not|not)\s+found|"
    r"page\s+(?:does\s+not|doesn.t)\s+exist|no\s+longer\s+(?:available|exists)|something\s+went\s+wrong|"
    r"internal\s+server\s+error|bad\s+gateway|service\s+(?:temporarily\s+)?unavailable|gateway\s+time-?out|"
    r"^(?:(?:site|we.re|down)\s+)?(?:under|for|scheduled|planned)\s+maintenance$|temporarily\s+(?:unavailable|down)|application\s+error|runtime\s+error|"
    r"seite\s+(?:wurde\s+)?(?:leider\s+)?nicht\s+gefunden|nicht\s+(?:mehr\s+)?(?:verfügbar|vorhanden)|wartungsarbeiten|"
    r"seite\s+existiert\s+nicht|sidan\s+(?:kunde\s+inte\s+hittas|hittades\s+inte|finns\s+inte|saknas)|tekniskt\s+fel|driftstörning|"
    r"siden\s+(?:blev\s+ikke\s+fundet|findes\s+ikke|kunne\s+ikke\s+findes|finnes\s+ikke|ble\s+ikke\s+funnet|eksisterer\s+ikke)|"
    r"(?:fant|finner)\s+ikke\s+siden|sivua\s+ei\s+(?:löydy|löytynyt)|sivu\s+ei\s+ole|huoltokatko|"
    r"pagina\s+(?:is\s+)?niet\s+(?:gevonden|beschikbaar)|pagina\s+bestaat\s+niet|"
    r"page\s+(?:introuvable|non\s+trouvée|n.existe\s+p(?:as|lus))|(?:en\s+cours\s+de\s+)?maintenance\s+(?:en\s+cours|du\s+site)|"
    r"página\s+no\s+(?:encontrada|existe)|no\s+se\s+ha\s+encontrado\s+la\s+página|"
    r"pagina\s+non\s+(?:trovata|disponibile)|la\s+pagina\s+(?:cercata|richiesta)\s+non|"
    r"strona\s+nie\s+została\s+znaleziona|página\s+não\s+encontrada)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:just\s+a\s+moment|checking\s+(?:your|if\s+the\s+site)|verify(?:ing)?\s+(?:that\s+)?you\s+are\s+(?:a\s+)?human|are\s+you\s+(?:a\s+)?(?:human|robot)|"
    r"attention\s+required|pardon\s+our\s+interruption|access\s+(?:to\s+this\s+page\s+has\s+been\s+)?denied|request\s+(?:was\s+)?(?:blocked|unsuccessful)|"
    r"unusual\s+traffic|ddos\s+protection|enable\s+javascript\s+and\s+cookies|security\s+check|captcha|bot\s+detection|"
    r"incapsula\s+incident|sicherheitsüberprüfung|zugriff\s+(?:verweigert|blockiert)|sind\s+sie\s+ein\s+(?:mensch|roboter)|"
    r"åtkomst\s+nekad|är\s+du\s+en\s+robot|adgang\s+nægtet|ingen\s+tilgang|pääsy\s+estetty|oletko\s+robotti|"
    r"toegang\s+geweigerd|bent\s+u\s+een\s+robot|accès\s+refusé|vérification\s+de\s+sécurité|êtes-vous\s+un\s+robot|"
    r"acceso\s+denegado|no\s+soy\s+un\s+robot|accesso\s+negato|non\s+sono\s+un\s+robot)",
    re.IGNORECASE,
)
_CHALLENGE_MARKS = (
    "/cdn-cgi/challenge",
    "cf-challenge",
    "cf_chl_",
    "_incapsula_resource",
    "px-captcha",
    "g-recaptcha",
    "h-captcha",
    "datadome",
)
_LOGIN = re.compile(
    r"\b(?:log\s?in|sign\s?in|log\s?on|login\s+required|single\s+sign-?on|anmelden|anmeldung|einloggen|logga\s+in|inloggning|log\s?ind|"
    r"logg\s+inn|innlogging|kirjaudu|kirjautuminen|inloggen|aanmelden|se\s+connecter|connexion|identification|iniciar\s+sesión|"
    r"acceso\s+usuarios|accedi|accesso\s+(?:utenti|riservato)|authentication|authentification)\b",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"cookie|samtykke|samtycke|evästee?|einwilligung|consent|kakor\b|informasjonskaps|toestemming|traceurs",
    re.IGNORECASE,
)
_ACCEPT = re.compile(
    r"\b(?:accept|agree|allow|consent|akzeptier\w*|zustimm\w*|einwillig\w*|acceptera|godkänn\w*|samtyck\w*|accepter\w*|tillad|godta\w*|"
    r"hyväksy\w*|salli|accepteer\w*|akkoord|aceptar|acepto|accetta\w*|tout\s+accepter)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s{1,9}[-–—|·:»]\s{1,9}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
#: Boxes that a page which was cut leaves open: how each begins and ends.
_BLOCK_TAGS = tuple(
    (re.compile(rb"<%s\b" % tag), b"</" + tag)
    for tag in (b"div", b"section", b"article", b"main", b"table", b"ul", b"ol")
)


def looks_cut(body: bytes) -> bool:
    """True for HTML that names its `html` element, ends it nowhere, and leaves boxes or a tag open at the end."""
    low = body.lower()
    if b"<html" not in low[:4096] or b"</html" in low or b"</body" in low:
        return False
    if low.rfind(b"<") > low.rfind(b">"):
        return True
    return any(len(begins.findall(low)) > low.count(ends) for begins, ends in _BLOCK_TAGS)


def doubt(root: html.HtmlElement, title: str, main_text: str, raw: bytes) -> str:
    """The reason code `error_page`, `login_page` or `blocked_page` of a page, "" when it may be trusted.

    `root` is the tree before pruning, `main_text` what was read from it.
    """
    if len(main_text) > _LONG:
        return ""
    heads = _heads(root, title)
    whole = text_of(root) if len(main_text) <= _SHORT else main_text
    short = len(main_text) <= _SHORT
    if _is_challenge(heads, main_text, whole, raw, short=short):
        return "blocked_page"
    if _is_login(root, heads, main_text, short=short):
        return "login_page"
    if any(_ERROR.search(clean(h)) for h in heads if len(h) <= 120) or (len(whole) <= _STUB and _ERROR.search(whole)):
        return "error_page"
    if short and _is_cookie_wall(root, main_text, whole):
        return "blocked_page"
    return ""


def _heads(root: html.HtmlElement, title: str) -> list[str]:
    """What the page calls itself: its title, its main headings, and each part of "Not found | Example Council"."""
    named = root.find(".//title")
    whole = clean(named.text or "") if named is not None else ""
    return [title, *_PARTS.split(whole), *(text_of(h) for h in root.iter("h1"))]


def _is_challenge(heads: list[str], main_text: str, whole: str, raw: bytes, *, short: bool) -> bool:
    if any(_CHALLENGE.search(h) for h in heads if len(h) <= 120):
        return True
    if not short:
        return False
    low = raw[:200_000].lower()
    marked = any(mark.encode() in low for mark in _CHALLENGE_MARKS)
    return len(main_text) < _STUB and (marked or bool(_CHALLENGE.search(main_text or whole[:_STUB])))


def _is_login(root: html.HtmlElement, heads: list[str], main_text: str, *, short: bool) -> bool:
    fields = [i for i in root.iter("input") if (i.get("type") or "").lower() == "password"]
    named = any(_LOGIN.search(h) for h in heads if len(h) <= 80)
    return short and (
        (named and len(main_text) < (500 if fields else _STUB)) or (bool(fields) and len(main_text) < _STUB)
    )


def _is_cookie_wall(root: html.HtmlElement, main_text: str, whole: str) -> bool:
    """Hardly any text but a request to accept cookies."""
    if not _COOKIE.search(whole):
        return False
    buttons = " ".join(text_of(b) for b in root.iter("button", "a")) + " ".join(
        i.get("value") or "" for i in root.iter("input")
    )
    if not _ACCEPT.search(f"{whole} {buttons}"):
        return False
    if len(main_text) < 80:
        return True
    sentences = [s for s in _SENTENCE_END.split(main_text) if len(s) > 20]
    about = sum(1 for s in sentences if _COOKIE.search(s) or _ACCEPT.search(s))
    return bool(sentences) and about >= len(sentences) * 0.6
