"""The torch side: makes the models that ``locate`` and ``score`` run without torch."""
