"""The barest Flask-SocketIO app that could tell screens of a call: no rows, nobody is asked.

The same gunicorn worker, the same payload (a file), one emit to one room.
"""

import json
import sys
from pathlib import Path

from flask import Flask
from flask_socketio import SocketIO, emit, join_room

from server.config import Config
from server.serving import SWITCH_S, Server, listening, own_address

LIVE = "/live"


def make(payload: object) -> Flask:
    app = Flask("bare")
    socketio = SocketIO(app, async_mode="threading", transports=["websocket"])

    def greet(_auth: object = None) -> None:
        join_room("board")
        emit("board", payload)

    socketio.on_event("connect", greet, namespace=LIVE)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    @app.post("/call")
    def call() -> tuple[dict[str, bool], int]:
        socketio.emit("board", payload, namespace=LIVE, to="board")
        return {"called": True}, 200

    return app


def _begin(_app: Flask) -> None:
    sys.setswitchinterval(SWITCH_S)  # as ours


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    bound = listening("127.0.0.1:0")
    print(f"ready {own_address(bound)}", flush=True)
    Server(lambda: make(told), bound, Config(), _begin).run()
