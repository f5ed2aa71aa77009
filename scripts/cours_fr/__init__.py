"""`cours-fr` : SmolLM2-135M et un LoRA français, entraîné par la méthode que le cours enseigne."""
