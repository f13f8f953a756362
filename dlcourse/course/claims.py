"""A post's claims, each judged where a lesson meets it and listed at the lesson's end."""

from collections import Counter
from dataclasses import dataclass

MARKS = {
    "seen": "read in {}",
    "recall": "quoted from memory",
    "checked": "recomputed from figures read in {}",
}
VERDICTS = {
    "holds": "✓",
    "holds roughly": "≈",
    "does not follow": "✗",
    "cannot be checked here": "?",
}


@dataclass(frozen=True)
class Claim:
    """One claim of a post or another source, the course's own figure, and a verdict."""

    words: str
    mark: str
    ours: str
    verdict: str
    source: str | None = None

    def _repr_markdown_(self):
        verdict = f"{VERDICTS[self.verdict]} {self.verdict.capitalize()}"
        known = MARKS[self.mark].format("it" if self.source else "the post")
        said = f"> **In {self.source or 'the post'}** ({known}): {self.words}"
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

    def judge(self, words, mark, ours, verdict, source=None):
        """Judge a claim and keep it for the table.

        Args:
            words: the claim, paraphrased.
            mark: how the course knows it, a key of MARKS.
            ours: what the lesson computed, numbers included.
            verdict: a key of VERDICTS.
            source: what claims it, if not the post.

        Returns:
            Claim, shown as a box.

        Raises:
            ValueError: if the mark or the verdict is not one of those.
        """
        for name, value, known in (("mark", mark, MARKS), ("verdict", verdict, VERDICTS)):
            if value not in known:
                raise ValueError(f"{name}={value!r}: use one of {', '.join(map(repr, known))}")
        claim = Claim(words, mark, ours, verdict, source)
        self.claims = [c for c in self.claims if c.words != words] + [claim]  # a cell may run twice
        return claim

    def _repr_markdown_(self):
        rows = [
            f"| {f'*{c.source}:* ' if c.source else ''}{c.words} | {c.mark} | {c.ours} "
            f"| {VERDICTS[c.verdict]} {c.verdict} |"
            for c in self.claims
        ]
        head = f"| *{self.post}* says | mark | here | verdict |\n|:--|:--|:--|:--|"
        return "\n".join([head, *rows])

    def __repr__(self):
        told = [(sum(c.verdict == v for c in self.claims), v) for v in VERDICTS]
        counts = ", ".join(f"{n} {v}" for n, v in told if n)
        by = Counter(c.source or self.post for c in self.claims)
        here = by.pop(self.post, 0)
        others = "".join(f" and {n} of {source}" for source, n in by.items())
        return f"{here} claim{'s' * (here != 1)} of {self.post}{others}: {counts}"
