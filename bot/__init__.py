"""People and platforms: chat adapters, inbox, mailboxes, worker, moderation, texts, web page and command line."""
