"""Preflight: test of the real room before a session, with one result: go or no-go."""

from kacenv.diagnostics.preflight.report import Verdict
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question

__all__ = ["ProbeMessage", "Progress", "Question", "Verdict"]
