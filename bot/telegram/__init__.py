"""The Telegram adapter: updates become messages and commands, replies become Telegram messages."""
