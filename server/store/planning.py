"""What SQLite is told about the tables that grow, so that it takes the right index from day one.

Without figures it supposes that a key which begins with the office finds ten rows, and would read
all of an office's tickets to find the three at its counters. Its own ANALYZE of an empty
database would say no better.
"""

from sqlalchemy import Connection

GROWING = (
    *("tickets", "steps", "ticket_events", "slip_jobs", "request_keys", "survey_tokens"),
    *("answers", "answer_items", "presses", "numbers", "audit"),
)
ROWS = 100_000  # some years of an office
# How many of these one value of a column finds; of any other column, an id's, four.
FINDS = {"office_id": ROWS, "day": 300, "prefix": 20_000, "service_id": 10_000, "state": 20_000}
FINDS |= {"counter_id": 20_000, "source": 20_000, "caller": 50_000, "method": 50_000}
FINDS |= {"path": 20_000, "position": 50_000}
OTHERS = 4
HERE = 2_000  # a partial index holds those who are here now: so many times fewer


def tell(db: Connection) -> None:
    """Writes the figures where SQLite reads them; once, and again when an index is new."""
    wanted = {
        (table, index): figures
        for table in GROWING
        for index, figures in _indexes(db, table).items()
    }
    db.exec_driver_sql("ANALYZE sqlite_schema")  # makes the table of figures if there is none
    told = db.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1").all()
    if {(row[0], row[1]): row[2] for row in told} == wanted:
        return
    db.exec_driver_sql("DELETE FROM sqlite_stat1")
    rows = [(table, index, figures) for (table, index), figures in wanted.items()]
    db.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)


def _indexes(db: Connection, table: str) -> dict[str, str]:
    """By name, the figures of each index: all its rows, then what one more column leaves."""
    found = {}
    for _, name, unique, origin, partial in db.exec_driver_sql(f"PRAGMA index_list({table})").all():
        columns = [row[2] for row in db.exec_driver_sql(f"PRAGMA index_info({name})").all()]
        share = HERE if partial else 1
        left = [
            min(FINDS.get(name, OTHERS) for name in columns[: at + 1]) for at in range(len(columns))
        ]
        figures = [max(1, rows // share) for rows in (ROWS, *left)]
        figures[-1] = 1 if unique else figures[-1]
        clustered = origin == "pk" and not _has_rowid(db, table)
        found[table if clustered else name] = " ".join(map(str, figures))
    return found


def _has_rowid(db: Connection, table: str) -> bool:
    rows = db.exec_driver_sql(f"PRAGMA table_list({table})").all()
    return not rows[0][4]
