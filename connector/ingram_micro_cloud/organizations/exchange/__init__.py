"""A mapping as a file: written, read, checked, taken in whole or not at all."""
