"""Scan: parallel judging of sound files in worker processes."""

import errno
import hashlib
import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final

from kacenv.analysis.measurement import Measurement
from kacenv.analysis.measurement_cache import FileStamp, MeasurementCache
from kacenv.analysis.verdict import Verdict

_log = logging.getLogger(__name__)
MEMORY: Final = 2 << 30
"""Memory limit (bytes) of a worker; music needs a twentieth of it."""
PATIENCE: Final = 900
"""Time limit (s) for one file; 24 hours of music take 300."""


def prepare() -> None:
    """Set up a worker: limit its memory, ignore Ctrl-C, and exit with the parent process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # it would reserve memory for each core
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(5)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(parent: int) -> None:
    wait([parent])
    os._exit(1)


def work(path: str) -> Verdict | str:
    """Return the verdict on the file at `path`, or why it can't be made today."""
    from kacenv.analysis.judge import judge  # noqa: PLC0415 - only the workers need FFmpeg

    signal.alarm(PATIENCE)  # ends the process, which the scan then tells of
    try:
        return judge(path)
    except OSError as error:
        return f"it can't be read: {error.strerror}"
    finally:
        signal.alarm(0)


_BROKE_DOWN: Final = "the decoder broke down over it; convert it to FLAC"
_CHANGED: Final = "it changed while it was measured; scan again"


@dataclass(frozen=True, slots=True)
class ScanResult:
    """File with its verdict, or in `reason` why there is none."""

    path: Path
    verdict: Verdict | None = None
    reason: str = ""
    """Why the file can't be played, or couldn't be looked at; empty for one that plays."""
    known: bool = False
    """True if the verdict is from the cache."""

    @property
    def sound(self) -> Measurement | None:
        """Return the measurement; None with a reason."""
        return self.verdict.sound if self.verdict else None


@dataclass(frozen=True, slots=True)
class _ScanJob:
    """File to be judged in its current state."""

    path: Path
    stamp: FileStamp
    content: bytes


Worker = Callable[[str], Verdict | str]


def cores() -> int:
    """Return the number of cores available to this process."""
    return len(os.sched_getaffinity(0))


def scan(
    paths: Iterable[Path], cache: MeasurementCache, worker: Worker = work
) -> Iterator[ScanResult]:
    """Yield each file once: the cached ones first, then the others as they are judged.

    Each verdict is committed before it is yielded, so an interrupted scan loses nothing.
    """
    known, jobs = cache.known(), list[_ScanJob]()
    for path in dict.fromkeys(path.resolve() for path in paths):
        verdict = known.verdict(path)
        if verdict is not None and verdict.whole:
            yield _result(path, verdict, known=True)
            continue
        try:
            job = _job(path)
        except OSError as error:
            yield ScanResult(path, reason=f"it can't be read: {error.strerror}")
            continue
        verdict = cache.of_content(job.content)
        if verdict is None or not verdict.whole:
            jobs.append(job)
        else:
            yield _kept(job, verdict, cache, known=True)
    for job, result in _judged(jobs, worker):
        yield _kept(job, result, cache)


def _job(path: Path) -> _ScanJob:
    if not path.is_file():  # a pipe would never end
        raise FileNotFoundError(errno.ENOENT, "the file isn't there")
    return _ScanJob(path, FileStamp.of(path), content_hash(path))


def content_hash(path: Path) -> bytes:
    """Return the hash by which a file's content is known under any name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def _result(path: Path, verdict: Verdict, *, known: bool) -> ScanResult:
    return ScanResult(path, verdict, verdict.fault, known=known)


def _kept(
    job: _ScanJob, verdict: Verdict | str, cache: MeasurementCache, *, known: bool = False
) -> ScanResult:
    if isinstance(verdict, str):
        return ScanResult(job.path, reason=verdict)
    try:
        changed = FileStamp.of(job.path) != job.stamp
    except OSError:
        changed = True
    if changed:
        return ScanResult(job.path, reason=_CHANGED)
    cache.keep(job.path, job.stamp, job.content, verdict)
    return _result(job.path, verdict, known=known)


def _judged(jobs: list[_ScanJob], worker: Worker) -> Iterator[tuple[_ScanJob, Verdict | str]]:
    """Yield every job with its verdict; rerun a job whose process died in a process of its own."""
    left = jobs
    if len(jobs) > 1:
        left = []
        with _pool(min(cores(), len(jobs))) as pool:
            for job, result in _finished(pool, jobs, worker):
                if result is None:
                    left.append(job)
                else:
                    yield job, result
    for job in left:
        with _pool(1) as pool:
            for _, result in _finished(pool, [job], worker):
                yield job, result or Verdict(fault=_BROKE_DOWN)


def _finished(
    pool: ProcessPoolExecutor, jobs: list[_ScanJob], worker: Worker
) -> Iterator[tuple[_ScanJob, Verdict | str | None]]:
    """Yield jobs as they finish; without a verdict if the pool or the decoder broke down."""
    futures: dict[Future[Verdict | str], _ScanJob] = {}
    for index, job in enumerate(jobs):
        try:
            futures[pool.submit(worker, str(job.path))] = job
        except BrokenProcessPool:
            yield from ((late, None) for late in jobs[index:])
            break
    for future in as_completed(futures):
        try:
            result = future.result()
        except Exception as error:  # noqa: BLE001 - one file must not end the scan of all
            if not isinstance(error, BrokenProcessPool):
                _log.exception("no verdict on %s", futures[future].path)
            yield futures[future], None
        else:
            yield futures[future], result


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    """Open a process pool; terminate its processes at once if the scan is left early."""
    # A forked process would share the locks of the progress bar's thread.
    pool = ProcessPoolExecutor(size, multiprocessing.get_context("spawn"), initializer=prepare)
    before = multiprocessing.active_children()
    try:
        yield pool
    except BaseException:
        for process in multiprocessing.active_children():
            if process not in before:
                process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
