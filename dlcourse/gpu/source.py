"""Reads CUDA C as text: what is code and what is comment, and where a list's parts end."""

import re

COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL
)


def masked(source):
    """Blank out comments and what quotes hold, in place.

    Args:
        source: CUDA C.

    Returns:
        str of the same length, with the same line ends.

    >>> masked('f("{"); // }')
    'f(" ");     '
    """

    def blank(match):
        text = match[0]
        kept = text[0] if text[0] in "\"'" else ""
        inner = re.sub(r"[^\n]", " ", text[len(kept) : len(text) - len(kept)])
        return kept + inner + kept

    return COMMENT_OR_STRING.sub(blank, source)


def split(text):
    """Cut a list at its commas, those in brackets left alone.

    Args:
        text: CUDA C without comments.

    Returns:
        list of str.

    >>> split("map<int, float> m, float f(int, int)")
    ['map<int, float> m', ' float f(int, int)']
    """
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "<([{") - (letter in ">)]}")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
