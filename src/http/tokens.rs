//! Tokens: made, listed, revoked by admins. What is made is shown once.

use axum::http::StatusCode;
use axum::response::Response;
use leasehold_domain::fields::{Fault, Fields};
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Label;
use leasehold_domain::time::Timestamp;
use serde::Serialize;
use utoipa::openapi::path::Parameter;

use super::guard::Speaker;
use super::openapi::{self, Answer, Told};
use super::problem::{Code, Problem};
use super::request::{Asked, Question};
use super::route::Routes;
use super::{answer, cursor};
use crate::log::read_clock;
use crate::tokens::{self, Access, DAYS_DEFAULT, New, Role, Secret, Token};

pub(super) fn routes() -> Routes {
    let told =
        |id, summary, answer| Told::question(id, "admin", summary, answer).needs(Access::Admin);
    let page = Answer::json(200, "TokenPage", "Oldest first; revoked and expired ones too.");
    let made = Answer::json(201, "NewToken", "The only time that its secret is shown.");
    let revoked = Answer::json(200, "Token", "It opens nothing any more, within a second.");
    let revoke = told("revokeToken", "Revoke a token", revoked).codes(&[Code::TokenNotFound]);
    Routes::below("/v1/admin/tokens")
        .get("", &told("listTokens", "Tokens", page).with([of_company()]).paged(), list)
        .post("", &told("createToken", "Make a token", made).body("CreateToken", true), create)
        .delete("/{tokenId}", &revoke.body("RevokeToken", false), revoke_one)
}

fn of_company() -> Parameter {
    openapi::query("companyId", openapi::uuid(""), "Only those of this company.")
}

async fn list(question: Question) -> Result<Response, Problem> {
    let Question { door, ids, mut query, .. } = question;
    let wanted: Option<CompanyId> = query.text("companyId");
    let after = query.cursor(cursor::read_token).unwrap_or_default();
    let limit = query.limit();
    query.finish()?;
    if ids.company.is_some() && wanted.is_some() && ids.company != wanted {
        return answer::page(&[] as &[Token], limit, |token| cursor::after_token(token.id));
    }
    let mut reader = door.reader().await?;
    let tokens = tokens::list(&mut reader, ids.company.or(wanted), after, limit + 1).await?;
    answer::page(&tokens, limit, |token| cursor::after_token(token.id))
}

/// What is asked for.
struct Wanted {
    company: Option<CompanyId>,
    name: Label,
    role: Role,
    /// Absent for the usual time, null for never.
    expires_at: Option<Option<Timestamp>>,
}

impl Wanted {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (name, role) = (fields.required("name"), fields.required("role"));
        let company: Option<CompanyId> = fields.optional("companyId");
        if company.is_some_and(|company| company.0.is_nil()) {
            fields.fault("companyId", Fault::invalid("is the installation: leave it out"));
        }
        let expires_at = fields.nullable("expiresAt");
        Some(Self { company, name: name?, role: role?, expires_at })
    }
}

/// A token with its secret.
#[derive(Serialize)]
struct Made<'t> {
    #[serde(flatten)]
    token: &'t Token,
    secret: &'t str,
}

async fn create(asked: Asked) -> Result<Response, Problem> {
    let Asked { door, speaker, body, .. } = asked;
    let wanted = Fields::read(body, &door.limits, Wanted::read)?;
    let company = company_of(&speaker, wanted.company)?;
    let mut keeper = door.keys.database().acquire().await?;
    let now = Timestamp::new(read_clock(&mut keeper).await?);
    let now = now.map_err(|error| Problem::internal(&error))?;
    let usual = || Some(now.plus_seconds(DAYS_DEFAULT * 24 * 3_600));
    let expires_at = wanted.expires_at.unwrap_or_else(usual);
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::invalid("expiresAt", "is over already"));
    }
    let (name, role, created_by) = (wanted.name, wanted.role, speaker.name());
    let new = New { company, name, role, expires_at, created_by };
    let secret = Secret::make().map_err(|error| Problem::internal(&error))?;
    let token = tokens::create(&mut keeper, &new, secret.hash()).await?;
    door.keys.forget();
    let made = Made { token: &token, secret: secret.reveal() };
    answer::json(StatusCode::CREATED, &made)
}

/// An admin of one company makes tokens for that one alone.
fn company_of(speaker: &Speaker, wanted: Option<CompanyId>) -> Result<Option<CompanyId>, Problem> {
    match (speaker.company(), wanted) {
        (Some(own), Some(wanted)) if own != wanted => {
            let detail = "this admin's token is bound to another company";
            Err(Problem::new(Code::Forbidden, detail))
        }
        (own, wanted) => Ok(own.or(wanted)),
    }
}

async fn revoke_one(asked: Asked) -> Result<Response, Problem> {
    let Asked { door, ids, speaker, body, .. } = asked;
    Fields::read(body, &door.limits, |_| Some(()))?;
    let id = ids.token()?;
    let mut keeper = door.keys.database().acquire().await?;
    let revoked = tokens::revoke(&mut keeper, ids.company, id, &speaker.name()).await?;
    door.keys.forget();
    let none = || Problem::new(Code::TokenNotFound, format!("there is no token {id}"));
    answer::json(StatusCode::OK, &revoked.ok_or_else(none)?)
}
