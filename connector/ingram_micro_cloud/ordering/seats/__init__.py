"""Seats as intent: what has to be done so that they are as wanted."""
