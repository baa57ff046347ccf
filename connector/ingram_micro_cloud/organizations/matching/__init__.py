"""How well customers fit organizations, and which is suggested. Pure: nothing is read, nothing is saved."""
