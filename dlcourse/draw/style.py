"""The course's colours and type, shared by drawings, plots and widgets."""

from types import MappingProxyType

# Okabe and Ito's palette, told apart with any kind of colour vision:
# https://jfly.uni-koeln.de/color/ (2008).
COLORS = MappingProxyType(
    {
        "ink": "#1a1a1a",
        "muted": "#5f6368",
        "line": "#c9ccd1",
        "faint": "#f1f3f4",
        "paper": "#ffffff",
        "blue": "#0072B2",
        "sky": "#56B4E9",
        "orange": "#E69F00",
        "vermilion": "#D55E00",
        "green": "#009E73",
        "yellow": "#F0E442",
        "purple": "#CC79A7",
    }
)
SERIES = ("blue", "vermilion", "green", "purple", "orange", "sky")  # order of lines in a plot
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
