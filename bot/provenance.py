"""Marks inside picture files which say that an AI made them; no pixel is touched and nothing is encoded again.

The mark is a readable comment and XMP with IPTC's digital source type `trainedAlgorithmicMedia`, which other programs
understand. Platforms may strip it; `bot.verification` then goes by the picture itself.
"""

from __future__ import annotations

import struct
import zlib

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
COMMENT = "AI-generated image of Oh-LoRA, a virtual human who does not exist"
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}" xmp:CreatorTool="Oh-LoRA">'
    f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{COMMENT}</rdf:li></rdf:Alt></dc:description>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
).encode()

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\x00\x00\x00\x00IEND"
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # the uuid of XMP in ISO base media files
_VP8X_XMP, _VP8X_ALPHA = 0x04, 0x10


def mark(data: bytes, mime: str) -> bytes:
    """Return a picture file with the mark in it; a broken file, or one of another kind, comes back unchanged."""
    if mime == "image/png" and data.startswith(_PNG):
        return _mark_png(data)
    if mime == "image/webp" and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _mark_webp(data)
    if mime == "image/gif" and data[:4] == b"GIF8" and data.endswith(b";"):
        return data[:-1] + _gif_comment(COMMENT.encode()) + b";"
    if mime == "video/mp4" and data[4:8] == b"ftyp":
        return data + struct.pack(">I4s", 24 + len(XMP), b"uuid") + _XMP_BOX + XMP
    return data


def is_marked(data: bytes) -> bool:
    """Tell whether a file carries the mark, ours or another program's of the same meaning.

    A mark can be copied onto any picture and taken off any: it is a hint and no proof.
    """
    return SOURCE_TYPE.encode() in data or COMMENT.encode() in data


def _mark_png(data: bytes) -> bytes:
    end = data.rfind(_PNG_END)
    if end < 0:
        return data
    comment = b"Comment\x00" + COMMENT.encode("latin-1")
    software = b"Software\x00Oh-LoRA"
    xmp = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + XMP
    chunks = _png_chunk(b"tEXt", software) + _png_chunk(b"tEXt", comment) + _png_chunk(b"iTXt", xmp)
    return data[:end] + chunks + data[end:]


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _gif_comment(text: bytes) -> bytes:
    blocks = b"".join(bytes([len(part)]) + part for part in (text[i : i + 255] for i in range(0, len(text), 255)))
    return b"\x21\xfe" + blocks + b"\x00"


def _mark_webp(data: bytes) -> bytes:
    chunks = data[12:]
    if chunks[:4] == b"VP8X":
        flagged = bytes([chunks[8] | _VP8X_XMP])
        chunks = chunks[:8] + flagged + chunks[9:]
    else:
        extended = _webp_header(chunks)
        if extended is None:
            return data
        chunks = extended + chunks
    body = chunks + _webp_chunk(b"XMP ", XMP)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_header(chunks: bytes) -> bytes | None:
    """Return the VP8X chunk that a simple WebP needs before it may carry metadata."""
    kind, body, alpha = chunks[:4], chunks[8:], 0
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", body[6:10]))
    elif kind == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        alpha = _VP8X_ALPHA if bits >> 28 & 1 else 0
    else:
        return None
    flags = bytes([_VP8X_XMP | alpha, 0, 0, 0])
    return _webp_chunk(b"VP8X", flags + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def _webp_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
