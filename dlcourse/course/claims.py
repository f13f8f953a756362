"""A post's claims, each judged where a lesson meets it and listed at the lesson's end."""

from dataclasses import dataclass

MARKS = {
    "seen": "read in the post",
    "recall": "quoted from memory",
    "checked": "recomputed from figures read in the post",
}
VERDICTS = {
    "holds": "✓",
    "holds roughly": "≈",
    "does not follow": "✗",
    "cannot be checked here": "?",
}


@dataclass(frozen=True)
class Claim:
    """One claim of a post, the course's own figure, and a verdict."""

    words: str
    mark: str
    ours: str
    verdict: str

    def _repr_markdown_(self):
        verdict = f"{VERDICTS[self.verdict]} {self.verdict.capitalize()}"
        said = f"> **In the post** ({MARKS[self.mark]}): {self.words}"
        return f"{said}\n>\n> **{verdict}:** {self.ours}"

    def __repr__(self):
        return f"{self.words} {self.verdict.capitalize()}: {self.ours}"


class Claims:
    """The claims of one post, in the order in which a lesson judges them.

    >>> claims = Claims("Understanding Convolution")
    >>> claims.judge("two and two are five", "seen", f"{2 + 2}", "does not follow")
    two and two are five Does not follow: 4
    >>> claims
    1 claim of Understanding Convolution: 1 does not follow
    """

    def __init__(self, post):
        """Begin an empty list; `post` is the post's title."""
        self.post, self.claims = post, []

    def judge(self, words, mark, ours, verdict):
        """Judge a claim and keep it for the table.

        Args:
            words: the claim, paraphrased.
            mark: how the course knows it, a key of MARKS.
            ours: what the lesson computed, numbers included.
            verdict: a key of VERDICTS.

        Returns:
            Claim, shown as a box.

        Raises:
            ValueError: if the mark or the verdict is not one of those.
        """
        for name, value, known in (("mark", mark, MARKS), ("verdict", verdict, VERDICTS)):
            if value not in known:
                raise ValueError(f"{name}={value!r}: use one of {', '.join(map(repr, known))}")
        claim = Claim(words, mark, ours, verdict)
        self.claims = [c for c in self.claims if c.words != words] + [claim]  # a cell may run twice
        return claim

    def _repr_markdown_(self):
        rows = [
            f"| {c.words} | {c.mark} | {c.ours} | {VERDICTS[c.verdict]} {c.verdict} |"
            for c in self.claims
        ]
        head = f"| *{self.post}* says | mark | here | verdict |\n|:--|:--|:--|:--|"
        return "\n".join([head, *rows])

    def __repr__(self):
        told = [(sum(c.verdict == v for c in self.claims), v) for v in VERDICTS]
        counts = ", ".join(f"{n} {v}" for n, v in told if n)
        s = "" if len(self.claims) == 1 else "s"
        return f"{len(self.claims)} claim{s} of {self.post}: {counts}"
