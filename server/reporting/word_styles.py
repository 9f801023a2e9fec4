"""What Word needs to be told for Thai: complex-script fonts and sizes beside the plain ones."""

from typing import Any

from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT = "TH Sarabun New"  # what offices have; sizes are meant for it
INK_2, ACCENT = RGBColor(0x4A, 0x56, 0x62), RGBColor(0x1C, 0x4E, 0x8A)
_SIZES = {"Normal": 16, "Heading 1": 24, "Heading 2": 18, "Note": 14}
_ORDER = (  # of a run's properties; Word refuses others
    *("w:rStyle", "w:rFonts", "w:b", "w:bCs", "w:i", "w:iCs", "w:color", "w:spacing", "w:w"),
    *("w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:bdr"),
    *("w:shd", "w:fitText", "w:vertAlign", "w:rtl", "w:cs", "w:em", "w:lang"),
)


def set_language_and_fonts(file: WordFile) -> None:
    """Thai obeys `w:cs`, `w:szCs` and `w:bCs` only; the plain ones are for the Latin letters."""
    file.styles.add_style("Note", WD_STYLE_TYPE.PARAGRAPH).base_style = file.styles["Normal"]
    for name, size in _SIZES.items():
        style: Any = file.styles[name]
        style.font.size, style.font.italic = Pt(size), False
        properties = style.element.get_or_add_rPr()
        _set_fonts(properties)
        _append(properties, "w:szCs", str(size * 2))
        spacing = style.paragraph_format
        spacing.space_before, spacing.space_after = Pt(0), Pt(4)
        spacing.line_spacing = 1.0
        if name.startswith("Heading"):
            style.font.bold, style.font.color.rgb = True, RGBColor(0, 0, 0)
            _append(properties, "w:bCs")
            spacing.space_before = Pt(10)
            spacing.keep_with_next = True
    notes: Any = file.styles["Note"]
    notes.font.color.rgb = INK_2
    first: Any = file.styles["Heading 1"]
    first.font.color.rgb = ACCENT
    language = OxmlElement("w:lang")
    for name, value in (("w:val", "en-US"), ("w:eastAsia", "en-US"), ("w:bidi", "th-TH")):
        language.set(qn(name), value)
    normal: Any = file.styles["Normal"]
    _put(normal.element.get_or_add_rPr(), language)
    _fallback(file)


def bold_in(run: Run, size: Length | None = None) -> Run:
    """Bold, and of this size, for Thai letters too."""
    run.bold = True
    properties = run._r.get_or_add_rPr()
    _append(properties, "w:bCs")
    if size is not None:
        run.font.size = size
        _append(properties, "w:szCs", str(round(size.pt * 2)))
    return run


def nearer(line: Paragraph) -> None:
    line.paragraph_format.space_after = Pt(0)


def shade(part: Any, colour: str) -> None:
    """The ground of a paragraph or of a table's cell."""
    ground = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        ground.set(qn(name), value)
    if isinstance(part, Paragraph):
        part.paragraph_format.space_before = Pt(6)
        properties = part._p.get_or_add_pPr()
        properties.insert_element_before(ground, "w:spacing", "w:ind", "w:jc", "w:rPr")
    else:
        part._tc.get_or_add_tcPr().append(ground)


def repeat_head(row: Any) -> None:
    """The table's head comes again on each page, and no row is torn."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def dotted_line(line: Paragraph, width: float, *, ends: bool = True) -> None:
    """From the last word to `width` (cm), by a tabulator that Word fills with dots.

    `ends`: nothing follows; there a left one would begin a new line.
    """
    side = WD_TAB_ALIGNMENT.RIGHT if ends else WD_TAB_ALIGNMENT.LEFT
    line.paragraph_format.tab_stops.add_tab_stop(Cm(width), side, WD_TAB_LEADER.DOTS)
    line.add_run("\t")


def add_page_number(line: Paragraph, field: str, *, thai: bool) -> None:
    """`field`: PAGE or NUMPAGES; in Thai digits by Word's own switch."""
    words = f"{field} \\* ThaiArabic" if thai else field
    for kind, text in (("begin", ""), ("", words), ("separate", ""), (None, "1"), ("end", "")):
        run = line.add_run()
        if kind is None:
            run.text = "๑" if thai else text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {words} "
            run._r.append(code)


def _set_fonts(properties: Any) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]  # a theme's font would win over a named one
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), FONT)


def _append(properties: Any, name: str, value: str | None = None) -> None:
    element = OxmlElement(name)
    if value is not None:
        element.set(qn("w:val"), value)
    _put(properties, element)


def _put(properties: Any, element: Any) -> None:
    """In its place, instead of the one that is there."""
    names = [qn(name) for name in _ORDER]
    for old in properties.findall(element.tag):
        properties.remove(old)
    place = names.index(element.tag)
    for at, other in enumerate(properties):
        if other.tag in names and names.index(other.tag) > place:
            properties.insert(at, element)
            return
    properties.append(element)


def _fallback(file: WordFile) -> None:
    """Where TH Sarabun New is not installed, Word takes its web family."""
    table = next(
        (
            part
            for part in file.part.package.iter_parts()
            if str(part.partname).endswith("fontTable.xml")
        ),
        None,
    )
    if table is None:
        return
    font = (
        f'<w:font w:name="{FONT}"><w:altName w:val="Sarabun"/><w:charset w:val="DE"/>'
        '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    ).encode()
    table._blob = table.blob.replace(b"</w:fonts>", font + b"</w:fonts>")
