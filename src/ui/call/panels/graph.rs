//! A small graph of the last two minutes, as SVG.

use crate::call::quality::KEPT;

/// Pixels between two samples.
const STEP: u32 = 2;
/// Width and height of the drawing.
const WIDTH: u32 = STEP * (KEPT as u32 - 1);
const HEIGHT: u32 = 32;

/// Draws values, the newest at the right end. The scale reaches from 0 to the largest value, at least to
/// `least_top`, so that small changes of small values do not look dramatic.
pub fn draw(values: &[Option<u32>], least_top: u32) -> String {
    let top = values.iter().flatten().copied().max().unwrap_or_default().max(least_top).max(1);
    let mut points = String::new();
    let (mut first, mut last) = (None, 0);
    for (age, value) in (0..).zip(values.iter().rev()) {
        let Some(value) = value else { continue };
        let x = WIDTH.saturating_sub(STEP * age);
        // One pixel at each end for the width of the line.
        let y = HEIGHT - 1 - (u64::from(*value) * u64::from(HEIGHT - 2) / u64::from(top)) as u32;
        points = [&x.to_string(), ",", &y.to_string(), " ", &points].concat();
        first = first.or(Some(x));
        last = x;
    }
    let [width, height] = [WIDTH, HEIGHT].map(|side| side.to_string());
    let [right, left] = [first.unwrap_or_default(), last].map(|x| x.to_string());
    [
        "<svg class=\"graph\" viewBox=\"0 0 ",
        &width,
        " ",
        &height,
        "\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\"><polygon points=\"",
        &[&left, ",", &height, " ", &points, &right, ",", &height].concat(),
        "\"></polygon><polyline points=\"",
        points.trim_end(),
        "\"></polyline></svg>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_is_at_the_right_and_the_largest_at_the_top() {
        let drawn = draw(&[Some(0), None, Some(100), Some(50)], 10);
        assert!(drawn.contains(r#"<polyline points="112,31 116,1 118,16">"#), "{drawn}");
        assert!(drawn.contains(r#"<polygon points="112,32 112,31 116,1 118,16 118,32">"#), "{drawn}");
    }

    #[test]
    fn small_values_stay_low() {
        assert!(draw(&[Some(5), Some(6)], 100).contains("116,30 118,30"));
    }

    #[test]
    fn nothing_at_all_is_no_line() {
        assert!(draw(&[], 0).contains(r#"<polyline points="">"#));
        assert!(draw(&[None], 0).contains(r#"<polyline points="">"#));
        assert!(draw(&[Some(u32::MAX); KEPT], 0).contains("0,1 2,1"));
    }
}
