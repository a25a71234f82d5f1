"""Which language a page speaks, where its words come from, and how a chosen language goes on from page to page.

A reader's browser says it (`Accept-Language`), an address may say otherwise (`ui=sv`), and no cookie keeps it: a page
that was asked for with `ui` carries it on in its links and forms. Addresses for machines speak one language only.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, current_app, request
from flask_babel import Babel, Domain, get_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from feedhub.errors import FilterError
from feedhub.web.security import for_machines

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The languages of the interface by their own names, English first; each but English has a catalogue.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "da": "Dansk",
    "de": "Deutsch",
    "fr": "Français",
    "nl": "Nederlands",
    "nb": "Norsk",
    "sv": "Svenska",
}
#: Other codes that readers and browsers use for one of them: Norwegian at large, and its other written form.
ALIASES: Mapping[str, str] = {"no": "nb", "nn": "nb"}
#: Where each is spoken decides dates and numbers: days before months, weeks from Monday.
LOCALES = {
    "en": "en_GB",
    "da": "da_DK",
    "de": "de_DE",
    "fr": "fr_FR",
    "nl": "nl_NL",
    "nb": "nb_NO",
    "sv": "sv_SE",
}
CATALOGUES = Path(__file__).resolve().parent / "translations"
#: The setting of an application that speaks one language whatever it is asked (the static face).
ONLY = "FEEDHUB_LANGUAGE"

_HREF = re.compile(r'(\shref=")(/[^"]*)"')
_FORM = re.compile(r"<form\b[^>]*>")
_ACTION = re.compile(r'(\saction=")(/[^"]*)"')
_HAS_UI = re.compile(r"(^|[&;])ui=")


class Catalogues(Domain):  # type: ignore[misc]
    """Reads the `.po` files themselves, so that no compiled copy can be older than the words."""

    def get_translations(self) -> Translations:
        """The words of the request's language."""
        return catalogue(language())


@cache
def catalogue(code: str) -> Translations:
    """The words of a language; none for English, in which they are written."""
    compiled = BytesIO()
    file = CATALOGUES / f"{code}.po"
    if not file.exists():
        return Translations()
    with file.open("rb") as words:
        write_mo(compiled, read_po(words, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def locale() -> Locale:
    """The locale of the request; that of English outside of one."""
    return get_locale() or Locale.parse(LOCALES["en"])


def language() -> str:
    """The language of the request as one of `LANGUAGES`."""
    return locale().language


def chosen() -> str:
    """The language that the address asks for; empty when it leaves that to the browser."""
    given = known(request.args.get("ui", ""))
    return given if given in LANGUAGES else ""


def known(code: str) -> str:
    """The code of `LANGUAGES` for one that means the same (`no`); any other as it is."""
    return ALIASES.get(code, code)


def best(accepted: LanguageAccept) -> str:
    """The best of `LANGUAGES` for an `Accept-Language`; English when none is wanted."""
    return known(accepted.best_match([*LANGUAGES, *ALIASES], default="en"))


def tongue(code: str) -> Markup:
    """The `lang` attribute of a text in another language than the page's; nothing for an unknown one or the same."""
    return Markup(' lang="{}"').format(code) if code and code != language() else Markup("")


def addresses() -> dict[str, str]:
    """The address of the present page in each language, as path and query."""
    pairs = "&".join(p for p in request.query_string.decode("ascii", "replace").split("&") if p and p[:3] != "ui=")
    path = "/" + quote(request.path.lstrip("/"))  # two slashes would name another host
    return {code: f"{path}?{pairs}{'&' if pairs else ''}ui={code}" for code in LANGUAGES}


def carried(address: str, code: str, joint: str = "&amp;") -> str:
    """An address of ours with the chosen language; addresses for machines and those that name one stay as they are.

    `joint` stands between parameters: as it must be written in an attribute, or as it is sent.
    """
    whole, mark, fragment = address.partition("#")
    path, _, query = whole.partition("?")
    if path.startswith("//") or for_machines(path) or _HAS_UI.search(query):
        return address
    return f"{whole}{joint if query else '?'}ui={code}{mark}{fragment}"


def carry(page: str, code: str) -> str:
    """A page whose links and forms go on in the chosen language."""

    def form(match: re.Match[str]) -> str:
        tag = match[0]
        if 'method="post"' in tag:
            return _ACTION.sub(lambda m: f'{m[1]}{carried(m[2], code)}"', tag)
        return f'{tag}<input type="hidden" name="ui" value="{code}">'

    return _FORM.sub(form, _HREF.sub(lambda m: f'{m[1]}{carried(m[2], code)}"', page))


def register(app: Flask) -> None:
    """Let the application speak all languages, or the one of its settings."""
    babel = Babel(app, default_locale=LOCALES["en"], locale_selector=lambda: LOCALES[_wanted()])
    babel.domain_instance = Catalogues()
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.before_request(_refuse_unknown)
    app.before_request(_lend_to_forms)
    app.after_request(_speak)
    app.jinja_env.globals.update(tongue=tongue)
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, language=language, ui_chosen=chosen, in_languages=addresses)

    @app.context_processor
    def switch() -> dict[str, object]:
        return {"many_languages": not app.config.get(ONLY)}


def _wanted() -> str:
    fixed = str(current_app.config.get(ONLY, ""))
    if fixed or not request or for_machines(request.path):
        return fixed or "en"
    return chosen() or best(request.accept_languages)


def _refuse_unknown() -> None:
    given = [known(code) for code in request.args.getlist("ui") if code]
    if not given or for_machines(request.path):
        return
    if len(set(given)) > 1:
        raise FilterError(_l("“%(name)s” can be given only once.", name="ui"))
    if given[0] not in LANGUAGES:
        raise FilterError(_l("“%(name)s” must be one of: %(known)s.", name="ui", known=", ".join(LANGUAGES)))


def _lend_to_forms() -> None:
    """Let the form library take its messages from our catalogues: it has none for some of our languages."""
    request.wtforms_translations = catalogue(language())  # type: ignore[attr-defined]


def _speak(response: Response) -> Response:
    """Say which language a page is in and what that depends on; carry a chosen one on."""
    if for_machines(request.path) or current_app.config.get(ONLY):
        return response
    code = chosen()
    location = response.headers.get("Location", "")
    if code and location.startswith("/"):
        response.headers["Location"] = carried(location, code, "&")
    if response.mimetype != "text/html" or response.is_streamed:
        return response
    response.headers["Content-Language"] = language()
    if code:
        response.set_data(carry(response.get_data(as_text=True), code))
    else:
        response.vary.add("Accept-Language")
    return response
