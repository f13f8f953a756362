"""Formulas drawn by matplotlib, for pages that may load nothing."""

import base64
import re
from html import escape
from io import BytesIO

DATED = re.compile(rb"<metadata>.*?</metadata>", re.DOTALL)
SIZE = 9  # points of matplotlib's type that look as large as the page's


def formula(latex):
    r"""Draw a formula as an image with the LaTeX source as its alternative text.

    Args:
        latex: str, without dollar signs; what matplotlib's mathtext knows of it.

    Returns:
        str: HTML; the source as code where mathtext does not know it.

    >>> formula(r"\frac{n}{2}")[:42]
    '<img class="dl-formula" alt="\\frac{n}{2}" '
    >>> formula(r"\begin{cases} 1 \end{cases}")
    '<code>\\begin{cases} 1 \\end{cases}</code>'
    """
    from matplotlib import rc_context
    from matplotlib.mathtext import MathTextParser, math_to_image

    file, source = BytesIO(), f"${' '.join(latex.split())}$"
    look = {"mathtext.fontset": "stix", "svg.hashsalt": "dlcourse"}
    with rc_context(look):
        try:
            _, height, depth, *_ = MathTextParser("path").parse(source, dpi=72)
            math_to_image(source, file, format="svg")
        except ValueError:
            return f"<code>{escape(latex)}</code>"
    picture = DATED.sub(b"", file.getvalue())
    data = base64.b64encode(picture).decode()
    style = f"height:{height / SIZE:.2f}em;vertical-align:{-depth / SIZE:.2f}em"
    image = f'src="data:image/svg+xml;base64,{data}"'
    return f'<img class="dl-formula" alt="{escape(latex)}" style="{style}" {image}>'


def markdown(folder):
    """Make a function that turns Markdown with formulas into HTML that loads nothing.

    Args:
        folder: where the pictures that the text names are found.

    Returns:
        function from str to str.

    >>> markdown(".")("*one* `$2`")
    '<p><em>one</em> <code>$2</code></p>\\n'
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def block_html(self, html):
            """Embed pictures; leave other HTML alone, for a later block may close its tags."""
            return super().block_html(html) if "<img" in html else html + "\n"

        def inline_math(self, body):
            return formula(body)

        def block_math(self, body):
            return f'<span class="dl-display">{formula(body)}</span>'

    renderer = Renderer(escape=False, embed_images=True, path=str(folder))
    return MarkdownWithMath(renderer=renderer).render
