"""Redaction of personal data and secrets in logs and reports."""

import re

_LOGIN = re.compile(r"(?<=//)[^/\s@]{1,200}@")
_HOME = re.compile(r"(?<![\w/])(/(?:home/|Users/|run/user/|tmp/kacenv-))[^/\s'\"“”\u2019,;:)]+")
_SECRET = re.compile(
    r"(?i)\b(pass(?:word|wd|phrase)?|token|secret|authorization|api_?key)"
    r"(['\"]?\s*[:=]\s*)(?:bearer\s+)?(\"[^\"]*\"|'[^']*'|[^\s,;)}]+)"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def redact(text: str) -> str:
    """Mask logins, passwords, tokens, mail addresses and the names of home folders in `text`."""
    text = _LOGIN.sub("***@", text)
    text = _SECRET.sub(r"\1\2***", text)
    text = _MAIL.sub("***", text)
    return _HOME.sub(r"\1***", text)
