"""Addresses of styles and modules: by content, so that browsers may keep them for ever."""

from collections.abc import Collection
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, url_for

SHORT = 12


@cache
def _fingerprint(file: Path, _changed_ns: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:SHORT]


def fingerprint(file: Path) -> str:
    """What the file's content is called; a new one as soon as the file changes."""
    return _fingerprint(file, file.stat().st_mtime_ns)


def register(app: Flask) -> None:
    """Gives templates `asset(name, face)` and `import_map()`."""

    def folder(face: str | None) -> Path:
        owned = app.blueprints[face].static_folder if face else app.static_folder
        return Path(owned or "")

    def asset(name: str, face: str | None = None) -> str:
        endpoint = f"{face}.static" if face else "static"
        return url_for(endpoint, filename=name, v=fingerprint(folder(face) / name))

    def import_map(faces: Collection[str] | None = None) -> dict[str, dict[str, str]]:
        """Every module of the house by name: `live` is ours, `kiosk/choose` the kiosk's.

        `faces`: theirs and ours only, for pages whose every byte somebody pays for.
        """
        found = {"socket.io": asset("vendor/socket.io.esm.min.js")}
        for module in sorted((folder(None) / "js").glob("*.js")):
            found[module.stem] = asset(f"js/{module.name}")
        for face, room in app.blueprints.items():
            if room.static_folder and (faces is None or face in faces):
                for module in sorted(Path(room.static_folder).glob("*.js")):
                    found[f"{face}/{module.stem}"] = asset(module.name, face)
        return {"imports": found}

    app.jinja_env.globals |= {"asset": asset, "import_map": import_map}
