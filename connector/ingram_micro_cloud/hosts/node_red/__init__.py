"""The Node-RED package: every action in the palette of a Node-RED, generated from the bundle."""
