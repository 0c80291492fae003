"""The exercises, a folder each: the task, the conversations that check it, wrong answers, hints, a solution."""
