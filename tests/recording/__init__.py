"""How `fixtures/` is made: installers ask a loopback index that asks the real one once and keeps the answers."""
