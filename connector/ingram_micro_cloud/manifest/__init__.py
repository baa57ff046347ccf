"""The shape of the declared half: what may stand in integration.yaml and in an action file."""
