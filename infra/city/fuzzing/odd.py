"""What cells and bytes come to when nobody means well: shared by whatever is drawn as a file."""

from random import Random

CELLS = (
    *(
        "",
        " ",
        "　",
        "0",
        "-1",
        "1e9",
        "99999999999999999999",
        "NaN",
        "null",
        "true",
        "\\N",
        "=1+1",
        "'",
        '"',
        '""',
        "\n",
        "\t",
        "\x00",
        "\ufeff",
    ),
    *(
        "令和99年1月1日",
        "平成31年5月1日",
        "明治0年",
        "5130230",
        "20260230",
        "2026/13/01",
        "0000000",
        "9999999",
        "昭和60年6月日不詳",
        "１２３",
    ),
    *(
        "昭和60年6月日不詳",
        "死にたい",
        "一時保護",
        "123456789018",
        "1234-5678-9018",
        "\ufeff",
        "\ue000",
        "〓",
        "﨑",
        "辻\U000e0100",
        "a\u0300" * 40,
        "x" * 5000,
    ),
)


def damaged(draw: Random, content: bytes) -> bytes:
    """Bytes changed, left out, put in, doubled, or put elsewhere."""
    at, length = draw.randrange(len(content) + 1), draw.choice((1, 1, 2, 10, 1000))
    return draw.choice(
        (
            lambda: _flipped(draw, content),
            lambda: _flipped(draw, content),
            lambda: content[:at],
            lambda: content[at:],
            lambda: content[:at] + content[at + length :],
            lambda: content[:at] + draw.randbytes(length) + content[at:],
            lambda: content[:at] + draw.randbytes(length) + content[at + length :],
            lambda: content[at:] + content[:at],
            lambda: content + content,
            lambda: content + draw.randbytes(length),
            lambda: draw.randbytes(length) + content,
            lambda: b"",
        )
    )()


def _flipped(draw: Random, content: bytes) -> bytes:
    if not content:
        return b""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 3))):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)
