"""What only the makers of the book use: building and checking it, and measuring it."""
