"""Logs: one JSON object a line, with the request's id, and nothing personal in it."""

import json
import logging
import re
from datetime import UTC, datetime

from piggyadmin.piggy.request_id import request_id

EMAIL = re.compile(r"[^\s\"'<>@=&?,;]+@[^\s\"'<>@=&?,;]+")
BEARER = re.compile(r"(?i)(bearer\s+|token[\"'=:\s]+|secret[\"'=:\s]+)[\w.\-~+/|]{8,}=*")
PHONE = re.compile(r"(?<![\w\-.:])\+?\d[\d \-]{7,}\d(?![\w\-:])")
QUERY = re.compile(r"(?<=[\w/])\?\S+")


def redact(text: str) -> str:
    """`text` without bearer tokens, e-mail addresses, phone numbers and query strings."""
    text = BEARER.sub(r"\1[secret]", text)
    text = QUERY.sub("?[query]", text)
    text = EMAIL.sub("[e-mail]", text)
    return PHONE.sub("[number]", text)


class RedactFilter(logging.Filter):
    """A second net: our own lines carry nothing personal, a library's may."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
        }
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
