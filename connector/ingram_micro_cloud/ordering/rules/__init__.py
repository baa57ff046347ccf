"""What a configuration allows to be bought. Pure."""
