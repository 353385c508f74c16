"""The kinds of action under their own names."""

from rheostat._native import ActionKind

CONTINUE = ActionKind.CONTINUE
RAMP = ActionKind.RAMP
STOP = ActionKind.STOP
CEILING = ActionKind.CEILING
