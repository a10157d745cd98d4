"""Preflight: test of the real room before a session, with one result: go or no-go."""

from kacenv.diagnostics.preflight.probe_messages import ProbeMessage, Progress, Question
from kacenv.diagnostics.preflight.report import Verdict

__all__ = ["ProbeMessage", "Progress", "Question", "Verdict"]
