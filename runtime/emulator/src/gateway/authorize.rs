//! Who calls, by the credential of a request.

use crate::account::signature::Claim;
use crate::account::{Accounts, BadToken, Caller};
use crate::answer::Refusal;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, UPGRADE};
use axum::http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

/// Pages cannot set a header of a WebSocket; they give the token as RFC 6750, section 2.3, has it.
const TOKEN_PARAMETER: &str = "access_token=";

/// Who calls. A signed request is read whole, since its body is signed too.
pub(super) async fn authorize(
    accounts: &Accounts,
    mut request: Request,
    limit: u64,
) -> Result<(Caller, Request), Refusal> {
    if let Some((value, uri)) = of_page(&request) {
        request.headers_mut().insert(AUTHORIZATION, value);
        *request.uri_mut() = uri;
    }
    let value = request
        .headers()
        .get(AUTHORIZATION)
        .ok_or_else(|| Refusal::unauthorized(BadToken::Missing.code()))?;
    let value = value.to_str().unwrap_or_default().to_owned();
    if let Some(token) = value.strip_prefix("Bearer ") {
        let caller = accounts.holder(token).map_err(|bad| Refusal::unauthorized(bad.code()))?;
        return Ok((caller, request));
    }
    let failed = || Refusal::unauthorized("AUTHENTICATION_FAILED");
    let claim = Claim::read(&value).ok_or_else(|| Refusal::unauthorized("INVALID_CREDENTIALS"))?;
    let secret_key = accounts.secret_key(claim.secret_id, claim.token).ok_or_else(failed)?;
    let (head, body) = request.into_parts();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let body = axum::body::to_bytes(body, most).await.map_err(|_| Refusal::too_large(limit))?;
    if !claim.is_of(secret_key, &head, &body) {
        return Err(failed());
    }
    let caller = Caller::Signature { secret_id: claim.secret_id.to_owned() };
    Ok((caller, Request::from_parts(head, Body::from(body))))
}

/// The token of a WebSocket that a page opens, as a header, and the URL without it.
fn of_page(request: &Request) -> Option<(HeaderValue, Uri)> {
    let is_socket = request.headers().contains_key(UPGRADE) && !request.headers().contains_key(AUTHORIZATION);
    let (path, query) = (request.uri().path(), request.uri().query().filter(|_| is_socket)?);
    let (tokens, others): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with(TOKEN_PARAMETER));
    let token = percent_decode_str(tokens.first()?.strip_prefix(TOKEN_PARAMETER)?).decode_utf8().ok()?;
    let value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    let rest = if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) };
    Some((value, rest.parse().ok()?))
}
