import bot.discord  # noqa: F401 - loads discord.py without its warning about voice
