"""The four language-model roles: prompts in, sampled text out."""
