"""What a trace means: the states, bytes, walks and lives that its calls add up to; nothing here draws."""
