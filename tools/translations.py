"""Collects the words of the interface and brings every catalogue up to date: `make translations`.

A run without new words changes nothing: no dates, no line numbers, one order. Words that are gone are removed, new
ones wait empty for a person (a test finds them); nothing is guessed from similar words.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from feedhub.web.languages import CATALOGUES, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext")),
    **dict.fromkeys(("ngettext", "lazy_ngettext", "_ln"), (1, 2)),
    **dict.fromkeys(("pgettext", "lazy_pgettext", "_lp"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext",), ((1, "c"), 2, 3)),
}
HEAD = """# {name}
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def words() -> Catalog:
    """Everything that pages say, from the templates and the modules of the web."""
    found = Catalog()
    places = (
        (ROOT / "templates", [("**.html", "jinja2")], {"**.html": {"trimmed": "true", "silent": "false"}}),
        (ROOT / "feedhub" / "web", [("**.py", "python")], {}),
    )
    for folder, methods, options in places:
        for _file, _line, message, _comments, context in extract_from_dir(
            str(folder), methods, options, keywords=KEYWORDS
        ):
            found.add(message, context=context)
    return found


def updated(code: str, template: Catalog) -> str:
    """The catalogue of a language as a file: every word of the template, with what was translated so far."""
    file = CATALOGUES / f"{code}.po"
    known = read_po(BytesIO(file.read_bytes()), locale=code) if file.exists() else Catalog(locale=code)
    known.update(template, no_fuzzy_matching=True)
    out = BytesIO()
    write_po(out, known, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEAD.format(name=LANGUAGES[code], code=code, plurals=known.plural_forms) + out.getvalue().decode()


def main() -> None:
    """Write the catalogues that change; say how many words each still lacks."""
    template = words()
    for code in LANGUAGES:
        if code == "en":
            continue
        file, text = CATALOGUES / f"{code}.po", updated(code, template)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
        lacking = [m for m in read_po(BytesIO(text.encode()), locale=code) if m.id and not all(_strings(m.string))]
        print(f"{code}: {len(template)} messages, {len(lacking)} to translate")


def _strings(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text),)


if __name__ == "__main__":
    sys.exit(main())
