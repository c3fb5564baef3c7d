"""Tokenizer, language model, role adapters and sentence encoders of the `mini` profile."""
