import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from bot.config import Config, ConfigError, Keyed, load_config
from bot.toml import bare, fields, is_struct, key_names

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TOKEN = "123456:AAH-the-token-of-a-bot"

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str = "", environ: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, environ or {})

    return load


def uncommented(text: str) -> str:
    return re.sub(r"^# (?=\w+ = |\[)", "", text, flags=re.MULTILINE)


def keys_of(kind: Any, above: str = "") -> Iterator[str]:
    """Every key that the Structs know."""
    for name in key_names(kind):
        hint = bare(fields(kind).get(name, str))
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        yield from keys_of(inner, f"{above}{name}.") if is_struct(inner) else [f"{above}{name}"]


def keys_in(data: dict[str, Any], above: str = "") -> Iterator[str]:
    """Every key that stands in a file; what is below [categories] is the taxonomy's."""
    for name, value in data.items():
        inner = value[0] if isinstance(value, list) else value
        whole = not isinstance(inner, dict) or name == "categories"
        yield from [f"{above}{name}"] if whole else keys_in(inner, f"{above}{name}.")


def test_the_example_holds_exactly_the_keys_that_config_knows():
    data = tomllib.loads(uncommented(EXAMPLE.read_text(encoding="utf-8")))

    assert set(keys_in(data)) == set(keys_of(Keyed))


def test_a_key_forgotten_in_the_example_is_found():
    text = EXAMPLE.read_text(encoding="utf-8").replace("# headcount = 420\n", "")

    forgotten = set(keys_of(Keyed)) - set(keys_in(tomllib.loads(uncommented(text))))

    assert forgotten == {"organisation.sites.headcount"}


def test_the_example_as_it_is_says_the_defaults(load):
    assert load(EXAMPLE.read_text(encoding="utf-8")) == load("")


def test_the_example_can_be_used_with_every_comment_taken_off(load):
    text = uncommented(EXAMPLE.read_text(encoding="utf-8"))

    config = load(re.sub(r"^\w+_file = \"keys/telegram.*", "", text, flags=re.MULTILINE))

    assert [site.name for site in config.organisation.sites] == ["华兴电子厂"]
    assert set(config.categories) == {"employment"}


def test_every_line_with_a_key_in_the_example_has_a_comment_in_both_languages():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    keys = [
        n for n, line in enumerate(lines) if re.match(r"(# )?(?!\w+_file = \"keys/t)\w+ = ", line)
    ]

    for n in keys:
        above = lines[n - 2 : n] if lines[n - 1].startswith("#") else []
        assert len(above) == 2 and re.search(r"[一-鿿]", above[0]), lines[n]
        assert re.search(r"[a-z]{2}", above[1]) and not re.search(r"[一-鿿]", above[1]), lines[n]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\njoin_second = 60", ":2: join_second: .*join_seconds"),
        ("[web]\n# here\nprot = 1", ":3: web.prot: .*port"),
        ("base = '/'", ":1: base: .*no such key"),
        ("join_seconds = 0", ":1: join_seconds: .*1 to 180"),
        ("join_seconds = true", ":1: join_seconds: .*1 to 180"),
        ("undo_seconds = 601", ":1: undo_seconds: .*0 to 600"),
        ("[web]\nport = '8080'", ":2: web.port: .*0 to 65535"),
        ("web = 3", ":1: web: .*table"),
        ("time_zone = 'Asia/Shangai'", ":1: time_zone: .*Asia/Shanghai"),
        ("time_zone = '../etc'", ":1: time_zone: "),
        ("language = 'fr'", ':1: language: .*"zh-CN"'),
        ("[web]\npublic_url = 'http://xin.cn'", ":2: web.public_url: "),
        ("[web]\npublic_url = 'https://xin.cn/'", ":2: web.public_url: "),
        ("[web]\npublic_url = 'https://[x'", ":2: web.public_url: "),
        ("[storage]\nurl = 'postgresql://a'", ":2: storage.url: .*only SQLite"),
        (
            "[storage]\nurl = 'sqlite:///a.db'\nkeyring_url = 'sqlite:///x/../a.db'",
            ":3: storage.keyring_url: .*another file",
        ),
        ("[telegram]\nmode = 'webhook'", ":1: telegram.webhook_secret: .*required"),
        ("[telegram]\nwebhook_secret = '密'", ":2: telegram.webhook_secret: "),
        (
            "[telegram]\nmode = 'webhook'\nwebhook_secret = 's'\n[web]",
            ":4: web.public_url: .*required",
        ),
        ("[telegram]\nproxy = 'ftp://x'", ":2: telegram.proxy: .*socks5"),
        ("[telegram]\ntoken = 'a'\ntoken_file = 'b'", ":3: telegram.token_file: .*one of the two"),
        ("[telegram]\ntoken_file = 'missing'", ":2: telegram.token_file: .*cannot be read"),
        ("[telegram]\ntoken_file = 3", ":2: telegram.token_file: .*path"),
        ("[[organisation.sites]]\nkind = 'campus'", ":1: organisation.sites.name: "),
        (
            "[[organisation.sites]]\nname = 'a'\n\n[[organisation.sites]]\nname = 'b'\nkind = 'x'",
            ':6: organisation.sites.kind: .*"dormitory"',
        ),
        (
            "[[organisation.sites]]\nname = 'a'\n[[organisation.sites]]\nname = 'a'",
            ":4: organisation.sites.name: .*another site",
        ),
        ("[organisation]\nsites = [\n  { name = 3 },\n]", ":2: organisation.sites.name: "),
        ("[organisation.sites]\nname = 'a'", ":1: organisation.sites: .*list of tables"),
        ("[categories]\npay = 3", ":2: categories.pay: .*tables"),
        ("[categories.pay]\nskill = ['a']", ":2: categories.pay.skill: .*skills"),
        ("\nlanguage =", ":2: .*TOML"),
        ("a = 1\nb = '''\nnever closed\n", ":3: .*TOML"),
        ("[web]\nport = 1\nport = 2", ":3: .*TOML"),
    ],
)
def test_a_wrong_key_is_told_with_file_line_key_and_what_is_expected(load, text, message):
    with pytest.raises(ConfigError, match=rf"config\.toml{message}"):
        load(text)


def test_a_file_that_is_missing_or_not_utf_8_is_told(tmp_path):
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigError, match=r"config\.toml: .*No such file"):
        load_config(path, {})

    path.write_bytes("language = 'en'\n# 中".encode("gb18030"))

    with pytest.raises(ConfigError, match=r"config\.toml:2: .*UTF-8"):
        load_config(path, {})


def test_a_file_from_windows_is_read_with_its_mark_and_line_ends(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbflanguage = 'en'\r\n\r\n[web]\r\nprot = 1\r\n")

    with pytest.raises(ConfigError, match=r"config\.toml:4: web\.prot"):
        load_config(path, {})


def test_paths_start_from_the_folder_of_the_file(load, tmp_path):
    config = load("[storage]\nurl = 'sqlite:///x.db'\nkeyring_url = 'sqlite:////srv/k.db'")

    assert config.base == tmp_path
    assert config.keys.root_file == tmp_path / "keys/root.key"
    assert config.storage.url == f"sqlite:///{tmp_path}/x.db"
    assert config.storage.keyring_url == "sqlite:////srv/k.db"


def test_without_a_file_there_are_the_defaults_in_the_folder_at_hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    config = load_config(None, {"SANTONG_TELEGRAM_TOKEN": TOKEN})

    assert config.storage.url == f"sqlite:///{tmp_path}/data/santong.db"
    assert config.telegram.token == TOKEN


def test_a_packaged_file_can_keep_its_data_elsewhere(load, tmp_path):
    (tmp_path / "demo.toml").write_text("join_seconds = 4")

    config = load_config(tmp_path / "demo.toml", {}, base=tmp_path / "here")

    assert config.keys.root_file == tmp_path / "here/keys/root.key"


def test_a_secret_comes_from_the_file_or_before_it_from_the_environment(load):
    text = f"[telegram]\ntoken = '{TOKEN}'"

    assert load(text).telegram.token == TOKEN
    assert load(text, {"SANTONG_TELEGRAM_TOKEN": "1:x"}).telegram.token == "1:x"


def test_a_secret_in_a_file_of_its_own_must_be_closed_to_others(load, tmp_path):
    own = tmp_path / "token"
    own.write_text(f"{TOKEN}\n")
    own.chmod(0o640)
    text = "[telegram]\ntoken_file = 'token'"
    with pytest.raises(ConfigError, match=r":2: telegram.token_file: .*chmod 600 .*/token"):
        load(text)

    assert load(text, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).telegram.token == TOKEN
    own.chmod(0o600)
    assert load(text).telegram.token == TOKEN


def test_what_is_wrong_with_a_secret_is_told_without_the_secret(load, tmp_path):
    with pytest.raises(ConfigError, match=r"^SANTONG_TELEGRAM_TOKEN: ") as from_outside:
        load("", {"SANTONG_TELEGRAM_TOKEN": "hidden"})
    with pytest.raises(ConfigError, match=r":2: telegram\.token: ") as from_file:
        load("[telegram]\ntoken = 'hidden'")
    own = tmp_path / "token"
    own.write_text("hidden")
    own.chmod(0o600)
    with pytest.raises(ConfigError, match=r":2: telegram\.token_file: ") as from_own:
        load("[telegram]\ntoken_file = 'token'")

    assert not [e for e in (from_outside, from_file, from_own) if "hidden" in str(e.value)]


def test_a_secret_does_not_show_in_a_repr(load):
    config = load(f"[telegram]\ntoken = '{TOKEN}'\nproxy = 'http://me:pass@host:1'")

    assert TOKEN not in repr(config)
    assert "pass" not in repr(config)
    assert "•••" in repr(config)
