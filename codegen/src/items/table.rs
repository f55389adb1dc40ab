use super::Namespace::{Type, Value};
use super::Room::{Client, ClientMethods, Constraints, Operations, RequestMethods, Samples, Security, Types};
use super::Source::{Crate, Import, Own, Path, Prelude, Root};
use super::{Item, Row};

macro_rules! items {
    (
        written { $($constant:ident $name:literal $source:expr, $namespace:ident [$($room:ident)*])* }
        taken { $($taken:literal $from:expr, $space:ident [$($place:ident)*])* }
    ) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the constants' own names")]
        enum Index { $($constant),* }

        $(pub(crate) const $constant: Item = Item(Index::$constant as usize);)*

        pub(super) const ROWS: &[Row] = &[
            $(Row { name: $name, source: $source, namespace: $namespace, rooms: &[$($room),*] },)*
            $(Row { name: $taken, source: $from, namespace: $space, rooms: &[$($place),*] },)*
        ];
    };
}

const RUNTIME: &str = "cloudrun_runtime";

items! {
    written {
        CLOUDRUN_RUNTIME "cloudrun_runtime" Crate, Type [Client Types Operations Samples Security Constraints]

        OPTION "Option" Prelude, Type [Types Operations Samples]
        SOME "Some" Prelude, Value [Types Operations Samples]
        NONE "None" Prelude, Value [Types Operations Samples]
        RESULT "Result" Prelude, Type [Types Operations Samples]
        OK "Ok" Prelude, Value [Types Operations Samples]
        STRING "String" Prelude, Type [Types Operations Samples]
        VEC "Vec" Prelude, Type [Types Operations Samples]
        BOX "Box" Prelude, Type [Types Operations Samples]
        INTO "Into" Prelude, Type [Types Operations]
        FROM "From" Prelude, Type [Operations]
        AS_REF "AsRef" Prelude, Type [Operations]
        TO_STRING "ToString" Prelude, Type [Operations]
        DEFAULT "Default" Prelude, Type [Samples]
        SEND_TRAIT "Send" Prelude, Type [Samples]
        SYNC "Sync" Prelude, Type [Samples]
        ERR_TRAIT "error::Error" Path("std"), Type []

        BTREE_MAP "BTreeMap" Import("std::collections"), Type [Types Operations Samples]
        HASH_MAP "HashMap" Import("std::collections"), Type [Types Operations Samples]
        INDEX_MAP "IndexMap" Import("cloudrun_runtime::indexmap"), Type [Types Operations Samples]
        FUTURE "Future" Import("std::future"), Type [Samples]
        PIN "Pin" Import("std::pin"), Type [Samples]

        GATEWAY "Gateway" Import(RUNTIME), Type [Client]
        SERVICE_TYPE "Service" Import(RUNTIME), Type [Client]
        SERVICE_NAME "ServiceName" Import(RUNTIME), Type [Client]
        BASE64 "Base64" Path(RUNTIME), Type []
        BASE64_URL "Base64Url" Path(RUNTIME), Type []
        BYTES "Bytes" Path(RUNTIME), Type []
        BODY_TYPE "Body" Import(RUNTIME), Type [Operations]
        CHECK "Check" Import(RUNTIME), Type [Operations Constraints]
        DECIMAL "rust_decimal::Decimal" Path(RUNTIME), Type []
        METHOD "Method" Import(RUNTIME), Type [Operations]
        NUMERIC "Numeric" Path(RUNTIME), Type []
        OFFSET_DATE_TIME "OffsetDateTime" Path(RUNTIME), Type []
        OPERATION_TYPE "Operation" Import(RUNTIME), Type [Operations]
        PENDING "Pending" Import(RUNTIME), Type [Operations]
        REPLY "Reply" Import(RUNTIME), Type [Samples]
        REQUEST "Request" Import(RUNTIME), Type [Operations]
        RESPONSES "Responses" Path(RUNTIME), Type []
        SECURITY_SCHEME "SecurityScheme" Import(RUNTIME), Type [Security]
        STYLE "Style" Import(RUNTIME), Type [Operations]
        TIME_OF_DAY "TimeOfDay" Path(RUNTIME), Type []
        UNDOCUMENTED "Undocumented" Import(RUNTIME), Type [Operations]
        DECODE "Decode" Import("cloudrun_runtime::json"), Type [Samples]
        FROM_SLICE "from_slice" Import("cloudrun_runtime::json"), Value [Samples]

        BODY "body" Import(RUNTIME), Type [Operations]
        CHRONO "chrono" Import(RUNTIME), Type [Types Operations Samples]
        JIFF "jiff" Import(RUNTIME), Type [Types Operations Samples]
        MULTIPART "multipart" Import(RUNTIME), Type [Operations Samples]
        PAGING "paging" Import(RUNTIME), Type [Operations]
        SERDE_JSON "serde_json" Import(RUNTIME), Type [Types Operations Samples]
        STREAM "stream" Import(RUNTIME), Type [Operations]
        TIME "time" Import(RUNTIME), Type [Types Operations Samples]
        UUID "uuid" Import(RUNTIME), Type [Types Operations Samples]
        WEBSOCKET "websocket" Import(RUNTIME), Type [Operations]

        CLIENT "Client" Root, Type [Client Operations Samples]
        CONSTRAINTS "constraints" Root, Type [Client Operations]
        OPERATIONS "operations" Root, Type [Client Samples]
        SAMPLES "samples" Root, Type [Client]
        SECURITY "security" Root, Type [Client Operations]
        TYPES "types" Root, Type [Client Operations Samples]

        NEW "new" Own, Value [ClientMethods]
        AT "at" Own, Value [ClientMethods]
        SERVICE "service" Own, Value [ClientMethods]
        AUTHORIZATION_HEADER "authorization_header" Own, Value [ClientMethods]

        OPERATION "OPERATION" Own, Value [RequestMethods]
        PAGES_CONSTANT "PAGES" Own, Value [RequestMethods]
        SEND "send" Own, Value [RequestMethods]
        // What it adds where the operation has it: reserved there only.
        CONNECT "connect" Own, Value []
        ITEMS "items" Own, Value []
        OPEN_STREAM "stream" Own, Value []
        PAGES "pages" Own, Value []

        OUTCOME "Outcome" Own, Type [Samples]
        CALL "Call" Own, Type [Samples]
        ALL "ALL" Own, Value [Samples]
        DECODE_SAMPLE_VALUE "decode_sample_value" Own, Value [Samples]
        WITH_SECRETS "with_secrets" Own, Value [Samples]
        // The argument of the closures that call the samples.
        CLIENT_ARGUMENT "client" Own, Value [Samples]
    }
    taken {
        // Crates that paths start with.
        "std" Crate, Type [Client Types Operations Samples Security Constraints]
        "core" Crate, Type [Client Types Operations Samples Security Constraints]

        // What every Rust programmer expects to mean what it means.
        "Err" Prelude, Value [Types Operations Samples]
        "Clone" Prelude, Type [Types]

        // Methods of the traits that a client derives: another would be called in their place.
        "clone" Own, Value [ClientMethods]
        // Methods of traits that everything has, which take a client by value and so come before those by reference.
        "into" Own, Value [ClientMethods]
        "try_into" Own, Value [ClientMethods]
        "fmt" Own, Value [ClientMethods]

        // What `cloudrun_runtime::request!` gives every request; a test holds these rows against it.
        "idempotency_key" Own, Value [RequestMethods]
        "idempotent" Own, Value [RequestMethods]
        "header" Own, Value [RequestMethods]
        "retry" Own, Value [RequestMethods]
        "send_raw" Own, Value [RequestMethods]
        "timeout" Own, Value [RequestMethods]
    }
}
