"""Turns a sitemap (sitemaps.org 0.9) or an index of sitemaps into one document of links. Never fetches them."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import etree

from feedhub.errors import ReadError
from feedhub.model import Block, Document, SourceKind
from feedhub.readers._elements import safe_link
from feedhub.readers._markup import parse_xml
from feedhub.readers._shapes import Options, Reading
from feedhub.readers._stamps import stated_date

#: Addresses a sitemap may hold (sitemaps.org); what is beyond is left out with a warning.
_MAX_LINKS = 50_000


def read(body: bytes, options: Options) -> Reading:
    """One document: a block for each address under the path `select`, newest change first as the server lists them.

    `links` are (last modification as ISO date or "", address); `published` is the newest modification. ReadError:
    `wrong_kind` for other XML, `selector_empty` when nothing stands under the path, `too_few`, `empty`.
    """
    root = parse_xml(body, charset=options.charset)
    if etree.QName(root).localname not in ("urlset", "sitemapindex"):
        raise ReadError("wrong_kind", f"the root element is {etree.QName(root).localname}, not a sitemap")
    entries = [entry for entry in _entries(root, options.url) if _under(entry[1], options.select)]
    if not entries:
        raise ReadError("selector_empty" if options.select and len(root) else "empty", options.select)
    if len(entries) < options.at_least:
        raise ReadError("too_few", f"{len(entries)} of at least {options.at_least}")
    warnings: tuple[str, ...] = ()
    if len(entries) > _MAX_LINKS:
        warnings = (f"only the first {_MAX_LINKS} of {len(entries)} addresses were read",)
        entries = entries[:_MAX_LINKS]
    dates = [when for when in (stated_date(changed) for changed, _ in entries) if when is not None]
    title = urlsplit(options.url).netloc or "Sitemap"
    document = Document(
        title=title,
        blocks=tuple(Block(address, "item", intro=changed) for changed, address in entries),
        language=options.language,
        links=tuple(entries),
        published=max(dates, default=None),
        url=options.url,
        warnings=warnings,
    )
    return Reading(SourceKind.SITEMAP, (document,), (), warnings, title, options.language)


def _entries(root: etree._Element, base: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for entry in root:
        parts = {etree.QName(part).localname: (part.text or "").strip() for part in entry if isinstance(part.tag, str)}
        address = safe_link(parts.get("loc", ""), base)
        when = stated_date(parts.get("lastmod", "")[:10])
        if address.startswith("http"):
            out.append((when.isoformat() if when else "", address))
    return out


def _under(address: str, select: str) -> bool:
    """True when an address lies under a path ("/news") or begins with an address."""
    if not select:
        return True
    if select.startswith(("http://", "https://")):
        return address.startswith(select)
    return urlsplit(address).path.startswith("/" + select.lstrip("/"))
