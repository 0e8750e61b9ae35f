"""The command `benthu`: serve the registry, do its work, migrate, seed, verify, stop."""

import argparse
import asyncio
import contextvars
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from backend.kit.errors import BenThuError
from backend.kit.localpg import DatabaseNotStarted, LocalPostgres
from backend.settings import SettingRefused, settings
from sandbox_rules.errors import RuleFileError, RuleFileErrors

R = TypeVar("R")
FAILED, REFUSED = 1, 2
WORKER_CONNECTIONS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 settings or rule files refused."""
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except SettingRefused as refused:
        return _fail(REFUSED, str(refused))
    except RuleFileError as fault:
        return _fail(REFUSED, *_explain(fault))
    except BenThuError as error:
        return _fail(FAILED, error.text.vi, error.text.en)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benthu", description="Bến Thử: sổ đăng ký thử nghiệm có kiểm soát")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serving = commands.add_parser("serve", help="chạy trang web và việc nền / run the site and its work")
    serving.add_argument("--demo", action="store_true", help="với dữ liệu mẫu / with example data")
    serving.add_argument("--workers", type=int, default=2, metavar="N", help="tiến trình web / web processes")
    serving.set_defaults(run=serve)

    working = commands.add_parser("work", help="chỉ làm việc nền / do the background work alone")
    working.set_defaults(run=work)

    migrating = commands.add_parser("migrate", help="cập nhật cơ sở dữ liệu / bring the database up to date")
    migrating.add_argument("--back", metavar="APP", help="hoàn tác mọi bước của APP / take back all of APP")
    migrating.set_defaults(run=migrate)

    seeding = commands.add_parser("seed", help="nạp dữ liệu mẫu / load example data")
    seeding.add_argument("what", choices=["demo"])
    seeding.set_defaults(run=seed)

    auditing = commands.add_parser("audit", help="kiểm tra chuỗi nhật ký / verify the audit chains")
    auditing.add_argument("what", choices=["verify"])
    auditing.set_defaults(run=audit)

    answering = commands.add_parser("answers", help="xuất trả lời để học / answers to learn from")
    answering.add_argument("file", type=Path, metavar="FILE.jsonl")
    answering.set_defaults(run=answers)

    bundling = commands.add_parser("bundle", help="kiểm tra bộ chứng cứ / verify an evidence bundle")
    bundling.add_argument("what", choices=["verify"])
    bundling.add_argument("file", type=Path, metavar="FILE.zip")
    bundling.set_defaults(run=bundle)

    stopping = commands.add_parser("stop", help="dừng trang web và cơ sở dữ liệu / stop site and database")
    stopping.set_defaults(run=stop)
    return parser


def serve(args: argparse.Namespace) -> int:
    """Check the rule files, bring the database up to date, then serve until told to stop."""
    from backend import serving

    if args.demo:
        os.environ["BENTHU_DEMO"] = "1"
        settings.cache_clear()
    _check_rules()
    with serving.alone(), _database() as server:
        _with_pool(_bring_up_to_date)
        if args.demo:
            _with_pool(_seed)
        return serving.run(args.workers, watch=lambda: _revive(server))


def work(_args: argparse.Namespace) -> int:
    """Do the jobs of the outbox until told to stop."""
    with _database():
        import backend.app  # noqa: F401 - knows every feature, and so every handler

        asyncio.run(_work())
    return 0


def migrate(args: argparse.Namespace) -> int:
    """Run the missing migrations, or take back all of one app."""
    with _database():
        if args.back:
            from backend.kit.migrations import app_names, migrate_back

            if args.back not in app_names():
                known = ", ".join(app_names())
                return _fail(FAILED, f"Không có {args.back}; hãy chọn: {known}", f"unknown; choose: {known}")
            _tell("Đã hoàn tác", "Taken back", _with_pool(lambda: migrate_back(args.back)))
        else:
            _with_pool(_bring_up_to_date)
    return 0


def seed(_args: argparse.Namespace) -> int:
    """Fill an empty registry with example data."""
    with _database():
        _with_pool(_bring_up_to_date)
        _with_pool(_seed)
    return 0


def audit(_args: argparse.Namespace) -> int:
    """Verify every chain; name the first entry that does not hold."""
    with _database():
        from backend.kit.audit import verify

        broken = _with_pool(verify)
    if broken:
        place = f"{broken.subject} #{broken.seq}: {broken.reason}"
        return _fail(FAILED, f"Chuỗi nhật ký bị đứt tại {place}", f"The audit chain is broken at {place}")
    print("Mọi chuỗi nhật ký đều nguyên vẹn. / Every audit chain holds.")
    return 0


def answers(args: argparse.Namespace) -> int:
    """Write the answers to introductions as JSON Lines, for `python -m matching learn`."""
    from backend.matchmaking.learning import collect_answers
    from matching.io import write_lines

    with _database():
        found = _with_pool(collect_answers)
    write_lines(args.file, found)
    _tell(f"{len(found)} câu trả lời", f"{len(found)} answers", [str(args.file)])
    return 0


def bundle(args: argparse.Namespace) -> int:
    """Verify an evidence bundle against the authorities this installation trusts; needs no database."""
    from backend.bundles.package import verify
    from backend.ports.wiring import ports

    try:
        data = args.file.read_bytes()
    except OSError as error:
        return _fail(FAILED, f"Không đọc được {args.file}: {error.strerror}", f"cannot read {args.file}")
    found = asyncio.run(verify(data, ports().signer))
    if not found.holds:
        return _fail(FAILED, *(line for fault in found.faults for line in (fault.vi, fault.en)))
    assert found.manifest
    assert found.signature
    number, files, signer = found.manifest.number, len(found.manifest.files), found.signature.signer
    print(f"{number}: {files} tệp nguyên vẹn, {signer} ký / {files} files intact, signed by {signer}")
    return 0


def stop(_args: argparse.Namespace) -> int:
    """Stop what serves this data folder, then its embedded database."""
    from backend import serving

    serving.stop_other()
    LocalPostgres(settings().data / "postgres").stop(force=True)
    return 0


@contextmanager
def _database() -> Iterator[LocalPostgres | None]:
    """Have DATABASE_URL set here and for children; the embedded database runs as long as this is open."""
    if settings().database_url:
        yield None
        return
    server = LocalPostgres(settings().data / "postgres")
    os.environ["DATABASE_URL"] = server.start()
    settings.cache_clear()
    try:
        yield server
    finally:
        server.stop()
        del os.environ["DATABASE_URL"]
        settings.cache_clear()


def _revive(server: LocalPostgres | None) -> None:
    """Start the embedded database again if it was killed; if it cannot start yet, the next look tries."""
    if server and server.pid() is None:
        print(
            "Cơ sở dữ liệu dừng đột ngột, đang chạy lại / The database died, starting again", file=sys.stderr
        )
        with suppress(DatabaseNotStarted):
            server.start()


def _with_pool(verb: Callable[[], Awaitable[R]]) -> R:
    from backend.kit.db import close_pool, open_pool

    async def run() -> R:
        await open_pool(settings().database_url)
        try:
            return await verb()
        finally:
            await close_pool()

    return asyncio.run(run())


async def _bring_up_to_date() -> None:
    from backend.kit.migrations import migrate_all

    _tell("Đã cập nhật cơ sở dữ liệu", "Database brought up to date", await migrate_all())


async def _seed() -> None:
    from backend import demo

    await demo.seed()


async def _work() -> None:
    from backend.kit.db import close_pool, open_pool
    from backend.kit.logs import configure_logging
    from backend.kit.outbox import run_worker

    configure_logging()
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, told.set)
    await open_pool(settings().database_url, WORKER_CONNECTIONS)
    try:
        await loop.create_task(run_worker(told), context=contextvars.Context())
    finally:
        await close_pool()


def _check_rules() -> None:
    from sandbox_rules.loader import load

    load()


def _explain(fault: RuleFileError) -> list[str]:
    faults = fault.errors if isinstance(fault, RuleFileErrors) else (fault,)
    lines = ["Tệp quy tắc có lỗi; chưa chạy. / A rule file is at fault; nothing was started."]
    for each in faults:
        where = each.file if each.line is None else f"{each.file}:{each.line}"
        lines.append(f"{where}: {each.key}: {each.reason.vi} {each.mend.vi}")
        lines.append(f"    {each.reason.en} {each.mend.en}")
    return lines


def _tell(vi: str, en: str, what: Sequence[str]) -> None:
    if what:
        print(f"{vi} / {en}: {len(what)}", flush=True)


def _fail(code: int, *lines: str) -> int:
    print(*lines, sep="\n", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
