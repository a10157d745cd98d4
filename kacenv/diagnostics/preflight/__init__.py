"""Preflight: test of the real room before a session, with one result: go or no-go."""

from kacenv.diagnostics.preflight.probe_messages import Question, Said, Step
from kacenv.diagnostics.preflight.report import Verdict

__all__ = ["Question", "Said", "Step", "Verdict"]
