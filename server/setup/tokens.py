"""API tokens: which programs may ask, and for what."""

from typing import Any

from sqlalchemy import Row

from server.domain.refusals import BadField, NotAllowed
from server.domain.roles import TokenRole
from server.domain.wish import Actor
from server.setup.ground import Part, added, did
from server.store import passes, schema, setup


class Tokens(Part):
    def all(self) -> list[Row[Any]]:
        """Rows of `tokens`, newest first, revoked ones too."""
        return self._rows(schema.tokens)[::-1]

    def add(self, name: str, role: TokenRole, actor: Actor) -> str:
        """The new token, which nobody can see again. Raises `BadField`."""
        with self._changing() as turn:
            if setup.taken(turn.db, schema.tokens, turn.office_id, "name", name, None):
                raise BadField(name="taken")
            token = passes.add_token(turn.db, turn.office_id, turn.now, name, role)
            added(turn, actor, "token.added", name, {"token_role": role})
            return token

    def revoke(self, token_id: int, actor: Actor) -> None:
        """Its next request is refused. Raises `NotFound`, `NotAllowed` (it was revoked before)."""
        with self._changing() as turn:
            row = setup.find(turn.db, schema.tokens, turn.office_id, token_id)
            if row.revoked_at is not None:
                raise NotAllowed("token_revoked")
            values = {"revoked_at": turn.now}
            setup.change(turn.db, schema.tokens, turn.office_id, token_id, values)
            did(turn, actor, "token.revoked", row.name)
