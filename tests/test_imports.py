"""The house's arrows: who may know whom. DESIGN.md shows them; this test holds them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("server", "kiosk", "display", "printers")
FACES = {"kiosk", "display", "server.counter", "server.reception", "server.resident"}
FACES |= {"server.survey", "server.reports", "server.manage", "server.sign_in", "server.printing"}
FACES |= {"server.alarms", "server.cases", "server.wall"}
FACES |= {"server.paper_forms", "server.comments"}
FACES |= {"server.rating", "server.measuring"}
LAYERS: list[set[str]] = [  # a part imports itself and earlier lines, never its neighbours
    {"printers", "server.domain"},
    {"server.config", "server.catalogue", "server.links", "server.assets"},
    {"server.often", "server.tries", "server.sheet", "server.sockets", "server.shout"},
    {"server.store", "server.wording", "server.voices"},
    {"server.office", "server.pace", "server.pairing", "server.shapes", "server.composing"},
    {"server.samples", "server.posters"},
    {"server.admitting", "server.alerting", "server.judging"},
    {"server.moving", "server.issuing", "server.pressing", "server.reads", "server.access"},
    {"server.day_end", "server.answering", "server.forgetting"},
    {"server.transcripts", "server.reviews"},
    {
        "server.desk",
        "server.paper",
        "server.setup",
        "server.questions",
        "server.satisfaction",
        "server.figures",
    },
    {"server.alerts", "server.callbacks", "server.protected"},
    {"server.check", "server.policy", "server.sheets", "server.believing"},
    {"server.measures"},
    {"server.simulation", "server.trying", "server.spool", "server.agents", "server.phone"},
    {"server.webhooks"},
    {"server.house", "server.bus"},
    {"server.reporting"},
    {"server.web", "server.timer", "server.watching"},
    {"server.ways", "server.days"},
    {"server.tracking", "server.watchers", "server.phone_pages"},
    {"server.bells"},
    {"server.push"},
    {"server.api"},
    FACES,
    {"server.app"},
    {"server.serving", "server.demo"},
    {"server.backup"},
    {"server.exporting"},
    {"server.commands"},
    {"server.cli"},
    {"server.__main__"},
]
PURE = {"flask", "sqlalchemy", "gunicorn", "alembic", "psycopg", "sqlite3", "socket", "printers"}
INSIDE_A_VERB = (
    "desk.py",
    "day_end.py",
    "moving.py",
    "issuing.py",
    "admitting.py",
    "office.py",
    "pressing.py",
    "answering.py",
    "paper.py",
    "alerting.py",
    "alerts.py",
    "callbacks.py",
    "protected.py",
)
SLOW_OR_OUTSIDE = {"time", "socket", "urllib", "flask", "printers", "requests", "subprocess"}


def part(module: str) -> str:
    """server.store.tickets → server.store; kiosk.views → kiosk."""
    return ".".join(module.split(".")[: 2 if module.startswith("server.") else 1])


def rank(part: str) -> int:
    found = [at for at, layer in enumerate(LAYERS) if part in layer]
    assert found, f"{part} stands in no layer of the house: give it its place in LAYERS"
    return found[0]


def imported(file: Path) -> set[str]:
    """Whole names of what the file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def files(*rooms: str) -> Iterator[tuple[str, Path]]:
    """Each module of these rooms with the part it belongs to."""
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            if "migrations" not in file.parts and module != "server.__init__":
                yield part(module.removesuffix(".__init__")), file


@pytest.mark.parametrize("top", OURS)
def test_imports_point_one_way(top: str) -> None:
    for own, file in files(top):
        parts = {part(name) for name in imported(file) if name.split(".")[0] in OURS}
        for other in parts - {own, "server"}:
            assert rank(other) < rank(own), f"{file.relative_to(ROOT)} imports {other}"


def test_printers_import_nothing_of_ours() -> None:
    for _, file in files("printers"):
        ours = {name for name in imported(file) if name.startswith(("server", "kiosk", "display"))}
        assert ours == set(), file


def test_the_rules_know_no_database_no_web_and_no_clock() -> None:
    for _, file in files("server/domain"):
        tops = {name.split(".")[0] for name in imported(file)}
        assert tops & (PURE | {"time"}) == set(), file
        calls = {
            ast.unparse(node)
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not any(call.startswith(("datetime.now(", "date.today(")) for call in calls), file


def test_the_store_knows_no_web() -> None:
    for _, file in files("server/store"):
        assert not any(name.startswith(("flask", "werkzeug")) for name in imported(file)), file


@pytest.mark.parametrize("name", INSIDE_A_VERB)
def test_nothing_slow_or_outside_happens_inside_a_verb(name: str) -> None:
    tops = {module.split(".")[0] for module in imported(ROOT / "server" / name)}
    assert tops & SLOW_OR_OUTSIDE == set()


def test_only_the_settings_read_the_environment() -> None:
    for _, file in files(*OURS):
        if file.name not in ("commands.py", "timer.py"):  # where it is read once; a process id
            assert not {"os.environ", "os.getenv"} & _names(file), file


def _names(file: Path) -> set[str]:
    tree = ast.walk(ast.parse(file.read_text("utf-8")))
    return {ast.unparse(node) for node in tree if isinstance(node, ast.Attribute)}


def test_everything_imported_is_pinned() -> None:
    """What we import of others stands in the lock file under a name that pip knows."""
    others = set()
    for _, file in files(*OURS):
        others |= {name.split(".")[0] for name in imported(file)}
    others -= {*OURS, *sys.stdlib_module_names}
    lock = (ROOT / "requirements.lock").read_text("utf-8").lower().replace("-", "_")
    known = {"PIL": "pillow", "escpos": "python_escpos", "argon2": "argon2_cffi"}
    known |= {"flask_socketio": "flask_socketio", "socketio": "python_socketio"}
    known |= {"engineio": "python_engineio", "fontpkg_sarabun": "fontpkg_sarabun"}
    known |= {"docx": "python_docx"}
    for name in sorted(others):
        wanted = known.get(name, name).lower()
        assert f"\n{wanted}==" in f"\n{lock}", f"{name} is in no line of requirements.lock"


def test_the_lock_file_has_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-test.lock", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert '"resolved": "http' not in text, name
        assert not any(line.startswith(("--", "http")) for line in text.splitlines()), name
