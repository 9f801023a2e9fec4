"""What of the office's board concerns one screen of the hall; static/mine.js says the same."""

from collections.abc import Collection
from dataclasses import replace

from server.domain.shown import Board, Call


def mine(board: Board, service_ids: Collection[int]) -> Board:
    """The board with the calls and pools of these services; all of it where none are named."""
    if not service_ids:
        return board

    def concerns(call: Call) -> bool:
        return call.service_id in service_ids

    return replace(
        board,
        calls=tuple(filter(concerns, board.calls)),
        recent=tuple(filter(concerns, board.recent)),
        waiting=tuple(pool for pool in board.waiting if set(pool.service_ids) & set(service_ids)),
    )


def sleeps(board: Board) -> bool:
    """Whether this screen rests: the office is closed, nobody waits, nobody was called of late."""
    return board.closed and not board.recent and not any(pool.waiting for pool in board.waiting)
