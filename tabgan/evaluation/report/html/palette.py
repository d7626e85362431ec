"""The colours of a page: names of its variables, and their values by daylight and in the dark.

Pictures are drawn in the daylight values, which are then replaced by the variables. Text and lines
keep WCAG's contrast to the paper in both; red and green are those that most colour-blind readers
tell apart, and a sign or a shape always goes with them.
"""

COLOURS = {
    "paper": "#fffffe",
    "wash": "#f4f6f8",
    "rule": "#d3d8de",
    "ink": "#1b1f24",
    "muted": "#59626d",
    "real": "#8496a9",
    "synthetic": "#b8430b",
    "helps": "#00704f",
    "hurts": "#b3201a",
    "blue": "#0067a5",
    "purple": "#83409a",
    "olive": "#6f5a00",
}
DARK = {
    "paper": "#14171b",
    "wash": "#1d2228",
    "rule": "#39414a",
    "ink": "#e7eaee",
    "muted": "#a4adb8",
    "real": "#6f8296",
    "synthetic": "#ff9a5a",
    "helps": "#4ecfa3",
    "hurts": "#ff8f85",
    "blue": "#6cb8f0",
    "purple": "#d59be6",
    "olive": "#d9bd4a",
}
