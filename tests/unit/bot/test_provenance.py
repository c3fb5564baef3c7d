import io

import pytest
from PIL import Image

from bot.provenance import SOURCE_TYPE, is_marked, mark

PICTURE = Image.effect_mandelbrot((48, 40), (-2, -1.5, 1, 1.5), 60).convert("RGB")


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    PICTURE.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", encoded("PNG")),
        ("image/gif", encoded("GIF")),
        ("image/webp", encoded("WEBP", quality=80)),
        ("image/webp", encoded("WEBP", lossless=True)),
        ("image/webp", encoded("WEBP", save_all=True, append_images=[PICTURE.rotate(90), PICTURE])),
    ],
    ids=["png", "gif", "webp lossy", "webp lossless", "webp animated"],
)
def test_the_mark_is_in_the_file_and_the_picture_is_untouched(mime: str, data: bytes) -> None:
    marked = mark(data, mime)
    assert not is_marked(data)
    assert is_marked(marked)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(marked)) as after:
        assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
        if mime == "image/png":
            assert after.text["Software"] == "Oh-LoRA"  # type: ignore[attr-defined]
        if mime != "image/gif":
            assert SOURCE_TYPE.encode() in (after.info.get("xmp") or b"")


def test_a_video_gets_a_box_of_its_own_at_the_end() -> None:
    video = b"\x00\x00\x00\x10ftypisom\x00\x00\x02\x00" + b"\x00\x00\x00\x08mdat"
    marked = mark(video, "video/mp4")
    assert marked.startswith(video)
    box = marked[len(video) :]
    assert (int.from_bytes(box[:4], "big"), box[4:8]) == (len(box), b"uuid")


@pytest.mark.parametrize("mime", ["image/png", "image/webp", "image/gif", "video/mp4", "text/plain"])
@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0"])
def test_what_is_broken_comes_back_as_it_was(mime: str, data: bytes) -> None:
    assert mark(data, mime) == data
