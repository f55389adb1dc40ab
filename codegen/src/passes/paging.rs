//! Pages: what the document or the user says of them must lead somewhere in the types; where it does not, there are none.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Api, Content, Operation, Success, Type};

pub(super) fn run(api: &mut Api, root: &Place, diagnostics: &mut Diagnostics) {
    for index in 0..api.operations.len() {
        let operation = &api.operations[index];
        if let Some(problem) = problem(api, operation) {
            let message = format!("`{}` has no pages: {problem}", operation.id);
            let place = operation.paging.as_ref().map_or_else(|| root.clone(), |paging| paging.place.clone());
            diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
            api.operations[index].paging = None;
        }
    }
}

fn problem(api: &Api, operation: &Operation) -> Option<String> {
    let paging = operation.paging.as_ref()?;
    let Success::One { content: Content::Json(page), .. } = &operation.success else {
        return Some("its answer is not JSON of one type".to_owned());
    };
    let missing = |path: &[String]| format!("its answer has no property `{}`", path.join("."));
    match api.follow(page, &paging.items) {
        Some(ty) if matches!(api.resolved(ty), Type::List(_)) => {}
        Some(_) => return Some(format!("`{}` is no list", paging.items.join("."))),
        None => return Some(missing(&paging.items)),
    }
    if paging.next.is_empty() {
        return None;
    }
    match api.follow(page, &paging.next) {
        Some(ty) if is_text(api, ty) => None,
        Some(_) => Some(format!("`{}` is neither text nor a number", paging.next.join("."))),
        None => Some(missing(&paging.next)),
    }
}

fn is_text(api: &Api, ty: &Type) -> bool {
    matches!(api.resolved(ty), Type::Text | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::Uuid)
}
