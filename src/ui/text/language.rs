//! Which language a page is in: chosen on the server, switchable in the browser.

/// Name of the cookie that remembers a choice; it outweighs `Accept-Language`.
pub const LANGUAGE_COOKIE: &str = "halloo_lang";

/// A language that the page speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// The BCP 47 tag: the value of `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::SimplifiedChinese => "简体中文",
        }
    }

    /// The language that answers to a BCP 47 tag, by its primary subtag (RFC 4647, section 3.4).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else if primary.eq_ignore_ascii_case("zh") {
            Some(Self::SimplifiedChinese)
        } else {
            None
        }
    }

    /// The language for a request: the cookie's, else the best of `Accept-Language`, else English.
    pub fn negotiate(cookie: &str, accept_language: &str) -> Self {
        from_cookie(cookie).or_else(|| from_accept_language(accept_language)).unwrap_or_default()
    }
}

fn from_cookie(header: &str) -> Option<Language> {
    header
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim() == LANGUAGE_COOKIE)
        .and_then(|(_, value)| Language::from_tag(value))
}

/// RFC 9110, section 12.5.4: the highest weight wins, the first of equals.
fn from_accept_language(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for item in header.split(',') {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse().unwrap_or(0.0),
            None => 1.0,
        };
        let Some(language) = Language::from_tag(tag) else { continue };
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_speak_wins() {
        assert_eq!(Language::negotiate("", "fr,zh-CN;q=0.8,en;q=0.5"), Language::SimplifiedChinese);
        assert_eq!(Language::negotiate("", "en-GB,en;q=0.9,zh;q=0.8"), Language::English);
        assert_eq!(Language::negotiate("", "en;q=0.2, zh-Hans-SG; q=0.9"), Language::SimplifiedChinese);
    }

    #[test]
    fn refused_and_unreadable_weights_do_not_count() {
        assert_eq!(Language::negotiate("", "zh;q=0"), Language::English);
        assert_eq!(Language::negotiate("", "zh;q=lots,*"), Language::English);
        assert_eq!(Language::negotiate("", ""), Language::English);
    }

    #[test]
    fn the_cookie_outweighs_the_header() {
        assert_eq!(Language::negotiate("a=b; halloo_lang=zh-CN", "en"), Language::SimplifiedChinese);
        assert_eq!(Language::negotiate("halloo_lang=en", "zh"), Language::English);
        assert_eq!(Language::negotiate("halloo_lang=tlh; x", "zh"), Language::SimplifiedChinese);
    }

    #[test]
    fn tags_read_back() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }
}
