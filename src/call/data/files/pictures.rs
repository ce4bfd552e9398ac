//! Whether a file is a picture, by its first bytes. What the sender says of it is not asked.

/// Most bytes of a file that are looked at: the size of a JPEG stands after its metadata.
pub(super) const HEAD_BYTES: usize = 256 * 1024;
/// Larger pictures are not shown: the browser would need hundreds of megabytes.
const MAX_PIXELS: u64 = 40_000_000;
const MAX_SIDE: u32 = 16_384;

/// A kind of picture that is shown. Documents that can hold scripts (SVG, HTML, PDF) are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// W3C PNG.
    Png,
    /// ITU-T T.81.
    Jpeg,
    /// RFC 9649.
    Webp,
    /// GIF89a.
    Gif,
}

impl Picture {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// Whether the sender of a file says that it is such a picture.
    pub fn is_claimed(media_type: &str) -> bool {
        [Self::Png, Self::Jpeg, Self::Webp, Self::Gif].iter().any(|one| one.media_type() == media_type)
    }
}

/// What the beginning of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// More of it is needed.
    Unknown,
    /// A picture.
    Picture {
        /// Of which kind.
        kind: Picture,
        /// It is not too large to be shown.
        shown: bool,
    },
    /// Anything else.
    Other,
}

/// Looks at the beginning of a file.
pub(super) fn content(head: &[u8]) -> Content {
    if let Some(rest) = head.strip_prefix(b"\x89PNG\r\n\x1a\n") {
        return sized(Picture::Png, rest, |rest| Some((big(rest, 8, 4)?, big(rest, 12, 4)?)));
    }
    if let Some(rest) = head.strip_prefix(b"\xff\xd8") {
        return if rest.is_empty() || rest[0] == 0xff { jpeg(rest) } else { Content::Other };
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return gif(head);
    }
    if head.len() >= 12 && head.starts_with(b"RIFF") && &head[8..12] == b"WEBP" {
        return webp(head);
    }
    if head.len() < 12 { Content::Unknown } else { Content::Other }
}

fn sized(kind: Picture, bytes: &[u8], size: impl Fn(&[u8]) -> Option<(u32, u32)>) -> Content {
    size(bytes).map_or(Content::Unknown, |(width, height)| {
        let pixels = u64::from(width) * u64::from(height);
        let shown = pixels > 0 && pixels <= MAX_PIXELS && width.max(height) <= MAX_SIDE;
        Content::Picture { kind, shown }
    })
}

/// Goes from marker to marker, to the one of the frame (T.81, section B.2.2).
fn jpeg(mut rest: &[u8]) -> Content {
    loop {
        let [0xff, marker, ..] = *rest else {
            return if rest.len() < 2 { Content::Unknown } else { Content::Other };
        };
        match marker {
            // A byte that fills, and markers without a segment.
            0xff => rest = &rest[1..],
            0x01 | 0xd0..=0xd7 => rest = &rest[2..],
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return sized(Picture::Jpeg, rest, |rest| Some((big(rest, 7, 2)?, big(rest, 5, 2)?)));
            }
            0xda | 0xd9 | 0x00 => return Content::Other,
            _ => {
                let Some(length) = big(rest, 2, 2) else { return Content::Unknown };
                let Some(next) = rest.get(2 + length as usize..) else { return Content::Unknown };
                if length < 2 {
                    return Content::Other;
                }
                rest = next;
            }
        }
    }
}

/// Goes from block to block, to the first image (GIF89a, sections 18 to 24). Browsers enlarge the picture to
/// this image; those after it are cut off where the picture ends.
fn gif(head: &[u8]) -> Content {
    let Some(flags) = little(head, 10, 1) else { return Content::Unknown };
    let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours;
    loop {
        match head.get(at) {
            None => return Content::Unknown,
            Some(b',') => {
                return sized(Picture::Gif, head, |head| {
                    let side = |screen, offset| {
                        let end = little(head, at + offset, 2)? + little(head, at + offset + 4, 2)?;
                        Some(little(head, screen, 2)?.max(end))
                    };
                    Some((side(6, 1)?, side(8, 3)?))
                });
            }
            // An extension: its label, and parts that each begin with their length. An empty one is the last.
            Some(b'!') => {
                at += 2;
                loop {
                    let Some(&length) = head.get(at) else { return Content::Unknown };
                    at += 1 + usize::from(length);
                    if length == 0 {
                        break;
                    }
                }
            }
            Some(_) => return Content::Other,
        }
    }
}

/// RFC 9649, sections 2.5 to 2.7.
fn webp(head: &[u8]) -> Content {
    let Some(chunk) = head.get(12..16) else { return Content::Unknown };
    let size = |read: fn(&[u8]) -> Option<(u32, u32)>| sized(Picture::Webp, head, read);
    match chunk {
        b"VP8 " => size(|head| Some((little(head, 26, 2)? & 0x3fff, little(head, 28, 2)? & 0x3fff))),
        b"VP8L" => size(|head| {
            let bits = little(head, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }),
        b"VP8X" => size(|head| Some((little(head, 24, 3)? + 1, little(head, 27, 3)? + 1))),
        _ => Content::Other,
    }
}

fn big(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    Some(bytes.get(at..at + count)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn little(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    Some(bytes.get(at..at + count)?.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// The beginning of a PNG of this size, and as many bytes as wanted.
    pub(in crate::call::data::files) fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.resize(bytes.max(png.len()), 7);
        png
    }

    fn jpeg_of(width: u16, height: u16, metadata: u16) -> Vec<u8> {
        let mut jpeg = b"\xff\xd8\xff\xe1".to_vec();
        jpeg.extend((metadata + 2).to_be_bytes());
        jpeg.extend(vec![0xff; metadata.into()]);
        jpeg.extend(b"\xff\xff\xc2\0\x11\x08");
        jpeg.extend(height.to_be_bytes());
        jpeg.extend(width.to_be_bytes());
        jpeg
    }

    fn webp_of(chunk: &[u8; 4], size: &[u8], at: usize) -> Vec<u8> {
        let mut webp = b"RIFF\0\0\0\0WEBP".to_vec();
        webp.extend(chunk);
        webp.resize(at, 0);
        webp.extend(size);
        webp
    }

    /// A GIF with colours and extensions, up to the first image (left, top, width, height).
    fn gif_of(screen: (u16, u16), image: (u16, u16, u16, u16)) -> Vec<u8> {
        let mut gif = b"GIF89a".to_vec();
        gif.extend([screen.0, screen.1].map(u16::to_le_bytes).as_flattened());
        gif.extend(b"\xf1\0\0");
        gif.extend([b','; 12]);
        gif.extend(b"!\xf9\x04\0\0\0\0\0!\xfe\x02,,\x01!\0,");
        gif.extend([image.0, image.1, image.2, image.3].map(u16::to_le_bytes).as_flattened());
        gif
    }

    fn shown(kind: Picture) -> Content {
        Content::Picture { kind, shown: true }
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        assert_eq!(content(&png(640, 480, 0)), shown(Picture::Png));
        assert_eq!(content(&jpeg_of(4_000, 3_000, 60_000)), shown(Picture::Jpeg));
        assert_eq!(content(&gif_of((16, 16), (0, 0, 16, 16))), shown(Picture::Gif));
        assert_eq!(content(&webp_of(b"VP8 ", &[0x80, 2, 0x68, 1], 26)), shown(Picture::Webp));
        assert_eq!(content(&webp_of(b"VP8L", &[0x7f, 0xc2, 0x59, 0], 21)), shown(Picture::Webp));
        assert_eq!(content(&webp_of(b"VP8X", &[0x7f, 2, 0, 0x67, 1, 0], 24)), shown(Picture::Webp));
    }

    #[test]
    fn documents_and_programs_are_none() {
        let texts = [
            "<svg xmlns='http://www.w3.org/2000/svg'>",
            "<!doctype html><script>",
            "%PDF-1.7 and so on",
            "\u{7f}ELF and what follows",
            "#!/bin/sh and more",
            "Just a text of some length",
        ];
        for text in texts {
            assert_eq!(content(text.as_bytes()), Content::Other, "{text}");
        }
        assert_eq!(content(b"\xff\xd8<svg onload=alert(1)>"), Content::Other);
        assert_eq!(content(b"RIFF\0\0\0\0WAVEfmt "), Content::Other);
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_not_shown() {
        for (width, height) in [(30_000, 30_000), (u32::MAX, u32::MAX), (20_000, 1), (0, 5)] {
            let large = Content::Picture { kind: Picture::Png, shown: false };
            assert_eq!(content(&png(width, height, 0)), large, "{width} x {height}");
        }
    }

    #[test]
    fn a_gif_is_as_large_as_its_first_image() {
        let large = Content::Picture { kind: Picture::Gif, shown: false };
        for image in [(0, 0, 16_000, 16_000), (65_535, 0, 65_535, 1), (0, 16_384, 1, 1), (9_000, 9_000, 1, 1)]
        {
            assert_eq!(content(&gif_of((1, 1), image)), large, "{image:?}");
        }
        assert_eq!(content(&gif_of((16_000, 16_000), (0, 0, 1, 1))), large);
        assert_eq!(content(&gif_of((0, 0), (3, 4, 5, 6))), shown(Picture::Gif));
        let whole = gif_of((1, 1), (0, 0, 16_000, 16_000));
        for cut in 6..whole.len() {
            assert_eq!(content(&whole[..cut]), Content::Unknown, "{cut}");
        }
        assert_eq!(content(b"GIF89a\x01\0\x01\0\0\0\0;"), Content::Other);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_is_a_surprise(start in 0..5_usize, bytes in vec(any::<u8>(), 0..200)) {
            let starts: [&[u8]; 5] =
                [b"", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8", b"GIF89a", b"\x89PNG\r\n\x1a\n"];
            content(&[starts[start], &bytes].concat());
        }

        #[test]
        fn more_bytes_change_no_verdict(cut in 0..70_usize, rest in vec(any::<u8>(), 0..50)) {
            let whole = [jpeg_of(10, 10, 40), rest].concat();
            let early = content(&whole[..cut.min(whole.len())]);
            prop_assert!(early == Content::Unknown || early == content(&whole));
        }
    }
}
