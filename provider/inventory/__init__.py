"""What the provider has, and who holds which part of it."""
