//! Lists: all pages of one, as many rows as are wanted.

use serde_json::Value;

use super::{Query, Remote};
use crate::cli::exit::Failed;
use crate::http::LIMIT_MAX;

/// A page of a list.
pub(in crate::cli) struct Page {
    pub(in crate::cli) items: Vec<Value>,
    /// Where the next one begins; none at the end.
    pub(in crate::cli) cursor: Option<String>,
}

impl Remote {
    /// One page of a list.
    pub(in crate::cli) async fn page(&self, path: &str, query: &Query) -> Result<Page, Failed> {
        let mut page = self.get(path, query).await?;
        let cursor = page["nextCursor"].as_str().map(ToOwned::to_owned);
        let Value::Array(items) = page["items"].take() else {
            return Err(Failed::error("what answers is no leasehold: a page has no items"));
        };
        Ok(Page { items, cursor })
    }

    /// The first rows of a list, from as many pages as it takes.
    pub(in crate::cli) async fn list(
        &self,
        path: &str,
        query: &Query,
        limit: usize,
    ) -> Result<Vec<Value>, Failed> {
        let (mut rows, mut cursor) = (Vec::new(), None);
        while rows.len() < limit {
            let mut query = query.clone();
            let left = u64::try_from(limit - rows.len()).unwrap_or(LIMIT_MAX);
            query.push(("limit", left.min(LIMIT_MAX).to_string()));
            query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
            let page = self.page(path, &query).await?;
            rows.extend(page.items);
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(rows)
    }

    /// The companies that a question is about: the named one, or all that there are.
    pub(in crate::cli) async fn companies(&self) -> Result<Vec<String>, Failed> {
        if let Some(company) = self.company {
            return Ok(vec![company.to_string()]);
        }
        let rows = self.list("/v1/admin/companies", &Query::new(), usize::MAX).await?;
        let id = |row: &Value| row["companyId"].as_str().map(ToOwned::to_owned);
        Ok(rows.iter().filter_map(id).collect())
    }

    /// Events of a company after a position, at most a page of them.
    pub(in crate::cli) async fn events(
        &self,
        company: &str,
        after: u64,
        limit: u64,
    ) -> Result<Vec<Value>, Failed> {
        let path = format!("/v1/companies/{company}/events");
        let limit = limit.min(LIMIT_MAX).to_string();
        let query = vec![("after", after.to_string()), ("limit", limit)];
        Ok(self.page(&path, &query).await?.items)
    }
}
