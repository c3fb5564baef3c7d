"""The local web page: a conversation with her face beside it."""
