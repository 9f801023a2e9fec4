"""A screen's page: the board now, and all that stands round it."""

from flask import render_template, request

from display import media
from display.hours import hours_words
from display.mine import sleeps
from server.domain.screen import Screen
from server.domain.shown import Board
from server.web import settings, who

SHAPES = ("landscape", "portrait")


def rendered(board: Board, **more: object) -> str:
    """`?shape=portrait` holds whatever the screen says of itself."""
    screen = Screen.read(who().options)
    asked = request.args.get("shape")
    held = asked if asked in SHAPES else screen.layout
    return render_template(
        "display/board.html",
        board=board,
        screen=screen,
        services=who().service_ids,
        settings=settings(),
        hours=hours_words(settings()),
        held_shape=held if held in SHAPES else None,
        asleep=sleeps(board),
        with_media=screen.media and bool(media.pieces(media.folder())),
        **more,
    )
