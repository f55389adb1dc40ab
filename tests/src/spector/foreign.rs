//! Scenarios that are nobody's fault here: what OpenAPI cannot say, or the suite's emitter does not. One table: names and
//! reasons. A scenario of it that is right is a failure of the table.

const ENCODING: &str = "the emitter writes a whole body's `@encode(base64url)` as plain base64";
const EXPANSION: &str = "OpenAPI has no path expansion: `{/param}` is emitted as `{param}`";
const RESERVED: &str = "paths have `allowReserved` since 3.2 only: `{+param}` is emitted as `{param}`";
const OPTIONAL: &str = "OpenAPI has no optional path segments";
const LINK: &str = "the next page is at a URL of the answer, for which no operation stands";

/// Scenarios with the reason.
const FOREIGN: &[(&str, &str)] = &[
    ("Encode_Bytes_RequestBody_base64url", ENCODING),
    ("Parameters_Path_optional", OPTIONAL),
    ("Payload_Pageable_ServerDrivenPagination_link", LINK),
    ("Payload_Pageable_ServerDrivenPagination_linkString", LINK),
    ("Payload_Pageable_ServerDrivenPagination_nestedLink", LINK),
    ("Payload_Pageable_XmlPagination_listWithNextLink", LINK),
    ("Routes_PathParameters_PathExpansion_Explode_array", EXPANSION),
    ("Routes_PathParameters_PathExpansion_Explode_primitive", EXPANSION),
    ("Routes_PathParameters_PathExpansion_Explode_record", EXPANSION),
    ("Routes_PathParameters_PathExpansion_Standard_array", EXPANSION),
    ("Routes_PathParameters_PathExpansion_Standard_primitive", EXPANSION),
    ("Routes_PathParameters_PathExpansion_Standard_record", EXPANSION),
    ("Routes_PathParameters_ReservedExpansion_annotation", RESERVED),
    ("Routes_PathParameters_ReservedExpansion_template", RESERVED),
];

/// Why a scenario cannot be right, if that is known.
pub fn foreign(scenario: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(name, _)| *name == scenario).map(|(_, reason)| *reason)
}
