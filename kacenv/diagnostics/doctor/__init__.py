"""Diagnosis of the machine, the devices and the rooms, with remedies."""

from kacenv.diagnostics.finding import Finding, Mark, to_json, to_text
from kacenv.diagnostics.probe_runner import Job, examine

__all__ = ["Finding", "Job", "Mark", "examine", "to_json", "to_text"]
