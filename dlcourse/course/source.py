"""Show library code in a lesson from its real source, so that the two can't drift apart."""

import ast
import inspect
import textwrap

from dlcourse.gpu.kernel import Kernel


def show_source(function):
    """Show a function's source, its docstring left out, or a kernel's.

    Args:
        function: any Python function or class with source, or a gpu.kernel.Kernel.

    Returns:
        IPython Markdown.

    >>> from dlcourse.conv.signal import convolve
    >>> print(show_source(convolve).data.splitlines()[1])
    def convolve(f, g):
    >>> from dlcourse.gpu.ladder import load
    >>> show_source(load("vector", "add")).data.splitlines()[0]
    '```cpp'
    """
    from IPython.display import Markdown

    if isinstance(function, Kernel):
        return Markdown(f"```cpp\n{function.source.strip()}\n```")
    lines = textwrap.dedent(inspect.getsource(function)).rstrip().splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    if ast.get_docstring(definition):
        first = definition.body[0]
        del lines[first.lineno - 1 : first.end_lineno]
    return Markdown("\n".join(["```python", *lines, "```"]))
