"""Diagnosis of the machine, the devices and the rooms, with remedies."""

from kacenv.diagnostics.finding import Finding, Severity, to_json, to_text
from kacenv.diagnostics.probe_runner import ProbeJob, run_probes

__all__ = ["Finding", "ProbeJob", "Severity", "run_probes", "to_json", "to_text"]
