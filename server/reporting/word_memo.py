"""The memo (บันทึกข้อความ) in Word: the same head, lines and signatures as on paper."""

from io import BytesIO

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from server.reporting.document import Line, Memo, Signature
from server.reporting.emblem import Emblem
from server.reporting.word_styles import bold_in, dotted_line, nearer

_WIDTH = 16.0  # cm, between the memo's margins
_LABEL, _TITLE = Pt(20), Pt(29)


def add_memo(file: WordFile, memo: Memo, emblem: Emblem | None) -> None:
    if emblem:
        file.add_picture(BytesIO(emblem.png), height=Cm(1.5))
        nearer(file.paragraphs[-1])
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    bold_in(title.add_run(memo.title), _TITLE)
    _line(file, memo.unit)
    _line(file, memo.number, memo.date)
    _line(file, memo.subject)
    to = file.add_paragraph(f"{memo.to.label}  {memo.to.value}")
    to.paragraph_format.space_before = Pt(6)
    for paragraph in memo.paragraphs:
        _indented(file, paragraph.text, 2.5)
        for item in paragraph.items:
            _indented(file, item, 3)
    _indented(file, memo.closing, 2.5)
    _sign(file, memo.signer, left=7.5)
    grid = file.add_table(rows=1, cols=len(memo.orders))
    for cell, order in zip(grid.rows[0].cells, memo.orders, strict=True):
        bold_in(cell.paragraphs[0].add_run(order.title))
        for _ in range(2):
            dotted_line(cell.add_paragraph(), _WIDTH / len(memo.orders) - 0.6)
        for text in ("", f"({order.name})", order.position):
            line = cell.add_paragraph(text)
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            nearer(line)
    if memo.divisions:
        line = file.add_paragraph()
        line.paragraph_format.space_before = Pt(12)
        bold_in(line.add_run(memo.circulate.label))
        for division in memo.divisions:
            line.add_run(f"  {division} ............")


def _line(file: WordFile, *parts: Line) -> None:
    """Each label in bold, its value on a dotted line to the end of its part of the width."""
    line = file.add_paragraph()
    nearer(line)
    for at, part in enumerate(parts, 1):
        bold_in(line.add_run(f"{part.label}  "), _LABEL)
        line.add_run(part.value)
        dotted_line(line, _WIDTH * at / len(parts), ends=at == len(parts))


def _indented(file: WordFile, text: str, first: float) -> None:
    line = file.add_paragraph(text)
    line.paragraph_format.first_line_indent = Cm(first)


def _sign(file: WordFile, signature: Signature, left: float) -> None:
    for text in ("", f"({signature.name})", signature.position):
        line = file.add_paragraph(text)
        line.paragraph_format.left_indent = Cm(left)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        nearer(line)
