"""The Oh-LoRA engine: one turn, and every model behind it. Knows no database and no chat platform."""
