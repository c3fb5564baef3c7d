"""What Oh-LoRA keeps: tables, repositories, the unit of work and migrations. Knows no model and no chat platform."""
