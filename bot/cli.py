"""`santong`: run, demo, init, invite, doctor, console, bench."""

import argparse
import asyncio
import contextlib
import os
import socket
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import uvloop

from bot import bench, doctor
from bot.app import App, World, database_path, listen, open_app, serve
from bot.channels.console import Console, lines_of_terminal
from bot.config import Config, ConfigError, load_config
from bot.demo import JOIN_SECONDS, LOOPBACK, PHONES, UNDO_SECONDS, DemoRoutes, Trace, seed_demo
from bot.invite import NoAnswer, invite_beside, invite_here
from bot.keys import KeyProblem, make_root_key, root_key
from bot.logs import setup_logging
from handlers.texts import MissingText
from storage.errors import InUse, TooNew, WrongRootKey

_DEFAULT_FILE = Path("config.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # whatever is made from here on is its owner's alone
    with contextlib.suppress(KeyboardInterrupt):
        try:
            return int(options.run(options))
        except (ConfigError, KeyProblem, MissingText) as problem:
            return _fail(str(problem))
        except InUse:
            return _fail(
                "这个数据目录已经有一个 santong 在运行,先把它停下。\n"
                "Another santong already works on this data folder; stop it first."
            )
        except TooNew as problem:
            return _fail(f"数据比程序新,请升级程序。\nThe data are newer: {problem}. Upgrade.")
        except WrongRootKey:
            return _fail(
                "根密钥不是这份数据的密钥,请放回原来的密钥文件。\n"
                "The root key does not belong to this data; put the old key file back."
            )
        except sqlite3.DatabaseError as problem:
            return _fail(
                "数据文件打不开,可能已损坏;运行 santong doctor 看怎样修。\n"
                f"A data file is damaged or cannot be used ({problem}); run: santong doctor"
            )
        except OSError as problem:
            return _fail(f"文件用不了 cannot be used: {problem.filename}: {problem.strerror}")
    return 0


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="santong", description="三同信箱 Santong")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: object, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.add_argument("--config", type=Path, help="config.toml")
        command.set_defaults(run=run)
        return command

    add("run", run, "正式运行 run the service")
    demo_command = add("demo", demo, "演示:一个虚构的小镇和三部手机 an invented town, three phones")
    demo_command.add_argument("--port", type=int, default=8080)
    add("init", init, "生成根密钥 make the root key of a new installation")
    invited = add("invite", invite, "生成一次性邀请码 a one-time invitation code")
    invited.add_argument("--role", choices=("admin", "cadre"), default="admin")
    invited.add_argument("--name", default="管理员")
    invited.add_argument("--unit", default="", help="工作单位 who they work for")
    checked = add("doctor", check, "检查安装,说明怎样修 check everything, say how to mend it")
    checked.add_argument("--offline", action="store_true", help="不连接平台 contact no platform")
    talk = add("console", console, "在终端里试用 talk to the bot in a terminal")
    talk.add_argument("--as", dest="person", default="me", help="第几个人 who sits here")
    measured = add("bench", bench.run, "测速 measure speed and memory")
    measured.add_argument("--json", action="store_true")
    return parser


def read_config(options: argparse.Namespace) -> Config:
    file = options.config or (_DEFAULT_FILE if _DEFAULT_FILE.exists() else None)
    if file is not None and not file.exists():
        raise ConfigError(f"没有这个文件 no such file: {file}")
    config = load_config(file, os.environ)
    setup_logging(config.logging.level, sys.stderr)
    return config


def root_of(config: Config) -> bytes:
    """A first start makes the key; a store without its key is an error, never a new key."""
    main, keyring = map(database_path, (config.storage.url, config.storage.keyring_url))
    if main.exists() and not keyring.exists():
        raise KeyProblem(
            f"有数据却没有每封信的钥匙:请放回 {keyring},新的打不开旧信。\n"
            f"There are data without the keys of the letters: put {keyring} back."
        )
    elsewhere = {"SANTONG_ROOT_KEY", "CREDENTIALS_DIRECTORY"} & os.environ.keys()
    there = config.keys.root_file.exists() or main.exists()
    if not (there or elsewhere):
        make_root_key(config.keys.root_file)
    return root_key(config.keys.root_file, os.environ)


# commands


def run(options: argparse.Namespace) -> int:
    config = read_config(options)

    async def go() -> int:
        async with open_app(config, root_of(config)) as app:
            listener = _listen(config.web.host, config.web.port)
            if listener is None:
                return 2
            await serve(app, [], listener, lambda: _say_ready(listener, "/"))
            return 0

    return uvloop.run(go())


def demo(options: argparse.Namespace) -> int:
    config = _demo_config(read_config(options))
    trace = Trace()

    async def go() -> int:
        world = replace(World(), observe=trace.observe, phones=PHONES, seed=seed_demo)
        async with open_app(config, root_of(config), world) as app:
            listener = _listen("127.0.0.1", options.port)
            if listener is None:
                return 2
            routes = DemoRoutes(app, trace).routes()
            await serve(app, routes, listener, lambda: _say_ready(listener, "/demo"))
            return 0

    return uvloop.run(go())


def _demo_config(config: Config) -> Config:
    """Shorter times and loopback only, whatever the file says."""
    host = config.web.host if config.web.host in LOOPBACK else "127.0.0.1"
    return msgspec.structs.replace(
        config, join_seconds=JOIN_SECONDS, undo_seconds=UNDO_SECONDS,
        web=msgspec.structs.replace(config.web, host=host),
    )  # fmt: skip


def _listen(host: str, port: int) -> socket.socket | None:
    try:
        return listen(host, port)
    except OSError:
        _fail(
            f"{host}:{port} 用不了,可能已被占用。换一个端口,例如 make run PORT=8090。\n"
            f"{host}:{port} cannot be used, perhaps it is taken. Choose another port."
        )
        return None


def _say_ready(listener: socket.socket, path: str) -> None:
    host, port = listener.getsockname()[:2]
    print(f"三同信箱已就绪 Santong is ready: http://{host}:{port}{path}", flush=True)


def init(options: argparse.Namespace) -> int:
    config = read_config(options)
    file = config.keys.root_file
    if file.exists():
        return _fail(f"已经有根密钥了,没有改动 there is a key already, nothing changed: {file}")
    if database_path(config.storage.url).exists():
        return _fail(
            "已有数据却没有密钥:请放回原来的密钥文件,新密钥打不开旧数据。\n"
            "There are data without a key: put the old key file back, a new one opens nothing."
        )
    make_root_key(file)
    print(f"根密钥 root key: {file}\n请离线备份;丢了它,数据就打不开。Keep a copy offline.")
    return 0


def invite(options: argparse.Namespace) -> int:
    config = read_config(options)
    root = root_of(config)
    arguments = {
        "role": options.role, "name": options.name, "unit": options.unit, "region": ""
    }  # fmt: skip
    try:
        code = uvloop.run(invite_here(config, root, arguments))
    except InUse:
        try:
            code = asyncio.run(invite_beside(config, root, arguments))
        except NoAnswer:
            return _fail("运行中的服务没有回应,请稍后再试 the service did not answer; try again.")
    print(
        f"{code}\n三天内有效,只能用一次。本人私聊机器人发送 valid for three days, once; they send:"
    )
    print(f"/redeem {code}")
    return 0


def check(options: argparse.Namespace) -> int:
    return doctor.run(options.config, options.offline)


def console(options: argparse.Namespace) -> int:
    config = read_config(options)

    async def go() -> int:
        async with open_app(config, root_of(config)) as app:
            await _talk(app, options.person)
            return 0

    return uvloop.run(go())


def _write(text: str) -> None:
    print(text, end="", flush=True)


async def _talk(app: App, person: str) -> None:
    channel = Console(app.gateway.receive, person, lines_of_terminal(), _write)
    app.channels["console"] = channel
    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(app.delivery.run()), group.create_task(app.chores.run())]
        await channel.run()
        for worker in workers:
            worker.cancel()
    while await app.delivery.step():  # what was answered to the last lines
        pass
