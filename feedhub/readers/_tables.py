"""Tables of a page: which of them only lay out, and the rows of the others with the headers that govern each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import html

_BLOCKS = ("p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "dl", "blockquote", "article", "section")
#: A cell with more text and paragraphs of its own is read block by block.
_LONG = 500
#: Spans that are honoured; larger ones are mistakes or attacks.
_MAX_COLSPAN = 60
_MAX_ROWSPAN = 500
_MAX_COLUMNS = 100


@dataclass(frozen=True)
class Cell:
    """One cell with the text of the column header above it ("" when there is none)."""

    text: str
    header: str
    element: html.HtmlElement
    head: bool = False


@dataclass(frozen=True)
class Row:
    """The cells that begin in a row; `carried` are texts of cells that reach down into it. `rich`: read cell by cell."""

    cells: tuple[Cell, ...]
    carried: tuple[str, ...] = ()
    rich: bool = False

    def label(self, cell: Cell) -> str:
        """What names the row for one of its cells: the text of its first cell when that is short."""
        first = self.cells[0]
        return "" if first is cell or len(first.text) > 120 else first.text


@dataclass
class _Span:
    text: str
    left: int


def is_layout(table: html.HtmlElement) -> bool:
    """True for a table that only places things: one column, tables or headings within cells, or said by its role."""
    if table.get("role") in ("presentation", "none"):
        return True
    if table.find(".//table") is not None:
        return True
    if any(True for _ in table.iter("th")) or table.find("thead") is not None:
        return False
    rows = list(_rows(table))
    if max((len(_cells(row)) for row in rows), default=0) <= 1:
        return True
    return any(cell.find(f".//{tag}") is not None for row in rows for cell in row for tag in _BLOCKS[3:9])


def rows_of(table: html.HtmlElement, text_of: Callable[[html.HtmlElement], str]) -> Iterator[Row]:
    """The rows of a data table below its header rows; a header-less table gives rows with empty headers."""
    headers: dict[int, str] = {}
    spans: dict[int, _Span] = {}
    seen_body = False
    for number, row in enumerate(_rows(table)):
        cells = _cells(row)
        if not seen_body and _is_header(row, cells, number):
            _add_headers(headers, cells, text_of)
            continue
        seen_body = True
        carried = tuple(s.text for _, s in sorted(spans.items()) if s.left > 0 and s.text)
        made = tuple(_placed(cells, headers, spans, text_of))
        if made:
            rich = any(
                len(c.text) > _LONG and any(c.element.find(f".//{t}") is not None for t in _BLOCKS) for c in made
            )
            yield Row(made, carried, rich)


def _placed(
    cells: list[html.HtmlElement],
    headers: dict[int, str],
    spans: dict[int, _Span],
    text_of: Callable[[html.HtmlElement], str],
) -> Iterator[Cell]:
    """The cells of a row in their columns, past those that reach down from above."""
    column = 0
    begun: dict[int, _Span] = {}
    for cell in cells:
        while column in spans and spans[column].left > 0:
            column += 1
        if column > _MAX_COLUMNS:
            break
        text = text_of(cell)
        down = _number(cell.get("rowspan"), _MAX_ROWSPAN) - 1
        width = _number(cell.get("colspan"), _MAX_COLSPAN)
        if down > 0:
            begun.update({column + i: _Span(text if i == 0 else "", down) for i in range(width)})
        yield Cell(text, headers.get(column, ""), cell, head=cell.tag == "th")
        column += width
    for place in list(spans):
        spans[place].left -= 1
        if spans[place].left <= 0:
            del spans[place]
    spans.update(begun)


def _add_headers(
    headers: dict[int, str], cells: list[html.HtmlElement], text_of: Callable[[html.HtmlElement], str]
) -> None:
    column = 0
    for cell in cells:
        text = text_of(cell)
        for _ in range(_number(cell.get("colspan"), _MAX_COLSPAN)):
            if column <= _MAX_COLUMNS:
                headers[column] = " ".join(part for part in (headers.get(column, ""), text) if part)
            column += 1


def _is_header(row: html.HtmlElement, cells: list[html.HtmlElement], number: int) -> bool:
    parent = row.getparent()
    if parent is not None and parent.tag == "thead":
        return True
    if not cells:
        return False
    if all(cell.tag == "th" for cell in cells) and len(cells) > 1:
        return True
    return number == 0 and len(cells) > 1 and all(_is_bold(cell) for cell in cells)


def _is_bold(cell: html.HtmlElement) -> bool:
    whole = "".join(cell.itertext()).strip()
    bold = "".join("".join(b.itertext()) for b in cell.iter("b", "strong")).strip()
    return bool(whole) and whole == bold


def _rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is table:
            yield row


def _cells(row: html.HtmlElement) -> list[html.HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _number(value: str | None, cap: int) -> int:
    """A span as a number from 1 to `cap`."""
    return min(cap, max(1, int(value))) if value and value.isascii() and value.isdigit() and len(value) < 6 else 1
