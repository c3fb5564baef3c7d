"""Measure a loaded profile against labelled texts."""
