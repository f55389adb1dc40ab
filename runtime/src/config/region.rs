//! Regions: in comes a name as a user writes it, out goes whether the domestic host serves it. Never takes a misspelt one for a
//! region of the other host.

use super::error::ConfigError;

/// Regions served by the domestic host; every other region is served by the international one. This is the
/// table of the official `@cloudbase/node-sdk`, which defaults to `ap-shanghai`.
const DOMESTIC: [&str; 9] = [
    "ap-shanghai",
    "ap-guangzhou",
    "ap-shenzhen-fsi",
    "ap-shanghai-fsi",
    "ap-nanjing",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
];
/// How many letters may differ from a name that is meant. No two regions are as near to each other, and a zone (`ap-shanghai-2`)
/// is as near to its region.
const NEAR: usize = 2;

/// Whether the international host serves a region. Any spelling of a domestic one but its own is refused, since the other host would
/// answer for it.
///
/// # Errors
///
/// It is not the name of a region, with the one that may be meant.
pub(crate) fn is_international(region: &str) -> Result<bool, ConfigError> {
    if DOMESTIC.contains(&region) {
        return Ok(false);
    }
    let plain = region.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let near = |known: &&str| distance(known, &plain) <= NEAR;
    let meant = DOMESTIC.into_iter().filter(near).min_by_key(|known| distance(known, &plain));
    if meant.is_none() && is_shaped(region) {
        return Ok(true);
    }
    Err(ConfigError::Region { region: region.to_owned(), meant })
}

/// `ap-singapore`, `na-siliconvalley`: two letters, then one part or more after a hyphen.
fn is_shaped(region: &str) -> bool {
    let mut parts = region.split('-');
    let area = parts.next().unwrap_or_default();
    let mut is_plain = area.len() == 2 && area.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut places = 0;
    for part in parts {
        is_plain &= !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        places += 1;
    }
    is_plain && places > 0 && region.len() <= 40
}

/// How many letters are to be put in, left out or changed to make the one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    // Names of any length come from outside; a long one is far from all.
    if one.len().abs_diff(other.len()) > NEAR {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.bytes().enumerate() {
        let mut corner = line;
        let mut left = line + 1;
        row[0] = left;
        for (above, other) in row.iter_mut().skip(1).zip(other.bytes()) {
            let changed = corner + usize::from(letter != other);
            corner = *above;
            left = changed.min(left + 1).min(corner + 1);
            *above = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{DOMESTIC, is_international};
    use crate::config::error::ConfigError;

    #[test]
    fn the_table_of_the_official_sdk_chooses_the_host() {
        for region in DOMESTIC {
            assert_eq!(is_international(region), Ok(false), "{region}");
        }
        for region in
            ["ap-singapore", "na-siliconvalley", "eu-frankfurt", "ap-bangkok", "sa-saopaulo", "ap-tokyo"]
        {
            assert_eq!(is_international(region), Ok(true), "{region}");
        }
    }

    #[test]
    fn a_misspelt_region_is_told_what_may_be_meant() {
        for (written, meant) in [
            ("ap-shanghia", Some("ap-shanghai")),
            ("ap-shanghai ", Some("ap-shanghai")),
            ("AP-Shanghai", Some("ap-shanghai")),
            ("ap_beijing", Some("ap-beijing")),
            ("ap-shanghai-2", Some("ap-shanghai")),
            ("ap-hong-kong", Some("ap-hongkong")),
            ("ap-guanzhou", Some("ap-guangzhou")),
            ("", None),
            ("singapore", None),
            ("ap-", None),
            ("ap-singa pore", None),
            ("apx-singapore", None),
            ("ap-singapore.evil.com", None),
        ] {
            let expected = ConfigError::Region { region: written.to_owned(), meant };
            assert_eq!(is_international(written), Err(expected), "{written}");
        }
    }
}
