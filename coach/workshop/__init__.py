"""A facilitator runs a live critique with a room full of people. docs/design/workshop.md draws the parts."""
