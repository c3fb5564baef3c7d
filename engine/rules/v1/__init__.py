"""The rules of Oh-LoRA v1: one language model that answers and remembers in brackets.

Source: behaviour specification, section 15, with the intended value where the published program is wrong.
"""
