"""Settings: one frozen dataclass, from settings.toml and over it the environment."""

import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from server.config import BadConfig, Config
from server.store.engine import Store

ROOT = Path(__file__).parent.parent


def test_readme_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert sorted(named) == sorted(field.name for field in fields(Config))


def test_the_example_file_is_one_that_can_be_read(tmp_path: Path) -> None:
    example = (ROOT / "deploy" / "settings.example.toml").read_text("utf-8")
    (tmp_path / "settings.toml").write_text(example)
    Config.load(tmp_path, {})
    told = re.sub(r"^# ?(?=\w+ = )", "", example, flags=re.M)
    (tmp_path / "settings.toml").write_text(told)
    known = {field.name for field in fields(Config)}
    assert set(re.findall(r"^(\w+) = ", told, re.M)) <= known


def test_without_anything_an_office_needs_no_settings(tmp_path: Path) -> None:
    config = Config.load(tmp_path, {})
    assert config == Config()
    assert (config.workers, config.database, config.redis_url) == (1, "sqlite", "")
    assert config.sqlite_file(tmp_path) == tmp_path / "khiu.db"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("threads = 20\nredis_url = 'redis://a'\n")
    config = Config.load(tmp_path, {"KHIU_THREADS": "40", "PATH": "/bin"})
    assert (config.threads, config.redis_url) == (40, "redis://a")


def test_many_workers_need_postgresql_and_redis(tmp_path: Path) -> None:
    database, redis = "postgresql+psycopg://khiu@db/khiu", "redis://bus"
    whole = {"KHIU_WORKERS": "4", "KHIU_DATABASE_URL": database, "KHIU_REDIS_URL": redis}
    assert Config.load(tmp_path, whole).workers == 4
    for lacking in (
        whole | {"KHIU_DATABASE_URL": ""},
        whole | {"KHIU_REDIS_URL": ""},
        whole | {"KHIU_DATABASE_URL": f"sqlite:///{tmp_path}/khiu.db"},
    ):
        with pytest.raises(BadConfig, match="workers"):
            Config.load(tmp_path, lacking)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "colour"),
        ("workers = ", "TOML"),
        ("workers = 0", "workers"),
        ("workers = -1", "workers"),
        ("workers = 1.5", "workers"),
        ("workers = true", "workers"),
        ("workers = 'many'", "workers"),
        ("threads = 0", "threads"),
        ("trusted_proxies = -1", "trusted_proxies"),
        ("trusted_proxies = '1 '", "trusted_proxies"),
        ("database_url = 5", "database_url"),
        ("redis_url = ['a']", "redis_url"),
        ("redis_url = 'nonsense'", "redis_url"),
        ("redis_url = 'redis://a:b'", "redis_url"),
        ("database_url = 'nonsense'", "database_url"),
        ("database_url = 'mysql://u@h/d'", "database_url"),
        ("database_url = 'postgres://u@h/d'", "database_url"),
        ("redis_url = '\ud800'", "UTF-8"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    (tmp_path / "settings.toml").write_bytes(raw)
    with pytest.raises(BadConfig) as refused:
        Config.load(tmp_path, {})
    assert said in str(refused.value) or "utf-8" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("workers", [1, 2, 4, 9, 16])
def test_all_workers_together_leave_postgresql_some_connections(workers: int) -> None:
    assert workers * Config(workers=workers).connections <= 95
    assert 4 <= Config(workers=workers).connections <= 20


def test_settings_do_not_change_while_it_runs() -> None:
    with pytest.raises((FrozenInstanceError, AttributeError)):
        Config().workers = 2  # type: ignore[misc]


@pytest.mark.parametrize("name", ["a b", "a%20b", "a?b", "a#b", "หน่วยงาน", "a'b\"c"])
def test_the_data_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    config = Config()
    store = Store(config.store_url(folder))
    with store.writing() as db:
        db.exec_driver_sql("CREATE TABLE here (n INTEGER)")
    store.close()
    assert (folder / "khiu.db").is_file()
    assert config.sqlite_file(folder) == folder / "khiu.db"
    assert sorted(one.name for one in tmp_path.iterdir()) == [name]


def test_a_database_elsewhere_is_locked_where_it_lies(tmp_path: Path) -> None:
    config = Config.load(tmp_path, {"KHIU_DATABASE_URL": f"sqlite:///{tmp_path}/other/khiu.db"})
    assert config.sqlite_file(tmp_path / "data") == tmp_path / "other" / "khiu.db"
    config = Config.load(tmp_path, {"KHIU_DATABASE_URL": "postgresql+psycopg://khiu@db/khiu"})
    assert config.sqlite_file(tmp_path) is None
