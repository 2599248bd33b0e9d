#!/usr/bin/env python3
"""Draws a result of `leasehold bench -o json`: plot.py RESULT.json > docs/benchmark.svg

A panel for each number of clients, a bar for each contender: the median of the rounds, with a line
from the slowest to the fastest. Nothing but Python's own library is needed.
"""
import json
import sys
from html import escape

WIDTH, LEFT, RIGHT, BAR, GAP = 760, 150, 150, 20, 8
OURS, THEIRS, INK, FAINT = "#0b7285", "#adb5bd", "#212529", "#868e96"


def text(x, y, words, anchor="start", fill=INK, weight="normal"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{fill}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def bar(line, y, scale):
    """One contender: its name, its bar, its range, its figure."""
    colour = OURS if line["contender"].startswith("leasehold") else THEIRS
    middle = y + BAR / 2
    low, high = (LEFT + line[key] * scale for key in ("rateMin", "rateMax"))
    times = "" if line["timesCrud"] is None else f'  {line["timesCrud"]:.1f}x'
    return [
        text(LEFT - 10, middle + 4, line["contender"], "end"),
        f'<rect x="{LEFT}" y="{y}" width="{max(line["rate"] * scale, 1):.1f}" height="{BAR}" '
        f'rx="2" fill="{colour}"/>',
        f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8" '
        f'stroke="{INK}" stroke-width="1.2"/>',
        text(high + 8, middle + 4, f'{line["rate"]:,.0f}{times}'),
    ]


def panel(clients, lines, top):
    """All contenders at one number of clients; the place where the next panel begins."""
    scale = (WIDTH - LEFT - RIGHT) / max(line["rateMax"] for line in lines)
    drawn = [text(LEFT, top, f'{clients:,} client{"s" if clients > 1 else ""}', weight="bold")]
    y = top + 12
    for line in lines:
        drawn += bar(line, y, scale)
        y += BAR + GAP
    return drawn, y + 28


def main(path):
    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    drawn, y = [], 84
    for clients in result["settings"]["clients"]:
        # Whoever finished nothing in the window has no bar.
        lines = [line for line in result["lines"] if line["clients"] == clients and line["p50Us"]]
        more, y = panel(clients, lines, y)
        drawn += more
    rounds, day = result["settings"]["rounds"], result["begunAt"][:10]
    head = [
        text(20, 30, "Acquire+release cycles a second, every one durable", weight="bold"),
        text(20, 50, f"Median of {rounds} rounds, slowest to fastest; times the hand-written SQL of the "
                     f"same round; {day}", fill=FAINT),
    ]
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-size="13" '
          f'font-family="system-ui, sans-serif">')
    print(f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>')
    print("\n".join(head + drawn))
    print("</svg>")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
