"""What every serving host shares: who may do what, and the open connections it is done with."""
