"""Adapters for audio, lights and MIDI."""
