//! Who is let in, before anything is read: the token, its company, its role, its rate.
//!
//! **Claims.** No handler runs for a caller that its route is not for. What a company does not own
//! it cannot tell from what does not exist.
//! **Because** a route can be made in one way alone (see [`super::route`]), and that way leads
//! through [`admit`]; a caller that is bound to a company has no other one to ask for.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use leasehold_domain::actor::{Actor, ActorType};
use leasehold_domain::id::CompanyId;
use leasehold_domain::text::Label;
use uuid::Uuid;

use super::problem::{Code, Problem};
use super::{Handle, request};
use crate::dispatch::Caller;
use crate::tokens::{Access, Admission, Keys, Pass, Role, Secret, Token};

/// Who speaks: the holder of a token, or, while there are none, whoever reached the server.
#[derive(Debug, Clone, Default)]
pub(super) struct Speaker(Option<(Arc<Token>, [u8; 32])>);

impl Speaker {
    /// The one company that they have to do with; none for all.
    pub(super) fn company(&self) -> Option<CompanyId> {
        self.0.as_ref().and_then(|(token, _)| token.company_id)
    }

    /// What is written down of them beside the actor that they name.
    pub(super) fn name(&self) -> String {
        self.0.as_ref().map_or_else(|| "http".to_owned(), |(token, _)| token.id.to_string())
    }

    /// What they stay by, for as long as a stream lasts.
    pub(super) fn pass(&self, keys: &Arc<Keys>) -> Pass {
        Pass::new(Arc::clone(keys), self.0.as_ref().map(|(_, hash)| *hash))
    }

    /// Lets whoever sets environments up pass; a heartbeat only uses them.
    pub(super) fn sets_up(&self) -> Result<(), Problem> {
        if self.0.as_ref().is_some_and(|(token, _)| token.role == Role::Heartbeat) {
            let detail = "only an admin's token sets the promise of an environment's leases";
            return Err(Problem::new(Code::Forbidden, detail));
        }
        Ok(())
    }

    /// The caller of a command that names an actor, or none.
    pub(super) fn caller(&self, actor: Option<Actor>) -> Result<Caller, Problem> {
        let Some((token, _)) = &self.0 else {
            let actor = actor.unwrap_or_else(|| Actor::system("http"));
            return Ok(Caller { actor, authenticated_by: None });
        };
        let claims_to_be_user = actor.as_ref().is_some_and(|actor| actor.kind == ActorType::User);
        if token.role == Role::Heartbeat && claims_to_be_user {
            let detail = "a heartbeat's token speaks for agents and programs, not for a user";
            return Err(Problem::new(Code::Forbidden, detail));
        }
        let name = Label::new(token.name.as_str());
        let own = || Actor::system(name.as_ref().map_or("http", Label::as_str));
        let authenticated_by = Some(token.id.to_string().into());
        Ok(Caller { actor: actor.unwrap_or_else(own), authenticated_by })
    }
}

/// Lets a request in, or says why not. Who it is goes with the request.
pub(super) async fn admit(
    handle: &Handle,
    access: Access,
    parts: &mut Parts,
) -> Result<(), Problem> {
    if access == Access::Open {
        return Ok(());
    }
    let door = request::open(handle)?;
    let speaker = match secret(&parts.headers)? {
        Some(secret) => {
            let token = granted(door.keys.admit(&secret).await?)?;
            Speaker(Some((token, secret.hash())))
        }
        None if door.keys.are_needed().await? => return Err(unauthenticated("a token is needed")),
        None => Speaker(None),
    };
    if let Some((token, _)) = &speaker.0 {
        check(token, access, parts.uri.path())?;
    }
    parts.extensions.insert(speaker);
    Ok(())
}

/// The company first: a caller does not learn what another company's routes are for.
fn check(token: &Token, access: Access, path: &str) -> Result<(), Problem> {
    if let (Some(own), Some(asked)) = (token.company_id, company_in(path))
        && Uuid::try_parse(asked).ok() != Some(own.0)
    {
        return Err(Problem::no_route(path));
    }
    if token.may(access) {
        return Ok(());
    }
    let role = token.role.as_str();
    let detail = match access {
        Access::Overview | Access::Installation if token.company_id.is_some() => {
            format!("this is for tokens of all companies; this {role}'s is bound to one")
        }
        Access::Open
        | Access::Read
        | Access::Write
        | Access::Admin
        | Access::Overview
        | Access::Installation => format!("the role {role} does not allow this"),
    };
    Err(Problem::new(Code::Forbidden, detail))
}

fn company_in(path: &str) -> Option<&str> {
    path.strip_prefix("/v1/companies/")?.split('/').next()
}

/// The token that a request shows; none when it shows nothing.
fn secret(headers: &HeaderMap) -> Result<Option<Secret>, Problem> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or_default();
    if given.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") {
        return Err(unauthenticated("Authorization has to be `Bearer` and one token"));
    }
    let malformed = || unauthenticated("this is no token: its check digits do not fit");
    Secret::read(token.trim()).ok_or_else(malformed).map(Some)
}

fn granted(admission: Admission) -> Result<Arc<Token>, Problem> {
    match admission {
        Admission::Granted(token) => Ok(token),
        Admission::Unknown => Err(unauthenticated("nobody knows this token")),
        Admission::Revoked => Err(unauthenticated("this token was revoked")),
        Admission::Expired => Err(unauthenticated("this token has expired")),
        Admission::Hasty(wait) => {
            let detail = "this token asks more than its share";
            Err(Problem::new(Code::RateLimited, detail).after(wait))
        }
    }
}

fn unauthenticated(detail: &str) -> Problem {
    Problem::new(Code::Unauthenticated, detail)
}
