//! Which media types and ranges stand for one another.

use crate::media::essence;

/// Whether a body of this media type is JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Whether a body of this media type says what to change of something (RFC 7396).
pub(super) fn is_merge_patch(media_type: &str) -> bool {
    essence(media_type) == "application/merge-patch+json"
}

/// Whether a documented media type or range stands for one of a message. What does not look like a media type is JSON.
pub(super) fn covers(documented: &str, media_type: &str) -> bool {
    let (documented, media_type) = (essence(documented), essence(media_type));
    match documented.split_once('/') {
        Some(("*", _)) => true,
        Some((kind, "*")) => media_type.split_once('/').is_some_and(|(found, _)| found == kind),
        Some(_) => documented == media_type,
        None => is_json(&media_type),
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn ranges_cover_media_types() {
        assert!(
            covers("*/*", "image/png")
                && covers("image/*", "image/png")
                && covers("json", "application/json")
        );
        assert!(covers("application/json; charset=utf-8", "Application/JSON"));
        assert!(!covers("image/*", "text/plain") && !covers("text/csv", "text/plain"));
    }
}
