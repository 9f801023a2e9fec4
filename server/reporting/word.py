"""report.docx: the same words for the office to edit, in the fonts that Thai documents have."""

from datetime import datetime
from io import BytesIO
from typing import Any

import docx as python_docx
from docx.document import Document as WordFile
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from server.domain.thai import thai_digits
from server.reporting.document import (
    Block,
    Chart,
    Document,
    Points,
    Section,
    Table,
    Text,
    Tiles,
)
from server.reporting.emblem import Emblem
from server.reporting.press import png
from server.reporting.word_memo import add_memo
from server.reporting.word_styles import (
    add_page_number,
    bold_in,
    nearer,
    repeat_head,
    set_language_and_fonts,
    shade,
)

_PAGE = Cm(21), Cm(29.7)
_PROPERTY = 255  # characters: Word takes no more
_TEXT_WIDTH = 16.5  # cm, between the report's margins
_TINT, _WARM = "E7EEF7", "FFF2D9"


def docx(told: Document, emblem: Emblem | None, made_at: datetime) -> bytes:
    """A4, as the PDF has it; charts are pictures with their words beside for screen readers."""
    file = python_docx.Document()
    set_language_and_fonts(file)
    properties = file.core_properties
    properties.title, properties.author = told.title[:_PROPERTY], told.office[:_PROPERTY]
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    properties.comments = told.mark
    _set_page(file.sections[0], left=3, right=2, top=2, bottom=2)
    add_memo(file, told.memo, emblem)
    _head(file.sections[0], told, numbered=False)
    part = file.add_section(WD_SECTION.NEW_PAGE)
    _set_page(part, left=2.5, right=2, top=2.4, bottom=2)
    _head(part, told, numbered=True)
    for at, section in enumerate(told.sections):
        _add_section(file, section, breaks=at > 0, thai=told.thai)
    file.add_paragraph(told.code_label, style="Note")
    file.add_paragraph(f"{told.code_name} {told.code}", style="Note")
    made = BytesIO()
    file.save(made)
    return made.getvalue()


def _set_page(part: Any, *, left: float, right: float, top: float, bottom: float) -> None:
    part.page_width, part.page_height = _PAGE
    part.left_margin, part.right_margin = Cm(left), Cm(right)
    part.top_margin, part.bottom_margin = Cm(top), Cm(bottom)
    part.header_distance = Cm(1)


def _head(part: Any, told: Document, *, numbered: bool) -> None:
    part.header.is_linked_to_previous = False
    line: Paragraph = part.header.paragraphs[0]
    line.style = "Note"
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if numbered:
        line.add_run(told.running + "   ")
    if told.mark:
        bold_in(line.add_run(told.mark))
    if numbered:
        line.add_run(f"   {told.page} ")
        add_page_number(line, "PAGE", thai=told.thai)
        line.add_run("/")
        add_page_number(line, "NUMPAGES", thai=told.thai)


def _add_section(file: WordFile, section: Section, *, breaks: bool, thai: bool) -> None:
    heading = file.add_heading(section.head, 1)
    heading.paragraph_format.page_break_before = breaks and section.begins_page
    for block in section.blocks:
        _add(file, block, thai=thai)


def _add(file: WordFile, block: Block, *, thai: bool) -> None:
    if isinstance(block, Text):
        _add_text(file, block)
    elif isinstance(block, Points):
        for at, point in enumerate(block.points, 1):
            line = file.add_paragraph()
            line.paragraph_format.left_indent = Cm(0.9)
            line.paragraph_format.first_line_indent = Cm(-0.9)
            line.add_run(f"{_numeral(at, thai)}.\t")
            if point.head:
                bold_in(line.add_run(f"{point.head} "))
            line.add_run(point.text)
    elif isinstance(block, Tiles):
        _add_tiles(file, block)
    elif isinstance(block, Table):
        _add_table(file, block)
    elif isinstance(block, Chart):
        picture = file.add_picture(BytesIO(png(block)), width=Cm(_TEXT_WIDTH))
        picture._inline.docPr.set("descr", block.alt)


def _numeral(n: int, thai: bool) -> str:
    return thai_digits(str(n)) if thai else str(n)


def _add_text(file: WordFile, text: Text) -> None:
    if text.kind == "head":
        file.add_heading(text.text, 2)
    elif text.kind == "notice":
        line = file.add_paragraph()
        bold_in(line.add_run(text.text))
        shade(line, _WARM)
    else:
        file.add_paragraph(text.text, style="Note" if text.kind == "note" else None)


def _add_tiles(file: WordFile, tiles: Tiles) -> None:
    grid = file.add_table(rows=1, cols=len(tiles.tiles))
    for cell, tile in zip(grid.rows[0].cells, tiles.tiles, strict=True):
        shade(cell, _TINT)
        cell.paragraphs[0].style = "Note"
        cell.paragraphs[0].add_run(tile.label)
        line = cell.add_paragraph()
        bold_in(line.add_run(tile.value), Pt(24))
        line.add_run(f" {tile.unit}")
        cell.add_paragraph(tile.range, style="Note")


def _add_table(file: WordFile, told: Table) -> None:
    above = 1 if told.over else 0
    grid = file.add_table(rows=above + 1 + len(told.rows), cols=len(told.columns))
    grid.style, grid.alignment, grid.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    given = sum(column.width for column in told.columns)
    shared = sum(column.width == 0 for column in told.columns)
    rest = (_TEXT_WIDTH - given) / max(shared, 1)
    widths = [Cm(column.width or rest) for column in told.columns]
    heads = tuple(column.head for column in told.columns)
    if told.over:
        repeat_head(grid.rows[0])
        cells = grid.rows[0].cells
        cell = cells[0].merge(cells[-1])
        shade(cell, _WARM)
        nearer(cell.paragraphs[0])
        bold_in(cell.paragraphs[0].add_run(told.over))
    lines = list(grid.rows)[above:]
    repeat_head(lines[0])
    # A row's cells are looked up once: python-docx walks the whole table for each look.
    for at, (row, texts) in enumerate(zip(lines, (heads, *told.rows), strict=True)):
        strong = at == 0 or at > len(told.rows) - told.totals
        for cell, text, column, width in zip(row.cells, texts, told.columns, widths, strict=True):
            cell.width = width
            line = cell.paragraphs[0]
            nearer(line)
            run = line.add_run(text)
            if strong:
                bold_in(run)
            if column.number:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if at == 0:
                shade(cell, _TINT)
    nearer(file.add_paragraph(style="Note"))
