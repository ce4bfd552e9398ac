//! A link as a QR code (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};

/// Modules that stay light around the code.
const MARGIN: usize = 4;

/// Draws a text as SVG, with a label for screen readers, which must need no escaping. `None` if the text is
/// longer than codes can be.
pub fn draw(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colors.chunks(width.max(1)).enumerate() {
        let mut dark = row.iter().enumerate().filter(|(_, color)| **color == Color::Dark).peekable();
        while let Some((start, _)) = dark.next() {
            let mut length = 1;
            while dark.next_if(|(x, _)| *x == start + length).is_some() {
                length += 1;
            }
            let [x, y, length] = [start + MARGIN, y + MARGIN, length].map(|n| n.to_string());
            path = [&path, "M", &x, " ", &y, "h", &length, "v1h-", &length, "z"].concat();
        }
    }
    let side = (width + 2 * MARGIN).to_string();
    Some(
        [
            "<svg class=\"qr\" role=\"img\" aria-label=\"",
            label,
            "\" viewBox=\"0 0 ",
            &side,
            " ",
            &side,
            "\" shape-rendering=\"crispEdges\"><path d=\"",
            &path,
            "\"></path></svg>",
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const LINK: &str = "https://calls.example/r/k7f-9qz-m2d-x4p";

    /// The dark modules of a drawing.
    fn dark(drawn: &str) -> Vec<(usize, usize)> {
        let (_, path) = drawn.split_once("d=\"").unwrap();
        let (path, _) = path.split_once('"').unwrap();
        let lines = path.split('M').skip(1).map(|line| {
            let (start, line) = line.split_once('h').unwrap();
            let ((x, y), (length, _)) = (start.split_once(' ').unwrap(), line.split_once('v').unwrap());
            [x, y, length].map(|number| number.parse::<usize>().unwrap())
        });
        lines.flat_map(|[x, y, length]| (x..x + length).map(move |x| (x, y))).collect()
    }

    #[test]
    fn a_drawing_has_the_dark_modules_of_the_code_within_a_margin() {
        let drawn = draw(LINK, "QR code").unwrap();
        // Version 3: 29 modules, and the margins.
        assert!(drawn.contains(r#"aria-label="QR code" viewBox="0 0 37 37""#), "{drawn}");
        let code = QrCode::with_error_correction_level(LINK, EcLevel::M).unwrap();
        let modules = (0..29).flat_map(|y| (0..29).map(move |x| (x, y)));
        let expected: Vec<_> =
            modules.filter(|at| code[*at] == Color::Dark).map(|(x, y)| (x + MARGIN, y + MARGIN)).collect();
        assert_eq!(dark(&drawn), expected);
    }

    #[test]
    fn what_is_too_long_for_a_code_has_none() {
        assert_eq!(draw(&"x".repeat(5000), ""), None);
    }
}
