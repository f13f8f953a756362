"""What can go wrong with a kernel: before it compiles, before it runs, while it runs."""


class CompileError(ValueError):
    """The compiler refused the source; its message names the line."""


class LaunchError(ValueError):
    """A launch that no GPU could run, or that would hand a kernel the wrong bits."""


class KernelError(RuntimeError):
    """A kernel did what no kernel may do; `findings` says what, where, and by which thread."""

    def __init__(self, findings):
        """Tell all findings, one a paragraph."""
        super().__init__("\n".join(finding.message for finding in findings))
        self.findings = findings
