"""The wishes that a run adds to a conversation."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Prompts"]


@dataclass(frozen=True)
class Prompts:
    """The wishes that a run adds behind a text of the model's. None: rheostat's own (`rheostat_wire::rewrite::Prompts`).

    Attributes:
        revise: To check and correct a draft.
        verify: To judge an answer; the reply should begin with the verdict.
        probe: To give the final answer now.
        score: To score an answer; the reply should be a number between 0 and 1.
        distil: To distil numbered drafts into notes.
        refine: To answer by such notes.
        resume: To go on where the output was cut.

    Example:
        >>> Prompts(verify="Is that right? Begin with Correct or Wrong.").probe is None
        True
    """

    revise: str | None = None
    verify: str | None = None
    probe: str | None = None
    score: str | None = None
    distil: str | None = None
    refine: str | None = None
    resume: str | None = None
