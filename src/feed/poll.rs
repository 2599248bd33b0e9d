//! What is asked anew again and again and told whenever it has changed, until there is no more.

use std::time::Duration;

use serde_json::Value;
use sqlx::PgPool;
use tokio::time::sleep;

use super::frame::word;
use super::outlet::{End, Outlet};
use super::{Feed, Pieces};
use crate::tokens::Pass;

/// Between two questions.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// What there is to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// As it is now.
    pub data: Value,
    /// Whether it will not change any more.
    pub is_last: bool,
}

impl Feed {
    /// Tells one listener what `ask` answers, under a name, whenever that has changed.
    pub async fn poll<F>(
        &self,
        pass: Pass,
        name: &'static str,
        mut ask: impl FnMut(PgPool) -> F + Send + 'static,
    ) -> Pieces
    where
        F: Future<Output = sqlx::Result<News>> + Send,
    {
        let (mut outlet, pieces) = Outlet::open(self, pass).await;
        let readers = self.0.readers.clone();
        tokio::spawn(async move {
            let mut told = None;
            let end = loop {
                let news = match ask(readers.clone()).await {
                    Ok(news) => news,
                    Err(error) => break End::from(error),
                };
                if told.as_ref() != Some(&news.data) {
                    if let Err(end) = outlet.send(word(name, &news.data)).await {
                        break end;
                    }
                    told = Some(news.data);
                }
                if news.is_last {
                    break End::Over;
                }
                tokio::select! {
                    end = outlet.ended() => break end,
                    () = sleep(ASK_EVERY) => {}
                }
            };
            outlet.end(end);
        });
        pieces
    }
}
