"""What people and moderators can command, the same on every platform."""
