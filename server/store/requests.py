"""Idempotency: whoever inserts the key acts, everybody else gets that one's answer.

Neither key nor body can be read or guessed from what is kept: few bodies are possible, so what is
kept of one is made with the caller's own key, of which only a hash is here.
"""

import hmac
from dataclasses import replace

from sqlalchemy import Connection, delete

from server.domain.refusals import KeyReused
from server.domain.wish import RequestKey
from server.store.plain import Plain
from server.store.schema import request_keys

KEPT_MS = 48 * 3600 * 1000

CLAIM = Plain("""
    INSERT INTO request_keys (office_id, caller, method, path, key, body_hash, at)
    VALUES (:office_id, :caller, :method, :path, :key, :body_hash, :at)
    ON CONFLICT (office_id, caller, method, path, key) DO NOTHING RETURNING key""")
FIND = Plain("""
    SELECT body_hash, answer FROM request_keys
    WHERE office_id = :office_id AND caller = :caller AND method = :method AND path = :path
      AND key = :key""")
KEEP = Plain("""
    UPDATE request_keys SET answer = :answer
    WHERE office_id = :office_id AND caller = :caller AND method = :method AND path = :path
      AND key = :key""")


def hidden(key: RequestKey, secret: str) -> RequestKey:
    """The key as it is kept. `secret`: the office's (hex)."""
    mine = bytes.fromhex(secret)
    made_of = hmac.digest(mine, f"body {key.key} {key.body_hash}".encode(), "sha256")
    name = hmac.digest(mine, f"key {key.key}".encode(), "sha256")
    return replace(key, key=name.hex(), body_hash=made_of.hex())


def claim(db: Connection, office_id: int, key: RequestKey, now: int) -> str | None:
    """None when this transaction is the first with the `hidden` key; else the answer kept with it.

    On PostgreSQL the insert waits for one that is under way; on SQLite writers queue anyway.
    Raises `KeyReused` when the key came with another body.
    """
    named = _named(office_id, key)
    if CLAIM.first(db, {**named, "body_hash": key.body_hash, "at": now}):
        return None
    kept = FIND.first(db, named)
    if kept.body_hash != key.body_hash:
        raise KeyReused("key_reused")
    return str(kept.answer)


def keep(db: Connection, office_id: int, key: RequestKey, answer: str) -> None:
    """Writes the answer down, in the transaction that earned it."""
    KEEP.run(db, {**_named(office_id, key), "answer": answer})


def purge(db: Connection, now: int) -> int:
    """Forgets keys older than 48 hours; returns how many."""
    return db.execute(delete(request_keys).where(request_keys.c.at < now - KEPT_MS)).rowcount


def _named(office_id: int, key: RequestKey) -> dict[str, object]:
    return {
        "office_id": office_id,
        "caller": key.caller,
        "method": key.method,
        "path": key.path,
        "key": key.key,
    }
