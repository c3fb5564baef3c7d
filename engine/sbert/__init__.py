"""Sentence-BERT: the encoders, what they recall, and how they judge. Importing this loads no model library."""
