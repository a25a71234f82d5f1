"""What on a page is not its text: navigation, cookie banners, related links, sharing, forms. Prunes a tree in place.

Judges regions by their role, name and links, never by what their sentences say.
"""

from __future__ import annotations

import re

from lxml import html

from feedhub.readers._elements import SILENT, heading_level, text_of
from feedhub.text import fold

#: Names (parts of `class`, a whole `id`) of regions that are never the text of a page.
_SURE = frozenset(
    [
        "cookie",
        "cookies",
        "cookiebar",
        "cookiebanner",
        "cookieconsent",
        "consent",
        "gdpr",
        "onetrust",
        "didomi",
        "usercentrics",
        "cookiebot",
        "breadcrumb",
        "breadcrumbs",
        "brodkrumer",
        "murupolku",
        "broodkruimel",
        "ariane",
        "brodsmulor",
        "pagination",
        "pager",
        "skiplink",
        "skiplinks",
        "skip-link",
        "skip-links",
        "related",
        "recommended",
        "teaser",
        "teasers",
        "advert",
        "advertisement",
        "share",
        "sharing",
        "share-buttons",
        "social-share",
        "social-media",
        "addtoany",
        "addthis",
    ]
)
#: Names of regions that are taken for it only when they hold links or a few words: their prose may set a duty.
_LIKELY = frozenset(
    [
        "nav",
        "navbar",
        "navigation",
        "menu",
        "megamenu",
        "submenu",
        "topbar",
        "similar",
        "promo",
        "banner",
        "popup",
        "modal",
        "overlay",
        "sitenav",
        "toolbar",
        "searchbox",
        "feedback",
        "rating",
        "chatbot",
        "chat",
        "tagcloud",
        "sidebar",
        "footer",
        "masthead",
        "signup",
        "subscribe",
        "carousel",
        "slider",
        "ticker",
        "languageswitcher",
        "langswitch",
        "weather",
        "visitors",
        "counter",
    ]
)
_FEW_WORDS = 150
_COOKIES = frozenset(["cookie", "cookies", "consent", "onetrust", "usercentrics", "cookiebot", "didomi"])
#: Names that say a wrapper knows of such a region, not that it is one ("has-sidebar", "page-with-banner").
_KNOWS = frozenset(["has", "with", "no", "without", "is", "not", "layout", "page", "body"])
#: Names of boxes around anything ("menu-wrapper" holds a menu and the text).
_HOLDS = frozenset(["wrapper", "content", "main", "article", "container"])
_TOKEN = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSEEN = frozenset({"hidden", "submit", "button", "image", "reset"})
_ROLES = frozenset(
    ["navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar"]
)
#: Share of a page's text above which a region is its text, whatever it is called.
_MOST = 0.4
#: Headings of lists of links to other pages, folded (`text.fold`).
_RELATED = re.compile(
    r"^(?:related\b|see also|read (?:more|also|next)|more (?:news|on this|like this|from)|latest news|you (?:may|might) also|"
    r"weitere (?:informationen|meldungen|artikel|themen|nachrichten)|lesen sie auch|siehe auch|mehr zum thema|aktuelle meldungen|"
    r"das konnte sie auch|verwandte|las (?:mer|ocksa|aven)|mer om|se ocksa|fler nyheter|senaste nytt|"
    r"las ogsa|les (?:mer|ogsa)|relater\w*|relevante? (?:lenker|links)|se ogsa|flere nyheder|seneste nyt|siste nytt|"
    r"lue (?:myos|lisaa)|katso myos|aiheeseen liittyv\w*|lisaa aiheesta|ajankohtaista|"
    r"lees (?:ook|meer|verder)|zie ook|gerelateerd\w*|meer (?:nieuws|over dit)|"
    r"voir aussi|(?:a )?lire aussi|a lire egalement|sur le meme (?:sujet|theme)|articles? (?:lies?|connexes?)|actualites|"
    r"leggi anche|vedi anche|articoli correlati|correlati|ultime notizie|potrebbe interessarti|"
    r"ver tambien|vease tambien|lea (?:tambien|mas)|relacionad\w*|noticias relacionadas|te puede interesar|"
    r"was this page (?:helpful|useful)|fant du|fandt du|oliko (?:sivu|tama)|hjalpte|war diese seite)"
)

_SHARING = re.compile(
    r"^(?:share (?:this|on|page)|teilen|seite (?:teilen|drucken)|dela (?:sidan|pa)|del (?:siden|pa)|jaa (?:sivu|tama)|deel deze|"
    r"partager|condividi|compartir|print this|imprimer|skriv ut|tulosta|back to top|nach oben|till toppen|til toppen)\b"
)
#: A line of so many links with hardly a word between them, each so short, is a menu.
_MENU_LINKS = 2
_MENU_WORDS = 30


def prune(root: html.HtmlElement, *, whole: bool = True, menus: bool = True) -> None:
    """Take the clutter out of a tree.

    `whole` is False for a part somebody selected: its own name is not judged. `menus` is False where lines of links
    are no menus, as in the entries of a feed.
    """
    for element in list(root.iter("header", "footer", "aside", "form", "button")):
        if _is_frame(element):
            _drop(element)
    for element in list(root.iter(*SILENT, "nav", "dialog")):
        if element.tag != "head":
            _drop(element)
    _prune_named(root, whole=whole)
    _prune_related(root)
    if not menus:
        return
    for element in list(root.iter("p", "div", "td", "center", "font", "table", "ul", "ol", "span")):
        if _is_menu(element):
            _drop(element)


def _prune_named(root: html.HtmlElement, *, whole: bool) -> None:
    total = len(text_of(root)) or 1
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in ("html", "body", "main", "h1") or element is root:
            continue
        if not whole and element.getparent() is root:
            continue
        role = element.get("role", "")
        named = role in _ROLES or element.get("aria-modal") == "true" or _is_named(element)
        if not named or _inside(element, root) is False or element.find(".//h1") is not None:
            continue
        if element.find(".//main") is None and len(text_of(element)) <= total * _MOST:
            _drop(element)


def _is_named(element: html.HtmlElement) -> bool:
    """True when a region's name says it is no text; for names that only make it likely its links must say so too.

    An `id` counts as a whole: pages make ids from their headings ("feedback-from-workers").
    """
    names = [(_TOKEN.findall(_CAMEL.sub("-", name).lower()), False) for name in (element.get("class") or "").split()]
    names.append((_TOKEN.findall(_CAMEL.sub("-", element.get("id") or "").lower()), True))
    for parts, whole in names:
        joined = "-".join(parts)
        said = {joined} if whole and not _COOKIES & set(parts) else {*parts, joined}
        if not parts or _KNOWS & set(parts):
            continue
        if said & _SURE:
            return True
        if said & _LIKELY and not _HOLDS & set(parts):
            short = len(text_of(element)) < _FEW_WORDS
            if short or link_share(element) > 0.3 or ("footer" in said and not _in_text(element)):
                return True
    return False


def _inside(element: html.HtmlElement, root: html.HtmlElement) -> bool:
    """False when the element was dropped together with something above it."""
    return any(above is root for above in element.iterancestors())


def _is_frame(element: html.HtmlElement) -> bool:
    """True for a page's head and foot, a column of links, a form to fill in, a button."""
    in_text = _in_text(element)
    tag = element.tag
    if tag == "button":
        return not any(heading_level(above) or above.tag == "dt" for above in element.iterancestors())
    if tag == "header":
        return not in_text and element.find(".//h1") is None and element.find(".//main") is None
    if tag == "footer":
        return not in_text or link_share(element) > 0.5
    if tag == "aside":
        return link_share(element) > 0.4 or (not in_text and _document_has_main(element))
    return _asks(element) and len(text_of(element)) < 300 and element.find(".//h1") is None


def _asks(form: html.HtmlElement) -> bool:
    """True for a form with something to fill in."""
    types = ((field.get("type") or "text").lower() for field in form.iter("input"))
    return any(t not in _UNSEEN for t in types) or next(form.iter("select", "textarea"), None) is not None


def _in_text(element: html.HtmlElement) -> bool:
    return any(above.tag in ("main", "article") or above.get("role") == "main" for above in element.iterancestors())


def _document_has_main(element: html.HtmlElement) -> bool:
    top = element.getroottree().getroot()
    return any(True for _ in top.iter("main", "article")) or bool(top.xpath("boolean(//*[@role='main'])"))


def _prune_related(root: html.HtmlElement) -> None:
    """Drop a heading such as "Read also" with the links below it, to the next heading of its level."""
    for heading in [e for e in root.iter() if isinstance(e.tag, str) and heading_level(e)]:
        if not _RELATED.match(fold(text_of(heading))):
            continue
        level = heading_level(heading)
        region = [heading]
        for sibling in heading.itersiblings():
            if isinstance(sibling.tag, str) and _opens(sibling, level):
                break
            region.append(sibling)
        linked = sum(len(text_of(a)) for part in region[1:] for a in part.iter("a"))
        total = sum(len(text_of(part)) for part in region[1:])
        if total == 0 or linked > total * 0.5:
            for part in region:
                _drop(part)


def _is_menu(element: html.HtmlElement) -> bool:
    """True for a line of short links, and for a line that offers to share or print."""
    if element.find(".//h1") is not None or element.find(".//main") is not None:
        return False
    links = [text for text in (text_of(a) for a in element.iter("a")) if text]
    if not links:
        return False
    text = text_of(element)
    if len(text) <= 120 and element.tag in ("p", "div") and _SHARING.match(fold(text)):
        return True
    if element.tag in ("ul", "ol") and _in_text(element):
        return False
    linked = sum(map(len, links))
    letters = sum(1 for c in text if c.isalnum())
    return (
        len(links) >= _MENU_LINKS
        and linked <= _MENU_WORDS * len(links)
        and sum(1 for t in links for c in t if c.isalnum()) >= letters * 0.95
    )


def _opens(element: html.HtmlElement, level: int) -> bool:
    first = next((e for e in element.iter() if isinstance(e.tag, str) and heading_level(e)), None)
    return first is not None and heading_level(first) <= level


def link_share(element: html.HtmlElement) -> float:
    """The share of an element's text that is the text of links, 0 to 1; 1 for an element without text."""
    total = len(text_of(element))
    return sum(len(text_of(a)) for a in element.iter("a")) / total if total else 1.0


def _drop(element: html.HtmlElement) -> None:
    """Take an element away and leave the text after it."""
    if element.getparent() is not None:
        element.drop_tree()
