"""The rules of a turn as pure functions: no model, no clock, no storage."""
