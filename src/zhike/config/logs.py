"""The log: for people on standard error, for machines as JSON lines in ``ZHIKE_HOME/log``.

It is read by more people than may act as everybody or may see every customer, so it holds no one-time links, and of a
fault the kind and the place: the words of an exception may repeat what was typed.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import logging
import os
import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from zhike.foundation.kit import trace

_LINK = re.compile(r"/(accounts/link|portal/welcome|start)/[^/\s]+")
_ROTATE_BYTES = 20 * 1024 * 1024
_FILES_KEPT = 10


class WithoutLinks(logging.Filter):
    """Takes one-time links out of a line: one that was refused for another reason may still be good."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if _LINK.search(text):
            record.msg, record.args = _LINK.sub(r"/\1/…", text), ()
        record.trace = trace.current() or "-"
        return True


class JsonLine(logging.Formatter):
    """One line of JSON: time, level, logger, words, id of the work; of a fault its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _event(record),
            "trace": trace.current(),
            "process": record.process,
            **getattr(record, "more", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            said["fault"] = fault_of(record.exc_info[0], record.exc_info[2])
        return json.dumps(said, ensure_ascii=False, default=str)


def _event(record: logging.LogRecord) -> str:
    """The words; of a refused request without its address, in which somebody may have typed anything."""
    said = record.getMessage()
    return said.partition(":")[0] if record.name == "django.request" else said


def fault_of(kind: type[BaseException], place: TracebackType | None) -> dict[str, Any]:
    """An exception without its words: its kind, and where it rose through our code."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(place)]
    return {"kind": f"{kind.__module__}.{kind.__qualname__}", "frames": frames[-12:]}


class PlainWithoutWords(logging.Formatter):
    """Lines for people in production: of a fault its kind and place, as in the file."""

    def formatException(self, ei: Any) -> str:
        found = fault_of(ei[0], ei[2])
        return "\n".join([str(found["kind"]), *(f"  {frame}" for frame in found["frames"])])


class JsonFile(logging.Handler):
    """Appends to a file that several processes share; whoever finds it full moves it aside, the others follow."""

    def __init__(self, path: str, *, rotate_bytes: int = _ROTATE_BYTES, kept: int = _FILES_KEPT) -> None:
        super().__init__()
        self._path, self._rotate_bytes, self._kept = Path(path), rotate_bytes, kept
        self._handle: int | None = None
        os.register_at_fork(after_in_child=self._close_handle)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # One write of one line to a file opened for appending: lines of two processes do not mix.
            os.write(self._current(), (self.format(record) + "\n").encode("utf-8", "backslashreplace"))
        except Exception:  # noqa: BLE001 - a log must not break what it tells of
            self.handleError(record)

    def close(self) -> None:
        self._close_handle()
        super().close()

    def _current(self) -> int:
        if self._handle is not None:
            standing = os.fstat(self._handle)
            if standing.st_nlink and standing.st_size < self._rotate_bytes and self._is_in_place(standing):
                return self._handle
            if standing.st_size >= self._rotate_bytes:
                self._rotate()
            self._close_handle()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return self._handle

    def _is_in_place(self, standing: os.stat_result) -> bool:
        try:
            return self._path.stat().st_ino == standing.st_ino
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        with (self._path.parent / ".rotating").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._path.exists() or self._path.stat().st_size < self._rotate_bytes:
                return  # another process was quicker
            for number in range(self._kept - 1, 0, -1):
                older = self._numbered(number)
                if older.exists():
                    older.replace(self._numbered(number + 1))
            self._path.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _close_handle(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def logging_of(home: Path, *, to_file: bool, words_of_faults: bool) -> dict[str, Any]:
    """The settings of the log."""
    handlers = ["stderr", "file"] if to_file else ["stderr"]
    made: dict[str, Any] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_links"]}
    }
    if to_file:
        made["file"] = {
            "()": "zhike.config.logs.JsonFile", "path": str(home / "log" / "zhike.jsonl"), "formatter": "json",
            "filters": ["without_links"],
        }  # fmt: skip
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "logging.Formatter" if words_of_faults else "zhike.config.logs.PlainWithoutWords",
                "format": "%(asctime)s %(levelname)s %(name)s [%(trace)s] %(message)s",
            },
            "json": {"()": "zhike.config.logs.JsonLine"},
        },
        "filters": {"without_links": {"()": "zhike.config.logs.WithoutLinks"}},
        "handlers": made,
        "root": {"handlers": handlers, "level": "WARNING"},
        "loggers": {
            "django": {"handlers": handlers, "level": "WARNING", "propagate": False},
            "django.security.DisallowedHost": {"handlers": handlers, "level": "CRITICAL", "propagate": False},
            # A line for each request, for machines: standard error would drown in them.
            "zhike.requests": {"handlers": handlers[1:], "level": "INFO", "propagate": False},
            "zhike.work": {"handlers": handlers[1:], "level": "INFO", "propagate": False},
        },
    }
