"""Practice: exercises that check themselves, alone or in a class."""
